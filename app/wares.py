"""What the fields of a product say of its price, its variants and whether it can be had, for every room that looks at products."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

SOLD_OUT = frozenset(("out of stock", "discontinued", "sold out"))
"""Values of `availability` that are a no."""

THREE_DECIMALS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
"""Currencies with a thousand parts (ISO 4217): 12.500 KWD is twelve and a half."""


def group_of(name: str, fields: Mapping[str, Any]) -> str:
    """What a product's variants have in common; its own id, if it has none."""
    found = fields.get("item_group_id")
    return found if isinstance(found, str) and found else name


def price_now(fields: Mapping[str, Any], now: datetime | None = None) -> float | None:
    """What is to be paid: the sale price where it is the lower one and holds now; None where there is no price."""
    price, sale = fields.get("price"), fields.get("sale_price")
    if not isinstance(price, float):
        return None
    return sale if isinstance(sale, float) and 0 < sale < price and sale_holds(fields, now) else price


SALE_PERIOD = "sale_price_effective_date"
"""The field that says from when until when the sale price holds."""

PERIODS_KEPT_MAX = 2_000
"""Different periods that are remembered; a shop has a few."""


def sale_holds(fields: Mapping[str, Any], now: datetime | None) -> bool:
    """Whether the sale price holds at that moment; without a period, or a moment, it does."""
    period = period_of(str(fields.get(SALE_PERIOD, ""))) if now is not None else None
    if now is None or period is None:
        return True
    start, end = period
    return (start is None or start <= now) and (end is None or now < end)


@lru_cache(maxsize=PERIODS_KEPT_MAX)
def period_of(written: str) -> tuple[datetime | None, datetime | None] | None:
    """From when until when, as Google and Meta write it: 2026-11-27T08:00+0100/2026-11-30; None for what is none.

    A day alone lasts to its end; a time without a zone is UTC; one of the two may be missing.
    """
    first, parted, last = (each.strip() for each in written.partition("/"))
    try:
        start, end = _moment_of(first), _moment_of(last)
    except (ValueError, OverflowError):
        return None
    if end is not None and len(last) <= len("2026-11-30"):
        end += timedelta(days=1)
    return (start, end) if parted and (start or end) else None


def _moment_of(written: str) -> datetime | None:
    """Raises ValueError for what is none."""
    if not written:
        return None
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def is_sold_out(fields: Mapping[str, Any]) -> bool:
    """Whether the fields say that none can be had; without a word about it, it can."""
    stock = fields.get("stock")
    return fields.get("availability") in SOLD_OUT or (isinstance(stock, float) and stock <= 0)
