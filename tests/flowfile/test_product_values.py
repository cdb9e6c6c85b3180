"""The values of products: what each field is, what can be asked of it, and what no shop can mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.effects import Search
from app.engine.finders import Found
from app.flowfile.finders import run_search
from tests.flowfile.bots import TOP, good, problems_in, told, write

SHIRT = "- {id: shirt, name: Silk shirt, price: 55, vegan: yes, since: 2026-03-01}"
SUIT = "- {id: suit, name: Linen suit, price: 95, vegan: no, since: 2025-11-20}"


def bot(*products: str, looks: str = "") -> str:
    listed = "".join(f"  {each}\n" for each in products)
    return f"{TOP}slots: {{wants_vegan: yes_no, day: date}}\nproducts:\n{listed}states:\n  welcome:\n    suggest: products\n{looks}"


def found(folder: Path, looks: str) -> tuple[str, ...]:
    """The ids of the products that the state shows first."""
    flow = good(write(folder, bot(SHIRT, SUIT, looks=f"    {looks}\n")))
    query = '{"facts": {"wants_vegan": false, "day": "2026-01-01"}, "match": "", "shown": []}'
    answer = run_search(flow, Search("suggest", query, "welcome"))
    assert isinstance(answer, Found)
    return answer.unsure


# ---- one mistake is told once ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("product", "problem"),
    [
        ("- {id: a, name: A, price: 55 EUR}", "F614 at 6:29"),
        ("- {id: my shirt, name: A, price: 55}", "F613 at 6:10"),
        ("- {id: a, price: 55}", "F202 at 6:5"),
        ('- {id: a, name: A, price: ""}', "F614 at 6:29"),
    ],
)
@pytest.mark.parametrize("looks", ["where: product.price <= 60", "prefer: product.price"])
def test_a_broken_product_is_told_once(product: str, problem: str, looks: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, bot(product, looks=f"    {looks}\n"))) == [problem]


def test_a_word_that_only_a_broken_product_has_is_not_told(tmp_path: Path) -> None:
    products = ("- {id: a, name: A, colour: blue}", "- {id: my b, name: B, colour: green}")
    assert told(write(tmp_path, bot(*products, looks="    where: product.colour is green\n"))) == ["F613 at 7:10"]


# ---- yes or no, and days -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("looks", "ids"),
    [
        ("where: product.vegan", ("shirt",)),
        ("where: not product.vegan", ("suit",)),
        ("where: product.vegan is no", ("suit",)),
        ("where: product.vegan is wants_vegan", ("suit",)),
        ("where: product.since >= 2026-01-01", ("shirt",)),
        ("where: product.since < day", ("suit",)),
        ("prefer: product.vegan is no", ("suit", "shirt")),
        ("prefer: product.vegan", ("shirt", "suit")),
    ],
)
def test_yes_or_no_and_days_of_products_can_be_compared(looks: str, ids: tuple[str, ...], tmp_path: Path) -> None:
    assert found(tmp_path, looks) == ids


def test_a_field_with_one_other_word_is_a_text(tmp_path: Path) -> None:
    flow = good(write(tmp_path, bot(SHIRT, "- {id: b, name: B, vegan: perhaps, since: 2026}")))
    assert [each.fields["vegan"] for each in flow.products.values()] == ["yes", "perhaps"]


def test_what_can_be_larger_and_smaller_is_said(tmp_path: Path) -> None:
    folder = write(tmp_path, bot("- {id: a, name: A, since: spring}", looks="    where: product.since > 2026-01-01\n"))
    (problem,) = problems_in(folder)
    assert problem.code == "F407"
    assert "a number there, or a day as 2026-12-25" in problem.hint


# ---- what no shop can mean ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("product", "problem"),
    [
        ("- {id: a, name: null}", "F202 at 6:19"),
        ("- {id: a, name: ~}", "F202 at 6:19"),
        ("- {id: null, name: A}", "F202 at 6:10"),
        ("- {id: a, name: A, description: null}", "F202 at 6:35"),
        ("- {id: a, name: A, colour: ~}", "F202 at 6:30"),
        ("- {id: a, name: A, price: -5}", "F614 at 6:29"),
        ("- {id: a, name: A, sale_price: -0.5}", "F614 at 6:34"),
        ("- {id: a, name: A, price: 5, currency: [USD]}", "F212 at 6:42"),
        ("- {id: a, name: A, price: 5, currency: €}", "F405 at 6:42"),
        ("- {id: a, name: A, price: 5, currency: EURO}", "F405 at 6:42"),
        ("- {id: a, name: A, price: 5, currency: XYZ}", "F405 at 6:42"),
        (f"- {{id: a, name: A, url: https://a.example/{'x' * 1_000}}}", "F304 at 6:27"),
        (f"- {{id: a, name: A, image: https://a.example/{'x' * 1_000}}}", "F304 at 6:29"),
    ],
)
def test_a_value_that_no_product_can_have_is_told(product: str, problem: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, bot(product))) == [problem]


@pytest.mark.parametrize(
    "product",
    [
        '- {id: a, name: "null", colour: "~"}',
        "- {id: a, name: Nullarbor}",
        "- {id: a, name: A, price: 0, stock: -1, currency: eur}",
        f"- {{id: a, name: A, url: https://a.example/{'x' * 900}}}",
    ],
)
def test_a_value_that_only_looks_odd_is_no_problem(product: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, bot(product))) == []


def test_the_currency_that_is_meant_is_named(tmp_path: Path) -> None:
    (problem,) = problems_in(write(tmp_path, bot("- {id: a, name: A, price: 5, currency: €}")))
    assert problem.hint == "Write EUR."


def test_an_id_is_an_id(tmp_path: Path) -> None:
    (problem,) = problems_in(write(tmp_path, bot("- {id: [a], name: A}")))
    assert problem.message == "This should be an id, but it is a list."


def test_a_product_that_nobody_can_know_is_told_in_set_too(tmp_path: Path) -> None:
    states = "states:\n  welcome: {set: {word: <product.id>}, say: Hello!}\n"
    assert told(write(tmp_path, f"{TOP}slots: {{word: text}}\n{states}")) == ["F617 at 6:25"]


def test_a_value_in_set_is_kept_as_it_stands(tmp_path: Path) -> None:
    states = "states:\n  welcome: {set: {word: <said>}, say: Hello!}\n"
    top = f"{TOP}slots: {{word: text}}\n"
    assert told(write(tmp_path, top + states)) == ["F401 at 6:25"]
    assert good(write(tmp_path, top + states.replace("<said>", "\\<said>"))).states["welcome"].set == {"word": "<said>"}
