"""`doctor --fleet`: each rule's fault is planted by hand and found, a healthy database has none, nothing is changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import BindParameter, Connection, bindparam, text

from app.clock import Clock
from app.errors import UnavailableError
from app.findings import Finding
from app.insights import fleet
from app.store import audit, claims, inbox, invariants, outbox, timers, workers
from app.store.database import Database, open_database
from app.store.intake import take
from app.store.invariants import RULES, Hands
from app.store.migrate import migrate
from app.store.timers import NewTimer
from app.store.types import UtcTime
from tests.databases import Servers
from tests.store.kit import PAGE, event, flying, know, message, received

NOW = datetime.now(UTC) - timedelta(seconds=5)
LONG_AGO = NOW - timedelta(days=1)


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> AsyncIterator[Database]:
    """A database in which customer 1 was answered, with a message in the line and a timer."""
    opened = open_database(servers.address(request.param, tmp_path))
    await migrate(opened)
    await opened.transaction(_fill)
    yield opened
    await opened.close()


def _fill(connection: Connection) -> None:
    take(connection, [(received("1", "hello"), NOW)], "mark")
    know(connection, "1")
    outbox.add(connection, [message("1", 1, created_at=NOW)], "w1")
    timers.start(connection, [NewTimer(PAGE, "1", "ask", "", NOW + timedelta(hours=1))])
    inbox.finish(connection, [(1, "done", None)], NOW)
    connection.execute(text("UPDATE inbox SET received_at = :at").bindparams(_at(NOW)))
    audit.add(connection, "page_connected", NOW, who="settings")


def _at(moment: datetime) -> BindParameter[datetime]:
    return bindparam("at", moment, type_=UtcTime())


async def _found(database: Database, later: Hands | None = None) -> list[Finding]:
    seen = await database.read(lambda connection: fleet.look(connection, Clock(), 90.0, None))
    return list(fleet.judge(seen, later))


async def _problems(database: Database) -> list[str]:
    return [each.check for each in await _found(database) if each.verdict == "problem"]


BREAKS: dict[str, str] = {
    "event_state": "UPDATE inbox SET status = 'lost'",
    "event_reason": "UPDATE inbox SET status = 'ignored', reason = NULL",
    "event_words": "UPDATE inbox SET body = '{}'",
    "event_conversation": "UPDATE inbox SET customer_id = '2'",
    "session_conversation": "INSERT INTO sessions (page_id, customer_id, revision, updated_at) VALUES ('10001', '2', '', :at)",
    "timer_conversation": "UPDATE timers SET customer_id = '2'",
    "message_conversation": "UPDATE outbox SET customer_id = '2'",
    "one_in_flight": "UPDATE outbox SET status = 'unknown', attempted_at = :at; {second} 'in_flight', :at)",
    "line_order": "{second} 'sent', :at)",
    "line_number": "UPDATE conversations SET next_seq = 1",
    "flight_time": "UPDATE outbox SET status = 'in_flight', attempted_at = :long_ago",
    "doubt_time": "UPDATE outbox SET status = 'unknown', attempted_at = :long_ago",
    "waiting_time": "UPDATE outbox SET created_at = :long_ago",
    "answered_by": "UPDATE conversations SET answered_by = 'nobody'",
    "timer_time": "UPDATE timers SET due_at = :long_ago",
    "call_time": "INSERT INTO calls (page_id, customer_id, state, number, status, tries, asked_at)"
    " VALUES ('10001', '1', 's', 1, 'waiting', 0, :long_ago)",
}
SECOND = (
    "INSERT INTO outbox (page_id, customer_id, seq, body, written_by, epoch, attempt, unsure, created_at, status,"
    " attempted_at) VALUES ('10001', '1', 2, '{}', 'bot', 0, 1, 0, :at,"
)


def _break(connection: Connection, statements: str) -> None:
    for each in statements.replace("{second}", SECOND).split("; "):
        times = {"at": NOW, "long_ago": LONG_AGO}
        named = [bindparam(name, at, type_=UtcTime()) for name, at in times.items() if f":{name}" in each]
        connection.execute(text(each).bindparams(*named))


def test_every_rule_has_its_words_and_its_planted_fault() -> None:
    assert set(RULES) == set(fleet.WORDS) == set(BREAKS)


async def test_nothing_is_wrong_with_a_healthy_database(database: Database) -> None:
    assert await _problems(database) == []


class _TakenBackError(Exception):
    """Nothing of it stays."""


async def test_each_broken_rule_is_found(database: Database) -> None:
    """In one database, each fault taken back behind it: a database for each would take most of a minute."""
    found: dict[str, list[str]] = {}

    def plant(connection: Connection, rule: str) -> None:
        _break(connection, BREAKS[rule])
        found[rule] = list(invariants.find_broken(connection, fleet.deadlines(datetime.now(UTC), 90.0)))
        raise _TakenBackError

    for rule in RULES:
        with pytest.raises(_TakenBackError):
            await database.transaction(partial(plant, rule=rule))
    assert [rule for rule, names in found.items() if rule not in names] == []
    assert await _problems(database) == []


async def test_a_finding_says_where_and_what_to_do(database: Database) -> None:
    await database.transaction(lambda connection: _break(connection, BREAKS["line_number"]))
    [found] = [each for each in await _found(database) if each.verdict == "problem"]
    assert found.says.startswith("1 messages have numbers that are given again: number 1, Page 10001, customer ")
    assert found.todo


async def test_a_message_of_a_page_in_trouble_may_wait(database: Database) -> None:
    trouble = "INSERT INTO pages (page_id, code, sentence, since, until) VALUES ('10001', 'token_dead', '', :at, :at)"
    await database.transaction(lambda connection: _break(connection, f"{BREAKS['waiting_time']}; {trouble}"))
    assert await _problems(database) == []


async def test_a_changed_audit_is_found(database: Database) -> None:
    def forge(connection: Connection) -> None:
        off = "ALTER TABLE audit DISABLE TRIGGER USER" if connection.dialect.name == "postgresql" else None
        connection.execute(text(off or "DROP TRIGGER audit_no_change"))
        connection.execute(text("UPDATE audit SET who = 'nobody'"))

    await database.transaction(forge)
    assert await _problems(database) == ["audit"]


async def test_work_of_a_worker_that_is_gone_is_found(database: Database) -> None:
    def leave_behind(connection: Connection) -> None:
        inbox.add(connection, [event("1", "again", NOW)])
        claims.claim(connection, "gone", 10, NOW)
        workers.join(connection, "silent", NOW)

    await database.transaction(leave_behind)
    later = await database.read(fleet.look_again)
    said = [each.says for each in await _found(database, later) if each.verdict == "problem"]
    assert [each.split()[1:4] for each in said] == [["silent", "is", "silent,"], ["gone", "is", "gone,"]]


async def test_a_worker_whose_heart_beats_is_no_problem(database: Database) -> None:
    await database.transaction(lambda connection: workers.join(connection, "alive", NOW))
    seen = await database.read(lambda connection: fleet.look(connection, Clock(), 90.0, None))
    await database.transaction(lambda connection: workers.beat(connection, "alive"))
    later = await database.read(fleet.look_again)
    assert [each for each in fleet.judge(seen, later) if each.verdict != "ok"] == []


async def test_a_clock_that_is_ahead_is_found(database: Database) -> None:
    ahead = text("UPDATE inbox SET received_at = :at").bindparams(_at(datetime.now(UTC) + timedelta(minutes=5)))
    await database.transaction(lambda connection: connection.execute(ahead))
    assert await _problems(database) == ["clocks"]


async def test_it_can_change_nothing(database: Database) -> None:
    def write(connection: Connection) -> None:
        invariants.read_only(connection)
        flying(connection, "1", 9)

    with pytest.raises(UnavailableError):
        await database.read(write)
    assert await _problems(database) == []
