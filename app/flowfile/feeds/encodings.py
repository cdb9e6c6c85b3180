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
_UTF16 = tuple(mark for mark, name in _MARKS if name == "utf-16")
_HEAD_BYTES = 1_000
"""Within so many a file in XML says what it is."""
_STRAY = re.compile("[\udc80-\udcff]")
_SIGNS = 0x10F000
"""From here on, where Unicode has nothing of its own, a character stands for each stray byte in XML."""
_SIGN = re.compile("[\U0010f080-\U0010f0ff]")
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"'>]*)")
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
    return text if text.isascii() else _STRAY.sub(lambda found: _of_windows(found[0]), text)


def _of_windows(stray: str) -> str:
    return bytes((ord(stray) - 0xDC00,)).decode("cp1252", "replace")


def xml_of(stream: BinaryIO) -> Iterator[bytes]:
    """The pieces of a file in XML. In one that is to be UTF-8, bytes that are none come as signs for `without_signs`, and what XML has
    no place for is left out; another file stays as it is."""
    start = stream.read(_HEAD_BYTES)
    said = _DECLARED.match(start.removeprefix(codecs.BOM_UTF8))
    is_utf8 = said[1].lower() in (b"utf-8", b"utf8") if said else not (start.startswith(_UTF16) or b"\0" in start[:4])
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    while piece := stream.read(PIECE_BYTES):
        yield _good_xml(decoder.decode(piece)) if is_utf8 else piece
    yield _good_xml(decoder.decode(b"", final=True))


def without_signs(text: str) -> str:
    """The text with each sign of `xml_of` as what Windows-1252 makes of its byte; the same text where there is none."""
    return text if text.isascii() else _SIGN.sub(lambda found: _of_windows(chr(ord(found[0]) - _SIGNS + 0xDC00)), text)


def _good_xml(text: str) -> bytes:
    return _NOT_IN_XML.sub("", _STRAY.sub(lambda found: chr(ord(found[0]) - 0xDC00 + _SIGNS), text)).encode()
