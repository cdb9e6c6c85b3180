"""Looks for entries that are taken for each other: by a phrase of both, or by phrases that are alike. Changes nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from app.answers.index import Index, kernel, meaning_of
from app.answers.lexical import likeness

CONFUSED_MIN = 0.75
"""From this likeness on a phrase of one entry may well be taken for the other: few paraphrases of one question are nearer."""

CONFUSED_BY_LETTERS_MIN = 0.55
"""The same where letters alone are compared, which see less in common."""

PAIRS_MAX = 50
"""Pairs that are told of; an owner mends the worst first."""

PHRASES_MAX = 5_000
"""Phrases that are compared each with each; more take minutes."""


@dataclass(frozen=True, slots=True)
class Confused:
    """Two entries, the two phrases of theirs that are most alike, and how much, 0 to 1; 1 for the same words."""

    entries: tuple[str, str]
    phrases: tuple[str, str]
    likeness: float


def shared(index: Index) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Phrases that several entries have, but for manner and haste, with these entries."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for place, phrase in enumerate(index.phrases):
        owners[phrase].add(index.ids[index.owner[place]])
    return tuple((phrase, tuple(sorted(ids))) for phrase, ids in sorted(owners.items()) if len(ids) > 1)


def confused(index: Index) -> tuple[Confused, ...]:
    """The pairs of entries that are most alike, the worst first; equal phrases are told by `shared`."""
    found: dict[tuple[str, str], Confused] = {}
    for place, phrase in enumerate(index.phrases[:PHRASES_MAX]):
        own = int(index.owner[place])
        row = _alike(index, place, phrase)
        row[index.owner <= own] = 0
        enough = CONFUSED_BY_LETTERS_MIN if index.meanings is None else CONFUSED_MIN
        for other in np.nonzero(row >= enough)[0]:
            if index.phrases[other] != phrase:
                pair = (index.ids[own], index.ids[index.owner[other]])
                made = Confused(pair, (phrase, index.phrases[other]), float(row[other]))
                found[pair] = max(found.get(pair, made), made, key=lambda each: each.likeness)
    return tuple(sorted(found.values(), key=lambda each: (-each.likeness, each.entries))[:PAIRS_MAX])


def _alike(index: Index, place: int, phrase: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """How like each phrase is to this one; by letters where there is no meaning."""
    meaning = meaning_of(index, place)
    if meaning is None:
        return likeness(index.letters, phrase)
    return kernel(index, phrase, meaning)[0]
