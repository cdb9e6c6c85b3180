"""Tells the language in which a customer writes, among the bot's own. Never decides without clear evidence, nor from a few words."""

from __future__ import annotations

from collections.abc import Sequence

from app.engine.anywhere import hear_exactly
from app.engine.draft import Draft
from app.engine.effects import Message, Search
from app.engine.finders import Found
from app.engine.fold import fold
from app.engine.walk import ask_again
from app.engine.words import LANGUAGE_NAMES, LANGUAGE_WORDS

WORDS_MIN = 4
"""From fewer words nothing is told: they may be a name, a greeting learnt on a journey, or a slip."""

EVIDENCE_MIN = 2
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


def hear(draft: Draft, text: str, folded: str) -> None:
    """The customer is spoken to in the language of this message, where it is clear.

    What answers a question for words of his own may be a name or an address, whose language is not the customer's.
    """
    languages = draft.flow.languages
    language = language_of(folded, languages)
    if not language and len(languages) > 1 and words_in(folded) >= WORDS_MIN and not _asks_for_own_words(draft):
        found: Found = draft.find(Search("language", text))
        language = found.sure
    if language:
        draft.speak(language)


def _asks_for_own_words(draft: Draft) -> bool:
    return draft.asking is not None and draft.asked(draft.asking).kind in ("text", "place", "email")


def chooses(draft: Draft, folded: str) -> bool:
    """The name of one of the bot's languages: it is spoken from now on, and the open question is asked again."""
    language = _named(draft, folded)
    if not language:
        return False
    draft.note("asked for a language")
    draft.failures = 0
    draft.speak(language)
    draft.say((Message(draft.sentence("all_right")),))
    ask_again(draft)
    return True


def asks_for_another(draft: Draft, folded: str) -> bool:
    """Whether words to an open question ask for another language rather than answer it.

    Not where a language is asked for, nor for the one that is spoken: so the name that was not meant so is the answer the second time.
    """
    language = _named(draft, folded)
    return language not in ("", draft.language) and not _asks_for_a_language(draft)


def _named(draft: Draft, folded: str) -> str:
    """The language of the bot's of which this is the name, or that is asked for by it; empty for a phrase of the owner's."""
    if len(draft.flow.languages) == 1 or not folded or hear_exactly(draft.flow, folded):
        return ""
    return next((each for each in draft.flow.languages if folded in LANGUAGE_NAMES.get(each[:2], ())), "")


def _asks_for_a_language(draft: Draft) -> bool:
    """Whether the open question is about languages: its slot or its text says so."""
    if draft.asking is None:
        return False
    question = draft.here.ask[draft.asking]
    written = fold(f"{question.save.replace('_', ' ')} {draft.text(question.say)}")
    return any(each in written for each in LANGUAGE_WORDS)


def language_of(folded: str, languages: Sequence[str]) -> str:
    """The one of `languages` of which a folded text has telling words; empty where that is not clear."""
    if words_in(folded) < WORDS_MIN:
        return ""
    words = set(folded.split())
    found = {each: words & _WORDS.get(each[:2], frozenset()) for each in languages}
    clear = [each for each in languages if len(_only_here(found, each)) >= EVIDENCE_MIN]
    others = [each for each in languages if _only_here(found, each)]
    return clear[0] if len(clear) == 1 and others == clear else ""


def words_in(folded: str) -> int:
    """How many words a text has; in scripts without blanks between words two characters are about one."""
    if folded.isascii():
        return len(folded.split())
    unspaced = sum("\u0e00" <= each <= "\u0eff" or "\u2e80" <= each <= "\u9fff" for each in folded)
    return max(len(folded.split()), unspaced // 2)


def _only_here(found: dict[str, set[str]], language: str) -> set[str]:
    """The words that belong to no other language of the bot."""
    return found[language].difference(*(words for each, words in found.items() if each != language))
