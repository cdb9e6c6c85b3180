"""One row of a product feed to a product, or the reason why not. Knows the columns of shop feeds, no file and no format.

Columns are those of the product data specifications of Google Merchant Center and of Meta's commerce catalogues (2026); any other
column becomes a field of its own.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.catalogue.item import FieldValue, Item
from app.catalogue.prices import currency_of, read_price
from app.wares import SALE_PERIOD, period_of

ID_CHARS_MAX = 100
"""Meta's limit for an id; Google allows 50."""
NAME_CHARS_MAX = 150
"""Google's limit for a title. A card shows 80 of them; search reads all."""
DESCRIPTION_CHARS_MAX = 2_000
"""Of 5,000 and more that feeds hold: what a customer is told fits in a card, and search gains nothing from the end."""
VALUE_CHARS_MAX = 500
"""Any other value: longer ones are texts that no condition compares."""
ADDRESS_CHARS_MAX = 1_900
"""What one of the channel's messages holds."""
COLUMNS_MAX = 100
"""More columns are a mistake or an attack; both specifications together have fewer."""
CELL_CHARS_MAX = 20_000
"""Of one cell; the rest is not looked at."""

OWN = {
    "id": "id",
    "title": "name",
    "name": "name",
    "description": "description",
    "link": "url",
    "url": "url",
    "image_link": "image",
    "image": "image",
}
"""Columns that are a product's own, with what a bot calls them."""

AMOUNTS = ("price", "sale_price")
STOCK = ("quantity_to_sell_on_facebook", "inventory", "quantity", "stock")
TEXTS = (
    "availability", "brand", "google_product_category", "product_type", "gtin", "mpn", "condition", "color", "size",
    "gender", "age_group", "material", "pattern", "item_group_id", SALE_PERIOD, *(f"custom_label_{number}" for number in range(5)),
)  # fmt: skip
"""Columns that are texts whatever stands in them."""
NUMBERS = ("rating",)
"""Other columns that are numbers in every shop."""
COLUMNS = frozenset((*OWN, *AMOUNTS, *STOCK, *TEXTS, *NUMBERS, "currency"))

_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]{1,6})?")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]")
_BLANKS = re.compile(r"\s+")


@dataclass(slots=True)
class Read:
    """What came of a row: the product, or None; and what is to be told of it, in words for its owner."""

    item: Item | None = None
    told: list[str] = field(default_factory=list)


def column_of(written: str) -> str:
    """The name of a column: "g:Image Link" is image_link; empty for one that cannot be a field."""
    name = re.sub(r"[^a-z0-9]+", "_", _plain(written).lower().removeprefix("g:")).strip("_")
    name = {"colour": "color", "product_id": "id", "image_url": "image_link", "product_url": "link"}.get(name, name)
    return name[:60] if _FIELD.fullmatch(name) else ""


def read_row(row: Mapping[str, str]) -> Read:
    """The product of a row. `row`: cells by the names that `column_of` gives; empty ones count as not there."""
    read = Read()
    cells = {name: cell[:CELL_CHARS_MAX] for name, cell in row.items() if cell and cell.strip()}
    identity = _plain(cells.get("id", ""))
    name = plain_text(cells.get("title") or cells.get("name", ""))
    if not identity:
        read.told.append("it has no id")
    elif len(identity) > ID_CHARS_MAX:
        read.told.append(f"its id has more than {ID_CHARS_MAX} characters")
    elif not name:
        read.told.append("it has no title")
    if read.told:
        return read
    fields = _read_fields(cells, read)
    if fields is None:
        return read
    read.item = Item(
        id=identity,
        name=_cut(name, NAME_CHARS_MAX, "its title", read),
        description=_cut(plain_text(cells.get("description", "")), DESCRIPTION_CHARS_MAX),
        url=_address(cells.get("link") or cells.get("url", ""), "link", read),
        image=_address(cells.get("image_link") or cells.get("image", ""), "image", read),
        fields=fields,
    )
    return read


def _read_fields(cells: Mapping[str, str], read: Read) -> dict[str, FieldValue] | None:
    """The fields; None for a row that cannot be sold as it stands."""
    fields = dict(_texts(cells))
    if "currency" in fields:
        fields["currency"] = currency_of(str(fields["currency"])) or ""
        if not fields["currency"]:
            read.told.append(f"its currency {_quoted(cells['currency'])} is none, and left out")
            del fields["currency"]
    if SALE_PERIOD in fields and period_of(str(fields[SALE_PERIOD])) is None:
        read.told.append(f"its {SALE_PERIOD} {_quoted(cells[SALE_PERIOD])} is none, and left out")
        del fields[SALE_PERIOD]
    for name in AMOUNTS:
        if name in cells and not _read_amount(name, cells, fields, read):
            return None
    if fields.get("sale_price", 0) and fields.get("sale_price", 0) >= fields.get("price", 0):  # type: ignore[operator]
        del fields["sale_price"]
    for name in STOCK:
        if name in cells and "stock" not in fields:
            _read_stock(cells[name], fields, read)
    return fields


