"""The audit: kept with the deed or not at all, never changed unseen."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from app.store import audit
from app.store.database import Database, open_database
from tests.store.kit import NOW, PAGE


def _three(connection: Connection) -> None:
    audit.add(connection, "page_connected", NOW, who="command_line", page_id=PAGE)
    audit.add(
        connection, "customer_erased", NOW + timedelta(minutes=1), who="staff:ada", page_id="10002", details={"said": 3}
    )
    audit.add(connection, "signatures_refused", NOW + timedelta(minutes=2), who="messenger", details={"count": 7})


async def test_entries_are_listed_the_newest_first(database: Database) -> None:
    await database.transaction(_three)

    def work(connection: Connection) -> list[list[int]]:
        listed = audit.list_entries(connection, most=2)
        older = audit.list_entries(connection, most=2, before_id=2)
        of_page = audit.list_entries(connection, most=9, page_id=PAGE)
        erased = audit.list_entries(connection, most=9, what="customer_erased")
        assert erased[0].details == {"said": 3}
        assert (erased[0].who, erased[0].page_id, erased[0].at) == ("staff:ada", "10002", NOW + timedelta(minutes=1))
        return [[each.id for each in found] for found in (listed, older, of_page, erased)]

    assert await database.read(work) == [[3, 2], [1], [3, 1], [2]]


async def test_what_is_taken_back_leaves_no_entry(database: Database) -> None:
    def work(connection: Connection) -> None:
        audit.add(connection, "page_connected", NOW, who="command_line", page_id=PAGE)
        raise LookupError

    with pytest.raises(LookupError):
        await database.transaction(work)
    await database.transaction(_three)
    assert await database.read(audit.find_break) is None
    assert [each.id for each in await _entries(database)] == [3, 2, 1]


@pytest.mark.parametrize("deed", ["UPDATE audit SET who = 'nobody' WHERE id = 2", "DELETE FROM audit WHERE id = 3"])
async def test_the_database_refuses_changes_and_deletions(database: Database, deed: str) -> None:
    await database.transaction(_three)
    with pytest.raises(Exception, match="stay as they are"):
        await database.transaction(lambda connection: connection.execute(text(deed)))
    assert [each.who for each in await _entries(database)] == ["messenger", "staff:ada", "command_line"]


@pytest.mark.parametrize(
    ("deed", "broken"),
    [
        ("UPDATE audit SET who = 'nobody' WHERE id = 2", 2),
        ("UPDATE audit SET details = '{\"said\":4}' WHERE id = 2", 2),
        ("UPDATE audit SET page_id = NULL WHERE id = 1", 1),
        ("UPDATE audit SET hash = 'ab' WHERE id = 1", 1),
        ("DELETE FROM audit WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 1", 1),
        ("UPDATE audit SET id = 9 WHERE id = 3", 3),
    ],
)
async def test_a_change_behind_the_triggers_back_is_found(database: Database, deed: str, broken: int) -> None:
    await database.transaction(_three)
    assert await database.read(audit.find_break) is None

    def work(connection: Connection) -> None:
        _drop_triggers(connection)
        connection.execute(text(deed.replace(":", "\\:")))

    await database.transaction(work)
    assert await database.read(audit.find_break) == broken


async def test_entries_that_are_cut_off_the_end_are_missed_by_their_hash(database: Database) -> None:
    await database.transaction(_three)
    newest = (await _entries(database))[0]
    assert await database.read(lambda connection: audit.holds(connection, newest.hash.upper()))

    def work(connection: Connection) -> None:
        _drop_triggers(connection)
        connection.execute(text("DELETE FROM audit WHERE id = 3"))

    await database.transaction(work)
    assert await database.read(audit.find_break) is None
    assert not await database.read(lambda connection: audit.holds(connection, newest.hash))


async def test_a_long_chain_is_checked_to_its_end(database: Database) -> None:
    def work(connection: Connection) -> None:
        _three(connection)
        _three(connection)
        _drop_triggers(connection)
        connection.execute(text("UPDATE audit SET who = 'nobody' WHERE id = 5"))

    await database.transaction(work)
    assert await database.read(lambda connection: audit.find_break(connection, 2)) == 5


async def test_two_processes_write_one_chain(database: Database, migrated: str) -> None:
    other = open_database(migrated)
    ports = [database, other] * 5

    def work(connection: Connection) -> None:
        audit.add(connection, "flow_published", NOW, who="folder", page_id=PAGE)

    await asyncio.gather(*(each.transaction(work) for each in ports))
    await other.close()
    assert [each.id for each in await _entries(database)] == list(range(10, 0, -1))
    assert await database.read(audit.find_break) is None


async def _entries(database: Database) -> list[audit.Entry]:
    return await database.read(lambda connection: audit.list_entries(connection, most=99))


def _drop_triggers(connection: Connection) -> None:
    names = (
        ["audit_stays ON audit"]
        if connection.dialect.name == "postgresql"
        else ["audit_no_change", "audit_no_deletion"]
    )
    for name in names:
        connection.execute(text(f"DROP TRIGGER {name}"))
