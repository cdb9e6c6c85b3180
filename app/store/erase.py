"""Forgets customers: what they said, what we said, what waits. Their place in line and the keys of their events stay.

Keys are hashes and numbers; without them a webhook that comes again would be answered again. `conversations.erased_at` is the
tombstone: what happened before it and comes late is known and not kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Executable, Select, bindparam, delete, null, select, text, update

from app.store import bulk, conversations, keys
from app.store.inbox import NewEvent
from app.store.keys import Key
from app.store.tables import ERASED, LIVE, calls, history, inbox, outbox, sessions, suggestions, timers
from app.store.tables import conversations as conversations_table
from app.store.tables_desk import episodes, files, looks, mentions, notes
from app.store.tables_questions import questions
from app.store.tables_tools import alarmed, callbacks, deliveries
from app.store.upsert import insert_new
from app.store.void import unsent

LATE = "It happened before everything of the customer was erased."
"""Why an event was not kept."""

_c, _o = conversations_table.c, outbox.c


def erase(connection: Connection, wishes: Sequence[tuple[Key, datetime]]) -> None:
    """Forget these customers in the middle of a turn, each at the moment of his wish: everything but the session, which the turn
    writes, and the events that wait, which came after it."""
    for statement in _words if wishes else ():
        bulk.run(connection, statement, [_at(key, moment) for key, moment in wishes])


@dataclass(frozen=True, slots=True)
class Erased:
    """What was removed: lines of the customer and of ours, events that waited or were set aside, whether there was a session."""

    said: int = 0
    sent: int = 0
    events: int = 0
    sessions: int = 0


def erase_whole(connection: Connection, key: Key, now: datetime) -> Erased:
    """Forget a customer altogether: the next message begins a new conversation. A turn that is being taken never happened."""
    insert_new(connection, conversations_table, [conversations.blank(key, now)], ("page_id", "customer_id"))
    conversations.lock(connection, [key])
    at = _at(key, now)
    counts = {name: connection.execute(statement, at).rowcount for name, statement in _whole}
    for statement in _words:
        connection.execute(statement, at)
    connection.execute(_anew, at)
    return Erased(
        counts["said"], counts["sent"] + counts["pending"], counts["new"] + counts["set_aside"], counts["session"]
    )


def _at(key: Key, moment: datetime) -> dict[str, Any]:
    return {"of_page": key[0], "of_customer": key[1], "moment": moment}


def _of(table: Any) -> Any:
    return (table.c.page_id == bindparam("of_page")) & (table.c.customer_id == bindparam("of_customer"))


_forget_said = delete(history).where(_of(history))
_blank_sent = update(outbox).where(_of(outbox), text(f"NOT ({LIVE})"), _o.body != {}).values(body={}, reason=null())


_cancel_pending = (
    update(outbox)
    .where(_of(outbox), text("outbox.status = 'pending'"))
    .values(
        **unsent("erased", "Everything of the customer was erased before this was sent."),
        settled_at=bindparam("moment"),
        body={},
    )
)


_page_of_event = inbox.c.page_id.concat("")
"""The Page's id, so that no index by Page is taken: SQLite would go through every event of the Page instead of those that wait."""


def _blank_events(status: str) -> Executable:
    # Written out, not bound: a partial index serves only a query that says the same words.
    return (
        update(inbox)
        .where(
            _page_of_event == bindparam("of_page"),
            inbox.c.customer_id == bindparam("of_customer"),
            text(f"inbox.status = '{status}'"),
        )
        .values(status="ignored", reason="erased at the customer's wish", body=null(), finished_at=bindparam("moment"))
    )


