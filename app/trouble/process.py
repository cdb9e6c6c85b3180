"""One process of a replay: the real intake and worker, from its start until it is killed. Decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.chance import Chance
from app.clock import Clock
from app.store.database import Database
from app.store.intake import Intake
from app.worker.handle import Hands
from app.worker.worker import Terms, Worker

MARK = "trouble"
"""What our echoes are known by."""
TERMS = Terms(alone=True, look_up_after=(0.1, 0.2))
"""This Messenger lists at once what arrived: a second look soon after the first is as good as a late one."""


class Process:
    """Intake and worker over a database that outlives them. What was not committed when it is killed never happened."""

    def __init__(self, database: Database, clock: Clock, chance: Chance, hands: Hands) -> None:
        self.database, self.clock, self.chance, self.hands = database, clock, chance, hands
        self.worker = self.create_worker()
        self.intake = self.create_intake(self.worker.wake)
        self._life: asyncio.Task[None] | None = None
        self._is_killed = False

    def create_worker(self) -> Worker:
        return Worker(self.database, self.hands, self.clock, self.chance, mark=MARK, terms=TERMS)

    def create_intake(self, woken: Callable[[bool], None]) -> Intake:
        return Intake(self.database, MARK, woken)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to live; whoever started it waits for its `end`."""
        self._life = loop.create_task(self._live())

    async def _live(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.intake.run())
            group.create_task(self.worker.run())

    def kill(self) -> None:
        """As a machine that loses its power: no loop comes to an end of its own."""
        self._is_killed = True
        if self._life is not None:
            self._life.cancel()

    @property
    def is_over(self) -> bool:
        return self._is_killed or (self._life is not None and self._life.done())

    async def end(self) -> None:
        """Wait until it is gone. Raises what broke it down, if it was not killed."""
        if self._life is not None:
            await asyncio.wait({self._life})
            if not self._life.cancelled():
                self._life.result()
