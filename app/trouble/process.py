"""One process of a replay: the real intake and worker, from its start until it is killed. Decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from app.chance import Chance
from app.clock import Clock
from app.store.database import Database, Work
from app.store.intake import Intake
from app.worker.handle import Hands
from app.worker.worker import Terms, Worker

Result = TypeVar("Result")

MARK = "trouble"
"""What our echoes are known by."""
TERMS = Terms(alone=True, look_up_after=(0.1, 0.2))
"""This Messenger lists at once what arrived: a second look soon after the first is as good as a late one."""


class Lifeline:
    """The database as one process reaches it: from the moment of its death not at all."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_cut = False

    async def transaction(self, work: Work[Result], *, brief: bool = False) -> Result:
        if self.is_cut:
            raise asyncio.CancelledError
        return await self._database.transaction(work, brief=brief)

    async def read(self, work: Work[Result]) -> Result:
        return await self.transaction(work)

    async def let_go(self) -> None:
        await self._database.let_go()

    async def close(self) -> None:
        """It is the house's, and outlives the process."""


class Process:
    """Intake and worker over a database that outlives them. What was not committed when it is killed never happened."""

    def __init__(self, database: Database, clock: Clock, chance: Chance, hands: Hands) -> None:
        self.database, self.clock, self.chance, self.hands = Lifeline(database), clock, chance, hands
        self.worker = self.create_worker()
        self.intake = self.create_intake(self.worker.wake)
        self._life: asyncio.Task[None] | None = None

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
        self.database.is_cut = True
        if self._life is not None:
            self._life.cancel()

    @property
    def is_over(self) -> bool:
        return self.database.is_cut or (self._life is not None and self._life.done())

    async def end(self) -> None:
        """Wait until it is gone. Raises what broke it down, if it was not killed."""
        if self._life is not None:
            await asyncio.wait({self._life})
            if not self._life.cancelled():
                self._life.result()
