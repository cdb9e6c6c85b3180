"""How fast a Page's messages may leave: Meta's rates, and its own word on how much of the Page's allowance is used up. No I/O.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/overview/rate-limiting (2026-03-23)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from webhooks.messenger.limits import (
    MEDIA_PER_SECOND,
    MESSAGES_PER_SECOND,
    USAGE_FULL,
    USAGE_HIGH,
    USAGE_KEPT_SECONDS,
    USAGE_PER_SECOND_LEAST,
    USAGE_PER_SECOND_MOST,
    USAGE_WAIT_SECONDS,
    USAGE_WAIT_SECONDS_MAX,
)

USAGE_HEADERS = ("x-page-usage", "x-app-usage", "x-business-use-case-usage")
_PERCENTS = ("call_count", "total_time", "total_cputime")
BURST_SECONDS = 0.2
"""O: messages of so long a time may leave at once; what Meta counts by the second."""


@dataclass(slots=True)
class Lane:
    """One Page's messages of one kind: the moment at which everything let go so far would be paid for."""

    paid_at: float = 0.0


@dataclass(slots=True)
class Used:
    """How much of a Page's allowance was used, in percent, until when nothing may leave, and until when that is worth anything."""

    percent: float = 0.0
    stopped_until: float = 0.0
    holds_until: float = 0.0


@dataclass(slots=True)
class Pace:
    """Keeps the pace of one process. `processes`: how many share a Page's rate."""

    processes: Callable[[], int] = lambda: 1
    _lanes: dict[tuple[str, bool], Lane] = field(default_factory=dict)
    _used: dict[str, Used] = field(default_factory=dict)

    def wait_before(self, page_id: str, count: int, slow: int, now: float, most: float) -> float:
        """Seconds until `count` messages of this Page, `slow` of them with sound or film, may leave; 0 to go now.

        A wait up to `most` is a promise: the messages count as let go. A longer one is none; ask again later.
        """
        used = self._used.get(page_id)
        if used and used.stopped_until > now:
            return used.stopped_until - now
        share = max(self.processes(), 1)
        asked = [(self._lane(page_id, False), count / (self._rate(used, now) / share))]
        if slow:
            asked.append((self._lane(page_id, True), slow * share / MEDIA_PER_SECOND))
        wait = max(max(lane.paid_at - BURST_SECONDS - now, 0.0) for lane, _ in asked)
        if wait <= most:
            for lane, costs in asked:
                lane.paid_at = max(lane.paid_at, now) + costs
        return wait

    def _lane(self, page_id: str, slow: bool) -> Lane:
        return self._lanes.setdefault((page_id, slow), Lane())

    def _rate(self, used: Used | None, now: float) -> float:
        """Messages a second: Meta's limit, and far fewer the nearer the allowance comes to its end."""
        if used is None or used.percent < USAGE_HIGH or used.holds_until <= now:
            return MESSAGES_PER_SECOND
        left = max(USAGE_FULL - used.percent, 0.0) / (USAGE_FULL - USAGE_HIGH)
        return max(USAGE_PER_SECOND_MOST * left, USAGE_PER_SECOND_LEAST)

    def note(self, page_id: str, headers: Mapping[str, str], now: float) -> None:
        """What the headers of an answer say of the Page's allowance."""
        texts = [(name, headers.get(name)) for name in USAGE_HEADERS]
        told = [each for name, text in texts if text for each in _read_usage(name, text)]
        if not told:
            return
        percent = max(_percent_of(each) for each in told)
        used = self._used.setdefault(page_id, Used())
        used.percent = percent
        if percent >= USAGE_FULL:
            minutes = max(_number(each.get("estimated_time_to_regain_access")) for each in told)
            wait = min(minutes * 60 or USAGE_WAIT_SECONDS, USAGE_WAIT_SECONDS_MAX)
            used.stopped_until = max(used.stopped_until, now + wait)
        used.holds_until = max(used.stopped_until, now) + USAGE_KEPT_SECONDS


def _read_usage(name: str, text: str) -> Iterator[Mapping[str, Any]]:
    """The usages in one header; none when it cannot be read."""
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError:
        return
    if not isinstance(told, dict):
        return
    if name == "x-business-use-case-usage":
        yield from _dicts(each for listed in told.values() if isinstance(listed, list) for each in listed)
    else:
        yield told


def _dicts(values: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Those that speak of Messenger."""
    return (each for each in values if isinstance(each, dict) and each.get("type", "messenger") == "messenger")


def _percent_of(usage: Mapping[str, Any]) -> float:
    return max(_number(usage.get(name)) for name in _PERCENTS)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and value >= 0 else 0.0
