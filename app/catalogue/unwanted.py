"""Products that have what a customer does not want, and words that say so of a product itself: "sans manches" is a kind of dress."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.catalogue.negated import NOT
from app.catalogue.seek import having
from app.catalogue.shelf import Mask, Shelf
from app.letters import fold

LOOKED_AT_MAX = 48
"""Products of which the text is read, 0.1 ms each."""

LETTERS_MIN = 4
"""Of a word, that an ending of it is still known by."""


def split(shelf: Shelf, words: Sequence[str]) -> tuple[Mask | None, tuple[str, ...], tuple[str, ...]]:
    """The products that have one of these words; which words these are; and which say what is wanted: products say so of themselves."""
    mask: Mask | None = None
    refused, wanted = [], []
    for word in words:
        rows = having(shelf, word)
        if not len(rows):
            continue
        looked_at = rows[:: max(1, len(rows) // LOOKED_AT_MAX)][:LOOKED_AT_MAX]
        lacking = [int(row) for row in looked_at if _lacks(shelf, int(row), word)]
        if len(lacking) * 2 > len(looked_at):
            wanted.append(word)
            continue
        mask = np.zeros(len(shelf), np.bool_) if mask is None else mask
        mask[rows] = True
        mask[lacking] = False
        refused.append(word)
    return mask, tuple(refused), tuple(wanted)


def _lacks(shelf: Shelf, row: int, word: str) -> bool:
    """Whether a product says of itself that it has none."""
    item = shelf.item(row)
    stem = word[: max(LETTERS_MIN, len(word) - 2)]
    for text in (item.name, *item.names, item.description, *item.descriptions):
        words = fold(text).split()
        for place, each in enumerate(words):
            if each.startswith(stem) and (
                NOT.intersection(words[max(0, place - 2) : place]) or words[place + 1 : place + 2] == ["free"]
            ):
                return True
    return False
