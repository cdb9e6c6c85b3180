"""An index of phrases: exact ones, near ones, and those whose telling words a message has. Knows no language but their empty words.

Every text comes folded: small letters, no marks.
A phrase's words weigh the more the fewer entries have them; words such as "the" or "how" weigh nothing.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from app.answers.words import LANGUAGES

WORD_FOR_WORD = "the words of a phrase"
"""The rule by which a phrase of an entry, said whole, has that entry's answer."""

WORDS_MAX = 40
"""Words of a message that are looked at: a longer one tells a story, and its question stands in the beginning or nowhere."""

CHARS_MAX = 400
"""Characters of a message that are looked at, for scripts without blanks between words."""

UNSURE_MAX = 3
"""Entries offered when it is not sure what was meant: more is a menu."""

NEAR_SCORE_MIN = 88
"""From this likeness (0 to 100) on two whole phrases are the same, mistyped: one letter in eight."""

NEAR_CHARS_MIN = 6
"""In shorter phrases one wrong letter makes another phrase."""

BEGUN_CHARS_MIN = 12
"""So much of a phrase, from its beginning, is the phrase: two or three words."""

MISTYPED_CHARS_MIN = 4
"""In shorter words one wrong letter makes another word."""

LONG_WORD_CHARS = 8
"""From here on two letters may be wrong."""

TELLING_CHARS_MIN = 6
"""A mistyped word alone tells enough from this length on."""

SURE_MIN = 0.7
"""From this score on an entry answers. Half of it: of two telling words in phrase and message, one is the same."""

UNSURE_MIN = 0.4
"""From this score on an entry is worth a "did you mean"."""

LEAD_MIN = 0.08
"""An entry answers only when the next is so much less likely."""

STRAY_WEIGHT = 0.5
"""What a word weighs that no phrase has, beside 1 for one that a single entry has: it may well be small talk."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What a message means, by the ids of entries; `unsure` are the likeliest first, and only looked at when nothing is `sure`.

    `score` is how sure, to 1; `is_tied` tells that the first two of the unsure fit equally well.
    """

    sure: str = ""
    unsure: tuple[str, ...] = ()
    score: float = field(default=0.0, compare=False)
    is_tied: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class _Phrase:
    entry: str
    words: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class PhraseIndex:
    """Phrases of many entries, ready to be searched. Made by `index_of`; never changes."""

    exact: Mapping[str, str]
    folded: tuple[str, ...]
    phrases: tuple[_Phrase, ...]
    by_word: Mapping[str, tuple[int, ...]]
    weights: Mapping[str, float]
    vocabulary: tuple[str, ...]


