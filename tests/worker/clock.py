"""A clock that the test moves, and a loop whose time-outs follow it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from app.clock import Clock

BEGIN = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


class GivenLoop(asyncio.SelectorEventLoop):
    """A real loop with real sockets and threads, whose time can be moved forward."""

    moved_seconds = 0.0

    def time(self) -> float:
        return super().time() + self.moved_seconds


class GivenClock(Clock):
    """Time passes when the test says so (and as slowly as the test itself runs). `wall` is how far the wall clock jumped."""

    def __init__(self, loop: GivenLoop) -> None:
        self._loop = loop
        self._began = loop.time()
        self.wall = timedelta()

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.monotonic()) + self.wall

    def monotonic(self) -> float:
        return self._loop.time() - self._began

    def move(self, seconds: float) -> None:
        """So much time passes at once."""
        self._loop.moved_seconds += seconds
