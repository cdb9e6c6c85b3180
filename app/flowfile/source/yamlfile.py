"""One YAML file as nodes with places, or its problems. Limits come first; no value is ever constructed by a YAML library.

Works on a library's events, so that anchors, aliases, tags and depth are seen before anything is built from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.flowfile import limits
from app.flowfile.problems import Place, Report
from app.flowfile.rules import yaml as rules
from app.flowfile.source.events import LINE_END, NO_SIGN, BrokenYamlError, can_be_quick, exact_events, quick_events
from app.flowfile.source.fast import read_fast
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

_PLAIN_KEY = re.compile(r"[ \t]*:")
_QUOTED_KEY = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')[ \t]*:""")
"""What stands in a line from a key on, or behind a plain one, when a colon follows it."""


class RefusedError(Exception):
    """The file is given up; the report holds why."""


def read_yaml(file: str, raw: bytes, report: Report) -> Node | None:
    """The tree of that file alone; None if it could not be read, and then the report says why. Never raises."""
    return YamlReader(report).read(file, raw)


class YamlReader:
    """Reads the files of one folder: good ones quickly, others so that every problem is told at its place.

    That costs much more time, so only `explained_bytes_max` are read; for what is wrong after that, the quick reader's places must do.
    """

    def __init__(self, report: Report, explained_bytes_max: int = limits.EXPLAINED_BYTES_MAX) -> None:
        self._report = report
        self._bytes_to_explain = explained_bytes_max

    def read(self, file: str, raw: bytes) -> Node | None:
        """The tree of that file; None if it could not be read, and then the report says why. Never raises."""
        try:
            text = _text_of(file, raw, self._report)
            return read_fast(file, text) or self._explain(file, text, len(raw))
        except RefusedError:
            return None
        except Exception:  # Whatever a hostile file makes a library raise, RecursionError too, is the file's problem.
            self._report.take(rules.broken_yaml(Place(file, 1, 1), "The file cannot be understood as YAML."))
            return None

    def _explain(self, file: str, text: str, size: int) -> Node:
        self._bytes_to_explain -= size
        is_exact = self._bytes_to_explain >= 0 or not can_be_quick()
        return Composer(file, text, self._report).compose(exact_events(text) if is_exact else quick_events(text))