def _bare(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", text) if unicodedata.category(each) != "Mn")


EMPTY_WORDS = frozenset(_bare(word) for language in LANGUAGES for word in language.split())
"""Words that weigh nothing, as folded texts have them."""


def telling_words(folded: str) -> tuple[str, ...]:
    """The words that tell what a text is about, each once, in their order."""
    words = folded[: CHARS_MAX * 2].split()[:WORDS_MAX]
    return tuple(dict.fromkeys(word for word in words if word not in EMPTY_WORDS))


def index_of(entries: Iterable[tuple[str, Sequence[str]]]) -> PhraseIndex:
    """The index of entries, each an id and its folded phrases. A phrase of two entries is the first one's."""
    exact: dict[str, str] = {}
    for entry, phrases in entries:
        for phrase in phrases:
            if phrase:
                exact.setdefault(phrase, entry)
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for phrase, entry in exact.items():
        for word in telling_words(phrase):
            owners[word].add(entry)
    weights = {word: 1 / (1 + math.log(len(entries_of))) for word, entries_of in owners.items()}
    made = [_phrase(entry, telling_words(phrase), weights) for phrase, entry in exact.items()]
    by_word: defaultdict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(made):
        for word in each.words:
            by_word[word].append(place)
    return PhraseIndex(
        exact,
        tuple(exact),
        tuple(made),
        {word: tuple(places) for word, places in by_word.items()},
        weights,
        tuple(weights),
    )


def _phrase(entry: str, words: Sequence[str], weights: Mapping[str, float]) -> _Phrase:
    return _Phrase(entry, frozenset(words), sum(weights[word] for word in words))


def same(index: PhraseIndex, folded: str) -> str:
    """The entry with the phrase that the whole message is, cut or mistyped perhaps; empty if there is none."""
    return index.exact.get(folded, "") or _begun(index, folded) or _near(index, folded)


def find(index: PhraseIndex, folded: str) -> Hits:
    """The entry that a folded message means, or up to three that it may mean, or nothing."""
    found = same(index, folded)
    return Hits(found, score=1.0) if found else _by_words(index, folded)


def _by_words(index: PhraseIndex, folded: str) -> Hits:
    """The entries that share telling words with the message."""
    ranked = _ranked(index, telling_words(folded))
    if not ranked:
        return Hits()
    (best, score), *others = ranked
    if score >= SURE_MIN and (not others or score - others[0][1] >= LEAD_MIN):
        return Hits(best, score=score)
    unsure = tuple(entry for entry, each in ranked if each >= UNSURE_MIN)[:UNSURE_MAX]
    return Hits(unsure=unsure, is_tied=len(unsure) > 1 and score - others[0][1] < LEAD_MIN)


def _begun(index: PhraseIndex, folded: str) -> str:
    """The only entry with a phrase that begins like this; empty if there is none. Titles on a screen are often cut."""
    if len(folded) < BEGUN_CHARS_MIN:
        return ""
    entries = {index.exact[phrase] for phrase in index.folded if phrase.startswith(folded)}
    return entries.pop() if len(entries) == 1 else ""


def _near(index: PhraseIndex, folded: str) -> str:
    """The entry of the phrase that the whole message is, but for a slip of the finger; empty if there is none."""
    if not NEAR_CHARS_MIN <= len(folded) <= CHARS_MAX:
        return ""
    nearest = process.extractOne(folded, index.folded, scorer=fuzz.ratio, score_cutoff=NEAR_SCORE_MIN)
    return index.exact[nearest[0]] if nearest and _same_telling_words(nearest[0], folded) else ""


def _same_telling_words(phrase: str, folded: str) -> bool:
    """Whether the telling words are the same but for slips: a whole other word is no slip, however short."""
    told, meant = telling_words(folded), telling_words(phrase)
    return len(told) == len(meant) and all(_is_slip(*pair) for pair in zip(told, meant, strict=True))


def _is_slip(word: str, meant: str) -> bool:
    if word == meant:
        return True
    return len(meant) >= MISTYPED_CHARS_MIN and OSA.distance(word, meant) <= _slips(meant)


def _slips(word: str) -> int:
    return 2 if len(word) >= LONG_WORD_CHARS else 1


def _ranked(index: PhraseIndex, words: Sequence[str]) -> list[tuple[str, float]]:
    """Every entry that shares a telling word with the message, and how much of both they share; the likeliest first."""
    understood = {word: _in_vocabulary(index, word) for word in words}
    message = sum(index.weights.get(known, STRAY_WEIGHT) for known in understood.values())
    shared: Counter[int] = Counter()
    for word, known in understood.items():
        for place in index.by_word.get(known, ()):
            is_telling = word == known or len(known) >= TELLING_CHARS_MIN
            shared[place] += index.weights[known] * (1 if is_telling else 0.5)  # type: ignore[assignment]
    scores: dict[str, float] = {}
    for place, weight in shared.items():
        phrase = index.phrases[place]
        score = 2 * weight / (phrase.weight + message)
        scores[phrase.entry] = max(scores.get(phrase.entry, 0.0), score)
    return sorted(scores.items(), key=lambda each: -each[1])


def _in_vocabulary(index: PhraseIndex, word: str) -> str:
    """The word of the index that this one is, mistyped; empty if it is none."""
    if word in index.weights:
        return word
    if len(word) < MISTYPED_CHARS_MIN or not word.isalpha():
        return ""
    nearest = process.extractOne(word, index.vocabulary, scorer=OSA.distance, score_cutoff=_slips(word))
    return nearest[0] if nearest and len(nearest[0]) >= MISTYPED_CHARS_MIN else ""
