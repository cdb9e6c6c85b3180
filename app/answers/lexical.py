"""Compares texts by their letters: words, pairs of words and pieces of words, without accents. Knows no language."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.answers.entries import Numbers
from app.answers.tidy import bare

PIECE_CHARS = (3, 4, 5)
"""Lengths of the pieces of words: they see through endings, compounds and slips of the finger."""

WORD_WEIGHT, PAIR_WEIGHT, PIECE_WEIGHT = 1.0, 0.6, 0.6
"""What a word counts for beside a pair of words and a piece of one."""

STRANGE_WEIGHT = 0.5
"""What of a text stands in no phrase counts for less: it may well be small talk."""

Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Letters:
    """All phrases, ready to be compared with a text. `starts` bounds the phrases of each feature within `phrases` and `weights`."""

    columns: Mapping[str, int]
    rarity: Numbers
    starts: Places
    phrases: Places
    weights: Numbers
    count: int


def features(tidied: str) -> Counter[str]:
    """What a text is made of, counted; the first letter tells the kind."""
    words = bare(tidied).split()
    found = Counter(["w" + word for word in words])
    found.update("b" + first + " " + second for first, second in pairwise(words))
    for word in words:
        framed = f"<{word}>"
        found.update("c" + framed[at : at + size] for size in PIECE_CHARS for at in range(len(framed) - size + 1))
    return found


def letters_of(tidied: Sequence[str]) -> Letters:
    """The phrases made comparable."""
    columns: dict[str, int] = {}
    owners: list[int] = []
    rows: list[tuple[Places, Numbers]] = []
    for each in tidied:
        counted = features(each)
        own = np.fromiter((columns.setdefault(name, len(columns)) for name in counted), np.int32, len(counted))
        owners.extend([0] * (len(columns) - len(owners)))
        for column in own:
            owners[column] += 1
        rows.append((own, np.fromiter((_weight(*pair) for pair in counted.items()), np.float32, len(counted))))
    rarity = np.array([math.log(1 + len(tidied) / each) for each in owners], np.float32)
    return _inverted(rows, columns, rarity)


def _inverted(rows: Sequence[tuple[Places, Numbers]], columns: Mapping[str, int], rarity: Numbers) -> Letters:
    """The rows, each made as long as 1, turned round: for each feature the phrases that have it."""
    found = np.concatenate([own for own, _ in rows]) if rows else np.zeros(0, np.int32)
    places = np.repeat(np.arange(len(rows), dtype=np.int32), [len(own) for own, _ in rows])
    weighed = [weights * rarity[own] for own, weights in rows]
    even = [each / max(float(np.linalg.norm(each)), 1e-9) for each in weighed]
    values = np.concatenate(even) if rows else np.zeros(0, np.float32)
    order = np.argsort(found, kind="stable")
    starts = np.searchsorted(found[order], np.arange(len(columns) + 1)).astype(np.int32)
    return Letters(columns, rarity, starts, places[order], values[order], len(rows))


def _weight(name: str, times: int) -> float:
    kind = {"w": WORD_WEIGHT, "b": PAIR_WEIGHT}.get(name[0], PIECE_WEIGHT)
    return kind * (1 + math.log(times))


def likeness(letters: Letters, tidied: str) -> Numbers:
    """How like each phrase is to a text, 0 to 1."""
    found = np.zeros(letters.count, np.float32)
    total, strange = 0.0, math.log(1 + letters.count)
    parts: list[tuple[int, float]] = []
    for name, times in features(tidied).items():
        column = letters.columns.get(name)
        rarity = STRANGE_WEIGHT * strange if column is None else float(letters.rarity[column])
        weight = _weight(name, times) * rarity
        total += weight * weight
        if column is not None:
            parts.append((column, weight))
    if not parts:
        return found
    spans = [slice(letters.starts[column], letters.starts[column + 1]) for column, _ in parts]
    phrases = np.concatenate([letters.phrases[span] for span in spans])
    weights = np.concatenate([letters.weights[span] * weight for span, (_, weight) in zip(spans, parts, strict=True)])
    return (np.bincount(phrases, weights, letters.count) / math.sqrt(total)).astype(np.float32)
