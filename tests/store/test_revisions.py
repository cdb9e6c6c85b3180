"""Revisions: the newest row of a Page is what is served; publishing twice makes one row; old ones go."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import Connection, func, select

from app.store import revisions, sessions
from app.store.database import Database, open_database
from app.store.revisions import KEPT_MAX, Row, Standing
from app.store.tables import revisions as revisions_table
from tests.store.kit import NOW, PAGE

OLD, NEW = Standing("a" * 32, "a" * 32), Standing("b" * 32, "b" * 32)


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(revisions_table)).scalar_one()


async def test_the_newest_row_of_a_page_is_what_it_serves(database: Database) -> None:
    def work(connection: Connection) -> None:
        assert revisions.find_standing(connection, PAGE) is None
        assert revisions.publish(connection, [PAGE, "10002"], OLD, b"old", NOW) == 2
        assert revisions.publish(connection, [PAGE], NEW, b"new", NOW + timedelta(hours=1)) == 1
        assert revisions.find_standing(connection, PAGE) == NEW
        assert revisions.find_standing(connection, "10002") == OLD
        assert revisions.find_files(connection, PAGE, OLD.revision) == b"old"
        assert revisions.find_files(connection, "10002", NEW.revision) is None

    await database.transaction(work)


async def test_what_is_served_already_makes_no_row(database: Database) -> None:
    def work(connection: Connection) -> None:
        revisions.publish(connection, [PAGE], OLD, b"old", NOW)
        assert revisions.publish(connection, [PAGE], OLD, b"old", NOW) == 0
        assert count(connection) == 1

    await database.transaction(work)


async def test_two_processes_that_publish_one_change_at_once_make_one_row(database: Database, migrated: str) -> None:
    other = open_database(migrated)
    both = [
        each.transaction(lambda connection: revisions.publish(connection, [PAGE], NEW, b"new", NOW))
        for each in (database, other)
    ]
    assert sorted(await asyncio.gather(*both)) == [0, 1]
    await other.close()


async def test_the_list_says_from_when_until_when_and_who_went_back(database: Database) -> None:
    later = NOW + timedelta(hours=1)
    back = Standing(OLD.revision, NEW.revision)

    def work(connection: Connection) -> list[Row]:
        for standing, at in ((OLD, NOW), (NEW, later), (back, later + timedelta(hours=1))):
            revisions.publish(connection, [PAGE], standing, b"files", at)
        assert len(revisions.list_rows(connection, PAGE, 2)) == 2
        return revisions.list_rows(connection, PAGE, 10)

    assert await database.transaction(work) == [
        Row(OLD.revision, went_back=True, live_at=later + timedelta(hours=1), until=None),
        Row(NEW.revision, went_back=False, live_at=later, until=later + timedelta(hours=1)),
        Row(OLD.revision, went_back=False, live_at=NOW, until=later),
    ]


async def test_a_revision_is_found_by_its_beginning_and_known_once_it_was_live(database: Database) -> None:
    def work(connection: Connection) -> None:
        revisions.publish(connection, [PAGE], OLD, b"old", NOW)
        assert revisions.find_like(connection, PAGE, "aaa") == [OLD.revision]
        assert revisions.find_like(connection, PAGE, "a%") == []
        assert revisions.find_like(connection, "10002", "a") == []
        assert revisions.was_live(connection, PAGE, OLD.revision)
        assert not revisions.was_live(connection, PAGE, NEW.revision)

    await database.transaction(work)


async def test_the_oldest_rows_of_a_page_go_and_other_pages_keep_theirs(database: Database) -> None:
    def work(connection: Connection) -> None:
        revisions.publish(connection, ["10002"], OLD, b"old", NOW)
        for number in range(KEPT_MAX + 3):
            revisions.publish(connection, [PAGE], Standing(f"r{number}", f"r{number}"), b"files", NOW)
        assert count(connection) == KEPT_MAX + 1
        assert revisions.find_files(connection, PAGE, "r2") is None
        assert revisions.find_files(connection, PAGE, "r3") == b"files"

    await database.transaction(work)


async def test_customers_are_counted_by_the_state_they_stand_in_lately(database: Database) -> None:
    ana, ben, eva, old = ((PAGE, name) for name in ("ana", "ben", "eva", "old"))

    def work(connection: Connection) -> dict[str, int]:
        sessions.save(connection, [(old, {"state": "ask_size"}, "r")], NOW - timedelta(days=2))
        at_the_end = {"slots": {"state": "ask_size"}}
        moved = [(ana, {"state": "ask_size"}, "r"), (ben, {"state": "ask_size"}, "r"), (eva, at_the_end, "r")]
        sessions.save(connection, moved, NOW)
        sessions.save(connection, [(("10002", "ana"), {"state": "ask_size"}, "r")], NOW)
        return sessions.count_by_state(connection, PAGE, NOW - timedelta(days=1))

    assert await database.transaction(work) == {"ask_size": 2}
