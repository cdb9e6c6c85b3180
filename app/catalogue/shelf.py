"""Every product of a shop in little memory: packed texts, columns of values, and which words stand where. Built once, never changed.

100,000 products take about 100 MB. A column holds for each product the place of its value among the different ones, so that a
condition is decided once for each value and not for each product.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.catalogue.colours import bits_of
from app.catalogue.item import FieldValue, Item, from_list, to_list
from app.catalogue.terms import Spelling, Stems, spelling_of, tokens
from app.letters import fold
from app.wares import SALE_PERIOD, is_sold_out, price_now

Mask = NDArray[np.bool_]
"""One truth a product."""

BLOCK = 16
"""Products packed together: a card needs one of them, and unpacking sixteen costs 0.1 ms."""

MASKS_KEPT_MAX = 128
"""Answers to conditions that are remembered, 100 kB each at 100,000 products."""

UNSORTED = ("description", "url", "image")
"""Fields that are different for every product: they are packed and no column."""

COLOURS = ("color", "colour", "couleur", "farbe")
KINDS = ("product_type", "category", "google_product_category")
SIZES = ("size", "taille", "pointure", "groesse")

NAME_WEIGHT, FIELD_WEIGHT, TEXT_WEIGHT = 6, 4, 1
"""What a word counts in a name, in a field such as brand, type or colour, and in a description."""

TELLING = ("brand", "product_type", "category", "google_product_category", *COLOURS)
"""Fields whose words count as much as those of names nearly do; those of other fields count as a description's."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field: `codes[row]` is the place of its value in `values`, -1 for none. `numbers`: the same as numbers, nan for others."""

    codes: NDArray[np.int32]
    values: tuple[FieldValue, ...]
    numbers: NDArray[np.float64]

    def spread(self, truths: Mask) -> Mask:
        """One truth a value, as one a product; false where there is no value."""
        return np.append(truths, False)[self.codes]

    def floats(self) -> NDArray[np.float64]:
        """The number of each product, nan for none."""
        return self.spread_numbers(self.numbers, np.nan)

    def spread_numbers(self, numbers: NDArray[np.float64], none: float) -> NDArray[np.float64]:
        """One number a value, as one a product; `none` where there is no value."""
        return np.append(numbers, none)[self.codes]


@dataclass(frozen=True, slots=True)
class Postings:
    """Where words stand: `rows[starts[term]:starts[term + 1]]`, with what each counts."""

    terms: Mapping[str, int]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: NDArray[np.uint8]

    def of(self, stem: str) -> tuple[NDArray[np.int32], NDArray[np.uint8]] | None:
        """The products that have a stem, and what it counts there; None if nobody has it."""
        term = self.terms.get(stem)
        if term is None:
            return None
        first, last = self.starts[term], self.starts[term + 1]
        return self.rows[first:last], self.weights[first:last]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The products. Rows are in the order in which they came."""

    blocks: tuple[bytes, ...]
    places: Mapping[str, int]
    ids: tuple[str, ...]
    columns: Mapping[str, Column]
    postings: Postings
    spelling: Spelling
    stems: Stems
    names: Mapping[str, int]
    groups: NDArray[np.int32]
    group_names: Mapping[str, int]
    prices: NDArray[np.float64]
    available: Mask
    colours: NDArray[np.uint32]
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    masks: dict[object, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    def item(self, row: int) -> Item:
        return self._block(row // BLOCK)[row % BLOCK]

    def items(self) -> Iterator[Item]:
        for number in range(len(self.blocks)):
            yield from self._block(number)

    def _block(self, number: int) -> list[Item]:
        return [from_list(each) for each in json.loads(zlib.decompress(self.blocks[number]))]

    def all(self) -> Mask:
        """True for every product."""
        return np.ones(len(self), np.bool_)

    def column(self, names: Iterable[str]) -> Column | None:
        """The first of these fields that a product has."""
        return next((self.columns[each] for each in names if each in self.columns), None)

    def where(self, name: str, holds: Callable[[Any], bool], key: object = None) -> Mask:
        """For which products this holds of a field's value, None where one has none. `key`: remembered under it."""
        kept = self.masks.get(key) if key is not None else None
        if kept is not None:
            return np.unpackbits(kept, count=len(self)).astype(np.bool_)
        mask = self._where(name, holds)
        if key is not None:
            if len(self.masks) >= MASKS_KEPT_MAX:
                self.masks.clear()
            self.masks[key] = np.packbits(mask)
        return mask

    def _where(self, name: str, holds: Callable[[Any], bool]) -> Mask:
        if name in UNSORTED:
            values = (getattr(item, name) for item in self.items())
            none = None if name == "description" else ""
            return np.fromiter((holds(each or none) for each in values), np.bool_, len(self))
        column = self.columns.get(name)
        if column is None:
            return np.full(len(self), holds(None), np.bool_)
        truths = np.fromiter((holds(each) for each in column.values), np.bool_, len(column.values))
        return np.append(truths, holds(None))[column.codes]


