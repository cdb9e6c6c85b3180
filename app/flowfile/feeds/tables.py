"""Feeds that are tables: CSV and TSV in whatever encoding and with whatever separator, row by row."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from app.catalogue.rows import COLUMNS_MAX, column_of
from app.flowfile.feeds.encodings import STRAYS, encoding_of, errors_of, without_strays
from app.flowfile.feeds.quotes import Rows, rows_in
from app.flowfile.feeds.shapes import FeedError, Row

SNIFFED_BYTES = 64 * 1024
"""How much is looked at to find the separator."""

SEPARATORS = "\t,;|"


def rows_of(stream: BinaryIO) -> Iterator[Row]:
    """Every row behind the headings, numbered as spreadsheets do: the headings are row 1. Raises FeedError for what is no table."""
    encoding = encoding_of(stream)
    text = io.TextIOWrapper(stream, encoding, errors=errors_of(encoding), newline="")
    try:
        separator = _separator_of(text.readline(SNIFFED_BYTES))
        text.seek(0)
        yield from _rows(rows_in((line.replace("\0", "") for line in text), separator))
    finally:
        text.detach()


def _rows(rows: Rows) -> Iterator[Row]:
    reader = iter(rows)
    headings = next(reader, None)
    if headings is None or headings.broken:
        raise FeedError("Its first row cannot be read: perhaps a quotation mark in it is never closed.")
    names = [column_of(without_strays(each)) for each in headings.cells]
    if "id" not in names or not {"title", "name"} & set(names):
        raise FeedError("The first row must name the columns, with id and title among them.")
    if len(names) > COLUMNS_MAX:
        raise FeedError(f"It has more than {COLUMNS_MAX} columns.")
    rows.names = names
    for number, found in enumerate(reader, 2):
        if found.broken:
            yield Row(number, {}, found.broken)
        elif any(found.cells):
            yield _row(number, names, found.cells)


def _row(number: int, names: list[str], cells: list[str]) -> Row:
    row: dict[str, str] = {}
    told = ""
    for name, cell in zip(names, cells, strict=False):
        if name and cell and name not in row:
            row[name] = without_strays(cell)
            told = told or (STRAYS if row[name] != cell else "")
    if len(cells) > len(names) and any(cells[len(names) :]):
        return Row(number, row, f"it has {len(cells)} cells, and there are {len(names)} columns")
    return Row(number, row, told=told)


def _separator_of(headings: str) -> str:
    """The sign that parts the headings most often."""
    counts: Mapping[str, int] = {each: headings.count(each) for each in SEPARATORS}
    return max(counts, key=lambda each: counts[each])
