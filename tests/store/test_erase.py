"""A customer who is forgotten: no words are left, and nobody else loses any."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update

from app.store import calls, history, inbox
from app.store.calls import NewCall
from app.store.database import Database
from app.store.erase import erase
from app.store.history import Said
from app.store.tables import calls as calls_table
from app.store.tables import conversations
from app.store.tables import inbox as inbox_table
from app.store.tables import outbox as outbox_table
from tests.store.kit import NOW, PAGE, event, know, message, put

ANA, BEA = (PAGE, "ana"), (PAGE, "bea")


def _speak(connection: Connection) -> None:
    know(connection, "ana", "bea")
    for customer in ("ana", "bea"):
        history.append(connection, [Said(PAGE, customer, "customer", "TextReceived", NOW, "my secret")])
        put(connection, message(customer, 101, "your secret"), message(customer, 102, "still on its way"))
        calls.add(connection, [NewCall(PAGE, customer, "find", 1, {"url": "https://api.example/secret"})], NOW)
        inbox.add(connection, [event(customer, "a secret that was set aside")])
    connection.execute(update(outbox_table).where(outbox_table.c.seq == 101).values(status="sent"))
    connection.execute(update(inbox_table).where(inbox_table.c.kind == "TextReceived").values(status="quarantined"))
    connection.execute(update(conversations).values(handoff_note="a secret", team="care"))


def _left(connection: Connection, customer: str) -> list[Any]:
    """What is left of this customer: words said, words sent, calls, events set aside, the note."""
    key = (PAGE, customer)
    lines = [line.text for line in history.transcript(connection, key)]
    waiting = connection.execute(select(calls_table.c.id).where(calls_table.c.customer_id == customer)).fetchall()
    bodies = connection.execute(
        select(inbox_table.c.body).where(inbox_table.c.customer_id == customer, inbox_table.c.body.is_not(None))
    ).fetchall()
    note = connection.execute(
        select(conversations.c.handoff_note).where(conversations.c.customer_id == customer)
    ).scalar_one()
    return [sorted(filter(None, lines)), len(waiting), len(bodies), note]


async def test_everything_with_words_of_the_customer_goes_but_a_message_on_its_way(database: Database) -> None:
    def work(connection: Connection) -> tuple[list[Any], list[Any]]:
        _speak(connection)
        erase(connection, [ANA])
        return _left(connection, "ana"), _left(connection, "bea")

    ana, bea = await database.transaction(work)
    assert ana == [["still on its way"], 0, 0, None]
    assert bea[0] == ["my secret", "still on its way", "your secret"]
    assert bea[1] == 1
    assert bea[2] > 0
    assert bea[3] == "a secret"


async def test_the_line_and_the_keys_stay(database: Database) -> None:
    def work(connection: Connection) -> tuple[int, int]:
        _speak(connection)
        erase(connection, [ANA])
        inbox.add(connection, [event("ana", "a secret that was set aside")])
        events = select(inbox_table.c.id).where(inbox_table.c.customer_id == "ana", inbox_table.c.status == "new")
        places = select(outbox_table.c.seq).where(outbox_table.c.customer_id == "ana")
        return len(connection.execute(events).fetchall()), len(connection.execute(places).fetchall())

    assert await database.transaction(work) == (0, 2)