_words: tuple[Executable, ...] = (
    _forget_said,
    _blank_sent,
    _cancel_pending,
    # On its way: whoever sends it has its words in hand. They go when it comes to its end.
    update(outbox).where(_of(outbox), text("outbox.status IN ('in_flight', 'unknown')")).values(epoch=ERASED),
    _blank_events("quarantined"),
    delete(questions).where(_of(questions)),
    delete(calls).where(_of(calls)),
    delete(timers).where(_of(timers)),
    delete(suggestions).where(_of(suggestions)),
    update(conversations_table)
    .where(_of(conversations_table))
    .values(
        team=null(), handoff_reason=null(), handoff_note=null(), customer_name=null(), erased_at=bindparam("moment"),
        changed_at=bindparam("moment"),
    ),
    # What staff noted of the customer, what they sent, and what other programs were to be told.
    *(
        delete(table).where(_of(table))
        for table in (mentions, notes, episodes, looks, files, callbacks, alarmed, deliveries)
    ),
)  # fmt: skip
_whole: tuple[tuple[str, Any], ...] = (
    ("said", _forget_said),
    ("sent", _blank_sent),
    ("pending", _cancel_pending),
    ("new", _blank_events("new")),
    ("set_aside", _blank_events("quarantined")),
    ("session", delete(sessions).where(_of(sessions))),
)
_anew = (
    update(conversations_table)
    .where(_of(conversations_table))
    .values(
        # A turn that has it in hand finds another fence and epoch, and writes nothing.
        answered_by="bot", epoch=_c.epoch + 1, fence=_c.fence + 1, claimed_by=null(), tries=0, handed_off_at=null(),
        resolved_at=null(), last_customer_at=null(), delivered_until=null(), read_until=null(), staff_id=null(),
        staff_at=null(),
    )
)  # fmt: skip


# ---- who is known ------------------------------------------------------------------------------------------


def find_pages(connection: Connection, customer_id: str, pages: Sequence[str] | None = None) -> list[str]:
    """The Pages, of all or of these, to which a customer of that id is known. Of all it takes a look at every conversation."""
    found: set[str] = set()
    for page, is_theirs in _known:
        known = select(page).where(is_theirs)
        here = known if pages is None else known.where(page.in_(pages))
        found.update(connection.execute(here, {"of_customer": customer_id}).scalars())
    return sorted(found)


_known: tuple[tuple[Any, Any], ...] = (
    (_c.page_id, _c.customer_id == bindparam("of_customer")),
    *(
        (_page_of_event, (inbox.c.customer_id == bindparam("of_customer")) & text(f"inbox.status = '{status}'"))
        for status in ("new", "quarantined")
    ),
)


# ---- what comes late ---------------------------------------------------------------------------------------


def without_late(connection: Connection, events: Sequence[NewEvent]) -> list[NewEvent]:
    """The same; those that are set aside on arrival, and so never come to a turn, without their bodies where they come late."""
    wanted = sorted({key for event in events if (key := _set_aside_of(event))})
    if not wanted:
        return list(events)
    rows = bulk.select(connection, _tombstones(connection.dialect.name), keys.bound(connection, wanted))
    erased_at = {(page, customer): moment for page, customer, moment in rows}
    return [_kept(event, erased_at) for event in events]


def _set_aside_of(event: NewEvent) -> Key | None:
    is_somebodys = event.status == "quarantined" and event.customer_id
    return (event.page_id, event.customer_id) if is_somebodys else None


def _kept(event: NewEvent, erased_at: Mapping[Key, datetime]) -> NewEvent:
    key = _set_aside_of(event)
    is_late = key is not None and key in erased_at and event.happened_at < erased_at[key]
    return replace(event, status="ignored", reason=LATE, body=None) if is_late else event


@lru_cache(maxsize=2)
def _tombstones(dialect: str) -> Select[Any]:
    each, page_id, customer_id = keys.joined(dialect)
    here = (_c.page_id == page_id) & (_c.customer_id == customer_id)
    columns = (_c.page_id, _c.customer_id, _c.erased_at)
    return select(*columns).select_from(each.join(conversations_table, here)).where(_c.erased_at.is_not(None))
