"""Single values out of hostile JSON: texts, ids, moments, keys. Never raises for any JSON value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from app.channel import Fact, Received, Unreadable
from app.engine.events import Event
from webhooks.messenger.limits import CLOCK_AHEAD_SECONDS_MAX, ID_CHARS_MAX, MID_CHARS_MAX, TEXT_CHARS_IN_MAX
from webhooks.messenger.payload import clean_text, dump

STANDBY = "standby"
"""What is set aside says so where it came as one: read again some day, it must not be answered."""
_MILLISECONDS_FROM = 10**12
"""Smaller time stamps are seconds: Meta uses both, sometimes for the same field."""
_EARLIEST = 1_262_304_000.0
"""2010: Messenger is younger."""
_LATEST = 32_503_680_000.0
"""The year 3000: no time stamp, and beyond what a datetime of every machine takes."""
_DIGITS_MAX = 16
_BITS_MAX = 64
_AHEAD = timedelta(seconds=CLOCK_AHEAD_SECONDS_MAX)
_NOTHING: Mapping[str, Any] = {}


@dataclass(slots=True)
class Place:
    """Where in a body an item stands: what a reader needs besides the part it reads.

    `stamp` is the time stamp as it came, for keys; `is_standby`: another app has the thread.
    """

    page_id: str
    customer_id: str
    happened_at: datetime
    stamp: str
    app_id: str
    is_standby: bool
    item: Mapping[str, Any]

    def key(self, kind: str, *identity: str) -> bytes:
        """16 bytes, the same for every delivery of this fact. Texts hold no NUL, so joining by it keeps them apart."""
        return blake2b("\0".join((self.page_id, kind, *identity)).encode(), digest_size=16).digest()

    def received(self, key: bytes, event: Event | Fact, opens_window: bool = False) -> Received:
        return Received(key, self.page_id, self.customer_id, event, self.happened_at, opens_window)

    def unreadable(self, reason: str) -> Unreadable:
        raw = dump({STANDBY: self.item} if self.is_standby else self.item)
        key = self.key("unreadable", self.stamp, raw)
        return Unreadable(key, self.page_id, self.customer_id, reason, raw, self.happened_at)


def to_text(value: Any, chars_max: int = TEXT_CHARS_IN_MAX) -> str:
    """A text, cleaned and cut; numbers as their digits; empty for anything else."""
    if type(value) is str:
        return clean_text(value[:chars_max])
    if value is None:
        return ""
    return str(value)[:chars_max] if _is_integer(value) else ""


def to_id(value: Any) -> str:
    """An id as text: Meta sends them as strings and as numbers. Empty when it cannot be one."""
    text = to_text(value, ID_CHARS_MAX + 1)
    return text if len(text) <= ID_CHARS_MAX and (text.isalnum() or _is_plain(text)) else ""


def _is_plain(text: str) -> bool:
    """Ids are written `page/customer`, so they hold no slash; nothing invisible either."""
    return text.isprintable() and "/" not in text and " " not in text


def _is_integer(value: Any) -> bool:
    """An integer of at most 64 bits: longer ones are no number of Meta's, and Python refuses to write very long ones."""
    return type(value) is int and value.bit_length() <= _BITS_MAX


def to_mid(value: Any) -> str:
    """A message's id; empty when missing or too long to be one."""
    text = to_text(value, MID_CHARS_MAX + 1)
    return text if len(text) <= MID_CHARS_MAX else ""


def to_dict(value: Any) -> Mapping[str, Any]:
    """A JSON object; an empty one for anything else."""
    return value if type(value) is dict else _NOTHING


def to_list(value: Any) -> list[Any]:
    """A JSON array; a lone object counts as an array of one, anything else as empty."""
    if type(value) is list:
        return value
    return [value] if type(value) is dict else []


def to_moment(value: Any) -> datetime | None:
    """A time stamp in seconds or milliseconds, number or digits, as an aware moment; None when it is not one."""
    if type(value) is str and value.isascii() and value.isdigit() and len(value) <= _DIGITS_MAX:
        value = int(value)
    if not (_is_integer(value) or (type(value) is float and math.isfinite(value))):
        return None
    seconds = value / 1000 if value >= _MILLISECONDS_FROM else value
    return datetime.fromtimestamp(seconds, UTC) if _EARLIEST <= seconds < _LATEST else None


def not_ahead(moment: datetime, received_at: datetime) -> datetime:
    """`moment`, or `received_at` where it lies further in the future than clocks differ."""
    return moment if moment <= received_at + _AHEAD else received_at
