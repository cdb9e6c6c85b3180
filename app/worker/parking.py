"""Pages that must wait: their token died, Meta restricted them, or they sent too much. Other Pages go on.

What one worker finds out is written down, so that the others wait too, and people are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.channel import Failed
from app.store import pages
from app.store.pages import Trouble

log = structlog.get_logger()

PARK_SECONDS = 60.0
"""How long a Page waits when the channel names no time: long enough not to storm, short enough to notice a new token."""
PARK_RETRY_SECONDS = 5.0
"""The same for what will pass by itself."""
PROBE_SECONDS = 5.0
"""When a trouble may be over one message goes ahead; the others follow when it was taken, or this long after it."""
NEAR_SECONDS = 10.0
"""A wait up to this long is this worker's own: before the others had read of it, it would be over."""
WAIT_SECONDS_MAX = 24 * 3600.0
"""How long a Page waits at the most, whatever the channel names: a look a day finds out."""
UNSURE_MAX = 5
"""Unknown sends in a row after which a Page waits: the channel is in trouble, and each more would be one more to look up."""


@dataclass(slots=True)
class Parking:
    """Until when each Page waits, on the steady clock, and how many of its sends in a row came to no clear end.

    `silent_until` and `silences` are of Pages whose sends come to none: until when, and for the how manieth time in a row. `troubles`
    is what the database said last, with the same clock's moment at which each ends; `_news` what it does not know yet.
    """

    wait_seconds_max: float = WAIT_SECONDS_MAX
    until: dict[str, float] = field(default_factory=dict)
    unsure: dict[str, int] = field(default_factory=dict)
    silent_until: dict[str, float] = field(default_factory=dict)
    silences: dict[str, int] = field(default_factory=dict)
    troubles: dict[str, tuple[Trouble, float]] = field(default_factory=dict)
    _news: dict[str, Failed | None] = field(default_factory=dict)
    _answered: dict[str, float] = field(default_factory=dict)
    _probed: dict[str, float] = field(default_factory=dict)
    _has_read: bool = False

    def park(self, page_id: str, failure: Failed, now: float) -> None:
        wait = min(_wait_of(failure), self.wait_seconds_max)
        if not self.is_parked(page_id, now):
            log.error("page parked", page=page_id, code=failure.code, wait_seconds=wait, reason=failure.sentence)
        self.until[page_id] = max(self.until.get(page_id, 0.0), now + wait)
        if wait > NEAR_SECONDS:
            self._news[page_id] = replace(failure, wait_seconds=wait)

    def note_sent(self, page_id: str, now: float) -> None:
        """The channel answers clearly again, which ends a silence at once. Of a trouble that has a name it says nothing before its end:
        it may have been under way when that began."""
        for known in (self.unsure, self.silent_until, self.silences):
            known.pop(page_id, None)
        self._answered[page_id] = now
        if page_id in self.troubles and self._end_of_trouble(page_id) <= now:
            self._news[page_id] = None
            del self.troubles[page_id]
            log.info("page goes on", page=page_id)

    def note_unsure(self, page_id: str, now: float) -> None:
        """One more send of unknown fate; after some in a row the Page waits, longer each time. Those that left before it began to
        wait, and end like the others, make it wait no longer."""
        self.unsure[page_id] = self.unsure.get(page_id, 0) + 1
        if self.is_silent(page_id) and self.silent_until.get(page_id, 0.0) <= now:
            times = self.silences[page_id] = self.silences.get(page_id, 0) + 1
            self.silent_until[page_id] = now + min(PARK_RETRY_SECONDS * 2 ** min(times - 1, 10), PARK_SECONDS)

    def is_silent(self, page_id: str) -> bool:
        """Whether the last sends of this Page all came to no clear end: one more would say as little."""
        return self.unsure.get(page_id, 0) >= UNSURE_MAX

    def has_answered(self, page_id: str, since: float) -> bool:
        """Whether the channel has taken a message of this Page since that moment of the steady clock."""
        return self._answered.get(page_id, -1e9) >= since

    def note_refused(self, page_id: str) -> None:
        """The channel refused one message for its own sake: that tells nothing of the Page, so another may go ahead at once."""
        self._probed.pop(page_id, None)

    def lets_go(self, page_id: str, now: float) -> bool:
        """Whether a message of this Page may leave now; the one that goes ahead is counted."""
        if self.is_parked(page_id, now):
            return False
        if page_id in self.troubles:
            self._probed[page_id] = now + PROBE_SECONDS
        return True

    def is_parked(self, page_id: str, now: float) -> bool:
        if not (self.until or self.silent_until or self.troubles):
            return False
        waits = max(self.until.get(page_id, 0.0), self.silent_until.get(page_id, 0.0), self._end_of_trouble(page_id))
        return waits > now or (page_id in self.troubles and self._probed.get(page_id, 0.0) > now)

    def parked(self, now: float) -> list[str]:
        """The Pages that wait now."""
        self.until = {page_id: until for page_id, until in self.until.items() if until > now}
        return [each for each in {**self.until, **self.silent_until, **self.troubles} if self.is_parked(each, now)]

    def _end_of_trouble(self, page_id: str) -> float:
        return self.troubles[page_id][1] if page_id in self.troubles else 0.0

    # ---- with the others -----------------------------------------------------------------------------------

    def take_news(self) -> dict[str, Failed | None]:
        """What is to be written down now."""
        news, self._news = self._news, {}
        return news

    def note_written(self, news: Mapping[str, Failed | None], today: datetime, now: float) -> None:
        """What was taken as news is known to all: from now on its end is theirs too, however soon it comes."""
        for page_id, failure in news.items():
            if failure is not None and page_id not in self.troubles:
                self.troubles[page_id] = (_trouble(page_id, failure, today), now + _wait_of(failure))

    def read(self, found: Sequence[Trouble], today: datetime, now: float) -> None:
        """Take over what all workers know. A trouble that is gone frees its Page here too.

        Who has just started lets one message go ahead at once: perhaps it was started because somebody put things right.
        """
        for page_id in set(self.troubles) - {each.page_id for each in found}:
            self.until.pop(page_id, None)
            log.info("page goes on", page=page_id)
        for trouble in found:
            if trouble.page_id not in self.troubles:
                log.error("page stopped", page=trouble.page_id, code=trouble.code, reason=trouble.sentence)
        self.troubles = {each.page_id: (each, self._end_of(each, today, now)) for each in found}
        self._has_read = True

    def _end_of(self, trouble: Trouble, today: datetime, now: float) -> float:
        """By the steady clock, from the moment at which we first read of it: the other one may be put back."""
        known = self.troubles.get(trouble.page_id)
        if known and known[0] == trouble:
            return known[1]
        return now + (trouble.until - today).total_seconds() if self._has_read else now


def write_down(connection: Connection, news: dict[str, Failed | None], now: datetime) -> None:
    """What a worker found out about Pages: a failure, or that sends are taken again."""
    for page_id, failure in sorted(news.items()):
        if failure is None:
            pages.clear(connection, page_id)
        else:
            pages.note_trouble(connection, _trouble(page_id, failure, now))


def _trouble(page_id: str, failure: Failed, now: datetime) -> Trouble:
    return Trouble(page_id, failure.code, failure.sentence, now, now + timedelta(seconds=_wait_of(failure)))


def _wait_of(failure: Failed) -> float:
    wait = failure.wait_seconds or (PARK_RETRY_SECONDS if failure.retry else PARK_SECONDS)
    return min(wait, WAIT_SECONDS_MAX)
