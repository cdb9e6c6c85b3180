"""What must hold in the database at any moment, asked of the live one: reads only, and finds the rows where it does not hold.

Every rule is one statement that gives (page_id, customer_id, number) of rows that break it: number is an event's id, a message's
place in the customer's line, or a timer's or call's id. Rules about what is done look at the newest rows alone, the others go
by partial indexes over what is open: that stays fast however much is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, bindparam, select, text

from app.store import claims, underway
from app.store.tables import inbox, timers, workers
from app.store.types import UtcTime

SHOWN_MAX = 100
"""Rows of one rule that are read: more say nothing new."""
LOOKED_AT = 200_000
"""Rows of what is done that are looked at, the newest first: under a second."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that breaks a rule."""

    page_id: str
    customer_id: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Moments:
    """Before which moment something must have come to its end: a message in flight, one in doubt, one that waits, a timer, a call."""

    flown: datetime
    doubted: datetime
    waited: datetime
    due: datetime
    called: datetime


@dataclass(frozen=True, slots=True)
class Hands:
    """Who works, and in whose names work is in hand. `beats` by worker."""

    beats: Mapping[str, int]
    owners: frozenset[str]

    @property
    def unlisted(self) -> frozenset[str]:
        """Names with work in hand that are on no list."""
        return self.owners - self.beats.keys()


@dataclass(frozen=True, slots=True)
class Clocks:
    """The database's clock (None where it has none of its own), and the newest event's arrival by the clock of who took it in."""

    database: datetime | None
    newest_event: datetime | None


_WRITTEN: Mapping[str, str] = {
    "event_state": "{events} i.status NOT IN ('new', 'done', 'ignored', 'quarantined')",
    "event_reason": "{events} i.status IN ('ignored', 'quarantined') AND coalesce(i.reason, '') = ''",
    "event_words": "{events} i.status = 'done' AND (i.body IS NOT NULL OR i.finished_at IS NULL)",
    "event_conversation": "{events} i.status = 'done' AND i.customer_id <> '' AND {no} i.page_id AND {of} i.customer_id)",
    "session_conversation": "SELECT s.page_id, s.customer_id, NULL FROM (SELECT page_id, customer_id FROM sessions"
    " LIMIT :looked_at) s WHERE {no} s.page_id AND {of} s.customer_id)",
    "timer_conversation": "{timers} t.id > :timers_after AND {no} t.page_id AND {of} t.customer_id)",
    "message_conversation": "{line} AND {no} o.page_id AND {of} o.customer_id)",
    "one_in_flight": "SELECT o.page_id, o.customer_id, max(o.seq) FROM outbox o WHERE {live} AND o.status <> 'pending'"
    " GROUP BY o.page_id, o.customer_id HAVING count(*) > 1",
    "line_order": "{line} AND EXISTS (SELECT 1 FROM outbox l WHERE l.page_id = o.page_id"
    " AND l.customer_id = o.customer_id AND l.seq > o.seq AND l.status = 'sent')",
    "line_number": "SELECT o.page_id, o.customer_id, o.seq FROM outbox o JOIN conversations c"
    " ON c.page_id = o.page_id AND c.customer_id = o.customer_id WHERE {live} AND o.seq >= c.next_seq",
    "flight_time": "{line} AND o.status = 'in_flight' AND (o.attempted_at IS NULL OR o.attempted_at < :flown)",
    "doubt_time": "{line} AND o.status = 'unknown' AND (o.attempted_at IS NULL OR o.attempted_at < :doubted)",
    "waiting_time": "{line} AND o.status = 'pending' AND o.created_at < :waited"
    " AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.page_id = o.page_id)",
    "answered_by": "SELECT c.page_id, c.customer_id, NULL FROM conversations c WHERE c.answered_by <> 'bot'"
    " AND c.answered_by NOT IN ('waiting', 'staff')",
    "timer_time": "{timers} t.due_at < :due",
    "call_time": "SELECT k.page_id, k.customer_id, k.id FROM calls k WHERE k.asked_at < :called",
}
# The words that an index is made over stand in them as there: only so it serves.
_PARTS = {
    "events": "SELECT i.page_id, i.customer_id, i.id FROM inbox i WHERE i.id > :events_after AND",
    "timers": "SELECT t.page_id, t.customer_id, t.id FROM timers t WHERE",
    "line": "SELECT o.page_id, o.customer_id, o.seq FROM outbox o WHERE o.status IN ('pending', 'in_flight', 'unknown')",
    "live": "o.status IN ('pending', 'in_flight', 'unknown')",
    "no": "NOT EXISTS (SELECT 1 FROM conversations c WHERE c.page_id =",
    "of": "c.customer_id =",
}
RULES: Mapping[str, str] = {name: statement.format(**_PARTS) for name, statement in _WRITTEN.items()}
"""Every rule's name, and the statement that finds who breaks it."""


def find_broken(connection: Connection, moments: Moments, looked_at: int | None = LOOKED_AT) -> dict[str, list[Row]]:
    """Up to SHOWN_MAX rows for each rule that is broken. `looked_at`: None looks at every row there is."""
    most = looked_at or 2**62
    values = {
        "flown": moments.flown, "doubted": moments.doubted, "waited": moments.waited, "due": moments.due,
        "called": moments.called, "looked_at": most, "most": SHOWN_MAX,
        "events_after": _newest(connection, inbox) - most, "timers_after": _newest(connection, timers) - most,
    }  # fmt: skip
    found = {name: _rows(connection, statement, values) for name, statement in RULES.items()}
    return {name: rows for name, rows in found.items() if rows}


def _rows(connection: Connection, statement: str, values: Mapping[str, object]) -> list[Row]:
    wanted = text(statement + " LIMIT :most")
    times = [bindparam(each, type_=UtcTime()) for each in Moments.__slots__ if f":{each}" in statement]
    named = {name: value for name, value in values.items() if f":{name}" in wanted.text}
    return [Row(*row) for row in connection.execute(wanted.bindparams(*times), named)]


def _newest(connection: Connection, table: Table) -> int:
    """The greatest number that the table has."""
    newest = select(table.c.id).order_by(table.c.id.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none() or 0


def read_only(connection: Connection) -> None:
    """Let this transaction change nothing, and see one moment; call it first."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    else:
        connection.execute(text("PRAGMA query_only = ON"))


def read_hands(connection: Connection) -> Hands:
    """Who works now; called twice, some seconds apart, it shows whose heart stands still."""
    beats = {row.id: row.beat for row in connection.execute(select(workers.c.id, workers.c.beat))}
    return Hands(beats, frozenset({*claims.list_claimers(connection), *underway.list_owners(connection)}))


def read_clocks(connection: Connection) -> Clocks:
    newest = select(inbox.c.received_at).order_by(inbox.c.id.desc()).limit(1)
    theirs = None
    if connection.dialect.name == "postgresql":
        theirs = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return Clocks(theirs, connection.execute(newest).scalar_one_or_none())
