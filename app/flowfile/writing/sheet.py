"""A file's text with lines added, byte for byte the same where nothing was asked for. Knows no YAML beyond how lines are indented.

A YAML library that writes what it has read keeps comments and order, but not every blank, quote and line break.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Sequence

from app.flowfile.problems import Place

_BREAK = re.compile("\r\n?|\n")
"""What ends a line for the YAML reader, and so for places."""


class Sheet:
    """One file while it is edited. Lines count from 1 and are those of the file as it was; edits come into effect in `written`.

    `newline` is how its first line ends.
    """

    def __init__(self, raw: bytes) -> None:
        """`raw` must be UTF-8, as whatever was read without a problem is."""
        self._mark = BOM_UTF8 if raw.startswith(BOM_UTF8) else b""
        self._text = raw.decode("utf-8-sig")
        breaks = list(_BREAK.finditer(self._text))
        self.newline = breaks[0][0] if breaks else "\n"
        self._starts = [0, *(each.end() for each in breaks)]
        self._ends = [*(each.start() for each in breaks), len(self._text)]
        self._edits: list[tuple[int, int, str]] = []

    # ---- looking -------------------------------------------------------------------------------------------

    def line(self, number: int) -> str:
        """That line without its end; empty where there is none."""
        return self._text[self._starts[number - 1] : self._ends[number - 1]] if 1 <= number <= len(self._starts) else ""

    def rest(self, place: Place) -> str:
        """The text from there on."""
        return self._text[self._offset(place) :]

    def last_line(self, number: int, indent: int) -> int:
        """The last line of what begins in line `number`: all that follows and begins further right than `indent`.

        Comments behind it that begin no further right are left to what comes next.
        """
        last = number
        for each in range(number + 1, len(self._starts) + 1):
            line = self.line(each)
            words = line.lstrip(" \t")
            if len(line) - len(words) > indent and words:
                last = each
            elif words and not words.startswith("#"):
                break
        return last

    # ---- changing ------------------------------------------------------------------------------------------

    def insert(self, place: Place, words: str, instead_of: int = 0) -> None:
        """Words at that place, instead of so many characters that stand there."""
        self._edits.append((self._offset(place), instead_of, words))

    def add_lines(self, behind: int, lines: Sequence[str]) -> None:
        """Lines of their own behind line number `behind`, 0 for the top; what ends without a line break still does."""
        if behind < len(self._starts):
            self._edits.append((self._starts[behind], 0, "".join(f"{each}{self.newline}" for each in lines)))
        elif self.line(behind):
            self._edits.append((len(self._text), 0, "".join(f"{self.newline}{each}" for each in lines)))
        else:
            self.add_lines(behind - 1, lines)

    def drop_line(self, number: int) -> None:
        """Without that line."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self._text)
        self._edits.append((start, end - start, ""))

    def written(self) -> bytes:
        """The file with every edit; those at one place in the order in which they were asked for."""
        parts: list[str] = []
        end = 0
        for offset, removed, words in sorted(self._edits, key=lambda each: each[0]):
            parts += (self._text[end:offset], words)
            end = offset + removed
        return self._mark + "".join((*parts, self._text[end:])).encode("utf-8")

    @property
    def lines_count(self) -> int:
        """How many lines there are; an end without a line break counts, nothing behind the last break does not."""
        return len(self._starts) - (not self.line(len(self._starts)))

    def _offset(self, place: Place) -> int:
        return self._starts[place.line - 1] + place.column - 1
