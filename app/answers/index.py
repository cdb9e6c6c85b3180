"""Makes an index of entries: what a search needs of their phrases, worked out once. The order of entries changes nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.answers.entries import Encoder, Entry, Numbers
from app.answers.lexical import Letters, letters_of, likeness
from app.answers.spelling import Vocabulary, vocabulary_of
from app.answers.tidy import tidy

LETTERS_SHARE = 0.2
"""What the likeness of letters counts for beside the likeness of meaning, where both are known."""

LANDMARKS_MAX = 1_000
"""Phrases that the regression learns from: up to here all of them, beyond it evenly chosen ones. Its time grows with the cube."""

RIDGE = 0.3
"""How much the regression distrusts a single phrase."""

CHUNK_PHRASES = 256
"""Phrases that are encoded between two reports of progress: a fifth of a second."""

_KNOWN_SCRIPTS = ("LATIN", "CYRILLIC", "ARABIC", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI")
"""The scripts of the sixteen languages that the encoder has learnt. In others every text means the same to it."""

Progress = Callable[[int, int], None]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Index:
    """`owner` names the entry of each phrase by its place in `ids`; phrases stand together by entry, `first` has where each begins.

    `meanings` is None without an encoder. `scale` is what each phrase's letters count for; `lengths` is that of each entry's middle;
    `learnt` has a row of the regression for each entry, over the phrases `landmarks`.
    """

    ids: tuple[str, ...]
    phrases: tuple[str, ...]
    owner: Places
    first: Places
    letters: Letters
    vocabulary: Vocabulary
    meanings: Numbers | None
    scale: Numbers
    lengths: Numbers
    landmarks: Places
    learnt: Numbers
    encoder: Encoder | None = None


def vectors_of(encoder: Encoder, texts: Sequence[str], progress: Progress | None = None) -> Numbers:
    """What the texts mean, each a row; a row of nothing for a text in a script that the encoder has not learnt.

    Rounded as they are stored, so that an index that was stored answers the very same.
    """
    parts = [np.zeros((0, 0), np.float16)]
    for begin in range(0, len(texts), CHUNK_PHRASES):
        chunk = texts[begin : begin + CHUNK_PHRASES]
        vectors = encoder.encode(chunk)
        vectors[[not can_be_meant(each) for each in chunk]] = 0
        parts.append(vectors.astype(np.float16))
        if progress is not None:
            progress(begin + len(chunk), len(texts))
    return np.concatenate(parts[1:]).astype(np.float32) if texts else parts[0].astype(np.float32)


def can_be_meant(tidied: str) -> bool:
    """Whether most letters of a text are of a script that the encoder has learnt; a text without letters says nothing to it."""
    letters = [each for each in tidied if each.isalpha()]
    known = sum(each.isascii() or unicodedata.name(each, "").startswith(_KNOWN_SCRIPTS) for each in letters)
    return bool(letters) and 2 * known > len(letters)


def tidied_phrases(entries: Iterable[Entry]) -> tuple[tuple[str, str], ...]:
    """Every phrase once for each entry, tidied, with the entry's id; in an order of its own."""
    found = {(each.id, tidy(phrase)) for each in entries for phrase in each.phrases}
    return tuple(sorted(each for each in found if each[1]))


def fit(
    entries: Iterable[Entry],
    encoder: Encoder | None = None,
    vectors: Numbers | None = None,
    progress: Progress | None = None,
) -> Index:
    """The index of entries. `vectors` are those of `tidied_phrases` that were kept from another time; else the encoder is asked."""
    pairs = tidied_phrases(entries)
    phrases = tuple(phrase for _, phrase in pairs)
    ids = tuple(sorted({entry for entry, _ in pairs}))
    places = {entry: place for place, entry in enumerate(ids)}
    owner = np.array([places[entry] for entry, _ in pairs], np.int64)
    first = np.searchsorted(owner, np.arange(len(ids)))
    letters = letters_of(phrases)
    if encoder is not None and vectors is None:
        vectors = vectors_of(encoder, phrases, progress)
    meanings = vectors if encoder is not None and phrases else None
    scale = _scales(meanings, len(phrases))
    index = Index(
        ids, phrases, owner, first, letters, vocabulary_of(phrases), meanings, scale,
        np.ones(len(ids), np.float32), np.zeros(0, np.int64), np.zeros((len(ids), 0), np.float32), encoder,
    )  # fmt: skip
    return _learn(index) if phrases else index


