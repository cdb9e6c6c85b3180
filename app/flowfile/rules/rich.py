"""F314 to F317: stickers, pictures together, products of Meta's catalogue and utility messages as Messenger takes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.flowfile.limits import CATALOGUE_PRODUCTS_MAX
from app.flowfile.problems import Problem, did_you_mean, problem_at
from app.flowfile.source.nodes import Node, Scalar

STICKERS = ("thumbs_up", "thumbs_up_medium", "thumbs_up_large")
_NUMBER = re.compile(r"[0-9]{1,19}")
"""More digits are no number of Meta's: they do not fit 64 bits."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")


def unknown_sticker(sticker: Scalar) -> Iterator[Problem]:
    """F314: neither the thumb nor a sticker's number."""
    text = sticker.text.strip()
    if text not in STICKERS and not _NUMBER.fullmatch(text):
        near = (
            did_you_mean(text, STICKERS) or f"Write {STICKERS[0]}, or the number of a sticker from Meta's Sticker API."
        )
        yield problem_at(sticker.place, "F314", f'There is no sticker "{text}".', near)


def not_so_many_pictures(place: Node, pictures: Sequence[Node], least: int, most: int) -> Iterator[Problem]:
    """F315: too few to stand together, or more than fit."""
    if 0 < len(pictures) < least:
        hint = "Write {image: …} for one picture."
        yield problem_at(place.place, "F315", f"At least {least} pictures stand together.", hint)
    elif len(pictures) > most:
        hint = "Take some out, or write a second list below."
        yield problem_at(pictures[most].place, "F315", f"There are {len(pictures)} pictures; {most} fit.", hint)


def not_a_catalogue_number(product: Scalar) -> Iterator[Problem]:
    """F316: Meta's catalogue knows products by number."""
    if not _NUMBER.fullmatch(product.text.strip()):
        yield problem_at(
            product.place,
            "F316",
            f'"{product.text.strip()}" is no number of a product in Meta\'s catalogue.',
            "Copy the number from Meta's Commerce Manager, as in product: 4915203312345678. Products of this bot are shown by suggest.",
        )


def too_many_products(products: Sequence[Node]) -> Iterator[Problem]:
    """F316: more than stand side by side."""
    if len(products) > CATALOGUE_PRODUCTS_MAX:
        yield problem_at(
            products[CATALOGUE_PRODUCTS_MAX].place,
            "F316",
            f"There are {len(products)} products; {CATALOGUE_PRODUCTS_MAX} fit.",
            "Take some out, or write a second list below.",
        )


def not_a_template_name(template: Scalar) -> Iterator[Problem]:
    """F317: the name is Meta's, without blanks."""
    if not template.text.strip().replace("_", "a").isalnum():
        yield problem_at(
            template.place,
            "F317",
            f'"{template.text.strip()}" is no name of a template.',
            "Copy the name from Meta: letters, digits and _, as in order_update.",
        )


def not_a_template_language(language: Scalar) -> Iterator[Problem]:
    """F317: the language is one of Meta's codes."""
    if not _LANGUAGE.fullmatch(language.text.strip()):
        yield problem_at(
            language.place,
            "F317",
            f'"{language.text.strip()}" is no language of a template.',
            "Write Meta's code, as in en or en_US.",
        )
