"""The clock: the only place that asks the machine what time it is or waits. A simulation hands in its own.

Wall-clock time (`now`) is for what people see and for Meta's windows; it may jump. Leases, time-outs and rates
use `monotonic`, which never does.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""Nothing here happens outside: nearer to the ends of the calendar a moment cannot be moved to another zone."""


def within_calendar(moment: datetime) -> datetime:
    """A moment that came from outside, brought to where it can be reckoned with."""
    return min(max(moment, EARLIEST), LATEST)


class Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed moment of this process; never jumps."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
