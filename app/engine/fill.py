"""Puts values into texts. A value is never read as a template again, and nothing it holds can break the text around it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from app.engine.flow import Placeholder, Template
from app.engine.fold import clean

VALUE_CHARS_MAX = 1_000
"""One value in a text: half of what a customer can type, so that an echo stays one message."""

RESULT_CHARS_MAX = 4_000
"""A filled text: two of Messenger's longest messages."""

_CLOSING = ".,;:!?)]}…»”。，！？"


def fill(template: Template, values: Mapping[str, str]) -> str:
    """The text with its values; a placeholder without one vanishes, and the blanks around it become one.

    A punctuation mark that then follows such a blank takes its place, and that of a comma before it: "Hi <first_name>!" and
    "Hi, <first_name>!" are "Hi!".
    """
    if len(template) == 1 and isinstance(template[0], str):
        return template[0]
    text, vanished = "", False
    for part in template:
        piece = part if isinstance(part, str) else clean(values.get(part.name, ""), VALUE_CHARS_MAX)
        if not piece:
            vanished = True
            continue
        text = _joined(text, piece) if vanished else text + piece
        vanished = False
    if vanished:
        text = text.rstrip().removesuffix(",")
    return text.strip()[:RESULT_CHARS_MAX]


def _joined(before: str, after: str) -> str:
    """Two pieces between which a placeholder vanished."""
    if after[0].isspace():
        return before.rstrip(" ") + after if before else after.lstrip(" ")
    if before.endswith(" ") and after[0] in _CLOSING:
        return before.rstrip(" ").removesuffix(",") + after
    return before + after


def fill_note(template: Template, values: Mapping[str, str]) -> str:
    """A note for staff: of its parts between commas only those whose placeholders all have a value."""
    kept = [fill(part, values).strip() for part in _comma_parts(template) if _has_all(part, values)]
    return ", ".join(each for each in kept if each)[:RESULT_CHARS_MAX]


def fill_url(template: Template, values: Mapping[str, str]) -> str:
    """An address with its values, escaped unless the value is the whole address; empty if it is no web address then."""
    whole = len(template) == 1
    parts = (part if isinstance(part, str) else _url_value(values.get(part.name, ""), whole=whole) for part in template)
    url = "".join(parts)[:RESULT_CHARS_MAX]
    return url if url.startswith(("https://", "http://")) else ""


def _url_value(value: str, *, whole: bool) -> str:
    safe = clean(value, VALUE_CHARS_MAX)
    return safe if whole else quote(safe, safe="")


def _comma_parts(template: Template) -> list[Template]:
    parts: list[list[str | Placeholder]] = [[]]
    for part in template:
        if isinstance(part, Placeholder):
            parts[-1].append(part)
            continue
        first, *others = part.split(",")
        parts[-1].append(first)
        parts.extend([each] for each in others)
    return [tuple(each) for each in parts]


def _has_all(part: Template, values: Mapping[str, str]) -> bool:
    return all(isinstance(each, str) or clean(values.get(each.name, ""), VALUE_CHARS_MAX) for each in part)
