"""One good YAML file as nodes, quickly. Never says what is wrong: what is odd gives None, and `yamlfile` reads it again and explains.

libyaml finds the events; of what it reads only that is taken which both readers are known to read alike: a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app.flowfile import limits
from app.flowfile.problems import Place
from app.flowfile.rules.yaml import HASH_GLUED
from app.flowfile.source.events import BrokenYamlError, can_be_quick, quick_events
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

_ODD = re.compile(
    "[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"  # tabs, controls, rare line ends
    r'|\\(?![\\"n<])'  # other escapes than \\ \" \n, and \< of our own
    r"""|["']:[^\s]"""  # "a":b
    r"|^(?:%|\.\.\.|---(?!\n)|(?<=\n)---)",  # directives and more documents than one
    re.MULTILINE,
)
"""What versions of YAML, or the two readers, understand differently."""

_BLOCK_SIGN = re.compile(r"[|>][+-]? *")
"""How the line ends above a text on lines of its own; with a digit or a comment behind the sign it is odd."""


class _OddError(Exception):
    """Something that the other reader has to look at."""


def read_fast(file: str, text: str) -> Pairs | None:
    """The tree of a file without any problem; None for every other, and for a good one with rare signs."""
    text = text.replace("\r\n", "\n")
    if not can_be_quick() or _ODD.search(text):
        return None
    try:
        return _Builder(file, text).build(quick_events(text))
    except (BrokenYamlError, _OddError):
        return None


class _Builder:
    """Builds nodes from the library's events with an own stack: no recursion."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._lines = text.split("\n")
        self._has_glued_hash = HASH_GLUED.search(text) is not None

    def build(self, events: Iterator[Any]) -> Pairs:
        """The only document's tree. Raises _OddError."""
        from yaml.events import (
            AliasEvent,
            MappingEndEvent,
            MappingStartEvent,
            ScalarEvent,
            SequenceEndEvent,
            SequenceStartEvent,
        )

        inner: list[Node] = []
        outer: list[tuple[list[Node], Place]] = []
        nodes = 0
        for event in events:
            kind = type(event)
            if kind is ScalarEvent:
                nodes += 1
                inner.append(self._scalar(event))
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                nodes += 1
                if len(outer) >= limits.DEPTH_MAX or nodes > limits.NODES_MAX:
                    raise _OddError
                outer.append((inner, self._place(event)))
                inner = []
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                children = inner
                inner, place = outer.pop()
                inner.append(_pairs(children, place) if kind is MappingEndEvent else Items(tuple(children), place))
            elif kind is AliasEvent:
                raise _OddError
        root = inner[0] if len(inner) == 1 and nodes <= limits.NODES_MAX else None
        if not isinstance(root, Pairs):
            raise _OddError
        return root

    def _place(self, event: Any) -> Place:
        if event.anchor is not None or event.tag is not None:
            raise _OddError
        mark = event.start_mark
        return Place(self._file, mark.line + 1, mark.column + 1)

    def _scalar(self, event: Any) -> Scalar:
        """A text. Nothing at all, or something that a comment seems to have cut, is odd."""
        text, style, end = event.value, event.style, event.end_mark
        if not style:
            if not text or (self._has_glued_hash and HASH_GLUED.match(self._lines[end.line], end.column)):
                raise _OddError
        elif style in "|>":
            start = event.start_mark
            if text[:1] in ("", "\n") or not _BLOCK_SIGN.fullmatch(self._lines[start.line], start.column):
                raise _OddError
        return Scalar(text, self._place(event), not style, event.start_mark.line == end.line)


def _pairs(children: list[Node], place: Place) -> Pairs:
    """Keys and values took turns. Each key is a text, and there once."""
    keys = children[::2]
    names = {key.text for key in keys if isinstance(key, Scalar)}
    if len(names) < len(keys) or "<<" in names:
        raise _OddError
    return Pairs(tuple(zip(keys, children[1::2], strict=True)), place)  # type: ignore[arg-type]
