"""Words to what they are compared by: folded, without endings, in each of a shop's languages. Mends one slip. Knows no product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA
from snowballstemmer import stemmer

from app.letters import fold

WORDS_MAX = 400
"""Words of one product that are kept: a description of 2,000 characters has about 350."""

SLIP_CHARS_MIN = 4
"""In shorter words one wrong letter makes another word."""

LONG_CHARS = 7
"""From here on two letters may be wrong."""

STEMS_KEPT_MAX = 400_000
"""Words whose stems a builder remembers: the whole vocabulary of 100,000 products and more."""

_STEMMERS = {
    "en": "english", "fr": "french", "de": "german", "es": "spanish", "it": "italian", "pt": "portuguese", "nl": "dutch",
    "da": "danish", "sv": "swedish", "no": "norwegian", "nb": "norwegian", "fi": "finnish", "ru": "russian",
    "ro": "romanian", "hu": "hungarian", "tr": "turkish", "ar": "arabic", "pl": "polish", "cs": "czech",
}  # fmt: skip
"""Languages whose endings are known."""


def tokens(text: str) -> list[str]:
    """The folded words of a text; "t-shirt" is also one word."""
    words = fold(text).split()
    joined = [a + b for a, b in pairwise(words) if len(a) == 1 and len(b) > 2 and a.isalpha()]
    return [*words, *joined][:WORDS_MAX]


class Stems:
    """The endings of a shop's languages. `of` gives every stem that a word has in one of them."""

    def __init__(self, languages: Sequence[str]) -> None:
        names = dict.fromkeys(_STEMMERS.get(each[:2], "") for each in languages)
        self._stemmers: list[Any] = [_stemmer(name) for name in names if name]
        self._known: dict[str, tuple[str, ...]] = {}

    def of(self, word: str) -> tuple[str, ...]:
        found = self._known.get(word)
        if found is None:
            found = self._make(word)
            if len(self._known) < STEMS_KEPT_MAX:
                self._known[word] = found
        return found

    def forget(self) -> None:
        """Free what was remembered, once all products are in."""
        self._known = {}

    def _make(self, word: str) -> tuple[str, ...]:
        if len(word) <= 3 or any(each.isdigit() for each in word):
            return (word,)
        return tuple(dict.fromkeys(fold(each.stemWord(word)) for each in self._stemmers)) or (word,)


@lru_cache(maxsize=len(_STEMMERS))
def _stemmer(name: str) -> Any:
    try:
        return stemmer(name)
    except KeyError:  # not in this version of the library
        return _Plain()


class _Plain:
    @staticmethod
    def stemWord(word: str) -> str:  # noqa: N802 - as the library names it
        return word


@dataclass(frozen=True, slots=True)
class Spelling:
    """The words of a catalogue by their lengths, so that a slip is looked for among few. `often`: how often each stands there."""

    often: Mapping[str, int]
    by_length: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def near(self, word: str) -> str:
        """The word that was meant: one slip away, in a long word two; the most frequent of those. Empty if there is none."""
        if len(word) < SLIP_CHARS_MIN or any(each.isdigit() for each in word):
            return ""
        for slips in (1, 2) if len(word) >= LONG_CHARS else (1,):
            if found := self._within(word, slips):
                return found
        return ""

    def _within(self, word: str, slips: int) -> str:
        among: list[str] = []
        for length in range(len(word) - slips, len(word) + slips + 1):
            among += self.by_length.get(length, ())
        found = process.extract(word, among, scorer=OSA.distance, score_cutoff=slips, limit=20)
        # The first letter is rarely the wrong one.
        ranked = sorted((each[1], each[0][0] != word[0], -self.often[each[0]], each[0]) for each in found)
        return ranked[0][3] if ranked else ""


def spelling_of(often: Mapping[str, int]) -> Spelling:
    """A spelling that knows these words."""
    lengths: dict[int, list[str]] = {}
    for word in often:
        if len(word) >= SLIP_CHARS_MIN - 1 and word.isalpha():
            lengths.setdefault(len(word), []).append(word)
    return Spelling(often, {length: tuple(words) for length, words in lengths.items()})


def phrases_in(words: Sequence[str], phrases: Mapping[str, object], words_max: int) -> Iterator[str]:
    """Those of the phrases that stand in a row of words."""
    for first in range(len(words)):
        for last in range(first + 1, min(first + words_max, len(words)) + 1):
            phrase = " ".join(words[first:last])
            if phrase in phrases:
                yield phrase
