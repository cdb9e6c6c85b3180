"""Feeds that are tables: CSV and TSV in whatever encoding and with whatever separator, row by row."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from app.catalogue.rows import COLUMNS_MAX, column_of
from app.flowfile.feeds.shapes import FeedError, Row

SNIFFED_BYTES = 64 * 1024
"""How much is looked at to find the separator."""

CELL_CHARS_MAX = 131_072
"""A longer cell is a quotation mark that is never closed: Python's own limit."""

SEPARATORS = "\t,;|"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def rows_of(stream: BinaryIO) -> Iterator[Row]:
    """Every row behind the headings, numbered as spreadsheets do: the headings are row 1. Raises FeedError for what is no table."""
    encoding = _encoding_of(stream)
    text = io.TextIOWrapper(stream, encoding, errors="replace", newline="")
    try:
        separator = _separator_of(text.readline(SNIFFED_BYTES))
        text.seek(0)
        yield from _rows(csv.reader((line.replace("\0", "") for line in text), delimiter=separator))
    finally:
        text.detach()


def _rows(reader: Iterator[list[str]]) -> Iterator[Row]:
    try:
        names = [column_of(each) for each in next(reader, [])]
    except csv.Error:
        raise FeedError("Its first row cannot be read: perhaps a quotation mark in it is never closed.") from None
    if "id" not in names or not {"title", "name"} & set(names):
        raise FeedError("The first row must name the columns, with id and title among them.")
    if len(names) > COLUMNS_MAX:
        raise FeedError(f"It has more than {COLUMNS_MAX} columns.")
    number = 1
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error:
            yield Row(number, {}, "it cannot be read: perhaps a quotation mark in it is never closed")
            continue
        if cells is None:
            return
        if any(cells):
            yield _row(number, names, cells)


def _row(number: int, names: list[str], cells: list[str]) -> Row:
    row: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and cell and name not in row:
            row[name] = cell
    if len(cells) > len(names) and any(cells[len(names) :]):
        return Row(number, row, f"it has {len(cells)} cells, and there are {len(names)} columns")
    return Row(number, row)


def _separator_of(headings: str) -> str:
    """The sign that parts the headings most often."""
    counts: Mapping[str, int] = {each: headings.count(each) for each in SEPARATORS}
    return max(counts, key=lambda each: counts[each])


def _encoding_of(stream: BinaryIO) -> str:
    """UTF-8 or UTF-16 by its mark, UTF-8 if all of it is; else the one that spreadsheets of the West write."""
    start = stream.read(4)
    stream.seek(0)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := stream.read(1 << 20):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        stream.seek(0)
    return "utf-8"
