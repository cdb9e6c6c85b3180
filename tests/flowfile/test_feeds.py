"""Product feeds as shops have them: what is read, what is mended, what is left out, and what is refused whole."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from app.catalogue.item import Item
from app.engine.effects import Search
from app.flowfile.feeds.read import Summary, read_feed
from app.flowfile.feeds.shapes import FeedError
from app.flowfile.feeds.store import pack_feed, products_of
from app.flowfile.finders import run_search
from tests.flowfile.bots import TOP, good, problems_in, told, write
from tests.flowfile.feeds import RSS, read

HEAD = "id,title,price\n"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
<entry><g:id>1</g:id><title>Lamp</title><link href="https://shop.example/1"/><g:price>9 GBP</g:price></entry></feed>"""


def one(
    row: str, columns: str = "id,title,price,sale_price,availability,quantity,link,image_link,description"
) -> tuple[Item | None, list[str]]:
    """The product of one row beside a good one, and what is told of it."""
    items, summary = read(f"{columns}\ngood,Good,1\n{row}\n")
    found = [each for each in items if each.id != "good"]
    return (found[0] if found else None), [what for number, what in summary.told if number == 3]


# ---- formats -----------------------------------------------------------------------------------------------


def test_xml_feeds_are_read_item_by_item() -> None:
    (item,), _ = read(RSS)
    assert (item.id, item.name, item.url, item.fields["price"]) == (
        "1",
        "Red & blue dress",
        "https://shop.example/1",
        12.5,
    )
    (lamp,), _ = read(ATOM)
    assert (lamp.name, lamp.url, lamp.fields["currency"]) == ("Lamp", "https://shop.example/1", "GBP")


def test_quoted_cells_may_hold_separators_and_lines() -> None:
    (item,), _ = read('id,title,description\n1,"Vase, blue","Tall,\n""slim"""\n')
    assert (item.name, item.description) == ("Vase, blue", 'Tall, "slim"')


# ---- hostile and broken feeds ------------------------------------------------------------------------------

BOMB = '<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><item><id>&b;</id></item></channel></rss>'
OUTSIDE = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><rss><channel><item><id>1</id></item></channel></rss>'


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (BOMB, "entities or a document type"),
        (OUTSIDE, "entities or a document type"),
        ("<a>" * 200, "levels deep"),
        ("<rss><channel></rss>", "no XML that can be read from line 1"),
        ("<rss><channel></channel></rss>", "holds no products"),
        ('<?xml version="1.0" encoding="klingon"?><rss/>', "no XML"),
        ("", "empty"),
        ("name,colour\nShirt,red\n", "id and title"),
        ("id,title\n,\n", "None of its rows"),
        (",".join(["id", "title", *(f"c{n}" for n in range(200))]) + "\n1,A\n", "columns"),
    ],
    ids=["bomb", "outside", "deep", "torn", "nothing", "encoding", "empty", "headings", "no product", "columns"],
)
def test_what_is_no_feed_is_refused_whole(raw: str, why: str) -> None:
    with pytest.raises(FeedError, match=why):
        read(raw)


def test_a_feed_without_end_is_refused() -> None:
    with pytest.raises(FeedError, match="more than 3 rows"):
        list(read_feed(io.BytesIO(b"id,title\n" + b"1,A\n" * 4), Summary(rows_max=3)))


# ---- the table of bad input in flows/README.md -------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",Shirt,5", "left out: it has no id"),
        ("2,,5", "left out: it has no title"),
        (f"{'x' * 101},Shirt,5", "left out: its id has more than 100 characters"),
        ("2,Shirt,cheap", 'left out: its price "cheap" is no price'),
        ("2,Shirt,-5 EUR", 'left out: its price "-5 EUR" is below zero'),
        ("good,Again,5", "left out: its id is that of row 2, which is kept"),
        ("2,Shirt,5,,,,,,,extra", "left out: it has 10 cells, and there are 9 columns"),
    ],
)
def test_a_row_that_cannot_be_sold_is_left_out_with_its_number_and_reason(row: str, why: str) -> None:
    assert one(row) == (None, [why])


def test_a_price_of_zero_is_left_out_of_a_product_that_stays() -> None:
    item, what = one("2,Shirt,0.00 EUR")
    assert item is not None
    assert ("price" in item.fields, what) == (False, ["its price is zero, which is left out"])


