"""Events that were set aside: nobody could read them, or their turn failed again and again. Kept with their reason; can be replayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, null, select, text, update

from app.store.inbox import NewEvent
from app.store.tables import inbox

UNREADABLE = "Unreadable"
"""The kind of an item that no reader understood: its body holds what came, not an event."""

_SET_ASIDE = text("inbox.status = 'quarantined'")
"""Written out, not bound: a partial index serves only a query that says the same words."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """One event and why it was set aside."""

    id: int
    page_id: str
    kind: str
    reason: str
    received_at: datetime
    body: Any


_columns = (inbox.c.id, inbox.c.page_id, inbox.c.kind, inbox.c.reason, inbox.c.received_at, inbox.c.body)


def list_set_aside(connection: Connection, most: int) -> list[SetAside]:
    """The latest ones, newest first."""
    latest = select(*_columns).where(_SET_ASIDE).order_by(inbox.c.id.desc()).limit(most)
    return [SetAside(*row) for row in connection.execute(latest)]


def find(connection: Connection, event_id: int) -> SetAside | None:
    row = connection.execute(select(*_columns).where(_SET_ASIDE, inbox.c.id == event_id)).one_or_none()
    return SetAside(*row) if row else None


_again = {"status": "new", "reason": null(), "finished_at": null()}


def replay(connection: Connection, event_id: int) -> bool:
    """Give an event whose turn failed one more chance, at its old place in the line; False if there is none of that id."""
    here = (_SET_ASIDE, inbox.c.id == event_id, inbox.c.kind != UNREADABLE)
    return connection.execute(update(inbox).where(*here).values(**_again)).rowcount == 1


def replay_as(connection: Connection, event_id: int, event: NewEvent) -> bool:
    """Give an item that can be read by now its chance as this event; its key and place in the line stay."""
    here = (_SET_ASIDE, inbox.c.id == event_id, inbox.c.kind == UNREADABLE)
    now_read = {
        "customer_id": event.customer_id, "kind": event.kind, "body": event.body,
        "opens_window": event.opens_window, "happened_at": event.happened_at,
    }  # fmt: skip
    return connection.execute(update(inbox).where(*here).values(**_again, **now_read)).rowcount == 1
