"""Conditions of an owner over all products at once, and what a customer wishes for, as the catalogue takes them. Keeps nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.catalogue.ask import rows_of, usual_likes
from app.catalogue.item import FieldValue
from app.catalogue.seek import NEAR_PRICE, Numbers, Query, Wished, numbers_of
from app.catalogue.shelf import COLOURS, SIZES, Mask, Shelf
from app.engine.conditions import PRICE, compares, holds, is_field, is_true
from app.engine.flow import PRODUCT_PREFIX, And, Compare, Condition, Name, Not, Or, Preference, Truth

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "is": "is", "is not": "is not", "in": "has", "has": "in"}
"""The same said from the other side."""

OF_THE_MOMENT = frozenset(("open", "result", "language"))
"""Names in conditions that are no wishes of a customer."""

ALIKE = ("brand", "product_type", "category", *COLOURS)
"""Fields in which what a customer likes is like other products."""


def mask_of(shelf: Shelf, condition: Condition, facts: Mapping[str, Any]) -> Mask:
    """For which products a condition holds, given what is known of the customer."""
    match condition:
        case And(parts):
            return reduce(np.logical_and, (mask_of(shelf, each, facts) for each in parts))
        case Or(parts):
            return reduce(np.logical_or, (mask_of(shelf, each, facts) for each in parts))
        case Not(inner):
            return ~mask_of(shelf, inner, facts)
        case Truth(name) if is_field(name.name):
            return shelf.where(_bare(name), is_true, ("true", name.name))
        case Compare():
            return _compared(shelf, condition, facts)
        case _:
            return np.full(len(shelf), holds(condition, facts))


def _compared(shelf: Shelf, condition: Compare, facts: Mapping[str, Any]) -> Mask:
    left, operator, right = condition.left, condition.op, condition.right
    of_right = isinstance(right, Name) and is_field(right.name)
    if is_field(left.name) and isinstance(right, Name) and of_right:
        return _two_fields(shelf, left, operator, right)
    if of_right and isinstance(right, Name):
        value = facts.get(left.name)
        return _against(shelf, _bare(right), MIRRORED[operator], value, lambda other: compares(value, operator, other))
    if is_field(left.name):
        value = facts.get(right.name) if isinstance(right, Name) else right.value
        return _against(shelf, _bare(left), operator, value, lambda own: compares(own, operator, value))
    return np.full(len(shelf), holds(condition, facts))


def _against(shelf: Shelf, field: str, operator: str, value: Any, test: Any) -> Mask:
    """A field against a value; numbers all at once, anything else once for each different value."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    column = shelf.columns.get(field)
    if is_number and column is not None and operator in _ORDERED and not np.isnan(column.numbers).any():
        numbers = shelf.prices if PRODUCT_PREFIX + field == PRICE else column.floats()
        with np.errstate(invalid="ignore"):
            found: Mask = _ORDERED[operator](numbers, value)
        return found
    if PRODUCT_PREFIX + field == PRICE:
        amounts, places = np.unique(shelf.prices, return_inverse=True)
        truths = [test(None if np.isnan(each) else float(each)) for each in amounts]
        return np.array(truths, np.bool_)[places] if truths else shelf.all()
    return shelf.where(field, test, (field, operator, repr(value)))


_ORDERED = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}


def _two_fields(shelf: Shelf, left: Name, operator: str, right: Name) -> Mask:
    """Two fields of the same product: decided once for each pair of values that there is."""
    codes, values = zip(*(_codes_of(shelf, _bare(each)) for each in (left, right)), strict=True)
    pairs, places = np.unique(np.stack(codes), axis=1, return_inverse=True)
    met = [(values[0][a] if a >= 0 else None, values[1][b] if b >= 0 else None) for a, b in pairs.T]
    return np.array([compares(a, operator, b) for a, b in met], np.bool_)[places.reshape(-1)]


def _codes_of(shelf: Shelf, field: str) -> tuple[NDArray[np.int32], tuple[FieldValue, ...]]:
    """The values of a field and where they are; no product has one that is no column."""
    column = shelf.columns.get(field)
    return (column.codes, column.values) if column else (np.full(len(shelf), -1, np.int32), ())


