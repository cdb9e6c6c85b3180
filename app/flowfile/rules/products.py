"""F61x: products and their suggestions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from app.flowfile.limits import FEED_BYTES_MAX, FEED_ROWS_TOLD_MAX, NAME_CHARS_MAX
from app.flowfile.problems import Place, Problem, any_of, did_you_mean, problem_at, quoted
from app.flowfile.source.nodes import Node, Scalar

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def unknown_product_field(place: Place, name: str, fields: Collection[str]) -> Iterator[Problem]:
    """F611: `product.<field>` that no product has. `name` and `fields` with the `product.` before them."""
    if name not in fields:
        hint = did_you_mean(name, fields) or f"Here can stand: {any_of(fields, 20)}."
        yield problem_at(place, "F611", f"No product has the field {quoted(name)}.", hint)


def same_product_twice(name: Scalar, first: Place) -> Iterator[Problem]:
    """F612: two products with one id."""
    yield problem_at(
        name.place,
        "F612",
        f"The id {quoted(name.text)} is taken: see {first.file}, line {first.line}.",
        "Give this product an id of its own.",
    )


def bad_product_id(name: Scalar) -> Iterator[Problem]:
    """F613: an id with letters that an id cannot have."""
    if not _ID.fullmatch(name.text) or len(name.text) > NAME_CHARS_MAX:
        suggestion = re.sub(r"[^a-z0-9]+", "-", name.text.lower()).strip("-")[:NAME_CHARS_MAX] or "silk-shirt"
        yield problem_at(
            name.place,
            "F613",
            f"{quoted(name.text)} cannot be the id of a product.",
            f"Use letters, digits, - and _, up to {NAME_CHARS_MAX}, as in {suggestion}.",
        )


def bad_field_name(key: Scalar) -> Iterator[Problem]:
    """F613: the name of a field that no condition could use."""
    suggestion = re.sub(r"[^a-z0-9]+", "_", key.text.lower()).strip("_0123456789") or "colour"
    yield problem_at(
        key.place,
        "F613",
        f"{quoted(key.text)} cannot be the name of a field.",
        f"Use small letters, digits and _, as in {suggestion}.",
    )


def field_not_a_number(key: Scalar, value: Node, is_number: bool) -> Iterator[Problem]:
    """F614: a price, rating or number in stock that is none."""
    if not is_number:
        written = quoted(value.text) if isinstance(value, Scalar) else "of this product"
        yield problem_at(
            value.place,
            "F614",
            f"The {key.text} {written} is not a plain number.",
            "Write for example 55 or 49.90; the currency has a line of its own, as in currency: EUR.",
        )


def no_products(suggest: Scalar) -> Iterator[Problem]:
    """F615: products are suggested, but the bot has none."""
    yield problem_at(
        suggest.place,
        "F615",
        "This bot has no products yet.",
        "Write some under products, as in products: [{id: silk-shirt, name: Silk shirt, price: 55}].",
    )


def more_outside_suggest(target: Scalar) -> Iterator[Problem]:
    """F616: `more` where nothing is suggested."""
    yield problem_at(
        target.place,
        "F616",
        '"more" shows the next products, and this state suggests none.',
        "Write the name of a state here; more can stand in a state with suggest.",
    )


def product_out_of_sight(place: Place, name: str) -> Iterator[Problem]:
    """F617: a field of a product where it is not clear which product is meant."""
    yield problem_at(
        place,
        "F617",
        f"{quoted(name)} means nothing here: it is not clear which product is meant.",
        "It can stand in where, prefer and the buttons of a state with suggest.",
    )


def not_a_feed(feed: Scalar) -> Iterator[Problem]:
    """F618: `products` that names neither a file, nor an address, nor what was imported."""
    yield problem_at(
        feed.place,
        "F618",
        f"{quoted(feed.text)} is nothing that products can be read from.",
        "Write a list of products, a file of this folder as in products.csv, an address that begins with https://, or imported.",
    )


def second_feed(feed: Scalar) -> Iterator[Problem]:
    """F618: products from two feeds."""
    yield problem_at(
        feed.place, "F618", f"{quoted(feed.text)} is a second feed, and a bot has one.", "Put both into one file."
    )


def feed_unopened(feed: Scalar) -> Iterator[Problem]:
    """F618: a feed that is not there, or too large to travel with the bot."""
    size = f"{FEED_BYTES_MAX // 1024 // 1024} MB"
    yield problem_at(
        feed.place,
        "F618",
        f"The file {quoted(feed.text)} is not in this folder, cannot be opened, or has more than {size}.",
        "Put it beside bot.yaml; a larger one can be read from its address, or with frontdesk products import.",
    )


def feed_unreadable(feed: Scalar, why: str, hint: str) -> Iterator[Problem]:
    """F618: a feed of which nothing can be taken."""
    yield problem_at(feed.place, "F618", f"The feed {quoted(feed.text)} cannot be read. {why}", hint)


def broken_rows(file: str, told: Sequence[tuple[int, str]], rows: int) -> Iterator[Problem]:
    """F619: rows of a feed that were left out, or mended. Advice: the others are sold. `rows`: how many there are of them."""
    for number, what in told[:FEED_ROWS_TOLD_MAX]:
        place = Place(file, number, 1)
        yield replace(problem_at(place, "F619", f"Row {number}: {what}."), advice=True)
    if rows > FEED_ROWS_TOLD_MAX:
        what = f"There are {rows - FEED_ROWS_TOLD_MAX:,} more such rows."
        yield replace(problem_at(Place(file, told[FEED_ROWS_TOLD_MAX - 1][0], 2), "F619", what), advice=True)