class Builder:
    """Takes products one by one and makes a shelf of them. `synonyms`: groups of words that mean the same, as written."""

    def __init__(self, languages: Sequence[str], synonyms: Iterable[Sequence[str]] = ()) -> None:
        self._stems = Stems(languages)
        self._synonyms = _groups(synonyms)
        self._blocks: list[bytes] = []
        self._block: list[list[object]] = []
        self._ids: list[str] = []
        self._places: dict[str, int] = {}
        self._names: dict[str, int] = {}
        self._codes: dict[str, array[int]] = {}
        self._values: dict[str, dict[FieldValue, int]] = {}
        self._groups: dict[str, int] = {}
        self._group, self._price, self._available = array("i"), array("d"), bytearray()
        self._colours = array("I")
        self._terms: dict[str, int] = {}
        self._term, self._row, self._weight = array("i"), array("i"), bytearray()
        self._often: dict[str, int] = {}

    def add(self, item: Item) -> None:
        """One more. A product with the id of an earlier one is left out."""
        row = len(self._ids)
        if self._places.setdefault(item.id, row) != row:
            return
        self._ids.append(item.id)
        for name in (item.name, *item.names):
            self._names.setdefault(fold(name), row)
        self._block.append(to_list(item))
        if len(self._block) == BLOCK:
            self._close_block()
        fields = {"id": item.id, "name": item.name, **item.fields}
        for name, value in fields.items():
            self._keep(name, value, row)
        price = price_now(item.fields)
        self._price.append(float("nan") if price is None else price)
        self._available.append(not is_sold_out(item.fields))
        self._group.append(self._groups.setdefault(item.group, len(self._groups)))
        self._index(item, row)

    def _close_block(self) -> None:
        text = json.dumps(self._block, ensure_ascii=False, separators=(",", ":"))
        self._blocks.append(zlib.compress(text.encode("utf-8", "replace"), 4))
        self._block = []

    def _keep(self, name: str, value: FieldValue, row: int) -> None:
        codes = self._codes.setdefault(name, array("i"))
        if len(codes) < row:
            codes.extend([-1] * (row - len(codes)))
        values = self._values.setdefault(name, {})
        # Yes is no 1: they would be one key.
        key: Any = ("yes" if value else "no", value) if isinstance(value, bool) else value
        codes.append(values.setdefault(key, len(values)))

    def _index(self, item: Item, row: int) -> None:
        found: dict[int, int] = {}
        for text, weight in _texts_of(item):
            for word in tokens(text):
                self._often[word] = self._often.get(word, 0) + 1
                for stem in self._stems.of(word):
                    term = self._terms.setdefault(stem, len(self._terms))
                    if found.get(term, 0) < weight:
                        found[term] = weight
        self._term.extend(found)
        self._row.extend([row] * len(found))
        self._weight.extend(found.values())
        told = next((item.fields[each] for each in COLOURS if each in item.fields), item.name)
        self._colours.append(bits_of(" ".join(told) if isinstance(told, tuple) else str(told)))

    def finish(self) -> Shelf:
        """The shelf; the builder is used up."""
        if self._block:
            self._close_block()
        count = len(self._ids)
        self._stems.forget()
        return Shelf(
            blocks=tuple(self._blocks),
            places=self._places,
            ids=tuple(self._ids),
            columns={name: self._column(name, count) for name in list(self._codes)},
            postings=self._postings(),
            spelling=spelling_of(self._often),
            stems=self._stems,
            names=self._names,
            groups=np.array(self._group, np.int32),
            group_names=self._groups,
            prices=np.array(self._price, np.float64),
            available=np.frombuffer(bytes(self._available), np.bool_),
            colours=np.array(self._colours, np.uint32),
            synonyms=self._synonyms,
        )

    def _column(self, name: str, count: int) -> Column:
        codes = np.full(count, -1, np.int32)
        kept = self._codes.pop(name)
        codes[: len(kept)] = kept
        values: list[Any] = [
            each[1] if isinstance(each, tuple) and _is_truth(each) else each for each in self._values.pop(name)
        ]
        numbers = np.array([each if isinstance(each, float) else np.nan for each in values], np.float64)
        return Column(codes, tuple(values), numbers)

    def _postings(self) -> Postings:
        terms = np.frombuffer(self._term, np.int32) if self._term else np.empty(0, np.int32)
        order = np.argsort(terms, kind="stable")
        starts = np.searchsorted(terms[order], np.arange(len(self._terms) + 1))
        rows = np.array(self._row, np.int32)[order]
        weights = np.frombuffer(bytes(self._weight), np.uint8)[order]
        return Postings(self._terms, starts.astype(np.int64), rows, weights)


def _is_truth(key: tuple[Any, ...]) -> bool:
    return len(key) == 2 and isinstance(key[1], bool)


def _texts_of(item: Item) -> Iterator[tuple[str, int]]:
    """The texts by which a product can be found, with what their words count."""
    yield item.name, NAME_WEIGHT
    for name, value in item.fields.items():
        text = " ".join(value) if isinstance(value, tuple) else value
        if isinstance(text, str) and name not in (
            "currency",
            "item_group_id",
            "availability",
            "gtin",
            "condition",
            SALE_PERIOD,
        ):
            yield text, FIELD_WEIGHT if name in TELLING else TEXT_WEIGHT
    for text in item.names:
        yield text, NAME_WEIGHT
    for text in (item.description, *item.descriptions):
        yield text, TEXT_WEIGHT


def _groups(synonyms: Iterable[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Each word, folded, with all that mean the same."""
    groups: dict[str, tuple[str, ...]] = {}
    for group in synonyms:
        words = tuple(dict.fromkeys(fold(each) for each in group))
        for word in words:
            groups[word] = tuple(dict.fromkeys((*groups.get(word, ()), *words)))
    return groups


def shelf_of(items: Iterable[Item], languages: Sequence[str], synonyms: Iterable[Sequence[str]] = ()) -> Shelf:
    """A shelf with these products."""
    builder = Builder(languages, synonyms)
    for item in items:
        builder.add(item)
    return builder.finish()
