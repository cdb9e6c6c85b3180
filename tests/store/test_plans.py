"""What is asked again and again finds its rows by an index, however much is kept: SQLite's own plans say so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from app.store import claims, conversations, inbox, outbox, timers, underway, workers
from app.store.database import open_database
from app.store.outbox import EchoOf, Result
from tests.databases import Servers
from tests.store.kit import NOW, PAGE, event, know, message

GROWING = ("outbox", "inbox", "conversations", "sessions", "history")
KEYS = [(PAGE, "ana"), (PAGE, "bea"), (PAGE, "cleo")]


def _claim(connection: Connection) -> None:
    inbox.add(connection, [event(each, "again") for _, each in KEYS])
    made = claims.claim(connection, "w1", 100, NOW)
    claims.hold(connection, "w1", made)
    inbox.finish(connection, [(each.events[0].id, "done", None) for each in made], NOW)


def _send(connection: Connection) -> None:
    outbox.add(connection, [message(each, 1) for _, each in KEYS], "w1")
    flying = outbox.claim_next(connection, "w1", KEYS, NOW)
    outbox.record(connection, "w1", [Result(each, "unknown", keep=True) for each in flying], NOW)
    outbox.record(connection, "w1", [Result(each, "sent", mid="m") for each in flying], NOW)
    outbox.settle_by_echo(connection, [EchoOf(*key, 1, "m") for key in KEYS], NOW)
    conversations.touch(connection, KEYS, NOW)


def _beat(connection: Connection) -> None:
    workers.beat(connection, "w1")
    workers.list_unlisted(connection)
    underway.list_owned(connection, "w1")
    workers.bury(connection, "w2", "w1")
    workers.leave(connection, "w3")


def _look(connection: Connection) -> None:
    outbox.claim_free(connection, "w1", 100, NOW)
    timers.fire_due(connection, NOW, 100)
    inbox.oldest_waiting_at(connection)
    inbox.find_ends(connection)
    outbox.count_live(connection)


@pytest.mark.parametrize("work", [_claim, _send, _beat, _look])
async def test_no_table_that_grows_is_read_from_end_to_end(
    work: Callable[[Connection], None], servers: Servers, tmp_path: Path
) -> None:
    def plans(connection: Connection) -> list[tuple[str, str]]:
        know(connection, *(customer for _, customer in KEYS))
        driver: Any = connection.connection.driver_connection
        said: list[str] = []
        driver.set_trace_callback(said.append)
        work(connection)
        driver.set_trace_callback(None)
        return [(each, row[3]) for each in said for row in driver.execute(f"EXPLAIN QUERY PLAN {each}")]

    database = open_database(servers.migrated("sqlite", tmp_path))
    found = await database.transaction(plans)
    await database.close()
    assert len(found) > 3
    assert [each for each in found if each[1] in {f"SCAN {table}" for table in GROWING}] == []
