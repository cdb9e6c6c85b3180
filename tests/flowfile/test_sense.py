"""Conditions that cannot be meant are told, at their place; nothing is claimed that is not certain."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.conditions import holds
from app.engine.flow import And, Compare, Condition, Literal, Name, Not, Or, Slot, Truth
from app.flowfile.check import check
from app.flowfile.parts.truth import Domain, covered, is_always, is_never
from tests.flowfile.bots import TOP, told, write

SLOTS = """slots:
  occasion: [Work, Dinner, Party]
  budget: {type: number, min: 10, max: 2000}
  amount: number
  day: {type: date, min: 2026-01-01}
  member: yes_no
  word: text
  other_word: text
  picture: photo
"""
COLUMN = 14


def bot(*rules: str, more: str = "") -> str:
    lines = "".join(f"      - {{if: {rule}, to: end}}\n" for rule in rules)
    return f"{TOP}{SLOTS}states:\n  welcome:\n    say: Hi\n{more}    goto:\n{lines}      - {{to: end}}\n"


def codes(folder: Path, *rules: str, more: str = "") -> list[str]:
    return told(write(folder, bot(*rules, more=more)))


@pytest.mark.parametrize(
    "condition",
    [
        "occasion is Work and occasion is Party",
        "occasion is not Work and occasion is not Dinner and occasion is not Party and occasion",
        "budget < 10",
        "budget > 2000",
        "budget > 100 and budget < 50",
        "day < 2026-01-01",
        "day is 2025-12-31",
        "open and not open",
        "member and member is no",
        "word is Ana and word is Ben",
        "word has red and not (word has red)",
        "word is other_word and word is not other_word",
        "picture and not picture",
        "language is en and language is fr",
        "not (occasion is Work or occasion is not Work)",
    ],
)
def test_a_condition_that_never_holds_is_told_at_its_place(condition: str, tmp_path: Path) -> None:
    assert codes(tmp_path, condition) == [f"F411 at 17:{COLUMN}"]


@pytest.mark.parametrize(
    "condition",
    [
        "occasion is Work or occasion is not Work",
        "occasion is not Work or occasion is not Party",
        "not (budget > 100 and budget < 50)",
        "open or not open",
        "language in en, fr",
        "budget >= 10",
        "budget <= 2000",
        "day >= 2026-01-01",
        "occasion in Work, Dinner, Party",
        "member in yes, no",
    ],
)
def test_a_condition_that_always_holds_is_told_at_its_place(condition: str, tmp_path: Path) -> None:
    assert codes(tmp_path, f'"{condition}"') == [f"F410 at 17:{COLUMN}"]


@pytest.mark.parametrize(
    "condition",
    [
        "occasion",
        "budget",
        "not budget",
        "occasion is not Work",
        "budget > 10",
        "budget < 2000",
        "amount > 100 and amount < 101",
        "day > 2026-01-01",
        "day >= 2026-03-01 and day < 2026-03-02",
        "budget >= 10 or not budget and open",
        "member or member is no",
        "word is Ana or word has Ben",
        "word has red and word has blue",
        "word is other_word or open",
        "open and language is fr",
        "picture",
    ],
)
def test_a_condition_that_makes_a_difference_is_no_problem(condition: str, tmp_path: Path) -> None:
    assert codes(tmp_path, condition) == []


def test_a_value_that_the_owner_sets_beyond_the_bounds_counts(tmp_path: Path) -> None:
    assert codes(tmp_path, "budget < 10", more="    set: {budget: 5}\n") == []
    assert codes(tmp_path, "budget < 10", more="    set: {budget: 50}\n") == [f"F411 at 18:{COLUMN}"]


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        (("budget >= 100", "budget >= 500"), ["F412 at 18:9"]),
        (("budget >= 500", "budget >= 100"), []),
        (("open", "open and member"), ["F412 at 18:9"]),
        (("occasion is Work", "occasion is Party", "occasion is Work or occasion is Party"), ["F412 at 19:9"]),
        (("open", "not open"), []),
        (("open", "budget < 10"), [f"F411 at 18:{COLUMN}"]),
    ],
)
def test_a_rule_that_others_have_covered_is_told(rules: tuple[str, ...], found: list[str], tmp_path: Path) -> None:
    assert codes(tmp_path, *rules) == found


def test_the_condition_of_a_choice_is_looked_at_too(tmp_path: Path) -> None:
    states = "states:\n  welcome:\n    say: Hi\n    choices: [{title: Go, to: end, if: open and not open}]\n"
    assert told(write(tmp_path, TOP + states)) == ["F411 at 7:40"]


PRODUCTS = """products:
  - {id: a, name: A, price: 20, stock: 0, vegan: yes, colour: green, for: [Work]}
  - {id: b, name: B, price: 60, stock: 0, vegan: no, for: [Party, Work]}
