"""Puts values into texts. A value is never read as a template again, and nothing it holds can break the text around it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote_plus, urlencode, urlsplit, urlunsplit

from app.engine.flow import Placeholder, Template
from app.engine.fold import clean

VALUE_CHARS_MAX = 1_000
"""One value in a text: half of what a customer can type, so that an echo stays one message."""

ADDRESS_CHARS_MAX = 1_900
"""A web address: what one of Messenger's messages holds. A longer one is left out: cut, it would lead nowhere."""

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
        piece = part if isinstance(part, str) else value_piece(values.get(part.name, ""))
        if not piece:
            vanished = True
            continue
        text = _joined(text, piece) if vanished else text + piece
        vanished = False
    if vanished:
        text = text.rstrip().removesuffix(",")
    return _cut(text.strip())


def value_piece(value: str) -> str:
    """A value as it stands in a text: cut, but an address whole or not at all."""
    if is_long_address(value):
        return ""
    return clean(value, ADDRESS_CHARS_MAX if _is_address(value) else VALUE_CHARS_MAX)


def is_long_address(value: str) -> bool:
    """Whether a value is an address that would have to be cut."""
    return len(value) > ADDRESS_CHARS_MAX and _is_address(value)


def _is_address(word: str) -> bool:
    return word.lstrip().startswith(("https://", "http://")) and len(word.split()) == 1


def _cut(text: str) -> str:
    """The beginning of a text that is too long; an address that the cut goes through is left out."""
    kept = text[:RESULT_CHARS_MAX]
    last = kept.rsplit(maxsplit=1)[-1] if kept else ""
    goes_on = len(text) > len(kept) and not text[len(kept)].isspace()
    return kept.removesuffix(last).rstrip() if goes_on and _is_address(last) else kept


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
    """An address with its values, escaped unless the value is the whole address; empty if it is no web address then, or too long."""
    if is_too_long(template, values):
        return ""
    url = _url(template, values)
    return url if url.startswith(("https://", "http://")) else ""


def with_parameters(url: str, parameters: Mapping[str, str]) -> str:
    """An address with these behind its question mark, in place of its own of the same names; as it is where it would grow too long."""
    if not url or not parameters:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    own = [each for each in parts.query.split("&") if each and unquote_plus(each.partition("=")[0]) not in parameters]
    query = "&".join([*own, urlencode(parameters)])
    longer = urlunsplit(parts._replace(query=query))
    return longer if len(longer) <= ADDRESS_CHARS_MAX else url


def is_too_long(template: Template, values: Mapping[str, str]) -> bool:
    """Whether an address has become too long with its values; the owner's own are never."""
    names = {part.name for part in template if isinstance(part, Placeholder)}
    if not names:
        return False
    return (
        sum(len(values.get(name, "")) for name in names) > ADDRESS_CHARS_MAX
        or len(_url(template, values)) > ADDRESS_CHARS_MAX
    )


def _url(template: Template, values: Mapping[str, str]) -> str:
    whole = len(template) == 1
    return "".join(
        part if isinstance(part, str) else _url_value(values.get(part.name, ""), whole=whole) for part in template
    )


def _url_value(value: str, *, whole: bool) -> str:
    safe = clean(value, ADDRESS_CHARS_MAX)
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
    return all(isinstance(each, str) or value_piece(values.get(each.name, "")) for each in part)
