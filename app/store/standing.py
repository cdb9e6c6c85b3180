"""How much waits, and for how long: one look for metrics, by partial indexes alone. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from app.store import inbox as inbox_of
from app.store import timers as timers_of
from app.store.tables import conversations, inbox, outbox, workers

COUNTED_MAX = 10_000
"""Waiting events that are counted; the age says how bad it is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`events`: not handled yet, up to COUNTED_MAX. `free_since`: since when the oldest message waits for a worker to take it.

    `handoffs`: conversations that wait for a person, the first of them since `handoff_since`. `next_timer_at` may lie in the past.
    """

    events: int
    free_since: datetime | None
    handoffs: int
    handoff_since: datetime | None
    next_timer_at: datetime | None
    workers: int


def look(connection: Connection) -> Standing:
    """As it is now."""
    waiting = connection.execute(_handoffs).one()
    return Standing(
        events=connection.execute(_events).scalar_one(),
        free_since=connection.execute(_free).scalar_one_or_none(),
        handoffs=waiting[0],
        handoff_since=waiting[1],
        next_timer_at=timers_of.next_due(connection),
        workers=connection.execute(select(func.count()).select_from(workers)).scalar_one(),
    )


# Written out, not bound: a partial index serves only a query that says the same words.
_events = select(func.count()).select_from(select(inbox.c.id).where(inbox_of.NEW).limit(COUNTED_MAX).subquery())
_free = (
    select(outbox.c.created_at)
    .where(text("outbox.status = 'pending' AND outbox.sender IS NULL"))
    .order_by(outbox.c.created_at)
    .limit(1)
)
_handoffs = select(func.count(), func.min(conversations.c.handed_off_at)).where(
    text("conversations.answered_by <> 'bot'"),
    conversations.c.answered_by == "waiting",
    conversations.c.blocked_at.is_(None),
)
