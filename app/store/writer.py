"""SQLite's one writing connection: whatever waits is committed as one group, with one fsync (group commit).

Brief jobs run on the event loop that asks for them, and only their commit, which waits for the disk, goes to the writer's thread: a
thread that runs statements hands the interpreter over at each of them, which under load costs more than the statements. Long jobs,
and whatever has to wait long for another program, run in that thread whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine

from app.errors import UnavailableError
from app.store.database import translate

GROUP_MAX = 64
"""Transactions under one fsync: enough to carry a burst, few enough that the first does not wait for long."""
WAITING_MAX = 10_000
"""Jobs told at once that the file cannot be had; more than ever wait."""
BUSY_SECONDS_MAX, TRY_AGAIN_SECONDS = 0.1, 0.001
"""For so long, so often, an event loop asks again for a file that the other process writes to, mostly for a few milliseconds. Then the
thread waits: SQLite's own way of waiting sleeps for up to 0.1 s, and statements in a thread take longer."""
LOOK_SECONDS = 1.0
"""How often the thread looks whether the event loop that is to go on was closed meanwhile."""
WRITER_CACHE_KB = 32_000
"""Pages that the one writing connection keeps: with SQLite's own 2 MB it reads two of them anew for every event."""


@dataclass(slots=True)
class Job:
    """One transaction and who waits for it. `brief`: it may run on an event loop."""

    work: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    brief: bool
    result: Any = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class _Order:
    """What the thread is to do. `is_begun`: the statements ran already, and the commit is left."""

    group: list[Job]
    is_begun: bool


