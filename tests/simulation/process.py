"""One process of ours, from its start until it is killed: the real intake and worker over simulated ports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from app.channel import Item
from app.engine.flow import Flow
from app.errors import UnavailableError
from app.store import facts
from app.store.intake import Intake
from app.store.wake import INBOX, WORK_OF_ALL
from app.worker.beat import DeclaredDeadError
from app.worker.handle import Hands
from app.worker.worker import Worker
from tests.simulation.ports import Dead, SimChance, SimClock, SimDatabase

if TYPE_CHECKING:
    from tests.simulation.world import World

MARK = "sim"
SECRET = b"a secret of the simulation"


class Process:
    """A process. `dead` from the moment it is killed: its ports let nothing through."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.born = world.dice.uniform(0.0, 1e6)
        self.dead, self.frozen_until = False, 0.0
        self._tasks: list[asyncio.Task[Any]] = []
        self.flow = world.flow
        self.clock, self.chance = SimClock(self), SimChance(name, world.seed)
        self.database = SimDatabase(self, world.store)
        self.channel = world.bug.create_channel(self)
        self.intake: Intake = world.bug.create_intake(self, MARK, self._woken)
        self.worker: Worker | None = None

    def start(self) -> Process:
        self.world.loop.trace(self.name, "starts")
        self.spawn(self.intake.run)
        self.spawn(self._work)
        return self

    async def take(self, items: Sequence[Item]) -> bool:
        """A webhook request, as its sender sees it: whether it was answered with ok."""
        try:
            await self.pause(self.world.dice.uniform(0.0, 0.02))
            await self.intake.take(items, self.clock.now())
        except UnavailableError:
            return False
        self.check()
        return True

    async def _work(self) -> None:
        """A worker, and another one when it was declared dead."""
        await self._keep_mark()
        while True:
            self.worker = self._create_worker()
            try:
                await self.worker.run()
            except DeclaredDeadError:
                self.world.count("declared dead")

    async def _keep_mark(self) -> None:
        while True:
            try:
                await self.database.transaction(lambda connection: facts.keep(connection, "mark", MARK))
            except UnavailableError:
                await self.clock.sleep(0.5)
            else:
                return

    def _create_worker(self) -> Worker:
        hands = Hands(lambda _page: self.flow, SECRET, self.channel)
        alone = self.world.alone
        worker = Worker(
            self.database, hands, self.clock, self.chance, mark=MARK, terms=replace(self.world.bug.terms, alone=alone)
        )
        worker.say = partial(self.world.tell_others, self)
        self.world.bug.fit(self, worker)
        return worker

    def _woken(self, outbox_too: bool = True) -> None:
        if self.worker:
            self.worker.wake(outbox_too)
        if not (self.worker and self.worker.takes_up):
            self.world.tell_others(self, WORK_OF_ALL if outbox_too else INBOX)

    def take_flow(self, flow: Flow) -> None:
        """From now on turns are taken by this one; one that has begun ends by the other."""
        if not self.dead:
            self.flow = flow

    # ---- life and death ------------------------------------------------------------------------------------

    def check(self) -> None:
        if self.dead:
            raise Dead

    async def pause(self, seconds: float) -> None:
        """Wait; longer while the process is frozen."""
        self.check()
        if self.world.hit_more("killed_waiting"):
            self.world.loop.call_later(seconds * self.world.more_dice.random(), self.kill)
        await asyncio.sleep(seconds)
        while (rest := self.frozen_until - self.world.loop.time()) > 0 and not self.dead:  # noqa: ASYNC110 - virtual time
            await asyncio.sleep(rest)
        self.check()

    def spawn(self, do: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> asyncio.Task[Any]:
        """A task of this process; it dies with it."""
        task = self.world.loop.create_task(self._guarded(do, *args))
        self._tasks = [each for each in self._tasks if not each.done()] + [task]
        return task

    async def _guarded(self, do: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
        try:
            return await do(*args)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            if not self.dead:
                self.world.fail(f"{self.name} broke down: {_innermost(error)!r}")
            raise

    def kill(self) -> None:
        """kill -9."""
        if not self.dead:
            self.world.loop.trace(self.name, "is killed")
            self.dead = True
            for task in self._tasks:
                task.cancel()

    def die_here(self) -> NoReturn:
        """Killed by what its own task does right now."""
        self.kill()
        raise Dead

    async def stop(self) -> None:
        """Stop in good order, as `app.main` does."""
        self.world.loop.trace(self.name, "stops")
        if self.worker:
            await self.worker.stop()

    @property
    def worker_id(self) -> str:
        return self.worker.worker_id if self.worker else ""


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
