"""Reads prices as shops and customers write them: 1.299,00 EUR, $12, 12 €, CHF 1'299.-. Knows no product."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.letters import number_value, plain_digits

SIGNS = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "₴": "UAH", "zł": "PLN",
    "kč": "CZK", "฿": "THB", "₫": "VND", "₱": "PHP", "₪": "ILS", "ft": "HUF", "r$": "BRL", "us$": "USD", "ca$": "CAD",
    "a$": "AUD", "fr.": "CHF", "kr": "SEK", "lei": "RON", "euro": "EUR", "euros": "EUR", "eur": "EUR", "chf": "CHF",
    "dollar": "USD", "dollars": "USD", "pounds": "GBP", "bucks": "USD", "usd": "USD", "gbp": "GBP", "francs": "CHF",
}  # fmt: skip
"""How people write currencies; one sign stands for the country most people mean by it."""

_DIGITS = r"[-+]?\d{1,3}(?:[ '’.,]\d{3})+(?:[.,]\d{1,2})?(?!\d)|[-+]?\d{1,12}(?:[.,]\d{1,4})?"
_PRICE = re.compile(rf"(?P<before>[^\d+-]{{0,6}}?)(?P<number>{_DIGITS})(?:[.,](?:-+|–|—))?(?P<after>[^\d]{{0,8}})")
_CODE = re.compile(r"[A-Za-z]{3}")


@dataclass(frozen=True, slots=True)
class Price:
    """An amount and its currency, three letters; empty where none was written."""

    amount: float
    currency: str = ""


def read_price(written: str) -> Price | None:
    """The price that a cell is, whole; None if it is none."""
    plain = " ".join(plain_digits(written).split())
    match = _PRICE.fullmatch(plain)
    if match is None:
        return None
    before, after = match["before"].strip(), match["after"].strip()
    negative = before.endswith("-")
    before = before.removesuffix("-").strip()
    if before and after:
        return None
    currency = currency_of(before or after)
    if currency is None:
        return None
    try:
        amount = number_value(match["number"])
    except ValueError:
        return None
    return Price(-amount if negative else amount, currency)


def currency_of(sign: str) -> str | None:
    """The three letters of a currency that is written like this; empty for nothing, None for what is none."""
    if not sign:
        return ""
    known = SIGNS.get(sign.lower().rstrip("."), SIGNS.get(sign.lower()))
    if known:
        return known
    return sign.upper() if _CODE.fullmatch(sign) else None
