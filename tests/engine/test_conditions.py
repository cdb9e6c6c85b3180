"""Conditions, also those whose values are missing or of another kind."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.conditions import holds, names_in
from app.engine.flow import And, Compare, Literal, Name, Not, Or, Truth

NAMES = Name("it")


@pytest.mark.parametrize(
    ("value", "operator", "other", "expected"),
    [
        (60, ">=", 60.0, True), (59.9, ">=", 60.0, False), (60, "<", 61.0, True), (60, "<=", 60.0, True), (60, ">", 60.0, False),
        ("60", ">", 7.0, True), ("abc", ">", 7.0, False), (None, "<", 7.0, False), (True, ">", 0.0, False),
        ("2026-12-03", "<", "2026-12-10", True), ("2026-12-03", ">", "2026-12-10", False),
        ("Party", "is", "party", True), ("Party", "is", "Work", False), ("Party", "is not", "Work", True),
        (None, "is", "Work", False), (None, "is not", "Work", True), (True, "is", True, True), (True, "is", 1.0, False),
        (60, "is", "60", True), (60.5, "is", 60.5, True),
        ("Party", "in", ("Work", "Party"), True), ("Dinner", "in", ("Work", "Party"), False), (None, "in", ("Work",), False),
        (60, "in", (30.0, 60.0), True), (["Work", "Party"], "has", "party", True), (["Work"], "has", "Party", False),
        ("a red dress", "has", "red", True), ("a redder dress", "has", "red", False), (None, "has", "red", False),
        (60, "has", 60.0, True), ({"title": "x"}, "is", "x", False), ({"title": "x"}, "<", 3.0, False), ("", "=~", "", False),
    ],
)  # fmt: skip
def test_a_comparison_holds_when_its_words_say_so(value: Any, operator: str, other: Any, expected: bool) -> None:
    assert holds(Compare(NAMES, operator, Literal(other)), {"it": value}) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), (None, False), ("", False), ("x", True), (0, True), ([], False)],
)
def test_a_name_alone_asks_for_its_truth_or_for_any_value(value: Any, expected: bool) -> None:
    assert holds(Truth(NAMES), {"it": value}) is expected
    assert holds(Not(Truth(NAMES)), {"it": value}) is not expected


def test_a_name_can_be_compared_with_a_name() -> None:
    assert holds(Compare(NAMES, "<", Name("other")), {"it": 1, "other": 2})
    assert not holds(Compare(NAMES, "<", Name("other")), {"it": 1})


def test_and_needs_all_or_needs_one() -> None:
    one, other = Truth(Name("one")), Truth(Name("other"))
    for values in ({}, {"one": True}, {"other": True}, {"one": True, "other": True}):
        assert holds(And((one, other)), values) is (len(values) == 2)
        assert holds(Or((one, other)), values) is (len(values) > 0)


def test_the_names_of_a_condition_are_all_found() -> None:
    condition = And((Truth(Name("a")), Or((Not(Truth(Name("b"))), Compare(Name("c"), "is", Name("d"))))))
    assert names_in(condition) == {"a", "b", "c", "d"}
