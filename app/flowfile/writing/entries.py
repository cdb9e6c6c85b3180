"""Lines for the FAQ: a phrase at the end of an entry's `ask`, an entry at the end of the list. Everything else stays as it is.

Each function changes a `Sheet` and says whether it could: what is neither lines with dashes nor brackets is left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from app.flowfile.source.nodes import Items, Pairs, Scalar
from app.flowfile.writing.pairs import INDENT, dash_before, insert_behind, last_line_of, written
from app.flowfile.writing.sheet import Sheet

_PLAIN_IN_BRACKETS = re.compile(r"[^\W\d_][\w '’.!-]*[\w.!]\??")
"""What YAML reads within brackets as it stands."""


def find_entry(root: Pairs, entry: str) -> Pairs | None:
    """The entry of that id in a file."""
    node = root.get("faq")
    for item in node.items if isinstance(node, Items) else ():
        name = item.get("id") if isinstance(item, Pairs) else None
        if isinstance(name, Scalar) and name.text == entry and isinstance(item, Pairs):
            return item
    return None


def add_phrase(sheet: Sheet, entry: Pairs, phrase: str) -> bool:
    """Another phrase of an entry."""
    asked = entry.get("ask")
    if isinstance(asked, Scalar) and not asked.is_missing() and _is_plain(asked.text):
        if not insert_behind(sheet, asked, f", {_in_brackets(phrase)}]"):
            return False
        sheet.insert(asked.place, "[")
        return True
    if not isinstance(asked, Items) or not asked.items:
        return False
    last, dash = asked.items[-1], dash_before(sheet, asked.place)
    if dash is not None:
        sheet.add_lines(sheet.last_line(last.place.line, dash), [f"{' ' * dash}- {written(phrase)}"])
        return True
    return isinstance(last, Scalar) and insert_behind(sheet, last, f", {_in_brackets(phrase)}")


def _in_brackets(phrase: str) -> str:
    return phrase if _is_plain(phrase) else json.dumps(phrase, ensure_ascii=False)


def _is_plain(phrase: str) -> bool:
    return _PLAIN_IN_BRACKETS.fullmatch(phrase) is not None


def add_entry(sheet: Sheet, root: Pairs, lines: Sequence[str]) -> bool:
    """Another entry, whose lines begin with its dash."""
    node = root.get("faq")
    dash = dash_before(sheet, node.place) if isinstance(node, Items) else None
    if node is None or dash is None:
        return False
    sheet.add_lines(sheet.last_line(last_line_of(node), dash), [" " * dash + line for line in lines])
    return True


def entry_lines(entry: str, topic: str, phrases: Sequence[str], answer: str) -> list[str]:
    """An entry as an owner would write it."""
    said = written(answer.replace("<", "\\<"))
    return [
        f"- id: {entry}",
        *([f"{INDENT}topic: {written(topic)}"] if topic else []),
        f"{INDENT}ask:",
        *(f"{INDENT}{INDENT}- {written(each)}" for each in phrases),
        f"{INDENT}answer: {said}",
    ]
