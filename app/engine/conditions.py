"""Decides conditions. A value that is missing or of another kind makes a comparison false, never an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.flow import PRICE_NOW, PRODUCT_PREFIX, And, Compare, Condition, Name, Not, Or, Truth
from app.engine.fold import fold

PRICE = f"{PRODUCT_PREFIX}price"


def names_in(condition: Condition) -> frozenset[str]:
    """Every name the condition looks at."""
    match condition:
        case Compare(left, _, right):
            return frozenset({left.name, right.name} if isinstance(right, Name) else {left.name})
        case Truth(name):
            return frozenset({name.name})
        case Not(inner):
            return names_in(inner)
        case And(parts) | Or(parts):
            return frozenset().union(*(names_in(part) for part in parts))


def holds(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Whether the condition is true of `values`: slots by name, and open, language, result."""
    match condition:
        case Truth(name):
            return is_true(values.get(name.name))
        case Not(inner):
            return not holds(inner, values)
        case And(parts):
            return all(holds(part, values) for part in parts)
        case Or(parts):
            return any(holds(part, values) for part in parts)
        case Compare(left, operator, right):
            if not isinstance(right, Name):
                return compares(_value_of(left, "", values), operator, right.value)
            return compares(_value_of(left, right.name, values), operator, _value_of(right, left.name, values))


def is_field(name: str) -> bool:
    """Whether a name is a product's."""
    return name.startswith(PRODUCT_PREFIX)


def _value_of(name: Name, beside: str, values: Mapping[str, Any]) -> Any:
    """What a name stands for. A price is what is to be paid now, but beside another field, as in sale_price < price."""
    if name.name == PRICE and not is_field(beside):
        return values.get(PRICE_NOW, values.get(PRICE))
    return values.get(name.name)


def is_true(value: Any) -> bool:
    """A yes_no value is itself, zero is a value like any other."""
    return value if isinstance(value, bool) else value not in (None, "", [], ())


def compares(left: Any, operator: str, right: Any) -> bool:
    """Whether `left operator right` is true of two values."""
    if operator == "is not":
        return not _same(left, right)
    if left is None or right is None:
        return False
    match operator:
        case "is":
            return _same(left, right)
        case "in":
            return _has(right, left)
        case "has":
            return _has(left, right)
        case _:
            return _is_ordered(left, operator, right)


def _same(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is right
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if left == right:
        return True
    left_number, right_number = _number(left), _number(right)
    if left_number is not None and right_number is not None:
        return left_number == right_number
    return isinstance(left, str) and isinstance(right, str) and fold(left) == fold(right)


def _has(container: Any, value: Any) -> bool:
    """A list has a value, a text has a word or words."""
    if isinstance(container, (list, tuple)):
        return any(_same(each, value) for each in container)
    if isinstance(container, str) and isinstance(value, str):
        return f" {fold(value)} " in f" {fold(container)} "
    return _same(container, value)


def _is_ordered(left: Any, operator: str, right: Any) -> bool:
    """Numbers by size, other texts (dates in their stored form) by letters."""
    pair: tuple[Any, Any] = (_number(left), _number(right))
    if None in pair:
        if not (isinstance(left, str) and isinstance(right, str)):
            return False
        pair = (left, right)
    match operator:
        case "<":
            return bool(pair[0] < pair[1])
        case "<=":
            return bool(pair[0] <= pair[1])
        case ">":
            return bool(pair[0] > pair[1])
        case ">=":
            return bool(pair[0] >= pair[1])
        case _:
            return False


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    if not value or (isinstance(value, str) and value[0].isalpha() and value[0] not in "iInN"):
        return None  # Sooner than by the error that nearly every word would raise; inf and nan are numbers.
    try:
        return float(value) if isinstance(value, str) and len(value) < 40 else None
    except ValueError:
        return None
