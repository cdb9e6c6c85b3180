"""What the fields of a product say of its price, its variants and whether it can be had, for every room that looks at products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SOLD_OUT = frozenset(("out of stock", "discontinued", "sold out"))
"""Values of `availability` that are a no."""

THREE_DECIMALS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
"""Currencies with a thousand parts (ISO 4217): 12.500 KWD is twelve and a half."""


def group_of(name: str, fields: Mapping[str, Any]) -> str:
    """What a product's variants have in common; its own id, if it has none."""
    found = fields.get("item_group_id")
    return found if isinstance(found, str) and found else name


def price_now(fields: Mapping[str, Any]) -> float | None:
    """What is to be paid: the sale price where it is the lower one; None where there is no price."""
    price, sale = fields.get("price"), fields.get("sale_price")
    if not isinstance(price, float):
        return None
    return sale if isinstance(sale, float) and 0 < sale < price else price


def is_sold_out(fields: Mapping[str, Any]) -> bool:
    """Whether the fields say that none can be had; without a word about it, it can."""
    stock = fields.get("stock")
    return fields.get("availability") in SOLD_OUT or (isinstance(stock, float) and stock <= 0)
