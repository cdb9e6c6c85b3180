"""Products that have what a customer does not want, and words that say so of a product itself: "sans manches" is a kind of dress."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.catalogue.negated import NOT
from app.catalogue.seek import having
from app.catalogue.shelf import MASKS_KEPT_MAX, Mask, Shelf
from app.letters import fold

LOOKED_AT_MAX = 24
"""Products of which the text is read, 0.1 ms each."""

REFUSED_MAX = 6
"""Words of one message, the first ones: nobody refuses more at once."""

LETTERS_MIN = 4
"""Of a word, that an ending of it is still known by."""


def split(shelf: Shelf, words: Sequence[str]) -> tuple[Mask | None, tuple[str, ...], tuple[str, ...]]:
    """The products that have one of these words; which words these are; and which say what is wanted: products say so of themselves."""
    mask: Mask | None = None
    refused, wanted = [], []
    for word in words[:REFUSED_MAX]:
        having_it, is_wanted = _judged(shelf, word)
        if is_wanted:
            wanted.append(word)
        elif having_it.any():
            mask = having_it if mask is None else mask | having_it
            refused.append(word)
    return mask, tuple(refused), tuple(wanted)


def _judged(shelf: Shelf, word: str) -> tuple[Mask, bool]:
    """The products that have it, and whether most of them rather say that they have none; remembered."""
    kept = shelf.masks.get((_REFUSED, word))
    if kept is None:
        rows, mask = having(shelf, word), np.zeros(len(shelf), np.bool_)
        looked_at = rows[:: max(1, len(rows) // LOOKED_AT_MAX)][:LOOKED_AT_MAX]
        lacking = [int(row) for row in looked_at if _lacks(shelf, int(row), word)]
        mask[rows] = True
        mask[lacking] = False
        kept = (np.packbits(mask), len(lacking) * 2 > len(looked_at))
        if len(shelf.masks) < MASKS_KEPT_MAX:
            shelf.masks[_REFUSED, word] = kept
    return np.unpackbits(kept[0], count=len(shelf)).astype(np.bool_), kept[1]


_REFUSED = "refused"
"""Where a shelf keeps them, among its masks."""


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
