"""One product as the catalogue knows it, and its packed form. Knows no feed and no flow."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.errors import AppError
from app.wares import group_of

FieldValue = str | float | bool | tuple[str, ...]
Fields = Mapping[str, FieldValue]
"""A product's values by name: texts, numbers, yes or no, lists of texts."""

PIECE_BYTES = 1 << 20
"""How much of a packed catalogue is unpacked at a time: memory stays small, whatever it holds."""

LINE_BYTES_MAX = 1 << 20
"""One packed product; far more than a row of a feed may become."""


@dataclass(frozen=True, slots=True)
class Item:
    """One product. `names`, `descriptions`: the same in other languages, by which it can be found too."""

    id: str
    name: str
    description: str = ""
    url: str = ""
    image: str = ""
    fields: Fields = field(default_factory=dict)
    names: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """What its variants have in common; its own id, if it has none."""
        return group_of(self.id, self.fields)


# ---- packed ------------------------------------------------------------------------------------------------


class Packer:
    """Packs products one by one: compressed JSON, a line each."""

    def __init__(self) -> None:
        self._squeeze = zlib.compressobj(6)
        self._pieces: list[bytes] = []

    def add(self, item: Item) -> None:
        line = json.dumps(to_list(item), ensure_ascii=False, separators=(",", ":"))
        self._pieces.append(self._squeeze.compress(line.encode("utf-8", "replace") + b"\n"))

    def finish(self) -> bytes:
        return b"".join((*self._pieces, self._squeeze.flush()))


def unpack(packed: bytes) -> Iterator[Item]:
    """The products again, one by one. Raises AppError for bytes that hold none."""
    reader, rest, left = zlib.decompressobj(), b"", packed
    try:
        while left or not reader.eof:
            piece = reader.decompress(left, PIECE_BYTES)
            left = reader.unconsumed_tail
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                yield from_list(json.loads(line))
            if len(rest) > LINE_BYTES_MAX or not (piece or left):
                break
    except (zlib.error, ValueError, TypeError, KeyError) as error:
        raise AppError("A stored catalogue cannot be read.", "Import the products once more.") from error


def to_list(item: Item) -> list[object]:
    """The stored form of one product."""
    return [item.id, item.name, item.description, item.url, item.image, item.fields, item.names, item.descriptions]


def from_list(stored: list[object]) -> Item:
    """The product of that stored form."""
    (identity, name, description, url, image), (fields, names, descriptions) = map(str, stored[:5]), stored[5:]
    if not (isinstance(fields, dict) and isinstance(names, list) and isinstance(descriptions, list)):
        raise ValueError("no product")
    values = {str(name): tuple(each) if isinstance(each, list) else each for name, each in fields.items()}
    return Item(identity, name, description, url, image, values, tuple(names), tuple(descriptions))


def pack(items: Iterable[Item]) -> bytes:
    """These products, packed."""
    packer = Packer()
    for item in items:
        packer.add(item)
    return packer.finish()
