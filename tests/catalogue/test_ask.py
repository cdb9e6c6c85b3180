"""Free text to products: which, in what order, and which wish had to be dropped."""

from __future__ import annotations

import numpy as np
import pytest

from app.catalogue.ask import sizes_of
from app.catalogue.item import Item, pack, unpack
from app.catalogue.shelf import shelf_of
from tests.catalogue.shop import LANGUAGES, SHOP, asked, dropped, found, item, shelf


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("do you have a red dress under 60", "red-dress"),
        ("dresses", "silk-dress"),
        ("silk dress", "silk-dress"),
        ("drss", "silk-dress"),
        ("sweter", "wool-sweater"),
        ("tshirt", "green-t-shirt"),
        ("t shirts in green", "green-t-shirt"),
        ("echarpe laine", "écharpe-en-laine"),
        ("écharpes bleues", "écharpe-en-laine"),
        ("sneekers", "sneakers-white"),
        ("something for summer evenings", "red-dress"),
    ],
)
def test_slips_accents_plurals_and_endings_are_understood(text: str, first: str) -> None:
    assert found(text)[0] == first


def test_a_synonym_of_the_owners_is_the_word_itself() -> None:
    assert found("trainers") == []
    assert found("trainers", shelf(synonyms=(("trainers", "sneakers"),))) == ["sneakers-white"]
    assert found("gym shoes", shelf(synonyms=(("gym shoes", "sneakers"),))) == ["sneakers-white"]


def test_variants_are_shown_once_and_the_one_in_the_right_size() -> None:
    assert found("sneakers") == ["sneakers-white"]
    assert found("sneakers 43") == ["sneakers-white-43"]


def test_what_is_sold_out_is_found_by_its_name_alone() -> None:
    assert found("brown lamps") == []
    assert found("old lamp") == ["old-lamp"]


def test_a_sale_price_is_what_counts() -> None:
    sale = shelf(item("Blue dress", 80.0, sale_price=50.0), item("Green dress", 80.0))
    assert found("dress under 60", sale) == ["blue-dress"]
    assert found("dresses on sale", sale) == ["blue-dress"]


def test_cheap_is_the_cheapest_first_and_around_the_nearest() -> None:
    assert found("cheap dress") == ["red-dress", "silk-dress"]
    assert found("dress around 110")[0] == "silk-dress"


def test_for_whom_it_is_counts() -> None:
    assert found("gift for my sister under 60") == [
        "silk-scarf",
        "green-t-shirt",
        "red-dress",
        "bunny-pyjamas",
        "écharpe-en-laine",
    ]
    assert found("pyjamas for kids") == ["bunny-pyjamas"]


def test_the_wish_that_nothing_fulfils_is_dropped_and_named() -> None:
    assert (found("red dress under 40"), dropped("red dress under 40")) == (["red-dress"], ["under"])
    assert (found("green dress"), dropped("green dress")) == (["silk-dress", "red-dress"], ["colour"])
    assert dropped("sneakers in green size 42") == ["colour"]


def test_what_is_much_too_dear_is_not_close() -> None:
    assert found("silk dress under 30") == ["silk-scarf"]
    assert found("sweater under 20") == []


def test_words_come_before_other_wishes() -> None:
    """Who wants a silk dress in green rather sees a blue one than a green T-shirt."""
    assert found("green silk dress")[0] == "silk-dress"


def test_what_was_shown_or_is_not_liked_does_not_come() -> None:
    made = shelf()
    first = made.places["silk-dress"]
    assert found("dresses", made, shown=(first,)) == ["red-dress"]
    assert found("dresses", made, never=(int(made.groups[first]),)) == ["red-dress"]
    assert found("sneakers", made, shown=(made.places["sneakers-white"],)) == []


@pytest.mark.parametrize(
    ("text", "is_sure"),
    [
        ("do you have a red dress under 60", True),
        ("silk scarf", True),
        ("under 40", False),
        ("gift under 40", True),
        ("where is my order", False),
        ("I want to send the dress back because it is torn and your parcel came late", False),
        ("", False),
    ],
)
def test_it_is_sure_only_where_products_are_asked_for(text: str, is_sure: bool) -> None:
    assert asked(text).is_sure is is_sure


@pytest.mark.parametrize("text", ["((((", "€€€", "0", "-1 €", "9" * 500, "under " * 200, "\u0000", "🙂", "a" * 5_000])
def test_any_text_is_read_without_harm(text: str) -> None:
    asked(text)


# ---- the shelf ---------------------------------------------------------------------------------------------


def test_a_shelf_gives_each_product_back_as_it_was() -> None:
    made = shelf()
    assert tuple(made.items()) == SHOP
    assert tuple(unpack(pack(SHOP))) == SHOP


def test_a_second_product_with_an_id_is_left_out() -> None:
    assert len(shelf(item("Lamp"), Item("lamp", "Other lamp"))) == 1


def test_conditions_are_decided_once_for_each_value_and_remembered() -> None:
    made, tried = shelf(), []

    def is_red(value: object) -> bool:
        tried.append(value)
        return value == "red"

    first = made.where("color", is_red, "red")
    assert made.ids[int(np.flatnonzero(first)[0])] == "red-dress"
    assert len(tried) == len({each.fields["color"] for each in SHOP}) + 1  # and once for none
    assert (made.where("color", is_red, "red") == first).all()
    assert len(tried) == len({each.fields["color"] for each in SHOP}) + 1


def test_yes_and_one_are_two_values() -> None:
    made = shelf_of([item("A", vegan=True), item("B", vegan=1.0), item("C")], LANGUAGES)
    assert [made.where("vegan", lambda value: value is True).tolist()] == [[True, False, False]]


def test_an_empty_shelf_finds_nothing() -> None:
    made = shelf_of([], LANGUAGES)
    assert found("dress under 60", made) == []
    assert sizes_of(made) == frozenset()


# ---- what is not wanted ------------------------------------------------------------------------------------


def test_what_is_not_wanted_is_not_shown() -> None:
    assert found("a scarf, not silk") == []
    assert found("écharpe sans laine") == []
    gifts = set(found("a gift for my sister")) - set(found("a gift for my sister, no dress or scarf"))
    assert gifts == {"red-dress", "silk-dress", "silk-scarf"}
    assert "red-dress" not in found("something red but I don't want a dress")
    assert found("a dress, not red") == ["silk-dress"]


def test_what_a_product_says_that_it_has_none_of_is_a_wish() -> None:
    shop = (
        item("Shirt", 30.0, about="White, needs no iron."),
        item("Dress", 40.0, about="Robe sans manches, in cotton."),
        item("Coat", 90.0, about="With long manches and a belt."),
    )
    assert found("a shirt, no iron", shelf(*shop)) == ["shirt"]
    assert found("no belt, a coat", shelf(*shop)) == []


def test_where_nothing_else_is_left_it_is_known_that_products_were_asked_for() -> None:
    asked_for = asked("écharpe sans laine", shelf(item("Écharpe en laine", 40.0)))
    assert (asked_for.vain, [each.value for each in asked_for.wished]) == (True, ["laine"])
    assert not asked("tickets under 20").vain
    assert not asked("I don't want a dress").vain
