"""Lines of a table to rows of cells, whatever its quotation marks do: one that is never closed costs its own row and no other.

A cell in quotation marks may go over several lines. Where one of these lines is a row by itself - enough cells, and a price where the
price stands - the mark before it was never closed: the row is told as broken, and reading goes on from that line.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.catalogue.prices import read_price
from app.flowfile.feeds.shapes import FeedError

ROW_CHARS_MAX = 131_072
"""A longer row is a quotation mark that is never closed: so much is Python's own limit for a cell."""

READ_AGAIN_CHARS_MAX = 200_000_000
"""What is read a second time behind broken rows, two seconds of work; a feed that needs more is broken throughout."""

SHAPES_MAX = 1_000
"""Different shapes of ids that are known."""

UNCLOSED = "a quotation mark in it is never closed"
_LETTERS, _DIGITS = re.compile(r"[^\W\d_]+"), re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Cells:
    """One row; `broken`: why its cells mean nothing."""

    cells: list[str]
    broken: str = ""


class _TooLongError(Exception):
    """A row goes on for longer than any does."""


@dataclass(slots=True)
class _Lines:
    """The lines of a file; those of the row that is being read are kept, so that they can be read again."""

    source: Iterator[str]
    again: deque[str] = field(default_factory=deque)
    taken: list[str] = field(default_factory=list)
    chars: int = 0
    read_again: int = 0
    is_over: bool = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.chars > ROW_CHARS_MAX:
            raise _TooLongError
        line = self.again.popleft() if self.again else next(self.source, None)
        if line is None:
            self.is_over = True
            raise StopIteration
        self.taken.append(line)
        self.chars += len(line)
        return line

    def begin(self) -> None:
        self.taken, self.chars = [], 0

    def give_back(self, first: int) -> None:
        """Read these lines of the row again, from the one with that place on. Raises FeedError where that would never end."""
        self.read_again += self.chars
        if self.read_again > READ_AGAIN_CHARS_MAX:
            raise FeedError("In too many of its rows a quotation mark is never closed.")
        self.again.extendleft(reversed(self.taken[first:]))
        self.is_over = False


@dataclass(slots=True)
class Rows:
    """Rows of cells, the headings first; `names` are what they mean, set when they are known. `separator` parts the cells."""

    lines: _Lines
    separator: str
    names: Sequence[str] = ()
    is_lost: bool = False
    """Behind a broken row, until a line that is a row by itself."""
    _shapes: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Cells]:
        reader = csv.reader(self.lines, delimiter=self.separator)
        while True:
            self.lines.begin()
            try:
                cells: list[str] | None = next(reader, None)
            except (csv.Error, _TooLongError):
                cells = []
            taken = self.lines.taken
            if not taken:
                return
            if not (self.is_lost and self._skips(taken)):
                yield self._judge(cells or [], taken)
            elif self._is_known(self._cell(cells or [], "id")):
                yield Cells([], UNCLOSED)

    def _skips(self, taken: list[str]) -> bool:
        """Whether this is still the rest of a broken row; a line of it that is a row is read again as one."""
        if self._is_row(taken[0]):
            self.is_lost = False
            return False
        self.lines.give_back(1)
        return True

    def _judge(self, cells: list[str], taken: list[str]) -> Cells:
        if not self.names:
            return Cells(cells, "" if cells else UNCLOSED)
        if len(taken) == 1:
            is_open = self.lines.is_over and taken[0].count('"') % 2 == 1 and _is_open(taken[0], self.separator)
            return Cells(cells, UNCLOSED) if is_open else self._whole(cells)
        first = next((place for place in range(1, len(taken)) if self._is_row(taken[place], cells)), 0)
        if not first and 0 < len(cells) <= len(self.names) and _is_whole("".join(taken), self.separator):
            return self._whole(cells)
        self.lines.give_back(first or 1)
        self.is_lost = not first
        count = len(cells)
        many = f"it goes over {len(taken)} lines and has {count} cells, and there are {len(self.names)} columns"
        return Cells(cells, UNCLOSED if first or count <= len(self.names) else f"{many}: perhaps {UNCLOSED}")

    def _whole(self, cells: list[str]) -> Cells:
        if cells and len(self._shapes) < SHAPES_MAX:
            self._shapes.add(_shape(self._cell(cells, "id")))
        return Cells(cells)

    def _is_known(self, identity: str) -> bool:
        """Whether ids of this feed look like this."""
        return _shape(identity) in self._shapes

    def _is_row(self, line: str, before: Sequence[str] = ()) -> bool:
        """Whether a line is a row by itself, or begins one. `before`: the row to which it would else belong."""
        try:
            cells = next(csv.reader([line], delimiter=self.separator), [])
        except csv.Error:
            return False
        is_open = line.count('"') % 2 == 1 and _is_open(line, self.separator)
        whole = cells[:-1] if is_open else cells
        identity = self._cell(whole, "id")
        if len(cells) > len(self.names) or not identity or " " in identity.strip():
            return False
        is_known = self._is_known(identity) or _shape(identity) == _shape(self._cell(before, "id"))
        if line.count('"') % 2 == 1 and not is_known:
            return False  # the end of a text in quotation marks, and not a row: no id looks like it
        price = self._cell(whole, "price")
        if "price" in self.names and (price or not is_open):
            return read_price(price) is not None
        return is_open or len(cells) == len(self.names)

    def _cell(self, cells: Sequence[str], name: str) -> str:
        place = self.names.index(name) if name in self.names else len(cells)
        return cells[place] if place < len(cells) else ""


def rows_in(lines: Iterator[str], separator: str) -> Rows:
    """The rows of these lines."""
    return Rows(_Lines(lines), separator)


def _is_open(text: str, separator: str) -> bool:
    """Whether a quotation mark in it is never closed."""
    return "end of data" in _strictly(text, separator)


def _is_whole(text: str, separator: str) -> bool:
    """Whether every quotation mark in it is where it should be."""
    return not _strictly(text, separator)


def _strictly(text: str, separator: str) -> str:
    """What is wrong with the quotation marks of a row; empty for nothing."""
    try:
        for _ in csv.reader([text], delimiter=separator, strict=True):
            pass
    except csv.Error as error:
        return str(error)
    return ""


def _shape(identity: str) -> str:
    """What ids have in common: SKU-1042 and ABC-7 are alike."""
    return _DIGITS.sub("9", _LETTERS.sub("a", identity.strip()))
