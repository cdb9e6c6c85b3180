"""What a shop sells and how it is suggested: products, and what the owner says about all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from app.wares import group_of

if TYPE_CHECKING:
    from app.engine.flow import Condition, Text

PRODUCT_PREFIX = "product."
"""`product.<field>`: a field of the product that is looked at, in conditions, and in the buttons of its card."""

PRICE_NOW = "product.price now"
"""What is to be paid: the sale price where there is one. A name that no owner can write."""

FieldValue = str | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """One thing that the shop sells. `fields` are all other keys, by name: texts (days in ISO form), numbers, yes or no, lists."""

    id: str
    name: Text
    description: Text | None = None
    url: str = ""
    image: str = ""
    fields: Mapping[str, FieldValue] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """What its variants have in common; its own id, if it has none."""
        return group_of(self.id, self.fields)


@dataclass(frozen=True, slots=True)
class Preference:
    """What puts a product before another: the higher number in `field`, or that `condition` holds. One of the two is set."""

    field: str = ""
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Suggest:
    """`suggest`: products that fit `where` and have words of `match`, best first by `prefer`, `show` at a time."""

    where: Condition | None = None
    match: Text | None = None
    prefer: tuple[Preference, ...] = ()
    show: int = 3


IMPORTED = "imported"
"""`products: imported`: what `frontdesk products import` brought in."""


@dataclass(frozen=True, slots=True)
class Shop:
    """What holds for all products. `feed`: a file of the bot's folder, an https address, IMPORTED, or empty.

    `refresh`: how often an address is asked for news. `links` are put behind the address of every product. `synonyms` are groups of
    words that mean the same. `square`: pictures on cards are square, else wide.
    """

    feed: str = ""
    refresh: timedelta = timedelta(hours=6)
    links: Mapping[str, str] = field(default_factory=dict)
    synonyms: tuple[tuple[str, ...], ...] = ()
    square: bool = False

    @property
    def is_stored(self) -> bool:
        """Whether the products of the feed come from the database rather than from the bot's folder."""
        return self.feed == IMPORTED or self.feed.startswith("https://")
