"""Pages that must wait: their token died, Meta restricted them, or they sent too much. Other Pages go on."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from app.channel import Failed

log = structlog.get_logger()

PARK_SECONDS = 60.0
"""How long a Page waits when the channel names no time: long enough not to storm, short enough to notice a new token."""
PARK_RETRY_SECONDS = 5.0
"""The same for what will pass by itself."""


UNSURE_MAX = 5
"""Unknown sends in a row after which a Page waits: the channel is in trouble, and each more would be one more to look up."""


@dataclass(slots=True)
class Parking:
    """Until when each Page waits, on the steady clock, and how many of its sends in a row came to no clear end."""

    until: dict[str, float] = field(default_factory=dict)
    unsure: dict[str, int] = field(default_factory=dict)

    def park(self, page_id: str, failure: Failed, now: float) -> None:
        wait = failure.wait_seconds or (PARK_RETRY_SECONDS if failure.retry else PARK_SECONDS)
        if not self.is_parked(page_id, now):
            log.error("page parked", page=page_id, code=failure.code, wait_seconds=wait, reason=failure.sentence)
        self.until[page_id] = max(self.until.get(page_id, 0.0), now + wait)

    def note_sent(self, page_id: str) -> None:
        """The channel answers clearly again."""
        self.unsure.pop(page_id, None)

    def note_unsure(self, page_id: str, now: float) -> None:
        """One more send of unknown fate; after some in a row the Page waits, longer each time."""
        count = self.unsure[page_id] = self.unsure.get(page_id, 0) + 1
        if count >= UNSURE_MAX:
            wait = min(PARK_RETRY_SECONDS * 2 ** min(count - UNSURE_MAX, 10), PARK_SECONDS)
            self.until[page_id] = max(self.until.get(page_id, 0.0), now + wait)

    def is_parked(self, page_id: str, now: float) -> bool:
        return self.until.get(page_id, 0.0) > now

    def parked(self, now: float) -> list[str]:
        """The Pages that wait now."""
        self.until = {page_id: until for page_id, until in self.until.items() if until > now}
        return list(self.until)
