"""Groups texts that mean the same: many customers ask one thing in many words. Decides nothing about what to do with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.answers.entries import Encoder, Numbers
from app.answers.index import LETTERS_SHARE, vectors_of
from app.answers.lexical import letters_of, likeness
from app.answers.tidy import tidy

ALIKE_MIN = 0.56
"""How like each other the texts of two groups must be, on the average, to be one: measured on questions to a bank and to an assistant
(benchmarks/README.md). Higher, one thing is asked in several groups; lower, two things in one, whose answer would be wrong."""

ALIKE_BY_LETTERS_MIN = 0.4
"""The same where letters alone are compared."""

TEXTS_MAX = 1_500
"""Texts that are compared each with each, a few seconds; the rest is left out."""


def group(texts: Sequence[str], encoder: Encoder | None) -> tuple[tuple[int, ...], ...]:
    """The places of texts that mean the same, the largest group first and the most typical text of each first.

    Only the first TEXTS_MAX are looked at.
    """
    tidied = [tidy(each) for each in texts[:TEXTS_MAX]]
    if not tidied:
        return ()
    alike = likeness_of(tidied, encoder)
    members = merged(alike, ALIKE_BY_LETTERS_MIN if encoder is None else ALIKE_MIN)
    made = [tuple(sorted(each, key=lambda place: (-float(alike[place, each].sum()), place))) for each in members]
    return tuple(sorted(made, key=lambda each: (-len(each), each[0])))


def likeness_of(tidied: Sequence[str], encoder: Encoder | None) -> Numbers:
    """How like each text is to each, about 0 to 1: letters and meaning, as in a search."""
    letters = letters_of(tidied)
    by_letters = np.stack([likeness(letters, each) for each in tidied])
    if encoder is None:
        return by_letters
    vectors = vectors_of(encoder, tidied)
    meant = np.any(vectors != 0, axis=1)
    both = LETTERS_SHARE * by_letters + (1 - LETTERS_SHARE) * (vectors @ vectors.T)
    alike: Numbers = np.where(np.outer(meant, meant), both, by_letters).astype(np.float32)
    return alike


def merged(alike: Numbers, enough: float) -> list[list[int]]:
    """The nearest two groups become one, as long as their texts are on the average as near as that."""
    members = [[place] for place in range(len(alike))]
    sums = alike.copy()
    np.fill_diagonal(sums, -np.inf)
    sizes = np.ones(len(alike))
    while len(members) > 1:
        means = sums / np.outer(sizes, sizes)
        first, second = divmod(int(np.argmax(means)), len(members))
        if means[first, second] < enough:
            break
        first, second = sorted((first, second))
        sums[first] += sums[second]
        sums[:, first] = sums[first]
        sums[first, first] = -np.inf
        sizes[first] += sizes[second]
        sums = np.delete(np.delete(sums, second, 0), second, 1)
        sizes = np.delete(sizes, second)
        members[first] += members.pop(second)
    return members