"""


def suggesting(folder: Path, where: str) -> list[str]:
    states = f'states:\n  welcome:\n    suggest: products\n    where: "{where}"\n'
    return told(write(folder, f"{TOP}{SLOTS}{PRODUCTS}{states}"))


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ("product.price < 0", "F411 at 19:12"),
        ("product.price >= 0", "F410 at 19:12"),
        ("product.price > 50 and product.price < 40", "F411 at 19:12"),
        ("product.vegan and product.vegan is no", "F411 at 19:12"),
        ("product.colour is green or not (product.colour is green)", "F410 at 19:12"),
        ("product.price > 100", "F411 at 19:12"),
        ("product.price is 21", "F411 at 19:12"),
        ("product.for has Party and product.price < 50", "F411 at 19:12"),
        ("product.vegan and product.price > 50 and open", "F411 at 19:12"),
    ],
)
def test_a_condition_that_no_product_or_every_one_fulfils_is_told(where: str, problem: str, tmp_path: Path) -> None:
    assert suggesting(tmp_path, where) == [problem]


@pytest.mark.parametrize(
    "where",
    [
        "product.price < budget",
        "product.price > 10",
        "product.stock > 0",
        "product.vegan",
        "product.colour",
        "not product.colour",
        "product.name has shirt",
        "product.for has Party and product.price > 50",
        "product.for has occasion and product.price > 50",
        "product.vegan or open",
    ],
)
def test_a_condition_that_some_product_may_fulfil_is_no_problem(where: str, tmp_path: Path) -> None:
    assert suggesting(tmp_path, where) == []


def test_that_no_product_of_today_fits_lets_the_bot_go_live(tmp_path: Path) -> None:
    assert suggesting(tmp_path, "product.price > 100") == ["F411 at 19:12"]
    assert [each.advice for each in check(tmp_path).problems if each.code == "F411"] == [True]
    assert suggesting(tmp_path, "product.price < 0") == ["F411 at 19:12"]
    assert [each.advice for each in check(tmp_path).problems if each.code == "F411"] == [False]


@pytest.mark.parametrize(
    "filling",
    [
        "set: {size: S}\n    goto: end",
        "ask: {save: size, say: Which?}\n    goto: end",
    ],
)
def test_a_slot_that_is_filled_somewhere_is_no_advice(filling: str, tmp_path: Path) -> None:
    text = f"{TOP}slots: {{size: [S, M]}}\nstates:\n  welcome:\n    say: Hi\n    {filling}\n"
    assert told(write(tmp_path, text), "F409") == []


def test_a_slot_that_a_message_gives_is_filled(tmp_path: Path) -> None:
    text = (
        f"{TOP}slots: {{size: [S, M]}}\nanywhere: [{{gives: size, goto: welcome}}]\nstates: {{welcome: {{say: Hi}}}}\n"
    )
    assert told(write(tmp_path, text), "F409") == []


def test_too_many_worlds_to_try_are_left_alone(tmp_path: Path) -> None:
    many = " or ".join(f"word has w{number}" for number in range(13))
    assert codes(tmp_path, f"({many}) and open and not open") == []


# ---- soundness: what is claimed holds for every value a customer can have given ------------------------------

DOMAIN = Domain(
    {
        "occasion": Slot("occasion", "choice", values=("Work", "Party")),
        "budget": Slot("budget", "number", minimum=10, maximum=20),
        "day": Slot("day", "date", minimum="2026-01-01"),
        "word": Slot("word", "text"),
        "free": Slot("free", "number"),
    },
    ("en", "fr"),
    frozenset(("free",)),
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "occasion": st.sampled_from([None, "Work", "Party"]),
    "budget": st.none() | st.integers(10, 20) | st.floats(10, 20),
    "day": st.none() | st.integers(0, 900).map(lambda days: (date(2026, 1, 1) + timedelta(days)).isoformat()),
    "word": st.none() | st.sampled_from(["red", "blue", "red blue", "Work", "7", "7.0", "x"]),
    "free": st.none() | st.integers(-5, 30) | st.sampled_from(["", "many"]),
    "open": st.booleans(),
    "language": st.sampled_from(["en", "fr"]),
}
LITERALS: dict[str, st.SearchStrategy[Any]] = {
    "occasion": st.sampled_from(["Work", "Party"]),
    "budget": st.integers(8, 22),
    "day": st.sampled_from(["2025-12-31", "2026-01-01", "2026-06-01"]),
    "word": st.sampled_from(["red", "blue", "Work", "7", "7.0"]),
    "free": st.integers(0, 10),
    "open": st.booleans(),
    "language": st.sampled_from(["en", "fr"]),
}
ORDERED = ("budget", "day", "free")


def compares(name: str) -> st.SearchStrategy[Condition]:
    operators = [
        "is",
        "is not",
        *(["<", "<=", ">", ">="] if name in ORDERED else ()),
        *(["has"] if name == "word" else ()),
    ]
    written = LITERALS[name].map(Literal)
    listed = st.lists(LITERALS[name], min_size=1, max_size=3).map(lambda values: Literal(tuple(values)))
    return (
        st.builds(Compare, st.just(Name(name)), st.sampled_from(operators), written)
        | st.builds(Compare, st.just(Name(name)), st.just("in"), listed)
        | st.just(Truth(Name(name)))
    )


ATOMS = st.sampled_from(sorted(VALUES)).flatmap(compares) | st.just(Compare(Name("free"), "<", Name("budget")))
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(lambda a, b: And((a, b)), inner, inner)
        | st.builds(lambda a, b: Or((a, b)), inner, inner)
    ),
    max_leaves=5,
)
WORLDS = st.fixed_dictionaries(VALUES)


@given(CONDITIONS, st.lists(WORLDS, min_size=1, max_size=10))
@settings(max_examples=300, deadline=None)
def test_what_is_called_always_or_never_true_is_so_for_every_customer(
    condition: Condition, worlds: list[dict[str, Any]]
) -> None:
    always, never = is_always(condition, DOMAIN), is_never(condition, DOMAIN)
    assert not (always and never)
    for world in worlds:
        assert not always or holds(condition, world)
        assert not never or not holds(condition, world)


@given(st.lists(CONDITIONS, min_size=2, max_size=4), st.lists(WORLDS, min_size=1, max_size=10))
@settings(max_examples=200, deadline=None)
def test_a_rule_called_covered_never_decides(rules: list[Condition], worlds: list[dict[str, Any]]) -> None:
    never_first = set(covered(rules, DOMAIN))
    for world in worlds:
        first = next((place for place, rule in enumerate(rules) if holds(rule, world)), None)
        assert first not in never_first
