"""Which products fit a wish, the best first. Looks at every one: fit for the thousands that a file holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Fields = Mapping[str, Any]
"""A product's values by name: texts, numbers, lists of texts."""


@dataclass(frozen=True, slots=True)
class Item:
    """One product: its values, and the words that it can be found by, folded."""

    id: str
    fields: Fields
    words: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for. `words`: at least one must be the product's, unless there are none; products with more of them come first.

    `likes`: each gives what puts a product before another, the higher the better; the first that differs decides.
    `but_not` are ids that were shown before.
    """

    fits: Callable[[Fields], bool]
    words: Collection[str] = ()
    likes: tuple[Callable[[Fields], float], ...] = ()
    but_not: Collection[str] = ()


def choose(items: Iterable[Item], wish: Wish, number: int) -> tuple[str, ...]:
    """The ids of up to `number` products, best first; products alike stay in their order."""
    ranked: list[tuple[tuple[float, ...], str]] = []
    for item in items:
        found = sum(word in item.words for word in wish.words)
        if (wish.words and not found) or item.id in wish.but_not or not wish.fits(item.fields):
            continue
        ranked.append(((-found, *(-like(item.fields) for like in wish.likes)), item.id))
    ranked.sort(key=lambda each: each[0])
    return tuple(item_id for _, item_id in ranked[:number])