def test_a_negative_stock_is_none_left() -> None:
    item, what = one("2,Shirt,5,,,-3")
    assert item is not None
    assert (item.fields["stock"], what) == (0.0, ["its stock is below zero, which counts as none left"])


def test_a_title_of_5000_characters_is_cut_between_words_and_told() -> None:
    item, what = one(f"2,{'very long ' * 500},5")
    assert item is not None
    assert item.name.endswith("very…") or item.name.endswith("long…")
    assert (len(item.name) <= 150, what) == (True, ["its title has 4,999 characters, of which 150 are kept"])


def test_a_missing_picture_is_no_reason_to_leave_a_product_out() -> None:
    _, summary = read(HEAD + "1,Shirt,5\n")
    assert (summary.products, summary.without_image, summary.told) == (1, 1, [])


def test_an_address_that_is_none_is_left_out_and_told() -> None:
    item, what = one("2,Shirt,5,,,,javascript:alert(1),ftp://x/y.png")
    assert item is not None
    assert (item.url, item.image, len(what)) == ("", "", 1)


def test_a_sale_price_that_is_no_bargain_is_no_sale() -> None:
    item, _ = one("2,Shirt,50 EUR,60 EUR")
    assert item is not None
    assert dict(item.fields) == {"price": 50.0, "currency": "EUR"}


@pytest.mark.parametrize(
    ("written", "kept_as", "told_as"),
    [
        ("2026-11-27T08:00+0100/2026-11-30T23:59+0100", True, []),
        ("2026-11-27/2026-11-30", True, []),
        ("next week", False, ['its sale_price_effective_date "next week" is none, and left out']),
        ("2026-11-27", False, ['its sale_price_effective_date "2026-11-27" is none, and left out']),
    ],
)
def test_the_period_of_a_sale_is_kept_and_one_that_is_none_is_told(
    written: str, kept_as: bool, told_as: list[str]
) -> None:
    item, what = one(f"2,Shirt,50 EUR,40 EUR,{written}", "id,title,price,sale_price,sale_price_effective_date")
    assert item is not None
    assert ("sale_price_effective_date" in item.fields, item.fields["sale_price"], what) == (kept_as, 40.0, told_as)


def test_html_and_control_characters_are_no_part_of_a_text() -> None:
    item, _ = one('2,"<b>Shirt</b>\x07&amp; tie",5,,,,,,"<p>Soft<br>wool</p><script>x()</script>&euro;"')
    assert item is not None
    assert (item.name, item.description) == ("Shirt& tie", "Soft wool €")


@pytest.mark.parametrize(
    ("written", "price", "currency"),
    [
        ("1.299,00 EUR", 1299.0, "EUR"), ("$12", 12.0, "USD"), ("12 EUR", 12.0, "EUR"), ("12,50 €", 12.5, "EUR"),
        ("12.500 KWD", 12.5, "KWD"), ("KWD 1,299.500", 1299.5, "KWD"), ("12,500 TND", 12.5, "TND"), ("1,299 OMR", 1299.0, "OMR"),
        ("25,000 IQD", 25000.0, "IQD"), ("BHD 3.250", 3.25, "BHD"), ("7.000 JOD", 7.0, "JOD"), ("7.125 LYD", 7.125, "LYD"),
        ("£12.00 GBP", 12.0, "GBP"), ("$12 CAD", 12.0, "CAD"), ("99 kr DKK", 99.0, "DKK"), ("Rs 500", 500.0, "INR"),
        ("Rs. 1,299.00", 1299.0, "INR"), ("12€50", 12.5, "EUR"), ("12 € 50", 12.5, "EUR"), ("12.95 € TTC", 12.95, "EUR"),
        ("12,95 € inkl. MwSt.", 12.95, "EUR"), ("12.500 EUR", 12500.0, "EUR"), ("CHF 1'299.-", 1299.0, "CHF"),
        ("1 299,00 €", 1299.0, "EUR"), ("1,299.00", 1299.0, None), ("£3", 3.0, "GBP"),
    ],
)  # fmt: skip
def test_prices_are_read_as_shops_write_them(written: str, price: float, currency: str | None) -> None:
    item, what = one(f'2,Shirt,"{written}"')
    assert item is not None
    assert (item.fields["price"], item.fields.get("currency"), what) == (price, currency, [])


@pytest.mark.parametrize("written", ["12 pcs", "12 xyz", "$12 GBP", "12 EUR USD", "12 €/kg", "12 EUR per month"])
def test_what_has_no_currency_behind_its_number_is_no_price(written: str) -> None:
    assert one(f'2,Shirt,"{written}"') == (None, [f'left out: its price "{written}" is no price'])


