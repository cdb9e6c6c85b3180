"""The bytes of a webhook body to JSON values that are safe to keep. Never knows what they mean.

Safe: no deeper than DEPTH_MAX, no NUL and no half of a surrogate pair in any text, no NaN or infinity, no integer beyond 64 bits.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

import orjson

from app.errors import BrokenPayloadError
from webhooks.messenger.limits import DEPTH_MAX, RAW_CHARS_MAX

_UNSAFE = re.compile("[\0\ud800-\udfff]")
_INTEGER_CHARS_MAX = 18
"""So many digits always fit 64 bits."""
_NUMBER_CHARS_MAX = 100


@dataclass(frozen=True, slots=True)
class TooDeep:
    """A body that nests deeper than DEPTH_MAX; `raw` is its text, cut."""

    raw: str


def read(body: bytes) -> Any:
    """The JSON value of `body`, or `TooDeep`. Raises BrokenPayloadError when neither orjson nor the standard library takes it."""
    try:
        value, is_clean = orjson.loads(body), b"\\u0000" not in body
    except orjson.JSONDecodeError:
        value, is_clean = _read_slowly(body), False
    if isinstance(value, TooDeep) or (_may_be_deep(body) and _is_deep(value)):
        return TooDeep(clean_text(body.decode("utf-8", "replace")[:RAW_CHARS_MAX]))
    return value if is_clean else _clean(value)


def clean_text(text: str) -> str:
    """The same text with NULs and halves of surrogate pairs replaced by U+FFFD: what every database and encoder takes."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSAFE.sub("\ufffd", text)


def dump(value: Any) -> str:
    """The JSON text of a value that came from `read`, its keys sorted, cut at RAW_CHARS_MAX; never raises for values of JSON."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except (TypeError, RecursionError):
        text = _dump_slowly(value)
    return text[:RAW_CHARS_MAX]


def _dump_slowly(value: Any) -> str:
    try:
        return json.dumps(value, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return "null"


def _read_slowly(body: bytes) -> Any:
    """orjson refuses NaN, huge numbers and halves of surrogate pairs, which the standard library takes."""
    try:
        return json.loads(body, parse_int=_read_integer, parse_constant=lambda _: None)
    except RecursionError:
        return TooDeep("")
    except ValueError as error:
        raise BrokenPayloadError("The body is not JSON.") from error


def _read_integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _INTEGER_CHARS_MAX else digits[:_NUMBER_CHARS_MAX]


def _may_be_deep(body: bytes) -> bool:
    return body.count(b"{") + body.count(b"[") > DEPTH_MAX


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEPTH_MAX):
        level = [
            child
            for each in level
            for child in (each.values() if type(each) is dict else each if type(each) is list else ())
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def _clean(value: Any) -> Any:
    match value:
        case str():
            return clean_text(value)
        case dict():
            return {clean_text(name): _clean(each) for name, each in value.items()}
        case list():
            return [_clean(each) for each in value]
        case float() if not math.isfinite(value):
            return None
        case _:
            return value
