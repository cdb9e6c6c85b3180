"""The clock: the only place that asks the machine what time it is or waits. A simulation hands in its own.

Wall-clock time (`now`) is for what people see and for Meta's windows; it may jump. Leases, time-outs and rates
use `monotonic`, which never does.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime


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
