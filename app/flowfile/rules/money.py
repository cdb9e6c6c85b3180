"""F405, F614: currencies and amounts. Knows which currencies there are; changes none into another."""

from __future__ import annotations

from collections.abc import Iterator

from app.flowfile.problems import Problem, problem_at, quoted
from app.flowfile.source.nodes import Node, Scalar

_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC "
    "CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK "
    "JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR "
    "MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
    "STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
)
CURRENCIES = frozenset(_CODES.split())
"""ISO 4217: what money is called by banks, and by Messenger's receipts. Its codes for metals, funds and tests are left out."""

_MEANT = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "EURO": "EUR", "EUROS": "EUR"}
"""What else people write."""


def not_a_currency(written: Scalar) -> Iterator[Problem]:
    """F405: a currency that is none of the three letters of ISO 4217."""
    text = written.text.strip()
    if text.upper() not in CURRENCIES:
        meant = _MEANT.get(text.upper())
        hint = f"Write {meant}." if meant else "Write its three letters, as in EUR or USD."
        yield problem_at(written.place, "F405", f"{quoted(written.text)} is not the name of a currency.", hint)


def not_an_amount(written: Scalar) -> Iterator[Problem]:
    """F405: a sum on a receipt in which there is no number, or several."""
    if _number(written.text) is None:
        yield problem_at(
            written.place,
            "F405",
            f"{quoted(written.text)} is not an amount.",
            "Write a number, as in 55 or 49.90; the currency has a line of its own.",
        )


def not_a_quantity(written: Scalar) -> Iterator[Problem]:
    """F405: how many of something were bought, and it is no whole number from 1 on."""
    number = _number(written.text)
    if number is None or number != int(number) or number < 1:
        yield problem_at(
            written.place, "F405", f"{quoted(written.text)} cannot be how many there are.", "Write a number, as in 2."
        )


def _number(text: str) -> float | None:
    """The number in a text, as the receipt will read it; what reads it is loaded for bots with receipts only."""
    from app.engine.numbers import read_number

    return read_number(text)


def price_below_zero(key: Scalar, value: Node, number: float) -> Iterator[Problem]:
    """F614: a price that would pay the customer."""
    if number < 0:
        hint = "Write for example 55; 0 is what costs nothing."
        yield problem_at(value.place, "F614", f"The {key.text} {number} is below zero.", hint)
