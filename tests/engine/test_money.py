"""Amounts of money in the manner of each language."""

from __future__ import annotations

import pytest

from app.engine.money import money_text


@pytest.mark.parametrize(
    ("amount", "currency", "language", "written"),
    [
        (39.9, "EUR", "en", "€39.90"),
        (39.9, "EUR", "fr", "39,90 €"),
        (1200.0, "SEK", "en", "SEK 1,200"),
        (1299.5, "EUR", "fr", "1\u202f299,50 €"),
        (1299.5, "EUR", "de", "1.299,50 €"),
        (1299.5, "EUR", "es", "1299,50 €"),
        (1299.0, "JPY", "en", "¥1,299"),
        (12.0, "USD", "en", "$12"),
        (12.0, "CHF", "fr", "CHF 12"),
        (5.0, "EUR", "nl", "€ 5"),
        (12.5, "KWD", "en", "KWD 12.500"),
        (12.5, "TND", "fr", "12,500 TND"),
    ],
)
def test_prices_are_written_as_people_write_them(amount: float, currency: str, language: str, written: str) -> None:
    assert money_text(amount, currency, language) == written
