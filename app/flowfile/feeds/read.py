"""A whole feed: every product that can be sold, one by one, and what is wrong with the others. Memory stays small whatever its size."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from app.catalogue.item import Item
from app.catalogue.rows import read_row
from app.flowfile.feeds.kinds import note
from app.flowfile.feeds.markup import items_of
from app.flowfile.feeds.shapes import FeedError, Row
from app.flowfile.feeds.tables import rows_of

ROWS_MAX = 200_000
"""Rows of one feed: twice what one bot is made for. More would be cut off in silence elsewhere; here it is told."""

TOLD_MAX = 1_000
"""Rows that are told one by one; the rest is counted."""

TOLD_EVERY = 500
"""Rows between two looks of whoever shows how far it is."""

Progress = Callable[[int], None]
"""Is told how many bytes have been read so far, now and then."""


@dataclass(slots=True)
class Summary:
    """How reading went. `told`: (row number, what is wrong); `broken` counts rows that were left out, `mended` those kept in part."""

    rows_max: int = ROWS_MAX
    rows: int = 0
    products: int = 0
    broken: int = 0
    mended: int = 0
    groups: int = 0
    without_image: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    told: list[tuple[int, str]] = field(default_factory=list)

    def tell(self, number: int, what: str) -> None:
        if len(self.told) < TOLD_MAX:
            self.told.append((number, what))


def read_feed(stream: BinaryIO, summary: Summary, progress: Progress | None = None) -> Iterator[Item]:
    """The products of a feed, CSV, TSV or XML by what it begins with. Raises FeedError for a feed that is none."""
    start = stream.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n")
    stream.seek(0)
    if not start:
        raise FeedError("It is empty.")
    # UTF-16 has a zero beside each letter.
    is_markup = start.replace(b"\0", b"").lstrip(b"\xff\xfe").startswith(b"<")
    numbers: dict[str, int] = {}
    groups: set[int] = set()
    for row in items_of(stream) if is_markup else rows_of(stream):
        summary.rows += 1
        if summary.rows > summary.rows_max:
            raise FeedError(f"It has more than {summary.rows_max:,} rows.")
        if progress is not None and summary.rows % TOLD_EVERY == 0:
            progress(stream.tell() if stream.seekable() else 0)
        if (item := _take(row, numbers, summary)) is not None:
            groups.add(zlib.crc32(item.group.encode("utf-8", "replace")))
            yield item
    summary.groups = len(groups)
    if not summary.products:
        raise FeedError("None of its rows is a product that can be sold.", _first(summary))


def _take(row: Row, numbers: dict[str, int], summary: Summary) -> Item | None:
    """The product of a row, unless it is broken or was there before."""
    if row.broken:
        _leave_out(row, row.broken, summary)
        return None
    try:
        read = read_row(row.cells)
    except Exception:
        # The border of a row: whatever it holds, the others are kept.
        _leave_out(row, "it cannot be read", summary)
        return None
    if read.item is None:
        _leave_out(row, "; ".join(read.told), summary)
        return None
    first = numbers.setdefault(read.item.id, row.number)
    if first != row.number:
        _leave_out(row, f"its id is that of row {first}, which is kept", summary)
        return None
    if told := [each for each in (row.told, *read.told) if each]:
        summary.mended += 1
        summary.tell(row.number, "; ".join(told))
    summary.products += 1
    summary.without_image += not read.item.image
    note(read.item.fields, summary.kinds)
    return read.item


def _leave_out(row: Row, why: str, summary: Summary) -> None:
    summary.broken += 1
    summary.tell(row.number, f"left out: {why}")


def _first(summary: Summary) -> str:
    return f"Row {summary.told[0][0]}: {summary.told[0][1]}." if summary.told else ""
