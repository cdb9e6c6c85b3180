"""Whose turn it is: one worker at a time has a customer in hand, and a fence tells a late one that it lost the turn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, bindparam, null, select, tuple_, update

from app.store import bulk, inbox, keys, outbox, sessions
from app.store import conversations as conversations_of
from app.store.erase import LATE
from app.store.inbox import WaitingEvent
from app.store.keys import Key
from app.store.tables import conversations
from app.store.tables import sessions as _s
from app.store.upsert import insert_new
from app.values import value


@value
class Claim:
    """One customer in hand: the conversation and session as they are, and the events to handle, in order.

    `tries` counts earlier claims that never came to an end: a worker died or the turn failed.
    `session` is the stored form, None for a new customer. `is_blocked`: nothing of this customer is answered. `staff_id`: who has it
    at the desk.
    """

    page_id: str
    customer_id: str
    fence: int
    epoch: int
    answered_by: str
    next_seq: int
    tries: int
    last_customer_at: datetime | None
    session: Any
    events: tuple[WaitingEvent, ...]
    is_blocked: bool = False
    stopped_after: datetime | None = None
    staff_id: str | None = None

    @property
    def key(self) -> Key:
        return self.page_id, self.customer_id


WRITTEN = ("TextReceived", "AttachmentReceived")
"""Kinds of events that more of the same may follow: what is gathered. Everything else is answered at once."""


LOOK_FURTHER = 10
"""Where messages are gathered, so many times more of them are looked through for a tap that is to be answered at once."""


def claim(
    connection: Connection,
    worker_id: str,
    most: int,
    now: datetime,
    gather: timedelta = timedelta(),
    *,
    passed_over: set[Key] | None = None,
) -> list[Claim]:
    """Take customers with waiting events in hand: up to `most` events.

    `gather`: a customer who only wrote is left for so long after his first message, for more of them to come.
    `passed_over`: gets those whom another transaction has locked at this moment; nobody may look for them again by itself.

    A customer whose last claim never came to an end is claimed alone and with one event, so that an event which kills its
    worker takes nobody along and is known by its tries.
    """
    waiting = inbox.list_waiting(connection, most * LOOK_FURTHER if gather else most)
    if gather:
        ready = ((key, each) for key, each in waiting.items() if not _may_go_on_writing(each, now - gather, now))
        waiting = dict(islice(ready, most))
    if not waiting:
        return []
    rows = _load(connection, list(waiting))
    if new := _without_row(connection, [key for key in waiting if key not in rows]):
        insert_new(
            connection, conversations, [conversations_of.blank(key, now) for key in new], ("page_id", "customer_id")
        )
        rows |= _load(connection, new)
    if passed_over is not None:
        passed_over.update(waiting.keys() - rows.keys())
    ours = inbox.still_waiting(connection, {key: events for key, events in waiting.items() if key in rows})
    chosen = _choose(rows, _without_late(connection, rows, ours, now))
    if not chosen:
        return []
    taken = [{"of_page": page, "of_customer": customer, "worker": worker_id} for page, customer in chosen]
    bulk.update(connection, _take, taken)
    bodies = _sessions(connection, rows, chosen)
    return [_claim(rows[key], bodies.get(key), events) for key, events in chosen.items()]


def hold(connection: Connection, worker_id: str, claims: Sequence[Claim]) -> dict[Key, bool]:
    """Those of the claims that still stand, locked until the transaction ends, and whether something to them is under way.

    One does not stand any more when its fence, epoch or line moved: another worker was given the customer, staff took over or
    wrote.
    """
    dialect = connection.dialect.name
    ours = {claim.key: (claim.fence, claim.epoch, worker_id, claim.next_seq) for claim in claims}
    bound = keys.bound(connection, list(ours))
    held = [row[:2] for row in bulk.select(connection, _held(dialect), bound) if row[2:6] == ours[row[:2]]]
    # Read behind the lock: in the locking statement itself a message could still be under way that has arrived, and who wrote that
    # down would have looked for the next one too early.
    busy = set(bulk.select(connection, _busy(dialect), bound))
    return {key: key in busy for key in held}


def release(connection: Connection, worker_id: str, claims: Sequence[Claim], *, tried: bool) -> None:
    """Put customers back unhandled. `tried`: the turn itself failed, which counts towards quarantine."""
    statement = _release_tried if tried else _release_untried
    if claims:
        bulk.run(
            connection, statement, [{**_where(each), "worker": worker_id, "of_fence": each.fence} for each in claims]
        )


def release_all_of(connection: Connection, worker_id: str, *, tried: bool = True) -> None:
    """Put back everything a worker has in hand. `tried`: it died, perhaps of one of these events, so this counts."""
    connection.execute(_release_all_tried if tried else _release_all_untried, {"worker": worker_id})


def release_all_but(connection: Connection, worker_id: str, kept: Collection[Key]) -> None:
    """Put back everything that a worker has in hand but the claims of these customers; this counts as no try."""
    if not kept:
        release_all_of(connection, worker_id, tried=False)
        return
    others = tuple_(_c.page_id, _c.customer_id).not_in(list(kept))
    connection.execute(_release_all_untried.where(others), {"worker": worker_id})


def list_claimers(connection: Connection) -> list[str]:
    """The names in which customers are in hand."""
    return list(connection.execute(_claimers).scalars())


def _may_go_on_writing(events: Sequence[WaitingEvent], since: datetime, now: datetime) -> bool:
    first = events[0].received_at
    return first is not None and since < first <= now and all(each.kind in WRITTEN for each in events)


_Rows = Mapping[Key, tuple[Any, ...]]
_Waiting = dict[Key, list[WaitingEvent]]


def _choose(rows: _Rows, waiting: _Waiting) -> _Waiting:
    first = next(iter(waiting), None)
    if first is not None and rows[first][_TRIES]:
        return {first: waiting[first][:1]}
    return {key: events for key, events in waiting.items() if not rows[key][_TRIES]}


def _without_late(connection: Connection, rows: _Rows, events: _Waiting, now: datetime) -> _Waiting:
    """The events but those that happened before their customer had everything erased: these are at their end, unread."""
    erased_at = {key: moment for key in events if (moment := rows[key][_ERASED_AT]) is not None}
    late = [each for key, moment in erased_at.items() for each in events[key] if each.happened_at < moment]
    if not late:
        return events
    inbox.finish(connection, [(each.id, "ignored", LATE) for each in late], now)
    kept = {key: [each for each in of_customer if each not in late] for key, of_customer in events.items()}
    return {key: of_customer for key, of_customer in kept.items() if of_customer}


def _sessions(connection: Connection, rows: _Rows, wanted: Collection[Key]) -> Mapping[Key, Any]:
    """Their stored forms. Read behind the lock: in the locking statement itself they could be older than the conversations. On
    SQLite nobody else writes meanwhile, and they came along."""
    if connection.dialect.name == "sqlite":
        return {key: rows[key][_SESSION] for key in wanted}
    return sessions.find_many(connection, list(wanted))


def _claim(row: tuple[Any, ...], session: Any, events: Sequence[WaitingEvent]) -> Claim:
    page_id, customer_id, fence, epoch, answered_by, next_seq, tries, last_at, blocked_at, stopped_after, staff_id = (
        row[:11]
    )
    return Claim(
        page_id, customer_id, fence + 1, epoch, answered_by, next_seq, tries, last_at, session, tuple(events),
        blocked_at is not None, stopped_after, staff_id,
    )  # fmt: skip


def _where(claim: Claim) -> dict[str, Any]:
    return {"of_page": claim.page_id, "of_customer": claim.customer_id}


_c = conversations.c
_this = (_c.page_id == bindparam("of_page")) & (_c.customer_id == bindparam("of_customer"))
_mine = _this & (_c.claimed_by == bindparam("worker")) & (_c.fence == bindparam("of_fence"))

_claimers = select(_c.claimed_by).where(_c.claimed_by.is_not(None)).distinct()
_take = update(conversations).where(_this).values(
    claimed_by=bindparam("worker"), fence=_c.fence + 1, tries=_c.tries + 1
)  # fmt: skip
_release_tried = update(conversations).where(_mine).values(claimed_by=null())
_release_all_tried = update(conversations).where(_c.claimed_by == bindparam("worker")).values(claimed_by=null())
_release_all_untried = _release_all_tried.values(tries=_c.tries - 1)
_release_untried = update(conversations).where(_mine).values(claimed_by=null(), tries=_c.tries - 1)


def _load(connection: Connection, wanted: Sequence[Key]) -> dict[Key, tuple[Any, ...]]:
    rows = bulk.select(connection, _free(connection.dialect.name), keys.bound(connection, wanted))
    return {(row[0], row[1]): row for row in rows}


def _without_row(connection: Connection, wanted: Sequence[Key]) -> list[Key]:
    """Those of the customers who have no conversation yet; one that another worker holds is no new one, and is not waited for."""
    if not wanted:
        return []
    rows = bulk.select(connection, _known(connection.dialect.name), keys.bound(connection, wanted))
    known = {(row[0], row[1]) for row in rows}
    return [key for key in wanted if key not in known]


@lru_cache(maxsize=2)
def _known(dialect: str) -> Select[Any]:
    each, page_id, customer_id = keys.joined(dialect)
    here = (_c.page_id == page_id) & (_c.customer_id == customer_id)
    return select(_c.page_id, _c.customer_id).select_from(each.join(conversations, here))


_COLUMNS: tuple[ColumnElement[Any], ...] = (
    _c.page_id, _c.customer_id, _c.fence, _c.epoch, _c.answered_by, _c.next_seq, _c.tries, _c.last_customer_at,
    _c.blocked_at, _c.stopped_after, _c.staff_id, _c.erased_at,
)  # fmt: skip
_TRIES, _ERASED_AT, _SESSION = 6, 11, 12
"""Their places, and where SQLite has the session."""


@lru_cache(maxsize=2)
def _free(dialect: str) -> Select[Any]:
    """Conversations that no worker has in hand, locked."""
    each, page_id, customer_id = keys.joined(dialect)
    found: FromClause = each.join(conversations, (_c.page_id == page_id) & (_c.customer_id == customer_id))
    columns = _COLUMNS
    if dialect == "sqlite":
        found = found.outerjoin(_s, (_s.c.page_id == _c.page_id) & (_s.c.customer_id == _c.customer_id))
        columns += (_s.c.body,)
    return (
        select(*columns)
        .select_from(found)
        .where(_c.claimed_by.is_(None))
        .with_for_update(of=conversations, skip_locked=True)
    )


@lru_cache(maxsize=2)
def _held(dialect: str) -> Select[Any]:
    """The same conversations, whoever has them, locked in one order for everybody."""
    each, page_id, customer_id = keys.joined(dialect)
    return (
        select(_c.page_id, _c.customer_id, _c.fence, _c.epoch, _c.claimed_by, _c.next_seq)
        .select_from(each.join(conversations, (_c.page_id == page_id) & (_c.customer_id == customer_id)))
        .order_by(_c.page_id, _c.customer_id)
        .with_for_update(of=conversations)
    )


@lru_cache(maxsize=2)
def _busy(dialect: str) -> Select[Any]:
    """Those of them to whom something is under way."""
    each, page_id, customer_id = keys.joined(dialect)
    here = (_c.page_id == page_id) & (_c.customer_id == customer_id)
    return select(_c.page_id, _c.customer_id).select_from(each.join(conversations, here)).where(outbox.line_is_busy())
