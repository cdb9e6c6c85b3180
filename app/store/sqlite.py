"""SQLite: one writer with group commit (writer.py), a few reader threads. WAL, synchronous FULL: committed is durable."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from app.store.database import translate
from app.store.writer import Job, Writer

Result = TypeVar("Result")

BUSY_WAIT_SECONDS = 3.0
"""How long another program may hold the file before we say 503; Meta waits five seconds for an answer."""
SWITCHES_MAX, SWITCH_AGAIN_SECONDS = 5, 0.1
"""A switch takes a few milliseconds; a file that somebody holds for himself is told soon all the same."""
CHECKPOINTS_MAX, CHECKPOINT_SECONDS = 3, 0.5
"""How long emptying the log may wait for others, who wait for it meanwhile."""
READERS = 2
STATEMENTS_KEPT = 256
"""Prepared statements of one connection: every hot one in each of its sizes (app/store/bulk.py)."""


class SqliteDatabase:
    """One SQLite file, for the processes of one machine."""

    def __init__(self, path: Path, busy_seconds: float = BUSY_WAIT_SECONDS) -> None:
        self.path = path
        self._writer_engine = make_engine(path, None, busy_seconds)
        self._reader_engine = make_engine(path, "BEGIN", busy_seconds)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")
        self._writer = Writer(self._writer_engine, busy_seconds)

    async def transaction(self, work: Callable[[Connection], Result], *, brief: bool = False) -> Result:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._writer.put(Job(work, loop, future, brief))
        return await future

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def let_go(self) -> None:
        """Empty the log: deleted words are zeros in the file itself (secure_delete), but stand in the log until it is begun anew."""
        await asyncio.get_running_loop().run_in_executor(self._readers, self._empty_log)

    async def close(self) -> None:
        await self._writer.close()
        self._readers.shutdown(wait=True)
        self._writer_engine.dispose()
        self._reader_engine.dispose()

    def _read(self, work: Callable[[Connection], Result]) -> Result:
        try:
            with self._reader_engine.begin() as connection:
                return work(connection)
        except Exception as error:
            raise translate(error) from error

    def _empty_log(self) -> None:
        """Given up when somebody reads or writes for long: the next night comes."""
        engine = make_engine(self.path, "BEGIN", CHECKPOINT_SECONDS)
        with contextlib.suppress(Exception):
            raw = engine.raw_connection()
            for _ in range(CHECKPOINTS_MAX):
                cursor: Any = raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
                if not cursor.fetchone()[0]:
                    break
            raw.close()
        engine.dispose()


def make_engine(path: Path, begin: str | None, busy_seconds: float) -> Engine:
    """A synchronous engine whose transactions open with `begin` (None: whoever uses it sees to that) and whose commits are on the disk
    when they return."""
    engine = create_engine(
        f"sqlite:///{path}",
        # isolation_level None: the driver begins nothing by itself, so that ours is the only BEGIN.
        connect_args={
            "timeout": busy_seconds,
            "check_same_thread": False,
            "isolation_level": None,
            "cached_statements": STATEMENTS_KEPT,
        },
        hide_parameters=True,  # what people wrote must not stand in an error's text
        poolclass=QueuePool,
        pool_size=READERS,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        _switch_to_wal(cursor)
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten with zeros
        cursor.close()

    if begin is not None:
        event.listen(engine, "begin", lambda connection: connection.connection.driver_connection.execute(begin))
    return engine


def _switch_to_wal(cursor: sqlite3.Cursor) -> None:
    """Once for each file. SQLite does not wait when two processes switch a new one at the same moment: one of them hears "locked"."""
    for _ in range(SWITCHES_MAX - 1):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            threading.Event().wait(SWITCH_AGAIN_SECONDS)
        else:
            return
    cursor.execute("PRAGMA journal_mode=WAL")
