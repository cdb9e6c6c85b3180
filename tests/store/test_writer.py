"""SQLite's writer: where jobs run, that they keep their order, and that nobody is left waiting."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import StatementError

from app.errors import UnavailableError
from app.store import inbox
from app.store.migrate import migrate
from app.store.sqlite import SqliteDatabase
from app.store.tables import inbox as inbox_table
from app.store.writer import TRY_AGAIN_SECONDS
from tests.store.kit import count_by_status, event

BUSY_SECONDS = 0.5


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "frontdesk.db"


@pytest.fixture
async def opened(file: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(file, busy_seconds=BUSY_SECONDS)
    await migrate(database)
    yield database
    await database.close()


def thread_of(_connection: Connection) -> int:
    return threading.get_ident()


def add(words: str, connection: Connection) -> None:
    inbox.add(connection, [event("ana", words)])


async def test_what_is_brief_runs_on_the_event_loop_and_nothing_else_does(opened: SqliteDatabase) -> None:
    here = threading.get_ident()
    assert await opened.transaction(thread_of, brief=True) == here
    assert await opened.transaction(thread_of) != here
    together = await asyncio.gather(opened.transaction(thread_of, brief=True), opened.transaction(thread_of))
    assert here not in together


async def test_jobs_keep_their_order_wherever_they_run(opened: SqliteDatabase) -> None:
    asked: list[int] = []
    went: list[int] = []

    async def go(number: int) -> None:
        await asyncio.sleep(number % 20 / 1000)
        asked.append(number)
        await opened.transaction(lambda _: went.append(number), brief=number % 3 != 0)

    await asyncio.gather(*(go(number) for number in range(400)))
    assert went == asked


async def test_a_brief_failure_takes_back_its_own_changes_and_nobody_elses(opened: SqliteDatabase) -> None:
    def fail(number: int, connection: Connection) -> None:
        add(str(number), connection)
        if number % 5 == 0:
            raise RuntimeError("in the middle")

    works = [opened.transaction(lambda connection, n=each: fail(n, connection), brief=True) for each in range(20)]
    results = await asyncio.gather(*works, return_exceptions=True)
    assert [isinstance(each, RuntimeError) for each in results] == [number % 5 == 0 for number in range(20)]
    assert await opened.read(count_by_status) == {"new": 16}


async def test_a_brief_failure_alone_is_taken_back_too(opened: SqliteDatabase) -> None:
    def fail(connection: Connection) -> None:
        add("1", connection)
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await opened.transaction(fail, brief=True)
    await opened.transaction(lambda connection: add("2", connection), brief=True)
    assert await opened.read(count_by_status) == {"new": 1}


async def test_while_another_program_holds_the_file_the_event_loop_goes_on(opened: SqliteDatabase, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waits = asyncio.create_task(opened.transaction(lambda connection: add("1", connection), brief=True))
    rounds = 0
    async with asyncio.timeout(BUSY_SECONDS / 2):
        while rounds < 20:
            await asyncio.sleep(0.005)
            rounds += 1
    assert not waits.done()
    other.execute("ROLLBACK")
    other.close()
    await waits
    assert await opened.read(count_by_status) == {"new": 1}


async def test_a_file_that_another_program_holds_for_a_moment_is_waited_for_on_the_event_loop(
    opened: SqliteDatabase, file: Path
) -> None:
    def work(connection: Connection) -> int:
        add("1", connection)
        return threading.get_ident()

    await opened.transaction(lambda _: None)  # the connection is there
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waits = asyncio.create_task(opened.transaction(work, brief=True))
    await asyncio.sleep(5 * TRY_AGAIN_SECONDS)
    assert not waits.done()
    other.execute("ROLLBACK")
    other.close()
    assert await waits == threading.get_ident()


async def test_who_waits_behind_a_file_that_cannot_be_had_hears_so_at_once(opened: SqliteDatabase, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    first = asyncio.create_task(opened.transaction(lambda connection: add("1", connection), brief=True))
    await asyncio.sleep(BUSY_SECONDS / 5)
    behind = asyncio.create_task(opened.transaction(lambda connection: add("2", connection), brief=True))
    async with asyncio.timeout(BUSY_SECONDS * 1.8):
        results = await asyncio.gather(first, behind, return_exceptions=True)
    assert [type(each) for each in results] == [UnavailableError, UnavailableError]
    other.close()
    await opened.transaction(lambda connection: add("3", connection), brief=True)
    assert await opened.read(count_by_status) == {"new": 1}


async def test_a_full_disk_is_told_to_what_is_brief_and_nothing_is_kept(opened: SqliteDatabase) -> None:
    def limit(pages: int) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            connection.execute(text(f"PRAGMA max_page_count = {pages}")).scalar_one()

        return work

    pages = await opened.read(lambda connection: connection.execute(text("PRAGMA page_count")).scalar_one())
    await opened.transaction(limit(pages + 2))
    with pytest.raises(UnavailableError, match="full"):
        await opened.transaction(
            lambda connection: inbox.add(connection, [event("ana", "x" * 500 + str(each)) for each in range(200)]),
            brief=True,
        )
    assert await opened.read(count_by_status) == {}
    await opened.transaction(lambda connection: add("small", connection), brief=True)
    assert await opened.read(count_by_status) == {"new": 1}


async def test_closing_waits_for_what_was_put_before(file: Path) -> None:
    database = SqliteDatabase(file)
    await migrate(database)
    works = [
        asyncio.create_task(database.transaction(lambda c, n=each: add(str(n), c), brief=each % 2 == 0))
        for each in range(50)
    ]
    await asyncio.sleep(0)
    await database.close()
    assert all(each.done() and each.exception() is None for each in works)
    again = SqliteDatabase(file)
    assert await again.read(count_by_status) == {"new": 50}
    await again.close()


async def test_two_event_loops_may_share_it(opened: SqliteDatabase) -> None:
    async def many(name: str) -> None:
        works = (opened.transaction(lambda c, n=each: add(f"{name}{n}", c), brief=True) for each in range(100))
        await asyncio.gather(*works)

    await asyncio.gather(many("here"), asyncio.to_thread(asyncio.run, many("there")))
    assert await opened.read(count_by_status) == {"new": 200}


async def test_a_loop_that_is_closed_holds_nobody_up(opened: SqliteDatabase) -> None:
    async def leave() -> None:
        asyncio.get_running_loop().create_task(
            opened.transaction(lambda connection: add("left", connection), brief=True)
        )
        await asyncio.sleep(0)

    for _ in range(20):
        await asyncio.to_thread(asyncio.run, leave())
    async with asyncio.timeout(5):
        await opened.transaction(lambda connection: add("here", connection), brief=True)


async def test_a_statement_that_cannot_be_written_takes_nobody_along(file: Path) -> None:
    database = SqliteDatabase(file)
    await migrate(database)
    await database.close()
    database = SqliteDatabase(file)  # with a connection on which nothing was said yet

    def fail(connection: Connection) -> None:
        connection.execute(insert(inbox_table), {"page_id": object(), "happened_at": "no time"})

    works = [lambda c: add("1", c), fail, lambda c: add("2", c)]
    results = await asyncio.gather(*(database.transaction(each, brief=True) for each in works), return_exceptions=True)
    assert [isinstance(each, StatementError) for each in results] == [False, True, False]
    assert await database.read(count_by_status) == {"new": 2}
    await database.close()


async def test_work_that_is_broken_off_leaves_the_file_free(opened: SqliteDatabase) -> None:
    def fail(connection: Connection) -> None:
        add("1", connection)
        raise asyncio.CancelledError

    broken = asyncio.create_task(opened.transaction(fail, brief=True))
    with contextlib.suppress(asyncio.CancelledError, UnavailableError):
        async with asyncio.timeout(5):
            await broken
    await opened.transaction(lambda connection: add("2", connection), brief=True)
    assert await opened.read(count_by_status) == {"new": 1}