def _texts(cells: Mapping[str, str]) -> Iterator[tuple[str, FieldValue]]:
    for name, cell in cells.items():
        if name in OWN or name in AMOUNTS or name in STOCK:
            continue
        text = plain_text(cell)[:VALUE_CHARS_MAX]
        if name in NUMBERS:
            number = text.replace(",", ".")
            if _NUMBER.fullmatch(text):
                yield name, float(number)
        elif text:
            yield name, _availability(text) if name == "availability" else text


def _availability(text: str) -> str:
    words = text.lower().replace("_", " ").removeprefix("http://schema.org/").removeprefix("https://schema.org/")
    return {"instock": "in stock", "outofstock": "out of stock", "soldout": "out of stock"}.get(words, words)


def _read_amount(name: str, cells: Mapping[str, str], fields: dict[str, FieldValue], read: Read) -> bool:
    """A price; whether the row can stay. Nothing costs nothing: a price of zero is left out, and told."""
    found = read_price(cells[name], str(fields.get("currency", "")))
    if found is None or found.amount < 0:
        why = "is below zero" if found else "is no price"
        read.told.append(f"its {name} {_quoted(cells[name])} {why}")
        return name != "price"
    if found.amount == 0:
        read.told.append(f"its {name} is zero, which is left out")
        return True
    fields[name] = found.amount
    if found.currency and name == "price":
        fields["currency"] = found.currency
    return True


def _read_stock(cell: str, fields: dict[str, FieldValue], read: Read) -> None:
    text = _plain(cell)
    if not _NUMBER.fullmatch(text):
        read.told.append(f"its stock {_quoted(cell)} is no number, and left out")
        return
    stock = float(text.replace(",", "."))
    if stock < 0:
        read.told.append("its stock is below zero, which counts as none left")
    fields["stock"] = max(stock, 0.0)


def _address(written: str, what: str, read: Read) -> str:
    """A web address as it may be sent; one that is none is left out, and told."""
    address = _plain(html.unescape(written))
    if not address:
        return ""
    if not address.startswith(("https://", "http://")) or len(address) > ADDRESS_CHARS_MAX or " " in address:
        read.told.append(f"its {what} {_quoted(written)} is no web address, and left out")
        return ""
    return address


def _cut(text: str, chars_max: int, what: str = "", read: Read | None = None) -> str:
    if len(text) <= chars_max:
        return text
    if read is not None and len(text) > 2 * chars_max:
        read.told.append(f"{what} has {len(text):,} characters, of which {chars_max} are kept")
    kept = text[: chars_max - 1]
    return (kept.rsplit(" ", 1)[0] if " " in kept[chars_max // 2 :] else kept).rstrip(" ,;:-") + "…"


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", _UNSAFE.sub("", unicodedata.normalize("NFC", text))).strip()


def _quoted(text: str) -> str:
    plain = _plain(text)
    return f'"{plain if len(plain) <= 40 else plain[:39] + "…"}"'


# ---- HTML --------------------------------------------------------------------------------------------------


_TAG = re.compile(r"<(/?)([a-zA-Z!?][^\s<>/]*)[^<>]*>")
"""Read in one go over the text, whatever it is: a parser that tries to make sense of broken markup takes minutes for a bad cell."""

BREAKS = frozenset(("br", "p", "li", "div", "tr", "td", "ul", "ol", "h1", "h2", "h3", "h4"))
SILENT = frozenset(("script", "style"))


def _without_markup(text: str) -> str:
    """What a reader of the page would see: no tags, no scripts."""
    parts: list[str] = []
    at, silent = 0, False
    for tag in _TAG.finditer(text):
        if not silent:
            parts.append(text[at : tag.start()])
        name = tag[2].lower()
        if name in SILENT:
            silent = not tag[1]
        parts.append(" " if name in BREAKS else "")
        at = tag.end()
    return "".join(parts) if silent else "".join((*parts, text[at:]))


def plain_text(written: str) -> str:
    """A cell as people read it: no markup, no entities, one blank between words."""
    text = html.unescape(written) if "&" in written else written
    return _plain(_without_markup(text) if "<" in text else text)
