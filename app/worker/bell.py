"""The bell of a worker: rung when something came in, and others are called when it is not answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from app.clock import Clock

UNANSWERED_SECONDS = 0.5
"""Others are called when something has waited for so long: longer than a batch of turns takes under usual load, and they would
only take from each other what each does by itself in a moment."""


@dataclass(slots=True)
class Bell:
    """`answer` it before looking for work: what rings from then on is for the next look."""

    clock: Clock
    _since: float = 0.0
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_rung(self) -> bool:
        return self._rung.is_set()

    def ring(self) -> None:
        """Something came in."""
        if not self._rung.is_set():
            self._since = self.clock.monotonic()
            self._rung.set()

    def begin_anew(self) -> None:
        """Somebody else has looked: what is left came in since."""
        self._since = self.clock.monotonic()

    def answer(self) -> None:
        self._rung.clear()

    async def wait(self, seconds: float) -> None:
        """Until it rings, or so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return

    async def call(self, others: Callable[[], None]) -> None:
        """Call `others` whenever nobody answers for UNANSWERED_SECONDS, until cancelled."""
        while True:
            await self._rung.wait()
            left = self._since + UNANSWERED_SECONDS - self.clock.monotonic()
            if left <= 0:
                others()
            await self.clock.sleep(left if left > 0 else UNANSWERED_SECONDS)
