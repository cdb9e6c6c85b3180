"""In which encoding a feed is written, and what becomes of the few bytes that are not of it. Reads no rows."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

PIECE_BYTES = 1 << 20
"""How much is looked at at a time; a longer line counts as several."""

STRAYS = "it holds signs that are no UTF-8, read as Windows-1252"
"""What is told of a row with such bytes."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_BY_ALL_MEANS = (b"utf-8", b"utf8", b"utf-16")
"""The last is what programs for Windows write at the top of a file that they then save as UTF-8."""
_HEAD_BYTES = 1_000
"""Within so many a file in XML says what it is."""
_BYTES_FROM = 0xDC00
"""From here on Python has a character for each stray byte (PEP 383)."""
_STRAY = re.compile("[\udc80-\udcff]")
_SIGNS_FROM = 0x10F000
"""From here on a character stands for each stray byte in XML, which has no place for Python's own: of those that Unicode leaves to
private use, and that a feed does not use."""
_SIGN = re.compile("[\U0010f080-\U0010f0ff]")
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"'>]*)")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML 1.0 has no place for (section 2.2), and that shops copy into their texts all the same."""


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
    return text if text.isascii() else _STRAY.sub(lambda found: _of_windows(ord(found[0]) - _BYTES_FROM), text)


def _of_windows(byte: int) -> str:
    return bytes((byte,)).decode("cp1252", "replace")


def xml_of(stream: BinaryIO) -> Iterator[str | bytes]:
    """The pieces of a file in XML. One in UTF-8 comes as text: without what XML has no place for, and with signs for `without_signs` in
    the place of bytes that are no UTF-8. Another comes as it is."""
    start = stream.read(_HEAD_BYTES)
    stream.seek(0)
    has_mark = start.startswith(codecs.BOM_UTF8)
    said = _DECLARED.match(start.removeprefix(codecs.BOM_UTF8))
    # What a mark says, or that there is no zero, counts more than what is written.
    is_utf8 = b"\0" not in start[:4] and (has_mark or said is None or said[1].lower() in _UTF8_BY_ALL_MEANS)
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    while piece := stream.read(PIECE_BYTES):
        yield _good_xml(decoder.decode(piece)) if is_utf8 else piece
    yield _good_xml(decoder.decode(b"", final=True))


def without_signs(text: str) -> str:
    """The text with each sign of `xml_of` as what Windows-1252 makes of its byte; the same text where there is none."""
    return text if text.isascii() else _SIGN.sub(lambda found: _of_windows(ord(found[0]) - _SIGNS_FROM), text)


def _good_xml(text: str) -> str:
    return _NOT_IN_XML.sub("", _STRAY.sub(lambda found: chr(_SIGNS_FROM + ord(found[0]) - _BYTES_FROM), text))
