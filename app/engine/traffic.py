"""How much one customer wrote lately, and whether it is always the same. A value; says nothing and decides nothing."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.engine.events import Event, TextReceived
from app.engine.fold import fold
from app.values import value

MINUTE = timedelta(minutes=1)


@value
class Traffic:
    """`count` events since `since`, within one minute. `same`: how many texts in a row were the one whose checksum is `last`."""

    since: datetime | None = None
    count: int = 0
    same: int = 0
    last: int = 0


def after(traffic: Traffic, event: Event, at: datetime) -> Traffic:
    """The traffic with one more event that happened `at`; anything but a text ends a row of same texts."""
    is_new = traffic.since is None or not traffic.since <= at < traffic.since + MINUTE
    since, count = (at, 1) if is_new else (traffic.since, traffic.count + 1)
    if not isinstance(event, TextReceived):
        return Traffic(since, count)
    last = zlib.crc32(fold(event.text).encode("utf-8", "replace"))
    return Traffic(since, count, traffic.same + 1 if last == traffic.last else 1, last)


def to_list(traffic: Traffic) -> list[Any]:
    """The stored form."""
    return [traffic.since and traffic.since.isoformat(), traffic.count, traffic.same, traffic.last]


def from_list(stored: Sequence[Any]) -> Traffic:
    """The traffic of that stored form; an empty list is none."""
    if not stored:
        return Traffic()
    since, count, same, last = stored
    return Traffic(datetime.fromisoformat(since) if since else None, count, same, last)
