"""The inbox: events to handle, each taken in once, handled once, in order per customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, any_, bindparam, cast, func, null, select, text, update

from app.store import bulk
from app.store.keys import Key
from app.store.tables import conversations, inbox
from app.store.upsert import insert_new
from app.values import value

NEW = text("inbox.status = 'new'")
"""Written out, not bound: a partial index serves only a query that says the same words."""


@value
class NewEvent:
    """One row for the inbox. `status` is new, ignored or quarantined (then with a reason)."""

    page_id: str
    customer_id: str
    event_key: bytes
    kind: str
    body: Any
    happened_at: datetime
    received_at: datetime
    opens_window: bool = False
    status: str = "new"
    reason: str | None = None


@value
class WaitingEvent:
    """An event that waits for its turn."""

    id: int
    kind: str
    body: Any
    happened_at: datetime
    opens_window: bool
    received_at: datetime | None = None
    key: bytes = b""


def add(connection: Connection, events: Sequence[NewEvent]) -> None:
    """Take in events in this order; one whose key is known for its Page is passed over."""
    insert_new(connection, inbox, [_row(event) for event in events], ("page_id", "event_key"))


def is_known(connection: Connection, page_id: str, event_key: bytes) -> bool:
    """Whether an event of that key was taken in before."""
    known = select(inbox.c.id).where(inbox.c.page_id == page_id, inbox.c.event_key == event_key)
    return connection.execute(known).first() is not None


def _row(event: NewEvent) -> dict[str, Any]:
    return {
        "page_id": event.page_id,
        "customer_id": event.customer_id,
        "event_key": event.event_key,
        "kind": event.kind,
        "body": event.body,
        "status": event.status,
        "reason": event.reason,
        "opens_window": event.opens_window,
        "happened_at": event.happened_at,
        "received_at": event.received_at,
    }


_waiting = (
    select(
        inbox.c.page_id, inbox.c.customer_id, inbox.c.id, inbox.c.kind, inbox.c.body,
        inbox.c.happened_at, inbox.c.opens_window, inbox.c.received_at, inbox.c.event_key,
    )
    .outerjoin(
        conversations,
        (conversations.c.page_id == inbox.c.page_id) & (conversations.c.customer_id == inbox.c.customer_id),
    )
    .where(NEW, conversations.c.claimed_by.is_(None))
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
)  # fmt: skip


def list_waiting(connection: Connection, most: int) -> dict[Key, list[WaitingEvent]]:
    """The oldest waiting events of customers whom no worker has in hand, by customer, oldest customer first.

    Nothing is locked: on PostgreSQL another worker may be about to take them. Lock the conversations, then ask `still_waiting`.
    """
    found: dict[Key, list[WaitingEvent]] = {}
    for page_id, customer_id, *event in bulk.select(connection, _waiting, {"most": most}):
        found.setdefault((page_id, customer_id), []).append(WaitingEvent(*event))
    return found


_still_new = select(inbox.c.id).where(NEW, inbox.c.id == any_(cast(bindparam("event_ids"), ARRAY(BigInteger))))
"""One value for any number of them: else each number would be a statement of its own, prepared anew and never met again."""


def still_waiting(connection: Connection, waiting: dict[Key, list[WaitingEvent]]) -> dict[Key, list[WaitingEvent]]:
    """The same without events that another worker handled since they were listed."""
    if connection.dialect.name == "sqlite" or not waiting:
        return waiting  # one writer: nobody else did anything meanwhile
    ids = [event.id for events in waiting.values() for event in events]
    new = {each for (each,) in bulk.select(connection, _still_new, {"event_ids": ids})}
    left = {key: [event for event in events if event.id in new] for key, events in waiting.items()}
    return {key: events for key, events in left.items() if events}


_finish = (
    update(inbox)
    .where(inbox.c.id == bindparam("event_id"))
    .values(status=bindparam("new_status"), reason=bindparam("why"), finished_at=bindparam("at"), body=null())
)
_set_aside = (
    update(inbox)
    .where(inbox.c.id == bindparam("event_id"))
    .values(status="quarantined", reason=bindparam("why"), finished_at=bindparam("at"))
)


def finish(connection: Connection, finished: Sequence[tuple[int, str, str | None]], now: datetime) -> None:
    """Mark events (id, done or ignored, reason) as handled and drop their bodies."""
    if finished:
        bulk.run(
            connection,
            _finish,
            [{"event_id": each, "new_status": status, "why": why, "at": now} for each, status, why in finished],
        )


def quarantine(connection: Connection, event_id: int, reason: str, now: datetime) -> None:
    """Set an event aside with its body: visible, and it can be replayed."""
    connection.execute(_set_aside, {"event_id": event_id, "why": reason, "at": now})


_forget_set_aside = (
    update(inbox)
    .where(
        inbox.c.page_id == bindparam("of_page"),
        inbox.c.event_key == bindparam("of_key"),
        text("inbox.status = 'quarantined'"),
    )
    .values(status="ignored", reason="taken back", body=null())
)


def forget_set_aside(connection: Connection, keys: Sequence[tuple[str, bytes]]) -> None:
    """Keep no longer what was set aside and is taken back by now: (Page, key of the event)."""
    if keys:
        bulk.run(connection, _forget_set_aside, [{"of_page": page, "of_key": key} for page, key in keys])


def oldest_waiting_at(connection: Connection) -> datetime | None:
    """When the oldest event came in that is not handled yet."""
    return connection.execute(_oldest).scalar_one_or_none()


_oldest = select(inbox.c.received_at).where(NEW).order_by(inbox.c.id).limit(1)


def find_ends(connection: Connection) -> tuple[int | None, int]:
    """The numbers of the oldest event that is not handled yet, and of the newest of all."""
    oldest, newest = connection.execute(_ends).one()
    return oldest, newest or 0


_ends = select(
    select(inbox.c.id).where(NEW).order_by(inbox.c.id).limit(1).scalar_subquery(),
    select(func.max(inbox.c.id)).scalar_subquery(),
)


def count_quarantined(connection: Connection) -> int:
    """How many events were set aside and wait for somebody to look."""
    return int(connection.execute(_quarantined).scalar_one())


_quarantined = select(func.count()).select_from(inbox).where(text("inbox.status = 'quarantined'"))


def forget_before(connection: Connection, moment: datetime, most: int, after: int = 0) -> int | None:
    """Of the `most` oldest events behind number `after`, delete those that are handled and came before `moment`.

    Gives the number to go on behind; None when it came to events that are younger, or to the end.
    """
    looked = (
        select(inbox.c.id, inbox.c.status, inbox.c.received_at)
        .where(inbox.c.id > after)
        .order_by(inbox.c.id)
        .limit(most)
    )
    rows = connection.execute(looked).fetchall()
    old = [each for each, status, at in rows if status != "new" and at < moment]
    if old:
        connection.execute(inbox.delete().where(inbox.c.id == bindparam("event_id")), [{"event_id": i} for i in old])
    is_end = len(rows) < most or rows[-1].received_at >= moment
    return None if is_end else int(rows[-1].id)
