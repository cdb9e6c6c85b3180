"""Sessions: each customer's place in the flow, in its stored form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.store.keys import Key
from app.store.tables import sessions
from app.store.upsert import insert_or_change


def save(connection: Connection, changed: Sequence[tuple[Key, Any, str]], now: datetime) -> None:
    """Keep these sessions: (customer, stored form, the revision of the flow that moved it)."""
    rows = [
        {"page_id": key[0], "customer_id": key[1], "body": body, "revision": revision, "updated_at": now}
        for key, body, revision in changed
    ]
    insert_or_change(connection, sessions, rows, ("page_id", "customer_id"))


def find(connection: Connection, key: Key) -> Any:
    """The stored form of that customer's session, or None."""
    here = (sessions.c.page_id == key[0]) & (sessions.c.customer_id == key[1])
    return connection.execute(select(sessions.c.body).where(here)).scalar_one_or_none()
