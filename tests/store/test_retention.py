"""What is too old goes, whatever is younger or not at its end stays; one worker does it, once a night."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from app.store import history, inbox, retention, sessions, workers
from app.store.database import Database, open_database
from app.store.history import Said
from app.store.migrate import migrate
from app.store.retention import Kind, Place
from app.store.tables import conversations, outbox
from app.store.tables import history as history_table
from app.store.tables import inbox as inbox_table
from app.store.tables import sessions as sessions_table
from tests.store.kit import NOW, PAGE, event, know, message, put

OLD, BEFORE = NOW - timedelta(days=366), NOW - timedelta(days=365)
NIGHT = datetime(2026, 12, 2, retention.QUIET_HOUR, tzinfo=UTC)


def kind_of(name: str) -> Kind:
    return next(kind for kind in retention.KINDS if kind.name == name)


def run(connection: Connection, name: str, most: int = 3) -> int:
    """One kind to its end, in windows of `most` rows."""
    kind, gone, behind = kind_of(name), 0, None
    while True:
        look = kind.look(connection, BEFORE, behind, most)
        gone += kind.forget(connection, look.found, BEFORE)
        if (behind := look.go_on_behind) is None:
            return gone


def said(text: str, at: datetime) -> Said:
    return Said(PAGE, "ana", "customer", "TextReceived", at, text)


async def test_what_customers_said_goes_by_its_age(database: Database) -> None:
    def work(connection: Connection) -> tuple[int, list[str]]:
        history.append(connection, [said(f"old {number}", OLD) for number in range(10)] + [said("new", NOW)] * 4)
        gone = run(connection, "history")
        return gone, list(connection.execute(select(history_table.c.text)).scalars())

    assert await database.transaction(work) == (10, ["new"] * 4)


async def test_what_we_said_goes_by_its_age_but_never_before_its_end(database: Database) -> None:
    def work(connection: Connection) -> tuple[int, list[int]]:
        for customer in ("ana", "bea"):
            put(connection, *(replace(message(customer, seq), created_at=OLD) for seq in range(1, 8)))
        put(connection, message("ana", 8))
        connection.execute(update(outbox).where(outbox.c.seq != 7).values(status="sent"))
        gone = run(connection, "outbox")
        return gone, sorted(connection.execute(select(outbox.c.seq)).scalars())

    assert await database.transaction(work) == (12, [7, 7, 8])


async def test_sessions_that_stand_still_go_with_the_notes_beside_them(database: Database) -> None:
    def work(connection: Connection) -> tuple[int, list[Place], list[Any]]:
        know(connection, "ana", "bea")
        connection.execute(update(conversations).values(handoff_note="a note"))
        connection.execute(
            update(conversations).where(conversations.c.customer_id == "ana").values(last_customer_at=OLD)
        )
        sessions.save(connection, [((PAGE, "ana"), {}, "r")], OLD)
        sessions.save(connection, [((PAGE, "bea"), {}, "r")], NOW)
        gone = run(connection, "sessions", most=1)
        left = connection.execute(select(sessions_table.c.customer_id)).fetchall()
        notes = select(conversations.c.handoff_note).order_by(conversations.c.customer_id)
        return gone, [tuple(row) for row in left], list(connection.execute(notes).scalars())

    assert await database.transaction(work) == (1, [("bea",)], [None, "a note"])


async def test_a_slot_goes_at_its_own_time_though_the_customer_stays_away(database: Database) -> None:
    soon, past = (NOW + timedelta(days=1)).isoformat(), (BEFORE - timedelta(days=1)).isoformat()
    slots = {"email": "ana@mail.example", "size": "M", "city": "Lyon"}

    def work(connection: Connection) -> tuple[int, list[Any]]:
        body = {"state": "ask", "slots": slots, "slots_until": {"email": past, "size": soon}}
        sessions.save(connection, [((PAGE, "ana"), body, "r"), ((PAGE, "bea"), {"slots": slots}, "r")], NOW)
        gone = run(connection, "slot_values", most=1)
        return gone, [sessions.find(connection, (PAGE, each)) for each in ("ana", "bea")]

    gone, [ana, bea] = await database.transaction(work)
    assert gone == 1
    assert ana == {"state": "ask", "slots": {"size": "M", "city": "Lyon"}, "slots_until": {"size": soon}}
    assert bea == {"slots": slots}


async def test_what_was_set_aside_loses_its_body_and_keeps_its_key(database: Database) -> None:
    def work(connection: Connection) -> tuple[int, list[tuple[str, bool]]]:
        aside = [replace(event("ana", f"aside {number}", OLD), status="quarantined") for number in range(5)]
        waiting, young = event("ana", "waits", OLD), replace(event("ana", "young"), status="quarantined")
        inbox.add(connection, [*aside, waiting, young])
        gone = run(connection, "inbox", most=2)
        inbox.add(connection, aside)
        rows = connection.execute(select(inbox_table.c.status, inbox_table.c.body).order_by(inbox_table.c.id))
        return gone, [(row[0], row[1] is not None) for row in rows]

    gone, left = await database.transaction(work)
    assert gone == 5
    assert left == [("ignored", False)] * 5 + [("new", True), ("quarantined", True)]


# ---- whose turn it is --------------------------------------------------------------------------------------


async def test_it_is_done_once_a_night_by_one_worker(database: Database) -> None:
    def work(connection: Connection) -> list[bool]:
        for name in ("w1", "w2"):
            workers.join(connection, name, NOW)
        first = retention.is_due(connection, NOW), retention.claim(connection, "w1", NOW)
        other = retention.claim(connection, "w2", NOW)
        again = retention.claim(connection, "w1", NOW)
        retention.finish(connection, "w2", NOW)
        still = retention.is_due(connection, NOW)
        retention.finish(connection, "w1", NOW)
        later = retention.is_due(connection, NIGHT - timedelta(seconds=1)), retention.is_due(connection, NIGHT)
        return [*first, other, again, still, *later, retention.claim(connection, "w2", NIGHT)]

    assert await database.transaction(work) == [True, True, False, True, True, False, True, True]


async def test_what_a_dead_worker_began_another_ends(database: Database) -> None:
    def work(connection: Connection) -> bool:
        workers.join(connection, "w2", NOW)
        assert retention.claim(connection, "gone", NOW)
        return retention.claim(connection, "w2", NOW)

    assert await database.transaction(work)


async def test_of_two_workers_that_look_together_one_begins(database: Database) -> None:
    def join(connection: Connection) -> None:
        for name in ("w1", "w2"):
            workers.join(connection, name, NOW)

    await database.transaction(join)
    begun = await asyncio.gather(
        *(database.transaction(lambda connection, name=name: retention.claim(connection, name, NOW)) for name in ("w1", "w2"))
    )  # fmt: skip
    assert sorted(begun) == [False, True]


# ---- nothing is left in the files --------------------------------------------------------------------------


def bytes_in(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir())


async def test_deleted_words_are_gone_from_the_file_and_its_log(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    database = open_database(f"sqlite+aiosqlite:///{file}")
    await migrate(database)
    words = [f"planted-{number} " + "x" * (number * 40 % 9_000) for number in range(1, 400)]
    await database.transaction(lambda connection: history.append(connection, [said(each, OLD) for each in words]))
    assert b"planted-" in bytes_in(tmp_path)
    gone = await database.transaction(lambda connection: run(connection, "history", most=50))
    await database.let_go()
    assert gone == len(words)
    assert b"planted-" not in bytes_in(tmp_path)
    await database.close()
