"""Time that costs nothing, and no chance: a loop that jumps to its next timer, a wall clock that stands still until it is moved."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from app.chance import Chance
from app.clock import Clock

Result = TypeVar("Result")


class NothingComesError(RuntimeError):
    """Everybody waits, and no timer runs: a mistake in this room."""


class _Jump(selectors.SelectSelector):
    """Nothing comes from outside: instead of waiting it moves the loop's time on."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise NothingComesError("Everybody waits for ever.")
        self.moment += max(timeout, 0.0)
        return []


class JumpingLoop(asyncio.SelectorEventLoop):
    """A loop without the world: what would run in a thread runs at once, so that the same story always goes the same way."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.moment

    def run_in_executor(  # type: ignore[override]
        self,
        executor: Any,  # noqa: ARG002 - the loop's signature
        func: Callable[..., Result],
        *args: Any,
    ) -> asyncio.Future[Result]:
        future: asyncio.Future[Result] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


class StillClock(Clock):
    """The wall clock moves only when the conversation waits: what settling takes does not count. The steady one is the loop's."""

    def __init__(self, loop: asyncio.AbstractEventLoop, moment: datetime) -> None:
        self._loop, self.moment = loop, moment

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self._loop.time()


class NoChance(Chance):
    """Every wait is as long as it may be, ids count up: a replay that failed fails again."""

    def __init__(self) -> None:
        self._count = 0

    def uniform(self, low: float, high: float) -> float:  # noqa: ARG002 - the port's signature
        return high

    def new_id(self) -> str:
        self._count += 1
        return f"worker{self._count}"