def test_a_currency_of_its_own_column_says_how_the_price_is_read() -> None:
    (item, other), summary = read("id,title,price,currency\n1,Lamp,12.500,kwd\n2,Vase,12.50,pcs\n")
    assert dict(item.fields) == {"price": 12.5, "currency": "KWD"}
    assert (dict(other.fields), summary.told) == ({"price": 12.5}, [(3, 'its currency "pcs" is none, and left out')])


def test_availability_is_read_as_it_is_written() -> None:
    assert [one(f"2,A,5,,{each}")[0].fields["availability"] for each in ("in_stock", "Out of Stock", "preorder")] == [  # type: ignore[union-attr]
        "in stock", "out of stock", "preorder",
    ]  # fmt: skip


# ---- packed ------------------------------------------------------------------------------------------------


def test_a_packed_feed_is_the_same_products_again_and_the_same_feed_no_change() -> None:
    raw = b"id,title,price,weight,vegan\n1,Shirt,5 EUR,0.5,yes\n2,Tie,7 EUR,1,no\n"
    feed = pack_feed(io.BytesIO(raw))
    shirt, tie = products_of(feed.packed, feed.kinds)
    assert dict(shirt.fields) == {"price": 5.0, "currency": "EUR", "weight": 0.5, "vegan": True}
    assert (tie.fields["vegan"], pack_feed(io.BytesIO(raw)).content) == (False, feed.content)
    assert pack_feed(io.BytesIO(raw.replace(b"7 EUR", b"8 EUR"))).content != feed.content


# ---- in a bot's folder -------------------------------------------------------------------------------------

BOT = """products: {feed: shop.csv, links: {tag: myshop-21}, synonyms: [[tee, t-shirt]]}
states:
  welcome: {say: Hello!, goto: looks}
  looks: {suggest: products, where: product.price < 50 and product.fabric is linen, say: "Look:"}
"""
FEED = "id,title,price,fabric\n1,Linen shirt,45 EUR,linen\n2,Silk shirt,55 EUR,silk\n"


def bot(folder: Path, feed: str | None, main: str = BOT) -> Path:
    if feed is not None:
        (folder / "shop.csv").write_text(feed, encoding="utf-8")
    return write(folder, TOP + main)


def test_a_feed_of_the_folder_is_what_the_bot_sells(tmp_path: Path) -> None:
    flow = good(bot(tmp_path, FEED))
    assert dict(flow.products["1"].fields) == {"price": 45.0, "currency": "EUR", "fabric": "linen"}
    assert dict(flow.shop.links) == {"tag": "myshop-21"}
    assert run_search(flow, Search("suggest", '{"facts": {}, "match": "", "shown": []}', "looks")).unsure == ("1",)


def test_a_change_of_the_feed_is_another_revision(tmp_path: Path) -> None:
    before = good(bot(tmp_path, FEED)).revision
    assert good(bot(tmp_path, FEED.replace("45", "44"))).revision != before


def test_a_field_that_the_feed_has_not_is_told(tmp_path: Path) -> None:
    assert told(bot(tmp_path, FEED, BOT.replace("fabric", "fabrik"))) == ["F611 at 7:60"]


def test_a_broken_row_is_advice_with_its_number(tmp_path: Path) -> None:
    found = [each for each in problems_in(bot(tmp_path, FEED + "3,,1\n")) if each.code == "F619"]
    assert [(each.file, each.line, each.advice, each.message) for each in found] == [
        ("shop.csv", 4, True, "Row 4: left out: it has no title.")
    ]


@pytest.mark.parametrize("feed", [None, "nothing at all"])
def test_a_feed_that_is_not_there_or_cannot_be_read_keeps_the_bot_from_going_live(
    feed: str | None, tmp_path: Path
) -> None:
    assert told(bot(tmp_path, feed)) == ["F618 at 4:18"]


def test_a_feed_outside_the_folder_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_text(FEED, encoding="utf-8")
    (tmp_path / "bot").mkdir()
    assert told(bot(tmp_path / "bot", None, BOT.replace("shop.csv", "../shop.csv"))) == ["F618 at 4:18"]


def test_of_products_from_elsewhere_any_field_may_be_asked(tmp_path: Path) -> None:
    flow = good(bot(tmp_path, None, BOT.replace("shop.csv", '"https://shop.example/feed.xml", refresh: 2 hours')))
    assert (flow.shop.is_stored, flow.shop.refresh.total_seconds(), len(flow.products)) == (True, 7200, 0)


