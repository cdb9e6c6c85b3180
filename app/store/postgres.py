"""PostgreSQL: any number of processes. Transactions run on pooled connections, and again after a deadlock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine

from app.store.database import APPLICATION, hosts_of, translate
from app.store.hosts import CONNECT_SECONDS

Result = TypeVar("Result")

CONNECTIONS = 8
"""Per process: webhook, turns, sender, timers and a few pages at once."""
IDLE_SECONDS = 4
"""A process that stands still in the middle of a transaction loses its locks after so long, before it counts as dead (six
seconds): else whoever wants to take its work over would stand still with it."""
TRIES = 5
"""A deadlock or serialisation failure is the database asking for the same transaction again."""
AGAIN = frozenset({"40001", "40P01"})


class PostgresDatabase:
    """One PostgreSQL database."""

    def __init__(self, url: URL) -> None:
        self._hosts = hosts_of(url)
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect,
            hide_parameters=True,  # what people wrote must not stand in an error's text
            pool_size=CONNECTIONS,
            max_overflow=4,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=False,
        )

    async def _connect(self) -> Any:
        """By the driver's own reading of the address: hosted databases come with options that SQLAlchemy does not pass on."""
        return await self._hosts.connect(
            application_name=APPLICATION, idle_in_transaction_session_timeout=str(IDLE_SECONDS * 1_000)
        )

    async def transaction(self, work: Callable[[Connection], Result], *, brief: bool = False) -> Result:  # noqa: ARG002 - all the same here
        for tries_left in range(TRIES - 1, -1, -1):
            try:
                async with self._engine.begin() as connection:
                    return await connection.run_sync(work)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in AGAIN or not tries_left:
                    raise translate(error) from error
            except (OSError, PoolTimeout) as error:
                raise translate(error) from error
        raise AssertionError("the last try returns or raises")

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        return await self.transaction(work)

    async def let_go(self) -> None:
        """Its own autovacuum does so."""

    async def close(self) -> None:
        await self._engine.dispose()
