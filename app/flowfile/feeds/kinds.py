"""What kind each column of a feed is: numbers, yes and no, or texts. A column is what all of its cells are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from app.catalogue.item import FieldValue, Item
from app.catalogue.rows import AMOUNTS, NUMBERS, TEXTS

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?")
_TRUTHS = {"yes": True, "true": True, "no": False, "false": False}

NUMBER, YES_NO, TEXT = 1, 2, 4
"""What the cells of a column may be, as bits: those that all of them may be are left."""


def note(cells: Mapping[str, FieldValue], seen: dict[str, int]) -> None:
    """Note what these cells may be."""
    for name, value in cells.items():
        may = _may_be(value) if name not in TEXTS else TEXT
        seen[name] = seen.get(name, NUMBER | YES_NO | TEXT) & may


def _may_be(value: FieldValue) -> int:
    if isinstance(value, float):
        return NUMBER
    if not isinstance(value, str):
        return TEXT
    return TEXT | (NUMBER if _NUMBER.fullmatch(value) else 0) | (YES_NO if value.lower() in _TRUTHS else 0)


def kinds_of(seen: Mapping[str, int]) -> dict[str, str]:
    """The kind of each column by name, those of every feed among them, as slots name kinds."""
    kinds = dict.fromkeys(TEXTS, "text") | dict.fromkeys((*AMOUNTS, *NUMBERS, "stock"), "number") | {"currency": "text"}
    for name, may in seen.items():
        kinds[name] = "number" if may & NUMBER else "yes_no" if may & YES_NO else "text"
    return kinds


def typed(item: Item, kinds: Mapping[str, str]) -> Item:
    """The product with its fields as what their columns are."""
    return replace(item, fields={name: _typed(value, kinds.get(name, "text")) for name, value in item.fields.items()})


def _typed(value: FieldValue, kind: str) -> FieldValue:
    if not isinstance(value, str):
        return value
    if kind == "number":
        return float(value)
    return _TRUTHS[value.lower()] if kind == "yes_no" else value