# ---- hostile cells -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<p>ok <![ x</p>", "ok <![ x"),
        ("a<br/>b <b class='x'>c</b><script>alert(1)</script>d", "a b cd"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("one <style>p {}", "one"),
        ("<!-- note -->seen", "seen"),
        ("&lt;p&gt;two&lt;/p&gt;", "two"),
    ],
)
def test_markup_is_taken_out_whatever_it_is(written: str, text: str) -> None:
    item, _ = one(f'1,Lamp,5 EUR,,,,,,"{written}"')
    assert item is not None
    assert item.description == text


@pytest.mark.parametrize("cell", ["<a " * 6_000, "<!--" * 4_000, "<" * 19_000, "&lt;" * 4_000, "<script>" * 2_000])
def test_markup_without_end_takes_no_time(cell: str) -> None:
    """A parser that tries to make sense of it takes seconds for a cell, and a feed has thousands."""
    rows = "".join(f'{number},Lamp,5 EUR,"{cell}"\n' for number in range(100))
    items, _ = read("id,title,price,description\n" + rows)
    assert len(items) == 100


def test_headings_that_cannot_be_read_are_no_feed() -> None:
    with pytest.raises(FeedError, match="first row"):
        read('id,"title,price\n' + "1,Lamp,5 EUR\n" * 20_000)


# ---- quotation marks and bytes that are wrong ---------------------------------------------------------------

WIDE = "id,title,description,price\n"
GOOD = [f"{number},Lamp {number},Warm light,{number}.00 EUR\n" for number in range(10, 16)]


def kept(raw: bytes | str) -> tuple[dict[str, object], list[tuple[int, str]]]:
    """The prices of what is kept, by id; what is told."""
    items, summary = read(raw)
    return {each.id: each.fields.get("price") for each in items}, summary.told


UNCLOSED = "left out: a quotation mark in it is never closed"


@pytest.mark.parametrize(
    "broken",
    [
        '3,"Red dress,Long,45 EUR\n',
        '3,Red dress,"Long and soft,45 EUR\n',
        '3,Red dress,Long,"45 EUR\n',
        '3,"Red, long dress",Soft,"45 EUR\n',
    ],
)
@pytest.mark.parametrize(
    "after", ["", '20,"Lamp, old",Dim,9 EUR\n', '20,Lamp of 5",Dim,9 EUR\n', '20,Lamp,"Of 5"" and\nmore",9 EUR\n']
)
def test_an_unclosed_quotation_mark_costs_its_own_row_alone(broken: str, after: str) -> None:
    prices, told_of = kept(WIDE + "".join(GOOD[:2]) + broken + "".join(GOOD[2:]) + after)
    assert prices == {**{str(n): float(n) for n in range(10, 16)}, **({"20": 9.0} if after else {})}
    assert told_of == [(4, UNCLOSED)]


def test_an_unclosed_quotation_mark_in_the_last_row_costs_that_row() -> None:
    assert kept(WIDE + "".join(GOOD[:1]) + '9,"Lamp,Dim,5 EUR') == ({"10": 10.0}, [(3, UNCLOSED)])
    assert kept(WIDE + "".join(GOOD[:1]) + '9,"Lamp,\nDim,\n5 EUR')[0] == {"10": 10.0}


@pytest.mark.parametrize(
    "cell",
    [
        '"Tall, and\nlight, for long days, soft"',
        '"Tall,\n\n""slim"", \nand 5"" wide"',
        '"a,b,c\nd,e,f\ng,h,i"',
        "Of 5\" and 6' ",
        '"<p>One</p>\r\n<p>Two, three</p>"',
    ],
)
def test_cells_over_several_lines_stay_whole(cell: str) -> None:
    prices, told_of = kept(WIDE + GOOD[0] + f"11,Lamp,{cell},45 EUR\n" + GOOD[2])
    assert (prices, told_of) == ({"10": 10.0, "11": 45.0, "12": 12.0}, [])


def test_a_feed_full_of_unclosed_quotation_marks_is_read_in_little_time() -> None:
    rows = "".join(f'{number},"Lamp {number},{"x" * 200},5 EUR\n' for number in range(3_000))
    assert kept(WIDE + "".join(GOOD) + rows)[0] == {str(n): float(n) for n in range(10, 16)}
