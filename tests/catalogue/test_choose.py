"""Which products are chosen, and in what order."""

from __future__ import annotations

from typing import Any

from app.catalogue.choose import Item, Wish, choose


def item(name: str, **fields: Any) -> Item:
    return Item(name, fields, frozenset(name.split("-")))


SHOP = (
    item("linen-suit", price=95.0, rating=4.1),
    item("silk-shirt", price=55.0, rating=4.9),
    item("star-dress", price=58.0, rating=4.7),
    item("moon-dress", price=40.0, rating=4.7),
)


def cheap(fields: Any) -> bool:
    return bool(fields["price"] < 90)


def everything(fields: Any) -> bool:
    return True


def rating(fields: Any) -> float:
    return float(fields["rating"])


def test_only_what_fits_is_chosen() -> None:
    assert choose(SHOP, Wish(cheap), 10) == ("silk-shirt", "star-dress", "moon-dress")


def test_the_best_come_first_and_equals_in_their_order() -> None:
    assert choose(SHOP, Wish(everything, likes=(rating,)), 3) == ("silk-shirt", "star-dress", "moon-dress")


def test_the_second_like_decides_where_the_first_does_not() -> None:
    cheaper = Wish(everything, likes=(rating, lambda fields: -fields["price"]))
    assert choose(SHOP, cheaper, 3) == ("silk-shirt", "moon-dress", "star-dress")


def test_what_was_shown_does_not_come_again() -> None:
    assert choose(SHOP, Wish(everything, but_not=("linen-suit", "star-dress")), 10) == ("silk-shirt", "moon-dress")


def test_one_word_must_be_there_and_more_words_come_first() -> None:
    assert choose(SHOP, Wish(everything, words=("moon", "dress", "gold")), 10) == ("moon-dress", "star-dress")
    assert choose(SHOP, Wish(everything, words=("boots",)), 10) == ()


def test_no_more_are_chosen_than_asked_for() -> None:
    assert choose(SHOP, Wish(everything), 1) == ("linen-suit",)
    assert choose((), Wish(everything), 3) == ()