def _text_of(file: str, raw: bytes, report: Report) -> str:
    """The decoded text, within the limits that can be told before parsing."""
    start = Place(file, 1, 1)
    if len(raw) > limits.FILE_BYTES_MAX:
        report.take(rules.too_large(start, f"more than {limits.FILE_BYTES_MAX // 1024} kB"))
        raise RefusedError
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        column = len(raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        report.take(rules.not_utf8(Place(file, row, column)))
        raise RefusedError from None
    lines = LINE_END.split(text)
    if len(lines) > limits.LINES_MAX:
        report.take(rules.too_large(start, f"more than {limits.LINES_MAX} lines"))
        raise RefusedError
    for number, line in enumerate(lines, 1):
        if len(line) > limits.LINE_CHARS_MAX:
            report.take(
                rules.too_large(Place(file, number, 1), f"a line of more than {limits.LINE_CHARS_MAX} characters")
            )
            raise RefusedError
    return text


@dataclass(slots=True)
class _Frame:
    """A list or group of pairs that is still open."""

    place: Place
    is_pairs: bool
    in_braces: bool
    items: list[Node] = field(default_factory=list)
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    first_places: dict[str, Place] = field(default_factory=dict)
    key: Scalar | None = None


class Composer:
    """Builds nodes from a library's events with an own stack: no recursion."""

    def __init__(self, file: str, text: str, report: Report) -> None:
        self._file = file
        self._text = text
        self._lines = LINE_END.split(text)
        self._report = report
        self._open: list[_Frame] = []
        self._root: Node | None = None
        self._nodes = 0
        self._last_line = 0
        self._has_special = False

    def compose(self, events: Iterator[Any]) -> Node:
        """The tree of these events; what their reader refuses becomes a problem in an owner's words."""
        try:
            for event in events:
                self._take(event)
        except BrokenYamlError as error:
            self._explain(error)
            raise RefusedError from None
        if self._root is None:
            return Pairs((), Place(self._file, 1, 1))
        return self._root

    def _take(self, event: Any) -> None:
        match type(event).__name__:
            case "ScalarEvent":
                self._refuse_special(event)
                self._put(self._scalar(event))
            case "AliasEvent":
                self._tell_special(self._place(event), "*")
                self._put(Scalar("", self._place(event)))
            case "SequenceStartEvent" | "MappingStartEvent":
                self._refuse_special(event)
                self._begin(event)
            case "SequenceEndEvent" | "MappingEndEvent":
                self._end()
            case "DocumentStartEvent" if self._root is not None:
                self._report.take(rules.broken_yaml(self._place(event), "A second document begins here."))
                raise RefusedError

    def _explain(self, error: BrokenYamlError) -> None:
        """Say what the library refused; its own words are for programmers."""
        place, said = Place(self._file, error.line, error.column), error.said
        if said == NO_SIGN:
            self._report.take(rules.unprintable_text(place, "\x00"))
            return
        if self._is_tab(place) and self._report.take(rules.tab_at_the_start(self._file, self._text)):
            return
        if self._has_special:
            return  # What follows an alias or a tag is rarely understood either; one telling is enough.
        if "mapping values are not allowed" in said or ("got ':'" in said and place.line == self._last_line):
            self._report.take(rules.colon_in_text(place))
        elif "alias" in said or "anchor" in said or "tag" in said:
            self._report.take(rules.anchor_or_tag(place, "*, & or !"))
        else:
            self._report.take(rules.broken_yaml(place, _what_is_broken(said)))

    def _is_tab(self, place: Place) -> bool:
        return self._line(place.line)[place.column - 1 : place.column] == "\t"

    def _line(self, number: int) -> str:
        """That line, counted from 1; nothing behind the last, where a file ends."""
        return self._lines[number - 1] if number <= len(self._lines) else ""

    def _place(self, event: Any) -> Place:
        return Place(self._file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _refuse_special(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > limits.NODES_MAX:
            self._report.take(
                rules.too_large(self._place(event), f"more than {limits.NODES_MAX} texts, lists and groups")
            )
            raise RefusedError
        if getattr(event, "anchor", None) is not None:
            self._tell_special(self._place(event), "&")
        if _tag_of(event) is not None:
            self._tell_special(self._place(event), "!")

    def _tell_special(self, place: Place, sign: str) -> None:
        self._has_special = True
        self._report.take(rules.anchor_or_tag(place, sign))

    def _scalar(self, event: Any) -> Scalar:
        self._last_line = event.start_mark.line + 1
        one_line = event.start_mark.line == event.end_mark.line
        scalar = Scalar(event.value, self._place(event), not event.style, one_line)
        self._report.take(rules.unprintable_text(scalar.place, scalar.text))
        if scalar.plain:
            end = event.end_mark
            rest = self._line(end.line + 1)[end.column :]
            self._report.take(rules.hash_in_text(Place(self._file, end.line + 1, end.column + 1), rest))
        return scalar

    def _begin(self, event: Any) -> None:
        if len(self._open) >= limits.DEPTH_MAX:
            self._report.take(rules.too_deep(self._place(event)))
            raise RefusedError
        is_pairs = type(event).__name__ == "MappingStartEvent"
        self._open.append(_Frame(self._place(event), is_pairs, bool(event.flow_style)))

    def _end(self) -> None:
        frame = self._open.pop()
        if frame.is_pairs:
            self._put(Pairs(tuple(frame.entries), frame.place))
        else:
            self._put(Items(tuple(frame.items), frame.place))

    def _put(self, node: Node) -> None:
        """Hang a finished node into the innermost open frame."""
        if not self._open:
            self._root = node
            return
        frame = self._open[-1]
        if not frame.is_pairs:
            frame.items.append(node)
        elif frame.key is None:
            frame.key = self._key(node)
        else:
            self._put_entry(frame, frame.key, node)
            frame.key = None

    def _key(self, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            self._report.take(rules.broken_yaml(node.place, "A key must be a text, not a list or a group in braces."))
            raise RefusedError
        if node.plain and node.text == "<<":
            self._tell_special(node.place, "<<")
        return node

    def _put_entry(self, frame: _Frame, key: Scalar, value: Node) -> None:
        first = frame.first_places.setdefault(key.text, key.place)
        if isinstance(value, Scalar) and value.is_missing():
            was_eaten = self._report.take(rules.hash_instead_of_text(key, self._line(key.place.line)))
            # The library puts nothing where the next thing begins; the key is where an owner looks. What a comment ate was written.
            value = Scalar("#" if was_eaten else "", key.place)
        if first is not key.place:
            self._report.take(rules.doubled_key(key, first))
        elif frame.in_braces and isinstance(value, Scalar) and value.is_missing() and not self._has_colon(key):
            self._report.take(rules.comma_in_braces(key))
        elif key.text != "<<":
            frame.entries.append((key, value))

    def _has_colon(self, key: Scalar) -> bool:
        """Whether a colon follows the key, so that its value is what is missing, and no comma came between."""
        behind = self._line(key.place.line)[key.place.column - 1 :]
        return (_PLAIN_KEY if key.plain else _QUOTED_KEY).match(
            behind.removeprefix(key.text if key.plain else "")
        ) is not None


def _what_is_broken(said: str) -> str:
    """What the library's reason means to an owner."""
    if "cannot start any token" in said:
        return "A text cannot begin with this sign unless it is in double quotes."
    if "unknown escape character" in said:
        return "Inside double quotes a backslash must be doubled: write \\\\< for a plain <."
    return "This line cannot be understood as YAML."


def _tag_of(event: Any) -> Any:
    """The tag as written; None without one."""
    tag = getattr(event, "ctag", None) or getattr(event, "tag", None)
    return tag if tag is not None and str(tag) not in ("", "None") else None
