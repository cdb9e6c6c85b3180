"""Finds the entries that a text may mean, the best first, and decides whether to answer, to ask back, or neither."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.answers.decide import decide
from app.answers.entries import Answer, Numbers, Ranked
from app.answers.index import LETTERS_SHARE, Index, can_be_meant, kernel, sums_by_entry
from app.answers.spelling import mend
from app.answers.tidy import bare, tidy

RANKED_MAX = 10
"""Entries that a search tells of; nobody looks further down."""


@dataclass(frozen=True, slots=True)
class Question:
    """A text as it is looked for: tidied, mended, and what it means; without a meaning its letters alone count."""

    tidied: str
    mended: str
    meaning: Numbers | None


def search(index: Index, text: str) -> Answer:
    """The entries that a text may mean and what to do; any text has an answer."""
    asked = question(index, text)
    if not asked.mended or not index.phrases:
        return Answer(rule="nothing asked" if index.phrases else "nothing to find")
    words = len(bare(asked.mended).split())
    return decide(rank(index, asked), words, len(index.ids), is_meant=asked.meaning is not None)


def question(index: Index, text: str) -> Question:
    """The text cleaned, its slips mended, its meaning looked up."""
    tidied = tidy(text)
    encoder = index.encoder if index.meanings is not None else None
    mended = mend(index.vocabulary, tidied, encoder)
    if encoder is None or not can_be_meant(mended):
        return Question(tidied, mended, None)
    return Question(tidied, mended, encoder.encode([mended])[0])


def rank(index: Index, asked: Question) -> tuple[Ranked, ...]:
    """The best entries, at most `RANKED_MAX`; equal ones by their ids."""
    likeness, letters, meaning = kernel(index, asked.mended, asked.meaning)
    best = np.maximum.reduceat(likeness, index.first)
    sizes = np.diff(np.append(index.first, len(index.phrases)))
    middle = sums_by_entry(index, likeness) / sizes / index.lengths
    learnt = index.learnt @ np.square(likeness[index.landmarks])
    scores = (best + middle + learnt) / 3
    found = []
    for place in _highest(scores):
        begin = int(index.first[place])
        nearest = begin + int(np.argmax(likeness[begin : begin + int(sizes[place])]))
        found.append(
            Ranked(
                index.ids[place], float(scores[place]), float(best[place]), float(middle[place]), float(learnt[place]),
                _part(letters[nearest], LETTERS_SHARE if asked.meaning is not None else 1.0),
                _part(meaning[nearest], 1 - LETTERS_SHARE), index.phrases[nearest],
            )
        )  # fmt: skip
    return tuple(found)


def _highest(scores: NDArray[np.floating]) -> list[int]:
    """The places of the highest scores in order."""
    few = np.argpartition(-scores, RANKED_MAX)[:RANKED_MAX] if len(scores) > RANKED_MAX else np.arange(len(scores))
    return sorted((int(each) for each in few), key=lambda place: (-scores[place], place))


def _part(value: np.float32, share: float) -> float:
    """A part of the likeness as if it stood alone."""
    return float(value) / share
