"""Links that count: they lead where they were made to lead, and nowhere else."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest

from app.links import MARK_BYTES, TOKEN_CHARS_MAX, Link, make_token, mark_of, read_token

KEY, OTHER = b"k" * 32, b"o" * 32
LINK = Link(mark_of(KEY, "10001", "20001", "shirt"), "https://shop.example/été?a=1&b=%20")


def test_a_token_leads_where_it_was_made_to_lead() -> None:
    assert read_token(KEY, make_token(KEY, LINK)) == LINK


def test_a_mark_is_one_customers_for_one_product_and_says_nothing_of_either() -> None:
    marks = {mark_of(KEY, page, customer, each) for page in "12" for customer in ("1", "11") for each in ("a", "1a")}
    assert len(marks) == 8
    assert "20001" not in urlsafe_b64decode(LINK.mark).decode("latin-1")


@pytest.mark.parametrize("place", range(0, 40, 3))
def test_a_token_that_was_changed_anywhere_is_none_of_ours(place: int) -> None:
    token = make_token(KEY, LINK)
    raw = bytearray(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    raw[place] ^= 1
    assert read_token(KEY, urlsafe_b64encode(bytes(raw)).decode()) is None


@pytest.mark.parametrize(
    "token", ["", "a", "é", "%%%", "A" * (TOKEN_CHARS_MAX + 1), urlsafe_b64encode(b"x" * MARK_BYTES).decode()]
)
def test_what_is_no_token_is_none_of_ours(token: str) -> None:
    assert read_token(KEY, token) is None


def test_another_key_made_none_of_ours() -> None:
    assert read_token(OTHER, make_token(KEY, LINK)) is None
