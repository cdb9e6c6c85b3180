"""Products, suggestions and cards of a bot: what is read, and every problem at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.flow import Preference, SayCards, SayForm
from app.flowfile.check import check
from app.flowfile.rehearsal.play import play
from tests.flowfile.bots import TOP, good, problems_in, told, write

WORKED_EXAMPLE = Path(__file__).parent / "worked_example"

SLOTS = "slots: {occasion: [Work, Party], budget: number}\n"
PRODUCTS = """products:
  - {id: shirt, name: Silk shirt, price: 55, colour: green, occasions: [Party], url: "https://shop.example/1"}
  - {id: suit, name: Linen suit, price: 95.5, colour: dark blue, occasions: [Work, Party]}
"""
ASKED = """  welcome:
    ask: [{save: occasion, say: For what?}, {save: budget, say: How much?}]
    goto: looks
"""


def bot(looks: str, products: str = PRODUCTS) -> str:
    return f"{TOP}{SLOTS}{products}states:\n{ASKED}  looks:\n    suggest: products\n{looks}"


LINE = bot("").count("\n") + 1
"""Where the first line of `looks` comes to stand, behind `suggest`."""


def places(looks: str, tmp_path: Path, products: str = PRODUCTS) -> list[str]:
    """The problems, their lines counted from the first line of `looks`."""
    found = problems_in(write(tmp_path, bot(looks, products)))
    return [f"{each.code} at {each.line - LINE + 1}:{each.column}" for each in found]


# ---- the specification -------------------------------------------------------------------------------------


def test_the_worked_example_of_the_language_has_advice_only() -> None:
    found = check(WORKED_EXAMPLE).problems
    assert [(each.code, each.advice) for each in found] == [("F901", True), ("F605", True)]


def test_the_conversations_of_the_worked_example_are_held() -> None:
    checked = check(WORKED_EXAMPLE)
    assert checked.flow is not None
    assert len(checked.tests) == 2
    assert [play(checked.flow, each) for each in checked.tests] == [[], []]


# ---- products ----------------------------------------------------------------------------------------------


def test_fields_are_numbers_texts_and_lists(tmp_path: Path) -> None:
    flow = good(write(tmp_path, bot("    where: product.price <= budget\n")))
    assert dict(flow.products["suit"].fields) == {"price": 95.5, "colour": "dark blue", "occasions": ("Work", "Party")}
    assert flow.products["shirt"].url == "https://shop.example/1"


def test_digits_with_zeros_before_them_stay_as_they_are_written(tmp_path: Path) -> None:
    products = "products:\n  - {id: a, name: A, ean: 00123}\n"
    flow = good(write(tmp_path, bot("    where: product.ean is 00123\n", products)))
    assert flow.products["a"].fields["ean"] == "00123"


def test_a_field_that_is_not_a_number_everywhere_is_a_text(tmp_path: Path) -> None:
    products = "products:\n  - {id: a, name: A, size: 38}\n  - {id: b, name: B, size: M}\n"
    flow = good(write(tmp_path, bot("    where: product.size is M\n", products)))
    assert [each.fields["size"] for each in flow.products.values()] == ["38", "M"]


@pytest.mark.parametrize(
    ("product", "problem"),
    [
        ("{name: A}", "F202 at 6:5"),
        ("{id: a}", "F202 at 6:5"),
        ("{id: my shirt, name: A}", "F613 at 6:10"),
        ("{id: a, name: A, Price: 3}", "F613 at 6:22"),
        ("{id: a, name: A, price: 55 EUR}", "F614 at 6:29"),
        ("{id: a, name: A, price: 1, stock: many}", "F614 at 6:39"),
        ("{id: a, name: A, url: shop.example}", "F801 at 6:27"),
        ("{id: a, name: A <said>}", "F401 at 6:21"),
        ('{id: a, name: A, colour: ""}', "F202 at 6:30"),
        ("shirt", "F212 at 6:5"),
    ],
)
def test_a_product_that_cannot_be_is_told(product: str, problem: str, tmp_path: Path) -> None:
    main = f"{TOP}{SLOTS}products:\n  - {product}\nstates:\n  welcome: {{say: Hello!}}\n"
    assert [each for each in told(write(tmp_path, main)) if each != "F409 at 4:9"] == [problem]


def test_a_list_of_prices_is_told(tmp_path: Path) -> None:
    main = f"{TOP}products:\n  - {{id: a, name: A, price: [1, 2]}}\nstates:\n  welcome: {{say: Hello!}}\n"
    assert told(write(tmp_path, main)) == ["F614 at 5:29"]


def test_an_id_of_two_products_is_told_in_whatever_file(tmp_path: Path) -> None:
    main = f"{TOP}include: [more.yaml]\nproducts: [{{id: a, name: A}}]\nstates:\n  welcome: {{say: Hello!}}\n"
    folder = write(tmp_path, main, more="products:\n  - {id: a, name: B}\n")
    assert told(folder) == ["F612 at 2:10 in more.yaml"]


# ---- suggest -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "looks",
    [
        "    where: product.occasions has occasion and product.price <= budget\n",
        "    where: budget >= product.price and product.occasions has Party\n",
        "    where: product.colour is green or product.colour has blue\n",
        "    where: product.colour in [green, dark blue]\n",
        "    where: product.name has shirt\n",
        "    prefer: product.price\n",
        "    prefer: [product.occasions has occasion, product.price]\n",
        "    match: <said>\n",
        "    show: 10\n",
        '    buttons: {"Buy it": <product.url>, "Only <product.price>": welcome, More: more}\n',
        "    buttons: [{title: Buy it, to: <product.url>, if: product.price > 60}]\n",
        "    choices: {More: more}\n",
        "    none: welcome\n",
        "    remind: {after: 2 hours, say: More?, choices: {Yes: more}}\n",
    ],
)
def test_a_suggestion_that_makes_sense_is_without_problems(looks: str, tmp_path: Path) -> None:
    assert places(looks, tmp_path) == []


@pytest.mark.parametrize(
    ("looks", "problem"),
    [
        ("    where: product.prise <= budget\n", "F611 at 1:12"),
        ("    where: budget > product.prise\n", "F611 at 1:21"),
        ("    where: product.colour > 3\n", "F407 at 1:12"),
        ("    where: product.price has 3\n", "F407 at 1:12"),
        ("    where: product.price <= occasion\n", "F407 at 1:29"),
        ("    where: product.occasions has Wedding\n", "F406 at 1:34"),
        ("    where: product.colour is gren\n", "F406 at 1:30"),
        ("    prefer: product.rating\n", "F611 at 1:13"),
        ("    where: product.occasions is Party\n", "F407 at 1:12"),
        ("    none: more\n", "F616 at 1:11"),
        ("    buttons: {Buy it: <product.name>}\n", "F801 at 1:23"),
        ("    prefer: product.colour\n", "F407 at 1:13"),
        ("    show: 11\n", "F405 at 1:11"),
        ("    show: 2.5\n", "F405 at 1:11"),
        ("    show: 0\n", "F405 at 1:11"),
        ("    buttons: {Buy for <product.page>: welcome}\n", "F611 at 1:23"),
        ("    goto: welcome\n", "F201 at 1:5"),
        ("    say: Only <product.price>\n", "F617 at 1:15"),
        ("    remind: {after: 2 hours, say: Only <product.price>}\n", "F617 at 1:40"),
    ],
)
def test_a_suggestion_that_cannot_work_is_told(looks: str, problem: str, tmp_path: Path) -> None:
    assert places(looks, tmp_path) == [problem]


def test_a_field_that_no_product_has_is_told_with_the_near_one(tmp_path: Path) -> None:
    (problem,) = problems_in(write(tmp_path, bot("    where: product.prise <= budget\n")))
    assert 'Did you mean "product.price"?' in problem.hint


@pytest.mark.parametrize(
    ("states", "problem"),
    [
        ("  welcome: {say: Hello!, choices: {Next: more}}\n", "F616 at 5:42"),
        ("  welcome: {say: Price <product.price>}\n", "F617 at 5:24"),
        ("  welcome: {say: Hello!, buttons: [{title: A, to: welcome, if: product.price > 3}]}\n", "F617 at 5:64"),
        ("  welcome: {suggest: products}\n", "F615 at 5:22"),
        ("  welcome: {suggest: everything}\n", "F405 at 5:22"),
        ("  welcome: {say: Hello!, where: open}\n", "F201 at 5:26"),
        ("  welcome: {say: Hello <secret.TOKEN>!}\n", "F805 at 5:24"),
    ],
)
def test_words_about_products_where_there_are_none_are_told(states: str, problem: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, f"{TOP}states:\n{states}")) == [problem]


def test_products_in_anywhere_need_products(tmp_path: Path) -> None:
    anywhere = "anywhere: [{products: all}]\nstates:\n  welcome: {say: Hello!}\n"
    assert told(write(tmp_path, TOP + anywhere)) == ["F615 at 4:13"]
    assert told(write(tmp_path, TOP + anywhere.replace("all", "shirts"))) == ["F405 at 4:23"]
    assert good(write(tmp_path, TOP + PRODUCTS + anywhere)).anywhere[0].products


def test_a_ring_through_none_is_told_unless_something_changes_on_the_way(tmp_path: Path) -> None:
    ring = "    none: wider\n  wider: {say: Let me see., goto: looks}\n"
    assert places(ring, tmp_path) == ["F206 at -1:3"]
    assert places(ring.replace("say: Let me see.", "set: {budget: 500}"), tmp_path) == []


def test_preferences_are_fields_or_conditions(tmp_path: Path) -> None:
    flow = good(write(tmp_path, bot("    prefer: [product.occasions has Party, product.price]\n")))
    suggest = flow.states["looks"].suggest
    assert suggest is not None
    assert [each.field for each in suggest.prefer] == ["", "price"]
    assert suggest.prefer[1] == Preference("price")


# ---- cards, coupons, receipts, feedback ---------------------------------------------------------------------

CARD = "{title: Small, subtitle: For one, buttons: {Choose: welcome, See it: https://shop.example}}"


def rich(said: str) -> str:
    return f"{TOP}states:\n  welcome:\n    say:\n      - Hello!\n      - {said}\n"


def test_each_card_of_a_say_has_taps_of_its_own(tmp_path: Path) -> None:
    flow = good(write(tmp_path, rich(f"{{cards: [{CARD}, {CARD}]}}\n      - {{card: {CARD}}}")))
    cards = [card for each in flow.states["welcome"].say if isinstance(each, SayCards) for card in each.cards]
    assert [card.buttons[0].key for card in cards] == ["Choose#1", "Choose#2", "Choose#3"]


@pytest.mark.parametrize(
    "said",
    [
        "{coupon: {title: 10% off, code: PINE10}}",
        '{coupon: {title: 10% off, subtitle: This week, url: "https://shop.example/10"}}',
        "{receipt: {order: A-1, name: <first_name>, currency: EUR, payment: Card, total: 55, "
        "items: [{title: Shirt, price: 55}]}}",
        "{coupon: {title: 10% off, code: P<said>}}",
        "{receipt: {order: A-1, name: <first_name>, currency: <said>, payment: Card, total: <said>}}",
        "{receipt: {order: A-1, name: Ana, currency: eur, payment: Card, total: '1.299,50 EUR', shipping: €5, tax: 0}}",
        '{feedback: {title: Rate us, button: Rate, question: "Did we help you?", privacy: "https://shop.example/p"}}',
    ],
)
def test_forms_are_read(said: str, tmp_path: Path) -> None:
    flow = good(write(tmp_path, rich(said)))
    assert isinstance(flow.states["welcome"].say[1], SayForm)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("{card: {subtitle: For one}}", "F202 at 8:16"),
        ("{card: {title: Small}}", "F313 at 8:16"),
        ("{card: {title: Small, subtitel: For one, url: https://shop.example}}", "F201 at 8:31"),
        (f"{{card: {{title: {'x' * 81}, subtitle: y}}}}", "F311 at 8:24"),
        (f"{{card: {{title: x, subtitle: {'y' * 81}}}}}", "F311 at 8:37"),
        ("{card: {title: x, buttons: {A: welcome, B: welcome, C: welcome, D: welcome}}}", "F303 at 8:73"),
        ("{card: {title: x, buttons: {A: nowhere}}}", "F203 at 8:40"),
        ("{card: x}", "F212 at 8:16"),
        ("{cards: []}", "F202 at 8:17"),
        ("{coupon: {title: x}}", "F313 at 8:18"),
        ("{coupon: {title: x, code: PINE 10}}", "F313 at 8:35"),
        ('{coupon: {title: x, code: "PINE\\t10"}}', "F313 at 8:35"),
        ("{coupon: {title: x, code: PINE\xa010}}", "F313 at 8:35"),
        ("{coupon: {title: x, code: PINE\u200b10}}", "F313 at 8:35"),
        ("{coupon: {title: x, code: PINE <said>}}", "F313 at 8:35"),
        (f"{{card: {{title: x, url: https://a.example/{'x' * 1_000}}}}}", "F304 at 8:32"),
        (f"{{card: {{title: x, buttons: {{A: https://a.example/{'x' * 1_000}}}}}}}", "F304 at 8:40"),
        (f"{{image: https://a.example/{'x' * 1_000}}}", "F304 at 8:17"),
        ("{receipt: {order: x, name: y, currency: EUR, payment: z, total: abc}}", "F405 at 8:73"),
        ("{receipt: {order: x, name: y, currency: EUR, payment: z, total: 1, tax: 1 or 2}}", "F405 at 8:81"),
        ("{receipt: {order: x, name: y, currency: EURO, payment: z, total: 1}}", "F405 at 8:49"),
        ("{receipt: {order: x, name: y, currency: [EUR], payment: z, total: 1}}", "F212 at 8:49"),
        (
            "{receipt: {order: x, name: y, currency: EUR, payment: z, total: 1, items: [{title: A, price: x}]}}",
            "F405 at 8:102",
        ),
        (
            "{receipt: {order: x, name: y, currency: EUR, payment: z, total: 1, items: [{title: A, quantity: 1.5}]}}",
            "F405 at 8:105",
        ),
        ("~", "F202 at 8:9"),
        ("{receipt: {order: x, name: y, currency: EUR, payment: z}}", "F202 at 8:19"),
        ("{receipt: {order: x, name: y, currency: EUR, payment: z, total: 1, items: [{price: 1}]}}", "F202 at 8:84"),
        ("{feedback: {title: x, button: y, question: z, privacy: shop.example}}", "F801 at 8:64"),
        ("{card: {title: x, url: https://a.example}, image: https://a.example/b}", "F201 at 8:52"),
    ],
)
def test_a_rich_message_that_messenger_would_refuse_is_told(said: str, problem: str, tmp_path: Path) -> None:
    assert told(write(tmp_path, rich(said))) == [problem]


def test_more_than_ten_cards_are_told(tmp_path: Path) -> None:
    eleven = "".join("\n          - {title: x, subtitle: y}" for _ in range(11))
    assert told(write(tmp_path, rich(f"cards:{eleven}"))) == ["F312 at 19:13"]


def test_a_state_that_only_a_card_leads_to_is_reached(tmp_path: Path) -> None:
    main = rich("{card: {title: x, buttons: {Go: other}}}") + "  other: {say: Here.}\n"
    assert told(write(tmp_path, main)) == []
