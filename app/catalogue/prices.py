"""Reads prices as shops and customers write them: 1.299,00 EUR, $12, 12€50, £12.00 GBP, CHF 1'299.-. Knows no product."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.letters import number_value, plain_digits
from app.wares import THREE_DECIMALS

SIGNS = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "₴": "UAH", "zł": "PLN",
    "kč": "CZK", "฿": "THB", "₫": "VND", "₱": "PHP", "₪": "ILS", "ft": "HUF", "r$": "BRL", "us$": "USD", "ca$": "CAD",
    "a$": "AUD", "fr.": "CHF", "kr": "SEK", "lei": "RON", "euro": "EUR", "euros": "EUR", "eur": "EUR", "chf": "CHF",
    "dollar": "USD", "dollars": "USD", "pounds": "GBP", "bucks": "USD", "usd": "USD", "gbp": "GBP", "francs": "CHF",
    "rs": "INR", "₨": "INR", "fcfa": "XOF", "kd": "KWD", "bd": "BHD", "jd": "JOD", "dt": "TND", "د.ك": "KWD", "د.ب": "BHD",
    "د.ت": "TND",
    "د.أ": "JOD", "د.ا": "JOD", "د.ع": "IQD", "ر.ع": "OMR", "ل.د": "LYD",
}  # fmt: skip
"""How people write currencies; one sign stands for the country most people mean by it."""


def _codes(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_DOLLARS = _codes(
    "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP UYU BBD BSD BZD JMD TTD XCD FJD LRD NAD GYD SRD BND KYD BMD DOP"
)
_OF_MANY = {
    "$": _DOLLARS, "dollar": _DOLLARS, "dollars": _DOLLARS, "¥": ["JPY", "CNY"], "kr": ["SEK", "NOK", "DKK", "ISK"],
    "£": ["GBP", "EGP", "LBP", "SYP", "GIP", "FKP", "SHP"], "rs": ["INR", "PKR", "LKR", "NPR", "MUR", "SCR"],
    "₨": ["INR", "PKR", "LKR", "NPR", "MUR", "SCR"], "lei": ["RON", "MDL"],
}  # fmt: skip
"""Signs of several currencies: beside a code the code says which."""

CODES = _codes(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP "
    "CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR "
    "ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
    "MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR "
    "ZMW ZWG"
)
"""ISO 4217, as of 2026: no other three letters are a currency."""

_WITH_POINT_ALONE = frozenset(("IQD", "KWD", "BHD", "OMR", "JOD"))
"""Currencies with three decimals whose countries write them behind a point: there a comma parts thousands."""

CHARS_MAX = 60
"""A longer cell is no price."""

_DIGITS = r"[-+]?\d{1,3}(?:[ '’.,]\d{3})+(?:[.,]\d{1,2})?(?!\d)|[-+]?\d{1,12}(?:[.,]\d{1,4})?"
_PRICE = re.compile(rf"(?P<before>[^\d+-]{{0,6}}?)(?P<number>{_DIGITS})(?:[.,](?:-+|–|—))?(?P<after>[^\d]{{0,8}})")
_SPLIT = re.compile(r"(?P<whole>\d{1,9}) ?(?P<sign>€|\$|£|eur) ?(?P<cents>\d{2})", re.IGNORECASE)
_TAXED = re.compile(
    r"[ (]*\b(?:ttc|tvac|ht|(?:inkl?|incl?|including|excl?|zzgl|plus)\b\.? ?(?:tax(?:es)?|vat|mwst|btw|iva|ust|gst)|"
    r"(?:tax(?:es)?|vat|mwst|btw|iva|tva|gst) (?:incl?(?:us[ae]?|uded|uid[oa]s?)?|inbegrepen|inclusa))\b[.)]*$",
    re.IGNORECASE,
)
"""What shops write behind a price about its tax."""
_LAST_THREE = re.compile(r"\D*(?P<whole>\d{1,12})(?P<sign>[.,])(?P<parts>\d{3})\D*")


@dataclass(frozen=True, slots=True)
class Price:
    """An amount and its currency, three letters; empty where none was written."""

    amount: float
    currency: str = ""


def read_price(written: str, currency: str = "") -> Price | None:
    """The price that a cell is, whole; None if it is none. `currency`: what another cell says of it, if this one does not."""
    plain = _TAXED.sub("", " ".join(plain_digits(written[:CHARS_MAX]).split()))
    if split := _SPLIT.fullmatch(plain):
        return Price(float(f"{split['whole']}.{split['cents']}"), currency_of(split["sign"]) or "")
    match = _PRICE.fullmatch(plain)
    if match is None:
        return None
    before, after = match["before"].strip(), match["after"].strip()
    negative = before.endswith("-")
    found = _currency_beside(before.removesuffix("-").strip(), after)
    if found is None:
        return None
    try:
        amount = _amount(match["number"], found or currency.upper())
    except ValueError:
        return None
    return Price(-amount if negative else amount, found)


def _amount(number: str, currency: str) -> float:
    """The number; of a currency with a thousand parts three digits behind a sign are those. Raises ValueError."""
    parts = _LAST_THREE.fullmatch(number) if currency in THREE_DECIMALS else None
    if parts is None or (parts["sign"] == "," and currency in _WITH_POINT_ALONE):
        return number_value(number)
    return float(f"{parts['whole']}.{parts['parts']}")


def _currency_beside(before: str, after: str) -> str | None:
    """The currency that is written on either side, or on both; None where that is none, or where the two are not the same."""
    signs = (*before.split(), *after.split())
    if len(signs) != 2:
        return currency_of(before or after)
    first, second = map(currency_of, signs)
    if first == second:
        return first
    for sign, code in ((signs[0], second), (signs[1], first)):
        if code in _OF_MANY.get(_bare(sign), ()):
            return code
    return None


def _bare(sign: str) -> str:
    return sign.lower().rstrip(".")


def currency_of(sign: str) -> str | None:
    """The three letters of a currency that is written like this; empty for nothing, None for what is none."""
    if not sign:
        return ""
    known = SIGNS.get(_bare(sign), SIGNS.get(sign.lower()))
    if known:
        return known
    return sign.upper() if sign.upper() in CODES else None
