"""Whether anything still has to happen: events, messages, calls, timers that are due. Reads only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, or_, select, text

from app.store.tables import calls, conversations, inbox, outbox, timers

_is_busy = select(
    or_(
        exists().where(text("inbox.status = 'new'")).select_from(inbox),
        exists().where(conversations.c.claimed_by.is_not(None)).select_from(conversations),
        exists().where(text("outbox.status IN ('pending', 'in_flight', 'unknown')")).select_from(outbox),
        exists().select_from(calls),
        exists().where(timers.c.due_at <= bindparam("moment")).select_from(timers),
    )
)


def is_at_rest(connection: Connection, now: datetime) -> bool:
    """Nothing waits, is in hand, on its way or due."""
    return not connection.execute(_is_busy, {"moment": now}).scalar_one()


def calls_are_open(connection: Connection) -> bool:
    """Whether the answer of a call is still to come."""
    return bool(connection.execute(select(exists().select_from(calls))).scalar_one())
