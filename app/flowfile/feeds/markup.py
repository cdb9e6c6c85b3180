"""Feeds in XML: RSS 2.0 and Atom, item by item. No entities, no document types, nothing from elsewhere; bounded in every direction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from app.catalogue.rows import CELL_CHARS_MAX, COLUMNS_MAX, column_of
from app.flowfile.feeds.encodings import STRAYS, without_signs, xml_of
from app.flowfile.feeds.shapes import FeedError, Row

DEPTH_MAX = 40
"""A feed has five levels; a file that nests deeper is an attack."""

ITEMS = ("item", "entry")


class _Items(ContentHandler):
    """Gathers the children of each item as cells; of what lies deeper, such as shipping, nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self._number, self._depth, self._item_depth = 0, 0, 0
        self._cells: dict[str, str] = {}
        self._name, self._text, self._chars = "", [""], 0
        self._told = ""

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802 - as the base class calls it
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise FeedError(f"It is nested more than {DEPTH_MAX} levels deep.")
        local = name.rpartition(":")[2].lower()
        if not self._item_depth and local in ITEMS:
            self._item_depth, self._cells, self._told = self._depth, {}, ""
            self._number += 1
        elif self._item_depth and self._depth == self._item_depth + 1:
            self._name, self._text, self._chars = column_of(local), [], 0
            if self._name == "link" and hasattr(attrs, "get") and (address := attrs.get("href")):
                self._text = [str(address)]

    def characters(self, content: str) -> None:
        if self._name and self._depth == self._item_depth + 1 and self._chars < CELL_CHARS_MAX:
            self._text.append(content[: CELL_CHARS_MAX - self._chars])
            self._chars += len(content)

    def endElement(self, name: str) -> None:  # noqa: N802, ARG002 - as the base class calls it
        if self._item_depth and self._depth == self._item_depth + 1 and self._name:
            if len(self._cells) < COLUMNS_MAX and self._name not in self._cells:
                self._keep("".join(self._text))
            self._name, self._text = "", []
        elif self._depth == self._item_depth:
            self.rows.append(Row(self._number, self._cells, told=self._told))
            self._item_depth = 0
        self._depth -= 1

    def _keep(self, written: str) -> None:
        text = without_signs(written)
        self._cells[self._name] = text
        self._told = self._told or (STRAYS if text != written else "")


def items_of(stream: BinaryIO) -> Iterator[Row]:
    """Every item, numbered from 1. Raises FeedError for what is no XML, has no items, or holds what a feed has no need of."""
    items, parser, count = _Items(), make_parser(), 0
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, False)
    parser.setContentHandler(items)
    try:
        for piece in xml_of(stream):
            parser.feed(piece)
            found, items.rows = items.rows, []
            count += len(found)
            yield from found
        parser.close()
    except DefusedXmlException:
        raise FeedError("It holds entities or a document type, which no product feed needs.") from None
    except (SAXException, LookupError, ValueError) as error:
        line = getattr(error, "getLineNumber", lambda: None)()
        where = f" from line {line} on" if line else ""
        raise FeedError(f"It is no XML that can be read{where}.") from None
    if not count:
        raise FeedError("It holds no products: each must be an item or an entry.")
