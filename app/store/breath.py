"""A breath between two transactions of one loop, in which more gathers for the next.

With several processes each loop finds less when it looks, and so makes more transactions for the same work: on PostgreSQL each is
a handful of round trips, and together they cost far more than they hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.clock import Clock

SHORTEST_SECONDS, LONGEST_SECONDS = 0.015, 0.05
"""A breath lasts as long as the transaction before it took, within these: nobody notices it, and about twice as much comes together."""
PLENTY = 16
"""A loop that found so much at once goes on without a breath."""


@dataclass(slots=True)
class Breath:
    """For one loop: `draw` before looking for work, `done` when it is written. Who comes after a pause never waits.

    `rests`: whether it does; SQLite's one writer gathers by itself.
    """

    clock: Clock = field(default_factory=Clock)
    rests: bool = False
    _began: float = 0.0
    _until: float = -1.0

    async def draw(self) -> None:
        """Wait, if the last transaction was small and has just ended."""
        if (left := self._until - self.clock.monotonic()) > 0:
            await self.clock.sleep(left)
        self._began = self.clock.monotonic()

    def done(self, count: int) -> None:
        """A transaction ended that was for so many."""
        now = self.clock.monotonic()
        wait = min(max(now - self._began, SHORTEST_SECONDS), LONGEST_SECONDS)
        self._until = now + wait if self.rests and 0 < count < PLENTY else -1.0
