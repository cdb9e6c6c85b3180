"""A SQLite database in memory, for replays that nobody keeps: no file, no thread, no fsync. Never holds a customer's data.

A transaction runs where it is asked for and is over when it returns, so that the same story always goes the same way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

from app.store.database import translate
from app.store.migrate import upgrade

Result = TypeVar("Result")


class MemoryDatabase:
    """One database for one replay after the other: `empty` begins the next, so that statements are made only once."""

    def __init__(self) -> None:
        self._bare = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._engine = create_engine("sqlite://", poolclass=StaticPool, creator=lambda: self._bare)
        event.listen(self._engine, "begin", _begin)
        self.empty()
        self._connection = self._engine.connect()

    def empty(self) -> None:
        """Make it what a new installation has: all tables and no rows."""
        _blank().backup(self._bare)

    async def transaction(self, work: Callable[[Connection], Result], *, brief: bool = False) -> Result:  # noqa: ARG002 - all the same here
        try:
            with self._connection.begin():
                return work(self._connection)
        except Exception as error:
            raise translate(error) from error

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        return await self.transaction(work)

    async def let_go(self) -> None:
        """Nothing of it is in a file."""

    async def close(self) -> None:
        self.close_now()

    def close_now(self) -> None:
        """The same for whoever has no event loop."""
        self._connection.close()
        self._engine.dispose()
        self._bare.close()


def _begin(connection: Connection) -> None:
    connection.connection.driver_connection.execute("BEGIN IMMEDIATE")  # type: ignore[union-attr]


@cache
def _blank() -> sqlite3.Connection:
    """An empty database of this program's schema, migrated once: that takes longer than a hundred replays."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        upgrade(connection)
    driver: Any = engine.raw_connection().driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
