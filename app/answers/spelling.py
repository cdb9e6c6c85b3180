"""Mends slips of the finger: a word that nobody knows becomes the likeliest word that is one slip away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.answers.entries import Encoder
from app.answers.phrases import EMPTY_WORDS
from app.answers.tidy import bare

CHARS_MIN = 3
"""In shorter words one wrong letter makes another word."""

CHARS_MAX = 20
"""Longer words are numbers of parcels, addresses and laughter."""

LONG_CHARS = 6
"""From here on two slips are looked for where one finds nothing."""

WORDS_MENDED_MAX = 12
"""Words of one text that are looked up; more is no question in haste. Each costs about half a millisecond."""

ALPHABET = "abcdefghijklmnopqrstuvwxyzàáâäçèéêëíîïñóôöùúûüß"
"""Letters that may have been meant."""

_WORD = re.compile(r"[^\W\d_]+")

SLIP = 9.0
"""How much less likely a slip makes a word, as a logarithm: so much likelier than what is written must be what was meant."""

OWN_BONUS = 11.0
"""How much likelier a word of the phrases is than any other word of the languages."""

DOUBLED_EASE, SWAPPED_EASE, NEIGHBOUR_EASE = 4.0, 0.0, 2.0
"""How much likelier than any other slip it is that a letter was doubled, that two were exchanged, that the key beside was hit."""

KEYS_BESIDE = (
    "q-wa w-qeas e-wrsd r-etdf t-ryfg y-tugh u-yihj i-uojk o-ipkl p-ol a-qwsz s-awedzx d-serfxc "
    "f-drtgcv g-ftyhvb h-gyujbn j-huiknm k-jiolm l-kop z-asx x-zsdc c-xdfv v-cfgb b-vghn n-bhjm m-njk"
)
NEIGHBOURS = dict(each.split("-") for each in KEYS_BESIDE.split())
"""The keys beside a key, on the keyboard that most languages share in its greater part."""

BLIND_CHARS_MIN = 4
"""Without a dictionary only words from this length on are mended."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of all phrases, bare, the most frequent first. `written` has each as it is written most often, with its accents."""

    words: tuple[str, ...]
    written: Mapping[str, str]


def vocabulary_of(tidied: Sequence[str]) -> Vocabulary:
    """The words of the phrases."""
    forms = Counter(word for text in tidied for word in _WORD.findall(text))
    times: Counter[str] = Counter()
    written: dict[str, str] = {}
    for word, often in sorted(forms.items(), key=lambda each: (-each[1], each[0])):
        plain = bare(word)
        times[plain] += often
        written.setdefault(plain, word)
    return Vocabulary(tuple(sorted(times, key=lambda word: (-times[word], word))), written)


def mend(vocabulary: Vocabulary, tidied: str, spelling: Encoder | None) -> str:
    """The text with its slips mended. With a `spelling` only what is much likelier than the word itself is taken for what was meant."""
    left = WORDS_MENDED_MAX

    def mended(match: re.Match[str]) -> str:
        nonlocal left
        word = match[0]
        plain = bare(word)
        if not CHARS_MIN <= len(plain) <= CHARS_MAX or plain in vocabulary.written or plain in EMPTY_WORDS:
            return word
        if left <= 0 or (spelling is not None and spelling.is_known(word)):
            return word
        left -= 1
        return _meant(vocabulary, word, plain) if spelling is None else _likelier(vocabulary, word, plain, spelling)

    return _WORD.sub(mended, tidied)


def _meant(vocabulary: Vocabulary, word: str, plain: str) -> str:
    """The word of the phrases that is one slip away, in a long word two; else the word."""
    if len(plain) < BLIND_CHARS_MIN:
        return word
    near = _near(vocabulary, plain, 1) or (_near(vocabulary, plain, 2) if len(plain) >= LONG_CHARS else "")
    return vocabulary.written.get(near, word)


def _likelier(vocabulary: Vocabulary, word: str, plain: str, spelling: Encoder) -> str:
    """The likeliest of the word itself, those of the phrases one slip away or two, and those of the languages one slip away.

    What the encoder does not know whole (an ending, a compound) is looked for behind the commonest slips alone.
    """
    found = {word: spelling.familiarity(word) + SLIP}
    for each in _slips(word):
        if spelling.is_known(each):
            found[each] = spelling.familiarity(each)
    for each, ease in _common_slips(word):
        found[each] = max(found.get(each, -1e9), spelling.familiarity(each) + ease)
    for slips, bonus in ((1, OWN_BONUS), (2, OWN_BONUS - SLIP)) if len(plain) >= LONG_CHARS else ((1, OWN_BONUS),):
        near = vocabulary.written.get(_near(vocabulary, plain, slips), "")
        if near:
            found[near] = max(found.get(near, -1e9), spelling.familiarity(near) + bonus)
    return max(found, key=lambda each: (found[each], each))


def _common_slips(word: str) -> Iterator[tuple[str, float]]:
    """Words from which one of the commonest slips leads to this one, and how much likelier such a slip is than another."""
    for at, letter in enumerate(word):
        head, tail = word[:at], word[at + 1 :]
        if tail and tail[0] == letter:
            yield head + tail, DOUBLED_EASE
        elif tail:
            yield head + tail[0] + letter + tail[1:], SWAPPED_EASE
        for key in NEIGHBOURS.get(letter, ""):
            yield head + key + tail, NEIGHBOUR_EASE


def _near(vocabulary: Vocabulary, plain: str, slips: int) -> str:
    """The nearest word of the phrases, at most so many slips away; of equals the most frequent. Empty if there is none."""
    found = process.extractOne(plain, vocabulary.words, scorer=OSA.distance, score_cutoff=slips)
    return found[0] if found and len(found[0]) >= CHARS_MIN else ""


def _slips(word: str) -> Iterator[str]:
    """Every word that is one slip away; the first letter is rarely the wrong one, and a space is never."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in ALPHABET:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
