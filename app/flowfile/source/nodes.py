"""What a YAML file holds, with places: texts, lists and pairs. Every scalar is text; nothing here is interpreted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.flowfile.problems import Place


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. `plain`: written without quotes or a block sign; `one_line`: it stands on a single line."""

    text: str
    place: Place
    plain: bool = True
    one_line: bool = True

    def place_of(self, offset: int) -> Place:
        """Where the character at `offset` of the text stands; the beginning, if that cannot be told."""
        return self.place.moved(offset if self.plain else offset + 1) if self.one_line else self.place

    def is_missing(self) -> bool:
        """Whether nothing at all was written, as after `say:` at the end of a line."""
        return self.plain and self.text == ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Pairs:
    """Keys with their values, in order; no key twice. `place` is the first key's, or the opening brace's."""

    entries: tuple[tuple[Scalar, Node], ...]
    place: Place

    def get(self, name: str) -> Node | None:
        """The value of that key; None if it is not there."""
        return next((value for key, value in self.entries if key.text == name), None)

    def key(self, name: str) -> Scalar | None:
        """The key itself, for its place."""
        return next((key for key, _ in self.entries if key.text == name), None)

    def names(self) -> Iterator[Scalar]:
        """Every key, in order."""
        return (key for key, _ in self.entries)


Node = Scalar | Items | Pairs


def plain_of(node: Node) -> Any:
    """The same without places, as JSON would hold it; every scalar is a text. No deeper than the file may be."""
    match node:
        case Pairs(entries):
            return {key.text: plain_of(value) for key, value in entries}
        case Items(items):
            return [plain_of(each) for each in items]
        case Scalar(text):
            return text


def size_of(root: Node) -> int:
    """How many nodes hang here, the root and every key included."""
    size, waiting = 0, [root]
    while waiting:
        node = waiting.pop()
        size += 1
        if isinstance(node, Pairs):
            size += len(node.entries)
            waiting.extend(value for _, value in node.entries)
        elif isinstance(node, Items):
            waiting.extend(node.items)
    return size
