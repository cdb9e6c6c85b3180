"""Tells the language in which a customer writes, among the bot's own. Never decides without clear evidence."""

from __future__ import annotations

from collections.abc import Sequence

from app.engine.fold import fold

WORDS_NEEDED = 2
"""One word may be a name or a slip; two different ones of one language, and none of another, are evidence."""

_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(fold(each) for each in words.split())
    for language, words in {
        "en": "the is are my your you what where when how and have with for would want please hello thanks",
        "fr": "le les une est je vous mon ma votre où quand comment avec pour voudrais bonjour merci suis et quel",
        "de": "der das ist ich sie mein meine wo wann wie mit für möchte bitte hallo danke und nicht haben ein",
        "es": "el los una es yo usted mi dónde cuándo cómo con para quiero hola gracias por mis y quisiera",
    }.items()
}
"""Short words that nearly every sentence has, and greetings."""


def language_of(folded: str, languages: Sequence[str]) -> str:
    """The one of `languages` in which a folded text is written; empty where that is not clear."""
    words = set(folded.split())
    found = {each: words & _WORDS.get(each[:2], frozenset()) for each in languages}
    clear = [each for each in languages if len(_only_here(found, each)) >= WORDS_NEEDED]
    others = [each for each in languages if _only_here(found, each)]
    return clear[0] if len(clear) == 1 and others == clear else ""


def _only_here(found: dict[str, set[str]], language: str) -> set[str]:
    """The words that belong to no other language of the bot."""
    return found[language].difference(*(words for each, words in found.items() if each != language))
