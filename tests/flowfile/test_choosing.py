"""A condition over all products at once says of each product what the engine says of it alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.catalogue.item import FieldValue, Item
from app.catalogue.shelf import shelf_of
from app.engine.conditions import holds
from app.engine.flow import And, Compare, Condition, Flow, Literal, Name, Not, Or, Product, Truth
from app.engine.screen import values_of
from app.flowfile.choosing import mask_of, split
from tests.engine.transcript import MORNING, flow, state, text

FIELDS = ("price", "sale_price", "color", "occasions", "vegan", "stock")
VALUES: some.SearchStrategy[FieldValue] = some.one_of(
    some.sampled_from((0.0, 10.0, 25.5, 60.0)), some.sampled_from(("red", "Red", "blue", "60", "")), some.booleans(),
    some.sampled_from((("Party", "Work"), ("Party",), ())),
)  # fmt: skip
PRICES = some.sampled_from((0.0, 10.0, 25.5, 60.0))
PRODUCTS = some.lists(
    some.fixed_dictionaries({}, optional={name: PRICES if "price" in name else VALUES for name in FIELDS}),
    min_size=1,
    max_size=8,
)
OPERATORS = ("is", "is not", "<", "<=", ">", ">=", "in", "has")
NAMES = some.sampled_from(
    (*(Name(f"product.{name}") for name in (*FIELDS, "name", "nothing")), Name("budget"), Name("open"))
)
LITERALS = some.builds(Literal, some.one_of(VALUES, some.sampled_from((("red", "blue"), (10.0, 60.0)))))
COMPARES = some.builds(Compare, NAMES, some.sampled_from(OPERATORS), some.one_of(NAMES, LITERALS))
CONDITIONS: some.SearchStrategy[Condition] = some.recursive(
    some.one_of(COMPARES, some.builds(Truth, NAMES)),
    lambda inner: some.one_of(
        some.builds(Not, inner),
        some.builds(And, some.tuples(inner, inner)),
        some.builds(Or, some.tuples(inner, inner)),
    ),
    max_leaves=4,
)
FACTS = some.fixed_dictionaries(
    {}, optional={"budget": some.sampled_from((10.0, 60.0, "red", True)), "open": some.booleans()}
)
BOT: Flow = flow(state("welcome", "Hi!"))


@settings(max_examples=150, deadline=None)
@given(PRODUCTS, CONDITIONS, FACTS)
def test_a_condition_over_all_products_is_the_condition_of_each(
    products: list[dict[str, FieldValue]], condition: Condition, facts: dict[str, Any]
) -> None:
    made = shelf_of((Item(str(place), f"No {place}", fields=each) for place, each in enumerate(products)), ("en",))
    found = mask_of(made, condition, facts)
    for place, fields in enumerate(products):
        values = values_of(BOT, Product(str(place), text(f"No {place}"), fields=fields), "en", MORNING)
        assert bool(np.asarray(found)[place]) is bool(holds(condition, {**facts, **values}))


BUDGET = Compare(Name("product.price"), "<=", Name("budget"))
IN_STOCK = Compare(Name("product.stock"), ">", Literal(0.0))
OPEN = Compare(Name("product.vegan"), "is", Name("open"))
SALE = Compare(Name("product.sale_price"), "<", Name("product.price"))


@pytest.mark.parametrize("mirrored", [False, True])
def test_what_is_set_beside_a_customers_word_is_a_wish_and_all_else_must_hold(mirrored: bool) -> None:
    budget = Compare(Name("budget"), ">=", Name("product.price")) if mirrored else BUDGET
    assert split(And((budget, IN_STOCK, OPEN, SALE))) == ((IN_STOCK, OPEN, SALE), (budget,))
    assert split(budget) == ((), (budget,))
    assert split(None) == ((), ())
