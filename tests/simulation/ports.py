"""The ports of one simulated process: clock, chance and database, each with its faults. A dead process gets nothing through them."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

from app.chance import Chance
from app.clock import Clock
from app.errors import UnavailableError
from app.store.database import translate
from app.store.migrate import upgrade
from tests.simulation.flow import BEGIN

if TYPE_CHECKING:
    from tests.simulation.process import Process

Value = TypeVar("Value")

SLOW_SECONDS = (5.0, 40.0)
"""How long a sick disk or a lost route to the database takes."""


class Dead(BaseException):
    """The process was killed: nothing that it does afterwards may reach the world (kill -9 runs no `finally`)."""


class SimClock(Clock):
    """One process's clock. The wall clock jumps with the machine's; the steady one does not."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.skew = timedelta()

    def now(self) -> datetime:
        self._process.check()
        return BEGIN + timedelta(seconds=self._process.world.loop.time()) + self.skew

    def monotonic(self) -> float:
        self._process.check()
        return self._process.world.loop.time() + self._process.born

    async def sleep(self, seconds: float) -> None:
        await self._process.pause(seconds)


class SimChance(Chance):
    """Chance by seed. An id says whose it is, for the reader of a trace."""

    def __init__(self, name: str, seed: int) -> None:
        self._random = random.Random(f"{seed}/{name}")
        self._name, self._count = name, 0

    def new_id(self) -> str:
        self._count += 1
        return f"{self._name}-{self._count}"


# ---- the database ------------------------------------------------------------------------------------------


@cache
def _blank() -> sqlite3.Connection:
    """An empty database of this program's schema, made once."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        upgrade(connection)
    return engine.raw_connection().driver_connection  # type: ignore[return-value]


def _copy() -> sqlite3.Connection:
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    _blank().backup(fresh)
    return fresh


class Store:
    """What all processes share: one database in memory, one transaction at a time."""

    def __init__(self, look: Callable[[sqlite3.Connection], None], triggers: str) -> None:
        """`look` is called after every commit, with the bare connection."""
        self._look = look
        self.bare = _copy()
        self.bare.executescript(triggers)
        self._engine = create_engine("sqlite://", poolclass=StaticPool, creator=lambda: self.bare)
        event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        self._connection = self._engine.connect()

    def commit(self, work: Callable[[Connection], Value], times: int = 1) -> Value:
        """Run the work and commit it; `times`: so often, the earlier ones rolled back."""
        for _ in range(times - 1):
            with self._connection.begin() as vain:
                work(self._connection)
                vain.rollback()
        with self._connection.begin():
            result = work(self._connection)
        self._look(self.bare)
        return result

    def lose(self, work: Callable[[Connection], object]) -> None:
        """Run the work; the connection is lost before its commit."""
        with self._connection.begin() as vain:
            work(self._connection)
            vain.rollback()

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()
        self.bare.close()


class SimDatabase:
    """One process's way to the database."""

    def __init__(self, process: Process, store: Store) -> None:
        self._process, self._store = process, store

    async def transaction(self, work: Callable[[Connection], Value], *, brief: bool = False) -> Value:
        """Atomic, with delays around it. A kill strikes before or after the commit, the answer of a commit may be lost."""
        world, process = self._process.world, self._process
        await process.pause(self._delay())
        if world.hit("locked"):
            raise UnavailableError("The database cannot take this now: locked.")
        if world.hit_more("lost_in_statement"):
            self._store.lose(work)
            raise UnavailableError("The database cannot be reached: the connection was lost in a statement.")
        if world.hit("killed_before_commit"):
            process.die_here()
        try:
            result = self._store.commit(work, 2 if world.hit("work_twice") else 1)
        except Exception as error:
            raise translate(error) from error
        if world.hit("killed_after_commit"):
            process.die_here()
        unknown = world.hit("commit_unknown")
        await process.pause(self._delay())
        if unknown:
            raise UnavailableError("The database cannot be reached: the connection was lost in the commit.")
        return result

    async def read(self, work: Callable[[Connection], Value]) -> Value:
        return await self.transaction(work)

    async def let_go(self) -> None:
        """Nothing of it is in a file."""

    async def close(self) -> None:
        """Shared by all: the world closes it."""

    def _delay(self) -> float:
        world = self._process.world
        return world.dice.uniform(*SLOW_SECONDS) if world.hit("slow_database") else world.dice.uniform(0.0, 0.01)
