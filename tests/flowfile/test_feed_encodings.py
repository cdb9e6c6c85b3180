"""In whatever encoding a feed is: it is read as it was meant, and the few bytes that are not of it cost nothing else."""

from __future__ import annotations

import codecs

import pytest

from app.flowfile.feeds.encodings import PIECE_BYTES, STRAYS
from tests.flowfile.feeds import RSS, read


@pytest.mark.parametrize(
    "raw",
    [
        b"id,title,price\n1,Caf\xc3\xa9,5 EUR\n",
        b"\xef\xbb\xbfid,title,price\r\n1,Caf\xc3\xa9,5 EUR\r\n",
        b"id;title;price\n1;Caf\xe9;5 EUR\n",
        "id\ttitle\tprice\n1\tCafé\t5 EUR\n".encode("utf-16"),
        b'"g:ID"|"Title"|"Price"\n"1"|"Caf\xc3\xa9"|"5 EUR"\n',
    ],
    ids=["utf-8", "mark", "windows", "utf-16", "headings"],
)
def test_tables_are_read_whatever_their_encoding_and_separator(raw: bytes) -> None:
    (item,), summary = read(raw)
    assert (item.name, dict(item.fields), summary.told) == ("Café", {"price": 5.0, "currency": "EUR"}, [])


@pytest.mark.parametrize(
    ("raw", "name", "told"),
    [
        (RSS.encode().replace(b"Red", b"Caf\xe9"), "Café & blue dress", STRAYS),
        (RSS.encode().replace(b"Red", b"Caf\xc3\xa9 \x96 \x0b\x00"), "Café – & blue dress", STRAYS),
        (codecs.BOM_UTF8 + RSS.encode().replace(b"Red", b"Caf\xe9"), "Café & blue dress", STRAYS),
        (RSS.encode().replace(b"Red", "\x0b\x00\x1f\ufffeRed".encode()), "Red & blue dress", ""),
        (RSS.replace("UTF-8", "utf8").replace("Red", "Café").encode(), "Café & blue dress", ""),
        (RSS.replace("UTF-8", "UTF-16").replace("Red", "Café").encode(), "Café & blue dress", ""),
        (codecs.BOM_UTF8 + RSS.replace("UTF-8", "ISO-8859-1").replace("Red", "Café").encode(), "Café & blue dress", ""),
        (RSS.replace("UTF-8", "ISO-8859-1").replace("Red", "Café").encode("latin-1"), "Café & blue dress", ""),
        (RSS.replace("UTF-8", "UTF-16").replace("Red", "Café").encode("utf-16"), "Café & blue dress", ""),
        (RSS.partition("?>")[2].strip().replace("Red", "Café").encode("utf-16-le"), "Café & blue dress", ""),
    ],
    ids=[
        "byte",
        "both",
        "mark",
        "control",
        "utf8",
        "of a text in memory",
        "mark alone",
        "latin",
        "utf-16",
        "utf-16 without a mark",
    ],
)
def test_a_few_bytes_that_are_no_xml_refuse_no_feed(raw: bytes, name: str, told: str) -> None:
    (item,), summary = read(raw)
    assert (item.name, summary.told) == (name, [(1, told)] if told else [])


def test_only_the_product_that_holds_such_a_byte_is_told() -> None:
    item = "<item><g:id>{}</g:id><title>{}</title></item>"
    rows = [item.format(number, "Lamp").encode() for number in (2, 3)]
    raw = RSS.encode().replace(b"<item>", rows[0].replace(b"Lamp", b"Caf\xe9") + rows[1] + b"<item>", 1)
    items, summary = read(raw)
    assert ([each.name for each in items], summary.told) == (["Café", "Lamp", "Red & blue dress"], [(1, STRAYS)])


@pytest.mark.parametrize("before", range(4))
def test_letters_between_two_pieces_stay_whole(before: int) -> None:
    """A piece ends within the letters, wherever in them."""
    head, _, tail = RSS.partition("<item>")
    filling = "x" * (PIECE_BYTES - len(head) - len("<!---->") - len("<item><title>") - before)
    raw = f"{head}<!--{filling}--><item><title>😀é</title><g:id>5</g:id></item><item>{tail}"
    items, summary = read(raw)
    assert ([each.name for each in items], summary.told) == (["😀é", "Red & blue dress"], [])


def test_a_byte_that_is_no_utf_8_costs_none_of_the_other_letters() -> None:
    rows = [f"{number},Café crème {number},5 EUR\n".encode() for number in range(1, 5)]
    items, summary = read(b"id,title,price\n" + b"".join(rows) + b"9,Caf\xe9 noir,5 EUR\n")
    assert [each.name for each in items] == [*(f"Café crème {number}" for number in range(1, 5)), "Café noir"]
    assert summary.told == [(6, STRAYS)]
    assert summary.mended == 1
