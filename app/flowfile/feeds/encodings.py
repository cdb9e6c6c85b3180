"""In which encoding a table is written, and what becomes of the few bytes that are not of it. Reads no rows."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

PIECE_BYTES = 1 << 20
"""How much is looked at at a time; a longer line counts as several."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_STRAY = re.compile("[\udc80-\udcff]")


def encoding_of(stream: BinaryIO) -> str:
    """UTF-8 or UTF-16 by its mark, UTF-8 if all of it is, or all but a few lines; else the one that spreadsheets of the West write."""
    start = stream.read(4)
    stream.seek(0)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    try:
        return "utf-8" if _is_utf8(stream) or _is_mostly_utf8(stream) else "cp1252"
    finally:
        stream.seek(0)


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := stream.read(PIECE_BYTES):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def _is_mostly_utf8(stream: BinaryIO) -> bool:
    """Whether more lines hold letters of UTF-8 than bytes that are none: one slip does not make the others another encoding."""
    good = bad = 0
    while line := stream.readline(PIECE_BYTES):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad += 1
    return good > bad


def errors_of(encoding: str) -> str:
    """How stray bytes are kept until `without_strays` sees them."""
    return "surrogateescape" if encoding.startswith("utf-8") else "replace"


def without_strays(text: str) -> str:
    """The text with each byte that was no UTF-8 as what Windows-1252 makes of it; the same text where there is none."""
    return text if text.isascii() else _STRAY.sub(lambda found: _of_windows(found[0]), text)


def _of_windows(stray: str) -> str:
    return bytes((ord(stray) - 0xDC00,)).decode("cp1252", "replace")
