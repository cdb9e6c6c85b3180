"""Timers, sessions, history, facts, types, and the databases themselves."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text

from app.errors import SettingsError, UnavailableError
from app.store import bulk, facts, history, inbox, lock, sessions, timers
from app.store.database import Database, driver_address, open_database, read_url
from app.store.history import Said
from app.store.migrate import migrate
from app.store.sqlite import SqliteDatabase
from app.store.tables import facts as facts_table
from app.store.tables import sessions as sessions_table
from app.store.timers import NewTimer
from tests.store.kit import NOW, PAGE, count_by_status, event, know, message, put

ANA = (PAGE, "ana")


def _timer(name: str, minutes: int) -> NewTimer:
    return NewTimer(PAGE, "ana", "welcome", name, NOW + timedelta(minutes=minutes))


async def test_a_timer_that_is_due_becomes_one_event(database: Database) -> None:
    def work(connection: Connection) -> tuple[int, int, list[str]]:
        timers.start(connection, [_timer("0", 5), _timer("1", 60)])
        fired = timers.fire_due(connection, NOW + timedelta(minutes=5), 10)
        again = timers.fire_due(connection, NOW + timedelta(minutes=5), 10)
        waiting = inbox.list_waiting(connection, 10)[ANA]
        return fired, again, [f"{each.kind} {each.body['state']} {each.body['name']}" for each in waiting]

    assert await database.transaction(work) == (1, 0, ["WaitTimedOut welcome 0"])


async def test_a_new_timer_of_the_same_name_takes_the_old_ones_place(database: Database) -> None:
    def work(connection: Connection) -> list[int]:
        timers.start(connection, [_timer("0", 5)])
        timers.start(connection, [_timer("0", 30)])
        return [timers.fire_due(connection, NOW + timedelta(minutes=each), 10) for each in (5, 30, 60)]

    assert await database.transaction(work) == [0, 1, 0]


async def test_stopped_timers_never_fire(database: Database) -> None:
    def work(connection: Connection) -> int:
        timers.start(connection, [_timer("0", 5)])
        timers.stop_all(connection, [ANA])
        return timers.fire_due(connection, NOW + timedelta(days=1), 10)

    assert await database.transaction(work) == 0


async def test_a_session_is_kept_and_changed(database: Database) -> None:
    def work(connection: Connection) -> object:
        sessions.save(connection, [(ANA, {"state": "a"}, "r1")], NOW)
        sessions.save(connection, [(ANA, {"state": "b", "slots": {"name": "Zoë 😀"}}, "r2")], NOW)
        return sessions.find(connection, ANA)

    assert await database.transaction(work) == {"state": "b", "slots": {"name": "Zoë 😀"}}


async def test_the_transcript_is_both_sides_in_order_of_time(database: Database) -> None:
    def work(connection: Connection) -> list[tuple[str, str, str]]:
        know(connection, "ana")
        said = [
            Said(
                PAGE,
                "ana",
                "customer",
                "TextReceived",
                NOW + timedelta(seconds=each),
                f"question {each}",
                mid=f"m{each}",
            )
            for each in (1, 3)
        ]
        history.append(connection, said)
        put(connection, message("ana", 2, "answer 2"))
        history.erase_unsent(connection, [(ANA, "m3")])
        return [(line.who, line.text, line.status) for line in history.transcript(connection, ANA)]

    assert await database.transaction(work) == [
        ("customer", "question 1", ""),
        ("bot", "answer 2", "pending"),
        ("customer", "", ""),
    ]


async def test_a_fact_is_made_once(database: Database) -> None:
    first = await database.transaction(lambda connection: facts.keep(connection, "mark", "one"))
    second = await database.transaction(lambda connection: facts.keep(connection, "mark", "two"))
    assert (first, second) == ("one", "one")


async def test_moments_come_back_as_they_went_in_and_in_utc(database: Database) -> None:
    local = datetime(2026, 12, 1, 11, 0, 0, 5, tzinfo=timezone(timedelta(hours=1)))

    def work(connection: Connection) -> object:
        sessions.save(connection, [(ANA, {}, "")], local)
        return connection.execute(select(sessions_table.c.updated_at)).scalar_one()

    found = await database.transaction(work)
    assert found == local
    assert isinstance(found, datetime)
    assert found.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 12, 1)  # noqa: DTZ001
    row = {"page_id": PAGE, "customer_id": "ana", "body": {}, "revision": "", "updated_at": naive}
    with pytest.raises(Exception, match="zone"):
        await database.transaction(lambda connection: connection.execute(insert(sessions_table), row))


async def test_many_rows_at_once_are_what_one_by_one_would_be(database: Database) -> None:
    statement = insert(facts_table)

    def work(connection: Connection) -> list[tuple[str, str]]:
        bulk.run(connection, statement, [{"name": f"n{each}", "value": "ü"} for each in range(3)])
        return [(row.name, row.value) for row in connection.execute(select(facts_table).order_by(facts_table.c.name))]

    assert await database.transaction(work) == [("n0", "ü"), ("n1", "ü"), ("n2", "ü")]


async def test_a_row_that_leaves_a_value_out_is_refused_instead_of_written_empty(database: Database) -> None:
    row = {"page_id": PAGE, "customer_id": "ana", "body": None}
    with pytest.raises(ValueError, match="revision"):
        await database.transaction(lambda connection: bulk.run(connection, insert(sessions_table), [row]))


async def test_a_failed_transaction_leaves_nothing_and_the_next_one_works(database: Database) -> None:
    def fails(connection: Connection) -> None:
        inbox.add(connection, [event("ana", "lost")])
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await database.transaction(fails)
    await database.transaction(lambda connection: inbox.add(connection, [event("ana", "kept")]))
    assert await database.read(count_by_status) == {"new": 1}


async def test_one_failure_in_a_group_of_transactions_takes_no_other_along(database: Database) -> None:
    def add(number: int, connection: Connection) -> None:
        inbox.add(connection, [event("ana", str(number))])
        if number % 5 == 0:
            raise RuntimeError("in the middle")

    works = [database.transaction(lambda connection, each=each: add(each, connection)) for each in range(20)]
    results = await asyncio.gather(*works, return_exceptions=True)
    assert [isinstance(each, RuntimeError) for each in results] == [number % 5 == 0 for number in range(20)]
    assert await database.read(count_by_status) == {"new": 16}


async def test_a_database_that_another_program_locks_is_unavailable_and_then_works(tmp_path: Path) -> None:
    path = tmp_path / "locked.db"
    opened = SqliteDatabase(path, busy_seconds=0.1)
    await migrate(opened)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError):
        await opened.transaction(lambda connection: inbox.add(connection, [event("ana", "1")]))
    other.execute("ROLLBACK")
    other.close()
    await opened.transaction(lambda connection: inbox.add(connection, [event("ana", "1")]))
    assert await opened.read(count_by_status) == {"new": 1}
    await opened.close()


async def test_sqlite_commits_are_on_the_disk(tmp_path: Path) -> None:
    opened = SqliteDatabase(tmp_path / "full.db")

    def pragmas(connection: Connection) -> tuple[object, object]:
        mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
        return mode, connection.execute(text("PRAGMA synchronous")).scalar_one()

    assert await opened.transaction(pragmas) == ("wal", 2)
    await opened.close()


async def test_a_full_disk_is_unavailable_and_loses_nothing(tmp_path: Path) -> None:
    opened = SqliteDatabase(tmp_path / "small.db")
    await migrate(opened)
    await opened.transaction(lambda connection: inbox.add(connection, [event("ana", "kept")]))
    await opened.transaction(lambda connection: connection.execute(text("PRAGMA max_page_count = 60")).scalar_one())
    big = [event("ana", "x" * 500 + str(each)) for each in range(2_000)]
    with pytest.raises(UnavailableError):
        await opened.transaction(lambda connection: inbox.add(connection, big))
    assert await opened.read(count_by_status) == {"new": 1}
    await opened.close()


async def test_what_people_wrote_never_stands_in_an_errors_text(database: Database) -> None:
    row = {
        "page_id": PAGE,
        "customer_id": "ana",
        "body": {"text": "my secret words"},
        "revision": None,
        "updated_at": NOW,
    }
    with pytest.raises(Exception) as caught:  # noqa: PT011 - each database has its own error
        await database.transaction(lambda connection: connection.execute(insert(sessions_table), [row, row]))
    assert "secret words" not in str(caught.value)


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://host/name", "sqlite+aiosqlite://", "sqlite:///:memory:"])
def test_an_address_of_no_database_of_ours_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="FRONTDESK_DATABASE_URL"):
        open_database(address)
    assert read_url("sqlite:///a.db").database == "a.db"


def test_a_role_is_held_by_one_process(tmp_path: Path) -> None:
    database = tmp_path / "frontdesk.db"
    with lock.hold(database, "web"):
        with pytest.raises(SettingsError, match="Another process"):
            lock.hold(database, "web")
        lock.hold(database, "worker").close()
    lock.hold(database, "web").close()


@pytest.mark.parametrize(
    ("options", "for_driver"),
    [("", ""), ("?sslmode=require", "?sslmode=require"), ("?ssl=require", "?sslmode=require")],
)
def test_the_options_of_a_hosted_database_reach_the_driver(options: str, for_driver: str) -> None:
    """Regression: `sslmode`, which nearly every hosted address has, ended the start as a bug of ours."""
    url = read_url(f"postgresql+asyncpg://ana:p%40ss@host:5432/shop{options}")
    assert driver_address(url) == f"postgresql://ana:p%40ss@host:5432/shop{for_driver}"
