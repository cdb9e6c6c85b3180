"""What this worker tries again later: refused sends after a wait, unknown ones after look-ups. Held in memory, owned in the outbox.

Waits run on the steady clock, so that a jump of the wall clock neither hurries nor holds them. If the worker dies, whoever buries
it starts the waits anew.
"""

from __future__ import annotations

import asyncio
import heapq
from dataclasses import dataclass, field
from itertools import count

from app.clock import Clock
from app.store.outbox import OutMessage


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits: `status` pending or unknown, `step` how many look-ups it had."""

    message: OutMessage
    status: str
    step: int = 0


@dataclass(slots=True)
class Later:
    """A queue by time."""

    clock: Clock
    _heap: list[tuple[float, int, Waiting]] = field(default_factory=list)
    _tickets: count[int] = field(default_factory=count)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def push(self, waiting: Waiting, wait_seconds: float) -> None:
        heapq.heappush(self._heap, (self.clock.monotonic() + wait_seconds, next(self._tickets), waiting))
        self._changed.set()

    async def due(self) -> list[Waiting]:
        """Wait until something is due; all that is."""
        while True:
            now = self.clock.monotonic()
            ready = []
            while self._heap and self._heap[0][0] <= now:
                ready.append(heapq.heappop(self._heap)[2])
            if ready:
                return ready
            await self._wait(self._heap[0][0] - now if self._heap else None)

    async def _wait(self, seconds: float | None) -> None:
        self._changed.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return

    def __len__(self) -> int:
        return len(self._heap)
