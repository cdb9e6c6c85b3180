"""`suggest` with `where`, `match`, `prefer` and `show`. Whether any product fits is only known when a customer is there."""

from __future__ import annotations

import re

from app.engine.flow import PRODUCT_PREFIX, Preference, Suggest
from app.flowfile import limits
from app.flowfile.parts.conditions import read_condition
from app.flowfile.parts.known import Known
from app.flowfile.parts.shapes import as_items, as_scalar, number_of
from app.flowfile.parts.texts import read_text
from app.flowfile.rules import products as rules
from app.flowfile.rules import structure, values
from app.flowfile.source.nodes import Node, Pairs, Scalar

SUGGEST_PARTS = ("where", "prefer", "match", "show")
EVERYTHING = "products"
"""What can be suggested."""

_FIELD = re.compile(r"product\.[A-Za-z0-9_]+")


def read_suggest(pairs: Pairs, known: Known) -> Suggest | None:
    """What the state suggests, or None."""
    for part in SUGGEST_PARTS:
        known.report.take(structure.key_without_partner(pairs, part, "suggest"))
    node = pairs.get("suggest")
    if node is None:
        return None
    where, prefer, match, show = (pairs.get(part) for part in SUGGEST_PARTS)
    scalar = as_scalar(node, known.report, "word", "suggest: products")
    if scalar and scalar.text != EVERYTHING:
        known.report.take(values.wrong_value(scalar.place, scalar.text, "something to suggest", "suggest: products"))
    elif scalar and not known.has_products:
        known.report.take(rules.no_products(scalar))
        return None
    known.beside_product = True
    condition = read_condition(where, known) if where else None
    preferences = _read_prefer(prefer, known) if prefer else ()
    known.beside_product = False
    words = read_text(match, known, limits.TEXT) if match else None
    return Suggest(condition, words, preferences, _read_show(show, known) if show else Suggest().show)


def _read_prefer(node: Node, known: Known) -> tuple[Preference, ...]:
    """Fields with numbers, and conditions, the most important first."""
    items = as_items(node, known.report, "a field or a list of fields", "prefer: product.rating")
    found = (_read_preference(item, known) for item in items)
    return tuple(each for each in found if each)


def _read_preference(node: Node, known: Known) -> Preference | None:
    slot = known.product_slots.get(node.text) if isinstance(node, Scalar) else None
    is_field = isinstance(node, Scalar) and _FIELD.fullmatch(node.text) is not None
    if not isinstance(node, Scalar) or not is_field or (slot and slot.kind == "yes_no"):
        condition = read_condition(node, known)
        return Preference(condition=condition) if condition else None
    if known.report.take(rules.unknown_product_field(node.place, node.text, known.product_names)):
        return None
    if slot and slot.kind != "number":
        what = f"{node.text} is no number, so no product has more of it."
        hint = f"Write a condition, as in {node.text} is Linen, or a field with numbers."
        known.report.take(values.type_mismatch(node.place, what, hint))
        return None
    return Preference(field=node.text.removeprefix(PRODUCT_PREFIX))


def _read_show(node: Node, known: Known) -> int:
    scalar = as_scalar(node, known.report, "number", "show: 3")
    number = number_of(scalar.text) if scalar else None
    if scalar and (number is None or number != int(number) or not 1 <= number <= limits.CARDS_MAX):
        what = f"a number from 1 to {limits.CARDS_MAX}"
        known.report.take(values.wrong_value(scalar.place, scalar.text, what, "show: 3"))
        return Suggest().show
    return int(number) if number else Suggest().show
