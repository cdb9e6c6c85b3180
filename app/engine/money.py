"""Amounts of money as people write them, by language and currency: €1,299.50, 1 299,50 €, CHF 1'299.50. Knows no product."""

from __future__ import annotations

from app.wares import THREE_DECIMALS

SIGNS = {
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "PLN": "zł", "CZK": "Kč", "BRL": "R$", "TRY": "₺", "UAH": "₴",
    "KRW": "₩", "ILS": "₪", "VND": "₫", "PHP": "₱", "THB": "฿", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "MXN": "MX$",
    "HKD": "HK$", "SGD": "S$",
}  # fmt: skip
"""How prices name their currency; others are named by their code (CLDR, the narrow forms where they are not taken for another's)."""

WITHOUT_CENTS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"]
)
"""Currencies without a smaller unit (ISO 4217)."""

IN_FRONT = ("en", "nl", "pt", "tr", "zh", "ja", "ko", "he", "th")
"""Languages that write the sign before the amount; all others behind it."""

POINT = ("en", "zh", "ja", "ko", "he", "th")
"""Languages with a decimal point; the others have a comma."""

_THIN = "\u202f"
"""Between a number and what belongs to it: never a line break, and no wider than a reader expects."""


def money_text(amount: float, currency: str, language: str) -> str:
    """The amount with its currency. Whole amounts have no decimals; a currency without cents never has."""
    code = currency.upper()
    number = amount_text(amount, language, 0 if code in WITHOUT_CENTS else 3 if code in THREE_DECIMALS else 2)
    sign = SIGNS.get(code, code)
    if language[:2] in IN_FRONT:
        tight = len(sign) <= 3 and not sign.isalpha()
        return f"{sign}{number}" if tight and language[:2] not in ("nl", "pt") else f"{sign} {number}"
    if code == "CHF":
        return f"CHF {number}"
    return f"{number} {sign}"


def amount_text(amount: float, language: str, decimals: int) -> str:
    """A number in groups of three, as the language writes it; whole ones without decimals."""
    is_whole = round(amount, decimals) == int(amount)
    text = f"{amount:,.{0 if is_whole else decimals}f}"
    if language[:2] in POINT:
        return text
    group = _THIN if language[:2] in ("fr", "pl", "cs", "ru", "uk", "sv", "nb", "no", "fi", "hu", "bg", "sk") else "."
    if group == "." and amount < 10_000 and language[:2] in ("es", "pt"):
        group = ""  # four digits are not parted there
    return text.replace(",", "\0").replace(".", ",").replace("\0", group)
