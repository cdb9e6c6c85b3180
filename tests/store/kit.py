"""Rows for tests of the store, with everything that a test does not care about filled in."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from app.channel import Received
from app.engine.events import TextReceived
from app.store import claims, conversations, inbox, outbox
from app.store.claims import Claim
from app.store.conversations import AfterTurns
from app.store.inbox import NewEvent
from app.store.outbox import OutMessage
from app.store.tables import inbox as inbox_table

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
PAGE = "10001"


def key_of(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=16).digest()


def received(customer: str, text: str, name: str = "") -> Received:
    """A text of that customer; `name` tells it from another of the same words."""
    event = TextReceived(text, mid=f"m_{name or text}")
    return Received(key_of(f"{customer}/{name or text}"), PAGE, customer, event, NOW, opens_window=True)


def event(customer: str, name: str, at: datetime = NOW) -> NewEvent:
    return NewEvent(PAGE, customer, key_of(f"{customer}/{name}"), "TextReceived", {"text": name}, at, at, True)


def message(customer: str, seq: int, text: str = "hello", **values: Any) -> OutMessage:
    given: dict[str, Any] = {
        "written_by": "bot", "epoch": 0, "attempt": 0, "created_at": NOW + timedelta(seconds=seq), "attempted_at": None,
        "last_customer_at": NOW, **values,
    }  # fmt: skip
    return OutMessage(PAGE, customer, seq, {"text": text}, **given)


def claim_all(connection: Connection, worker: str = "w1", *events: NewEvent) -> list[Claim]:
    """Take the events in and the customers in hand."""
    inbox.add(connection, events)
    return claims.claim(connection, worker, 100, NOW)


def know(connection: Connection, *customers: str) -> None:
    """Make these customers' conversations, with nothing in hand."""
    made = claim_all(connection, "maker", *(event(each, "hi") for each in customers))
    conversations.save_kept(
        connection, [AfterTurns(each.page_id, each.customer_id, "bot", 0, 100, NOW) for each in made]
    )
    inbox.finish(connection, [(each.events[0].id, "done", None) for each in made], NOW)


def put(connection: Connection, *messages: OutMessage, worker: str = "w1") -> None:
    outbox.add(connection, messages, worker)


def flying(connection: Connection, customer: str, seq: int = 1, worker: str = "w1", **values: Any) -> OutMessage:
    """A message that this worker has in flight."""
    made = message(customer, seq, status="in_flight", attempt=1, attempted_at=NOW, **values)
    outbox.add(connection, [made], worker)
    return made


def status_of(connection: Connection, sent: OutMessage) -> str:
    found = outbox.find_status(connection, sent)
    return found[0] if found else "gone"


def count_by_status(connection: Connection) -> dict[str, int]:
    """How many events stand where."""
    found = connection.execute(select(inbox_table.c.status, func.count()).group_by(inbox_table.c.status))
    return {row[0]: row[1] for row in found}