class Writer:
    """Runs and commits the jobs of one SQLite file, in their order. `busy_seconds`: how long it waits for another program."""

    def __init__(self, engine: Engine, busy_seconds: float) -> None:
        self._engine = engine
        self._busy_ms = round(busy_seconds * 1000)
        self._connection: Connection | None = None
        self._waiting: deque[Job] = deque()
        self._lock = threading.Lock()
        self._is_at_work = self._is_closing = False
        self._asked: asyncio.AbstractEventLoop | None = None
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._obey, name="sqlite-writer", daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        """Run it with what else waits by then; its future is settled when it is committed. Called on the job's own loop, which must
        run or be closed: one that only stands still holds up the others."""
        with self._lock:
            self._waiting.append(job)
            was_at_work, self._is_at_work = self._is_at_work, True
            if not was_at_work:
                self._asked = job.loop
        if not was_at_work:
            job.loop.call_soon(self._begin)

    async def close(self) -> None:
        """Return when everything that was put is settled."""
        with self._lock:
            self._is_closing, is_idle = True, not self._is_at_work
        if is_idle:
            self._orders.put(None)
        await asyncio.to_thread(self._thread.join)

    # ---- on an event loop: one group at a time, whoever is at work -------------------------------------------

    def _begin(self, busy_since: float | None = None) -> None:
        """Run the statements of what waits, if they are brief and the file is free; the thread does the rest.

        `busy_since`: when another program was first seen to write, by the event loop's clock.
        """
        group: list[Job] = []
        try:
            brief = self._count_brief()
            is_begun, is_busy = self._begin_at_once() if brief else (False, False)
            if is_busy and self._try_again(busy_since):
                return
            group = self._take(brief if is_begun else GROUP_MAX)
            if is_begun:
                self._run(group)
        except BaseException as error:
            # Whatever it is, the file is let go and the next job goes on; what stops the program does so.
            group = group or self._take(GROUP_MAX)
            self._fail(group, error)
            self._end(group)
            if not isinstance(error, Exception):
                raise
        else:
            self._orders.put(_Order(group, is_begun))

    def _try_again(self, busy_since: float | None) -> bool:
        """Whether it is worth while for this event loop to ask once more."""
        loop = asyncio.get_running_loop()
        since = loop.time() if busy_since is None else busy_since
        if loop.time() - since >= BUSY_SECONDS_MAX:
            return False
        loop.call_later(TRY_AGAIN_SECONDS, self._begin, since)
        return True

    def _count_brief(self) -> int:
        """How many jobs come next; 0 if one of them may not run here."""
        with self._lock:
            following = [job.brief for job in islice(self._waiting, GROUP_MAX)]
        return len(following) if all(following) else 0

    def _begin_at_once(self) -> tuple[bool, bool]:
        """Whether it is begun, and if not, whether another program writes. Else the thread tells what is wrong."""
        if self._connection is None:
            return False, False
        try:
            self._driver.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            return False, getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
        return True, False

    # ---- in the thread -----------------------------------------------------------------------------------------

    def _obey(self) -> None:
        while (order := self._next_order()) is not None:
            try:
                if not order.is_begun:
                    self._begin_patiently()
                    self._run(order.group)
                self._commit()
            except BaseException as error:
                self._fail(order.group, error)
            self._end(order.group)
        self._drop_connection()

    def _commit(self) -> None:
        self._driver.execute("COMMIT")

    def _next_order(self) -> _Order | None:
        while True:
            try:
                return self._orders.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                asked = self._asked
                if asked is not None and asked.is_closed():
                    return _Order(self._take(GROUP_MAX), is_begun=False)

    def _begin_patiently(self) -> None:
        if self._connection is None:
            self._connection = _open(self._engine)
        self._driver.execute(f"PRAGMA busy_timeout={self._busy_ms}")
        self._driver.execute("BEGIN IMMEDIATE")
        self._driver.execute("PRAGMA busy_timeout=0")  # an event loop never waits

    # ---- in both -------------------------------------------------------------------------------------------------

    @property
    def _driver(self) -> Any:
        assert self._connection is not None
        return self._connection.connection.driver_connection

    def _take(self, most: int) -> list[Job]:
        with self._lock:
            self._asked = None
            return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    def _run(self, group: list[Job]) -> None:
        connection = self._connection
        assert connection is not None
        if len(group) == 1:
            group[0].result = group[0].work(connection)
            return
        for job in group:
            _run_guarded(job, connection, self._driver)

    def _fail(self, group: list[Job], error: BaseException) -> None:
        """The commit, or the only job, failed: nothing of the group was written.

        Those who waited behind a group that the file did not take hear so now: else each would wait once more, and Meta does not.
        """
        self._drop_connection()
        told = translate(error) if isinstance(error, Exception) else UnavailableError("The transaction was broken off.")
        if isinstance(told, UnavailableError):
            group += self._take(WAITING_MAX)
        for job in group:
            job.error = told

    def _end(self, group: list[Job]) -> None:
        """Hand the results to their event loops, and go on with what came meanwhile."""
        for loop in {id(job.loop): job.loop for job in group}.values():
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_settle, [job for job in group if job.loop is loop])
        with self._lock:
            following = self._waiting[0].loop if self._waiting else None
            self._is_at_work = following is not None
            self._asked = following
            is_over = following is None and self._is_closing
        if following is not None:
            self._go_on(following)
        elif is_over:
            self._orders.put(None)

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            # Behind whoever just got a result: what they ask for next comes along.
            loop.call_soon_threadsafe(partial(loop.call_soon, self._begin))
        except RuntimeError:
            self._orders.put(_Order(self._take(GROUP_MAX), is_begun=False))

    def _drop_connection(self) -> None:
        """After a failure begin with a fresh connection: this one may be in any state."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.invalidate()
                connection.close()


def _open(engine: Engine) -> Connection:
    """With room for what it works on, and what a savepoint needs to go back in memory, not in a file made for each."""
    connection = engine.connect()
    connection.begin()  # tells the server nothing, and keeps SQLAlchemy from taking all back when a statement cannot be written
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA cache_size=-{WRITER_CACHE_KB}")
    driver.execute("PRAGMA temp_store=MEMORY")
    return connection


def _run_guarded(job: Job, connection: Connection, driver: Any) -> None:
    """Run one job of a group behind a savepoint: its failure takes back its own changes and nobody else's."""
    driver.execute("SAVEPOINT job")
    try:
        job.result = job.work(connection)
    except Exception as error:
        driver.execute("ROLLBACK TO job")
        job.error = translate(error)
    driver.execute("RELEASE job")


def _settle(group: list[Job]) -> None:
    for job in group:
        if job.future.cancelled():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