def _bare(name: Name) -> str:
    return name.name.removeprefix(PRODUCT_PREFIX)


# ---- wishes ------------------------------------------------------------------------------------------------


def split(condition: Condition | None) -> tuple[tuple[Condition, ...], tuple[Compare, ...]]:
    """What must hold whoever the customer is, and what he wishes for: a field beside one of the values that he gave."""
    parts = condition.parts if isinstance(condition, And) else (condition,) if condition else ()
    wishes = tuple(each for each in parts if isinstance(each, Compare) and _slot_in(each))
    return tuple(each for each in parts if each not in wishes), wishes


def _slot_in(compare: Compare) -> str:
    """The slot that a comparison sets beside a field of the product; empty for any other comparison."""
    names = [compare.left.name, compare.right.name] if isinstance(compare.right, Name) else []
    slots = [each for each in names if not is_field(each) and each not in OF_THE_MOMENT]
    return slots[0] if len(slots) == 1 and len(names) == 2 and compare.op != "is not" else ""


def wished(shelf: Shelf, compare: Compare, facts: Mapping[str, Any]) -> Wished:
    """A wish by its name for the customer: of a price, a colour and a size as people say them, of anything else its slot."""
    slot, fits = _slot_in(compare), mask_of(shelf, compare, facts)
    is_left = is_field(compare.left.name)
    operator = compare.op if is_left else MIRRORED[compare.op]
    field = _bare(compare.left if is_left else compare.right)  # type: ignore[arg-type]
    value = facts.get(slot)
    if field in ("price", "sale_price") and isinstance(value, (int, float)) and operator in _ORDERED:
        with np.errstate(invalid="ignore"):
            near = shelf.prices <= value * NEAR_PRICE if "<" in operator else shelf.prices >= value / NEAR_PRICE
        return Wished("under" if "<" in operator else "over", f"{value:g}", fits, near, -np.abs(shelf.prices - value))
    if isinstance(value, str) and field in (*COLOURS, *SIZES):
        return Wished("colour" if field in COLOURS else "size", value, fits)
    return Wished("other", slot, fits)


# ---- likes -------------------------------------------------------------------------------------------------


def likes_of(shelf: Shelf, preferences: Iterable[Preference], facts: Mapping[str, Any]) -> tuple[Numbers, ...]:
    """What puts a product before another, the most important first."""
    return tuple(
        mask_of(shelf, each.condition, facts).astype(np.float64) if each.condition else numbers_of(shelf, each.field)
        for each in preferences
    )


def tastes_of(shelf: Shelf, liked: Collection[str]) -> tuple[Numbers, ...]:
    """How much each product is like those that the customer likes."""
    rows = np.flatnonzero(np.isin(shelf.groups, groups_of(shelf, liked))) if liked else ()
    if not len(rows):
        return ()
    points = np.zeros(len(shelf))
    for name in ALIKE:
        if (column := shelf.columns.get(name)) is not None:
            codes = np.unique(column.codes[rows])
            points += np.isin(column.codes, codes[codes >= 0])
    return (points,)


def groups_of(shelf: Shelf, names: Collection[str]) -> list[int]:
    """The groups of variants with these names."""
    return [shelf.group_names[each] for each in names if each in shelf.group_names]


def query_of(shelf: Shelf, wish: Mapping[str, Any], number: int) -> Query:
    """What every search has: nothing sold out, nothing that was shown or is not liked; what is alike and well rated first."""
    return Query(
        must=shelf.available,
        likes=(*tastes_of(shelf, wish.get("liked", ())), *usual_likes(shelf)),
        shown=rows_of(shelf, wish.get("shown", ())),
        never=groups_of(shelf, wish.get("disliked", ())),
        number=number,
    )


def told(dropped: Sequence[Wished]) -> tuple[tuple[str, str], ...]:
    """Wishes as the engine says them."""
    return tuple((each.kind, each.value) for each in dropped)
