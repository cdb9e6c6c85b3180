"""SQLite: one writer thread with group commit, a few reader threads. WAL, synchronous FULL: committed is durable."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from app.errors import UnavailableError
from app.store.database import translate

Result = TypeVar("Result")

BUSY_WAIT_SECONDS = 3.0
"""How long another program may hold the file before we say 503; Meta waits five seconds for an answer."""
GROUP_MAX = 64
"""Transactions under one fsync: enough to carry a burst, few enough that the first does not wait for long."""
WAITING_MAX = 10_000
"""Jobs told at once that the file cannot be had; more than ever wait, and an end to the loop in any case."""
SWITCHES_MAX, SWITCH_AGAIN_SECONDS = 5, 0.1
"""A switch takes a few milliseconds; a file that somebody holds for himself is told soon all the same."""
WRITER_CACHE_KB = 32_000
"""Pages that the one writing connection keeps: with SQLite's own 2 MB it reads two of them anew for every event."""
CHECKPOINTS_MAX, CHECKPOINT_SECONDS = 3, 0.5
"""How long emptying the log may wait for others, who wait for it meanwhile."""
READERS = 2
STATEMENTS_KEPT = 256
"""Prepared statements of one connection: every hot one in each of its sizes (app/store/bulk.py)."""


@dataclass(slots=True)
class _Job:
    work: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class SqliteDatabase:
    """One SQLite file, for the processes of one machine."""

    def __init__(self, path: Path, busy_seconds: float = BUSY_WAIT_SECONDS) -> None:
        self.path = path
        self._writer_engine = make_engine(path, "BEGIN IMMEDIATE", busy_seconds)
        self._reader_engine = make_engine(path, "BEGIN", busy_seconds)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._connection: Connection | None = None
        self._writer = threading.Thread(target=self._write, name="sqlite-writer", daemon=True)
        self._writer.start()

    async def transaction(self, work: Callable[[Connection], Result]) -> Result:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._jobs.put(_Job(work, loop, future))
        return await future

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def let_go(self) -> None:
        """Empty the log: deleted words are zeros in the file itself (secure_delete), but stand in the log until it is begun anew."""
        await asyncio.get_running_loop().run_in_executor(self._readers, self._empty_log)

    async def close(self) -> None:
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
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

    def _write(self) -> None:
        """The writer thread: take what waits, commit it as one group, answer all."""
        closing = False
        while not closing and (job := self._jobs.get()) is not None:
            group = [job]
            closing = self._gather(group, GROUP_MAX)
            if (away := self._run_group(group)) is not None:
                closing = self._give_up_waiting(away) or closing
            _answer(group)
        self._drop_connection()

    def _gather(self, group: list[_Job], most: int) -> bool:
        """Add what waits, until the group has so many jobs; whether the end was among it."""
        while len(group) < most and not self._jobs.empty():
            if (more := self._jobs.get()) is None:
                return True
            group.append(more)
        return False

    def _give_up_waiting(self, away: UnavailableError) -> bool:
        """Those who waited behind a group that the file did not take hear so now: else each would wait once more, and Meta does not."""
        waiting: list[_Job] = []
        closing = self._gather(waiting, WAITING_MAX)
        for job in waiting:
            job.error = away
        _answer(waiting)
        return closing

    def _run_group(self, group: list[_Job]) -> UnavailableError | None:
        """Commit the group; why not, when the file could not be had."""
        try:
            connection = self._connection = self._connection or _open_writer(self._writer_engine)
            with connection.begin():
                if len(group) == 1:
                    group[0].result = group[0].work(connection)
                else:
                    for job in group:
                        _run_guarded(job, connection)
        except Exception as error:
            # The commit, or the only job, failed: nothing of the group was written.
            self._drop_connection()
            told = translate(error)
            for job in group:
                job.error = told
            return told if isinstance(told, UnavailableError) else None
        return None

    def _drop_connection(self) -> None:
        """After a failure begin with a fresh connection: this one may be in any state."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.invalidate()
                connection.close()


def _open_writer(engine: Engine) -> Connection:
    """With room for what it works on, and what a savepoint needs to go back in memory, not in a file made for each."""
    connection = engine.connect()
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA cache_size=-{WRITER_CACHE_KB}")
    driver.execute("PRAGMA temp_store=MEMORY")
    return connection


def _run_guarded(job: _Job, connection: Connection) -> None:
    """Run one job of a group behind a savepoint: its failure takes back its own changes and nobody else's."""
    driver: Any = connection.connection.driver_connection
    driver.execute("SAVEPOINT job")
    try:
        job.result = job.work(connection)
    except Exception as error:
        driver.execute("ROLLBACK TO job")
        job.error = translate(error)
    driver.execute("RELEASE job")


def _answer(group: list[_Job]) -> None:
    """Hand the results to their event loops, one wake-up for each loop."""
    for loop in {id(job.loop): job.loop for job in group}.values():
        mine = [job for job in group if job.loop is loop]
        try:
            loop.call_soon_threadsafe(_settle, mine)
        except RuntimeError:  # the loop is closed: nobody waits any more
            continue


def _settle(group: list[_Job]) -> None:
    for job in group:
        if job.future.cancelled():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)


def make_engine(path: Path, begin: str, busy_seconds: float) -> Engine:
    """A synchronous engine whose transactions open with `begin` and whose commits are on the disk when they return."""
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

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.connection.driver_connection.execute(begin)  # type: ignore[union-attr]

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