def _scales(meanings: Numbers | None, count: int) -> Numbers:
    """What a phrase's letters count for: all, where nothing is known of its meaning."""
    if meanings is None:
        return np.ones(count, np.float32)
    return np.where(np.any(meanings != 0, axis=1), np.sqrt(LETTERS_SHARE), 1.0).astype(np.float32)


def kernel(index: Index, tidied: str, meaning: Numbers | None) -> tuple[Numbers, Numbers, Numbers]:
    """How like each phrase is to a text, about 0 to 1; and the two parts that this is the sum of, letters and meaning."""
    scale = np.float32(1.0 if meaning is None else np.sqrt(LETTERS_SHARE))
    by_letters = likeness(index.letters, tidied) * index.scale * scale
    if meaning is None or index.meanings is None:
        return by_letters, by_letters, np.zeros(len(index.phrases), np.float32)
    by_meaning = np.float32(1 - LETTERS_SHARE) * (index.meanings @ meaning)
    return by_letters + by_meaning, by_letters, by_meaning


def meaning_of(index: Index, place: int) -> Numbers | None:
    """The vector of a phrase; None if it has none."""
    if index.meanings is None or not index.meanings[place].any():
        return None
    row: Numbers = index.meanings[place]
    return row


def sums_by_entry(index: Index, by_phrase: Numbers) -> Numbers:
    """Values of phrases summed up for each entry, along the last axis."""
    sums: Numbers = np.add.reduceat(by_phrase, index.first, axis=-1)
    return sums


def _learn(index: Index) -> Index:
    """The index with the length of each entry's middle, and a ridge regression over the square of the kernel."""
    count = len(index.phrases)
    landmarks = np.unique(np.linspace(0, count - 1, min(count, LANDMARKS_MAX)).astype(np.int64))
    rows = np.stack([kernel(index, index.phrases[each], meaning_of(index, each))[0] for each in landmarks])
    squared = rows * rows
    among = squared[:, landmarks]
    if len(landmarks) == count:
        targets = (index.owner[:, None] == np.arange(len(index.ids))).astype(np.float32)
        system = among + RIDGE * np.eye(count, dtype=np.float32)
    else:
        targets = sums_by_entry(index, squared)
        system = squared @ squared.T + RIDGE * among + 1e-3 * np.eye(len(landmarks), dtype=np.float32)
    learnt = np.linalg.solve(system, targets).T
    return _with(index, landmarks, np.ascontiguousarray(learnt), _lengths(index, rows, landmarks))


def _lengths(index: Index, rows: Numbers, landmarks: Places) -> Numbers:
    """How long the middle of each entry's phrases is: short where they differ. From the landmarks among them."""
    sums = sums_by_entry(index, rows)
    sizes = np.bincount(index.owner, minlength=len(index.ids))
    owner = index.owner[landmarks]
    own = sums[np.arange(len(landmarks)), owner] / sizes[owner]
    seen = np.bincount(owner, minlength=len(index.ids))
    mean = np.bincount(owner, own, len(index.ids)) / np.maximum(seen, 1)
    return np.sqrt(np.where(seen > 0, np.maximum(mean, 1e-4), 1.0)).astype(np.float32)


def _with(index: Index, landmarks: Places, learnt: Numbers, lengths: Numbers) -> Index:
    return Index(
        index.ids, index.phrases, index.owner, index.first, index.letters, index.vocabulary, index.meanings, index.scale,
        lengths, landmarks, learnt.astype(np.float32), index.encoder,
    )  # fmt: skip
