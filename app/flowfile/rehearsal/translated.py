"""Whether a sentence of a bot in one language is the translation of its sentence in another. Translates nothing by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from app.engine.flow import Flow, Template, Text
from app.engine.words import SENTENCES, sentence

TITLE_ENDS = ": "
BETWEEN_CARDS = ", "
LINE_BEGINS = "\n- "
DEPTH_MAX = 20
"""A flow is a few dataclasses within each other; more can only be a circle."""


@dataclass(slots=True)
class Translations:
    """The texts of a flow and our own sentences, each in the bot's languages; `asked` are the phrases of each entry of the FAQ."""

    texts: tuple[Text, ...]
    asked: tuple[tuple[Text, ...], ...] = ()
    by_words: dict[str, list[Text]] = field(default_factory=dict)

    def same(self, language: str, words: str, said: str) -> bool:
        """Whether `said` is, in that language, what `words` says in any; what values fill in may differ."""
        if words == said or self._is_translated(language, words, said) or self._asks_the_same(language, words, said):
            return True
        if LINE_BEGINS in words:
            return self._are_same_lists(language, words.split(LINE_BEGINS), said.split(LINE_BEGINS))
        if words[:1] == said[:1] == "[":
            return self._are_same_cards(language, words[1:-1].split(BETWEEN_CARDS), said[1:-1].split(BETWEEN_CARDS))
        # Typed, the title of a link is answered by itself and the address behind it.
        title, _, address = words.rpartition(TITLE_ENDS)
        their_title, _, their_address = said.rpartition(TITLE_ENDS)
        return bool(title) and address == their_address and self._is_translated(language, title, their_title)

    def _asks_the_same(self, language: str, words: str, said: str) -> bool:
        """Whether both stand for one entry of the FAQ: its title is the phrase that fits, which may be another one in each language."""
        begun = said.removesuffix("…")
        for phrases in self.asked:
            known = {"".join(map(str, each)) for text in phrases for each in text.by_language.values()}
            theirs = ("".join(map(str, text.by_language.get(language, ()))) for text in phrases)
            if words in known and any(each == said or (begun != said and each.startswith(begun)) for each in theirs):
                return True
        return False

    def _are_same_lists(self, language: str, lines: Sequence[str], said: Sequence[str]) -> bool:
        """A sentence of ours with questions of the FAQ below it."""
        return len(lines) == len(said) and all(self.same(language, *pair) for pair in zip(lines, said, strict=True))

    def _are_same_cards(self, language: str, titles: Sequence[str], said: Sequence[str]) -> bool:
        return len(titles) == len(said) and all(self.same(language, *pair) for pair in zip(titles, said, strict=True))

    def _is_translated(self, language: str, words: str, said: str) -> bool:
        templates = (text.by_language.get(language) for text in self._texts_of(words))
        return any(each is not None and _fits(each, said) for each in templates)

    def _texts_of(self, words: str) -> list[Text]:
        """The texts that these words may be; found once for each."""
        if words not in self.by_words:
            self.by_words[words] = [
                text for text in self.texts if any(_fits(each, words) for each in text.by_language.values())
            ]
        return self.by_words[words]


def translations_of(flow: Flow) -> Translations:
    """Every text that this bot can say, once."""
    texts = {id(each): each for each in _texts_in(flow, DEPTH_MAX)}
    ours = [
        Text({language: (sentence(language, name),) for language in flow.languages}) for name in SENTENCES["en"]
    ]  # fmt: skip
    return Translations((*texts.values(), *ours), tuple(entry.ask for entry in flow.faq.values()))


def _texts_in(value: Any, depth: int) -> Iterator[Text]:
    """Every text within a value of the flow, wherever it stands."""
    if isinstance(value, Text):
        yield value
    elif depth == 0:
        return
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts_in(each, depth - 1)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _texts_in(each, depth - 1)
    elif is_dataclass(value):
        for each in fields(value):
            if each.compare:
                yield from _texts_in(getattr(value, each.name), depth - 1)


def _fits(template: Template, said: str) -> bool:
    """Whether a template, filled with anything, is this sentence: its own words stand there in order.

    One of placeholders alone fits nothing: it says the same in every language.
    """
    own = [part for part in template if isinstance(part, str)]
    if len(own) == len(template) or not own:
        return bool(own) and "".join(own) == said
    place = 0
    for number, part in enumerate(template):
        if isinstance(part, str):
            words = _firm(part)
            at = said.find(words, place)
            if at < 0 or (number == 0 and at != 0):
                return False
            place = at + len(words)
    return not isinstance(template[-1], str) or said.endswith(_firm(template[-1]))


def _firm(part: str) -> str:
    """What is left of a part beside a placeholder without a value: that takes blanks and the comma before it along."""
    return part.strip().rstrip(",")
