"""Takes what is due out of a table of things to send: each row has a number `id`, its `tries` and when the next is due, `next_at`."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, select, update

TRY_SECONDS = 120.0
"""How long nobody else sends what is being sent: longer than a mail server or a push service may take. Then its process has died."""


def claim(connection: Connection, table: Table, most: int, now: datetime) -> list[int]:
    """The numbers of what is due, the longest due first; counted as a try before it is sent."""
    c = table.c
    due = select(c.id).where(c.next_at <= now).order_by(c.next_at).limit(most).with_for_update(skip_locked=True)
    numbers = list(connection.execute(due).scalars())
    if numbers:
        until = now + timedelta(seconds=TRY_SECONDS)
        connection.execute(update(table).where(c.id.in_(numbers)).values(tries=c.tries + 1, next_at=until))
    return numbers
