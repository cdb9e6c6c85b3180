"""Timers: moments at which a session hears that time has passed. A timer that is due becomes an inbox event, once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from app.store import bulk, inbox
from app.store.inbox import NewEvent
from app.store.keys import Key
from app.store.tables import timers
from app.store.upsert import insert_or_change

_ONE = ("page_id", "customer_id", "state", "name")


@dataclass(frozen=True, slots=True)
class NewTimer:
    """One timer of one customer; a new one of the same state and name takes the old one's place."""

    page_id: str
    customer_id: str
    state: str
    name: str
    due_at: datetime


def start(connection: Connection, started: Sequence[NewTimer]) -> None:
    rows = [
        {"page_id": t.page_id, "customer_id": t.customer_id, "state": t.state, "name": t.name, "due_at": t.due_at}
        for t in started
    ]
    insert_or_change(connection, timers, rows, _ONE)


_of_customer = delete(timers).where(
    timers.c.page_id == bindparam("of_page"), timers.c.customer_id == bindparam("of_customer")
)


def stop_all(connection: Connection, customers: Sequence[Key]) -> None:
    """Forget every timer of these customers."""
    if customers:
        bulk.run(connection, _of_customer, [{"of_page": page, "of_customer": each} for page, each in customers])


_due = (
    select(timers.c.id, timers.c.page_id, timers.c.customer_id, timers.c.state, timers.c.name, timers.c.due_at)
    .where(timers.c.due_at <= bindparam("moment"))
    .order_by(timers.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def fire_due(connection: Connection, now: datetime, most: int) -> int:
    """Turn up to `most` timers that are due into inbox events; how many."""
    due = connection.execute(_due, {"moment": now, "most": most}).fetchall()
    if due:
        inbox.add(connection, [_event(row, now) for row in due])
        connection.execute(
            delete(timers).where(timers.c.id == bindparam("timer_id")), [{"timer_id": r.id} for r in due]
        )
    return len(due)


_next = select(timers.c.due_at).order_by(timers.c.due_at).limit(1)


def next_due(connection: Connection) -> datetime | None:
    """The moment of the timer that is due first, or None."""
    return connection.execute(_next).scalar_one_or_none()


def _event(row: Any, now: datetime) -> NewEvent:
    identity = f"timer/{row.page_id}/{row.customer_id}/{row.id}/{row.due_at.isoformat()}"
    return NewEvent(
        page_id=row.page_id,
        customer_id=row.customer_id,
        event_key=hashlib.blake2b(identity.encode(), digest_size=16).digest(),
        kind="WaitTimedOut",
        body={"state": row.state, "name": row.name},
        happened_at=row.due_at,
        received_at=now,
    )
