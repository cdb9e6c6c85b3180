"""Compares texts by their letters: words, pairs of words and pieces of words, without accents. Knows no language."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

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
    found.update("b" + first + " " + second for first, second in zip(words, words[1:], strict=False))
    for word in words:
        framed = f"<{word}>"
        found.update("c" + framed[at : at + size] for size in PIECE_CHARS for at in range(len(framed) - size + 1))
    return found


def letters_of(tidied: Sequence[str]) -> Letters:
    """The phrases made comparable."""
    counted = [features(each) for each in tidied]
    owners: Counter[str] = Counter()
    for each in counted:
        owners.update(each.keys())
    columns = {name: column for column, name in enumerate(owners)}
    rarity = np.array([math.log(1 + len(tidied) / each) for each in owners.values()], np.float32)
    rows = [_row(each, columns, rarity) for each in counted]
    return _inverted(rows, columns, rarity, len(tidied))


def _row(counted: Mapping[str, int], columns: Mapping[str, int], rarity: Numbers) -> list[tuple[int, float]]:
    """A phrase's features with their weights; all together of length 1."""
    weighed = [(columns[name], _weight(name, times) * float(rarity[columns[name]])) for name, times in counted.items()]
    length = math.sqrt(sum(weight * weight for _, weight in weighed)) or 1.0
    return [(column, weight / length) for column, weight in weighed]


def _weight(name: str, times: int) -> float:
    kind = {"w": WORD_WEIGHT, "b": PAIR_WEIGHT}.get(name[0], PIECE_WEIGHT)
    return kind * (1 + math.log(times))


def _inverted(
    rows: Iterable[list[tuple[int, float]]], columns: Mapping[str, int], rarity: Numbers, count: int
) -> Letters:
    """The rows turned round: for each feature the phrases that have it."""
    by_row = [(column, place, weight) for place, row in enumerate(rows) for column, weight in row]
    found = np.array([each[0] for each in by_row], np.int32)
    order = np.argsort(found, kind="stable")
    starts = np.searchsorted(found[order], np.arange(len(columns) + 1)).astype(np.int32)
    phrases = np.array([each[1] for each in by_row], np.int32)[order]
    weights = np.array([each[2] for each in by_row], np.float32)[order]
    return Letters(columns, rarity, starts, phrases, weights, count)


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
