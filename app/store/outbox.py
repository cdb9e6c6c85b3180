"""The outbox: messages to customers, in order for each, and what became of them. The one exit of the house.

    pending -> in_flight(attempt n) -> sent | failed | unknown | pending
    unknown -> sent | in_flight(n + 1)          pending -> cancelled, or failed where an earlier attempt may have arrived
Every change compares status, attempt and sender first; an echo may move any live row to sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    exists,
    func,
    insert,
    null,
    or_,
    select,
    text,
    update,
)  # fmt: skip

from app.store import bulk, keys
from app.store.keys import Key
from app.store.tables import conversations, outbox
from app.store.types import JsonText
from app.store.void import BODY_UNLESS_ERASED, OF_CONVERSATION, VOID, cancel
from app.values import value

_o, _c = outbox.c, conversations.c
_earlier = outbox.alias("earlier")
_this = (
    (_o.page_id == bindparam("of_page"))
    & (_o.customer_id == bindparam("of_customer"))
    & (_o.seq == bindparam("of_seq"))
)
# Written out, not bound: a partial index serves only a query that says the same words.
_LIVE = text("outbox.status IN ('pending', 'in_flight', 'unknown')")
_EARLIER_LIVE = text("earlier.status IN ('pending', 'in_flight', 'unknown')")
_FREE = text("outbox.status = 'pending' AND outbox.sender IS NULL")


@value
class OutMessage:
    """One message on its way.

    `attempt` counts requests, `unsure` those of them whose fate nobody knew. `epoch` is the conversation's when it was written.
    """

    page_id: str
    customer_id: str
    seq: int
    body: Any
    written_by: str
    epoch: int
    attempt: int
    created_at: datetime
    attempted_at: datetime | None
    last_customer_at: datetime | None
    status: str = "pending"
    unsure: int = 0
    stopped_after: datetime | None = None

    @property
    def key(self) -> Key:
        return self.page_id, self.customer_id


# ---- in ----------------------------------------------------------------------------------------------------


_insert = insert(outbox)


def add(connection: Connection, messages: Sequence[OutMessage], worker_id: str) -> None:
    """Put messages in their customers' lines. One that is `in_flight` already belongs to this worker, which sends it next."""
    if messages:
        bulk.run(connection, _insert, [_row(message, worker_id) for message in messages])


def _row(message: OutMessage, worker_id: str) -> dict[str, Any]:
    return {
        "page_id": message.page_id, "customer_id": message.customer_id, "seq": message.seq, "body": message.body,
        "written_by": message.written_by, "epoch": message.epoch, "status": message.status, "attempt": message.attempt,
        "unsure": message.unsure, "sender": worker_id if message.status == "in_flight" else None,
        "attempted_at": message.attempted_at, "created_at": message.created_at,
    }  # fmt: skip


def line_is_busy() -> ColumnElement[bool]:
    """Whether the line of the conversation in the same statement holds a message that is not at an end."""
    return exists().where(_earlier.c.page_id == _c.page_id, _earlier.c.customer_id == _c.customer_id, _EARLIER_LIVE)


# ---- to the sender -----------------------------------------------------------------------------------------

COLUMNS = (
    _o.page_id, _o.customer_id, _o.seq, _o.body, _o.written_by, _o.epoch, _o.attempt, _o.created_at,
    _o.attempted_at, _c.last_customer_at, _o.status, _o.unsure, _c.stopped_after,
)  # fmt: skip
_may_leave = or_(
    _o.not_before.is_(None),
    _o.not_before <= bindparam("now", type_=_o.not_before.type),
    _o.not_before > bindparam("too_far", type_=_o.not_before.type),
)
"""Staff can take a message back for a moment."""
UNDO_MAX = timedelta(minutes=2)
"""Longer than that moment: where more is left of it, the clock has been set back since, and nothing waits until it has caught up."""
_first_in_line = ~exists().where(
    _earlier.c.page_id == _o.page_id, _earlier.c.customer_id == _o.customer_id, _earlier.c.seq < _o.seq, _EARLIER_LIVE
)


def claim_free(
    connection: Connection, worker_id: str, most: int, now: datetime, parked: Sequence[str] = ()
) -> list[OutMessage]:
    """Take up to `most` messages in flight that nobody has and that are first in line, of Pages that are not `parked`."""
    bound = {"most": most, "parked": list(parked) or [""], "now": now, "too_far": now + UNDO_MAX}
    rows = connection.execute(_free_heads, bound).fetchall()
    return _take_off(connection, worker_id, rows, now)


def claim_next(connection: Connection, worker_id: str, wanted: Sequence[Key], now: datetime) -> list[OutMessage]:
    """Take the next messages of these customers in flight, where nobody has one and nothing before it is unsettled."""
    if not wanted:
        return []
    each_once = sorted(set(wanted))  # a customer named twice would be sent the same message twice
    bound = {**keys.bound(connection, each_once), "now": now, "too_far": now + UNDO_MAX}
    rows = bulk.select(connection, _next_heads(connection.dialect.name), bound)
    return _take_off(connection, worker_id, rows, now)


_free_heads = (
    select(*COLUMNS, VOID.label("void"))
    .select_from(outbox.join(conversations, OF_CONVERSATION))
    .where(_FREE, _may_leave, _first_in_line, _o.page_id.not_in(bindparam("parked", expanding=True)))
    .order_by(_o.created_at)
    .limit(bindparam("most"))
    .with_for_update(of=[outbox, conversations], skip_locked=True)
)


@lru_cache(maxsize=2)
def _next_heads(dialect: str) -> Select[Any]:
    each, page_id, customer_id = keys.joined(dialect)
    here = (_o.page_id == page_id) & (_o.customer_id == customer_id)
    return (
        select(*COLUMNS, VOID.label("void"))
        .select_from(each.join(outbox, here).join(conversations, OF_CONVERSATION))
        .where(_LIVE, _FREE, _may_leave, _first_in_line)
        .with_for_update(of=[outbox, conversations], skip_locked=True)
    )


_fly = (
    update(outbox)
    .where(_this)
    .values(
        status="in_flight", attempt=_o.attempt + 1, sender=bindparam("worker"), attempted_at=bindparam("at")
    )
)  # fmt: skip


def _take_off(connection: Connection, worker_id: str, rows: Sequence[Any], now: datetime) -> list[OutMessage]:
    """The rows as messages in flight, their attempt counted before the request leaves; what staff made void is cancelled."""
    if void := [row for row in rows if row[-1]]:
        cancel(connection, [(row[0], row[1]) for row in void], now)
    going = [OutMessage(*row[:-1]) for row in rows if not row[-1]]
    if not going:
        return []
    bulk.update(connection, _fly, [{**_at(message), "worker": worker_id, "at": now} for message in going])
    return [_flying(message, now) for message in going]


def _flying(message: OutMessage, now: datetime) -> OutMessage:
    return replace(message, attempt=message.attempt + 1, attempted_at=now, status="in_flight")


def attempt_of(message: OutMessage, worker_id: str) -> dict[str, Any]:
    """This very attempt of this worker."""
    return {
        "of_page": message.page_id, "of_customer": message.customer_id, "of_seq": message.seq,
        "of_attempt": message.attempt, "of_moment": message.attempted_at, "worker": worker_id,
    }  # fmt: skip


def _at(message: OutMessage) -> dict[str, Any]:
    return {"of_page": message.page_id, "of_customer": message.customer_id, "of_seq": message.seq}


# ---- what became of it -------------------------------------------------------------------------------------


@value
class Result:
    """What became of an attempt.

    `status`: sent, failed, unknown, pending (again later). `keep`: this worker sees to it itself, after `wait_seconds` at least.
    `counts`: it was a try. `body`: what is sent in its place from now on, if that changed.
    """

    message: OutMessage
    status: str
    mid: str | None = None
    reason_code: str | None = None
    reason: str | None = None
    keep: bool = False
    counts: bool = True
    wait_seconds: float = 0.0
    body: Any = None


# The moment tells apart two attempts of the same number: one that was kept back does not count.
THIS_ATTEMPT = (
    _this
    & (_o.attempt == bindparam("of_attempt"))
    & (_o.attempted_at == bindparam("of_moment"))
    & (_o.sender == bindparam("worker"))
)
_ended = (
    update(outbox)
    .where(THIS_ATTEMPT, _LIVE)
    .values(
        status=bindparam("new_status"),
        body=BODY_UNLESS_ERASED,
        mid=bindparam("new_mid"),
        reason_code=bindparam("code"),
        reason=bindparam("why"),
        settled_at=bindparam("at"),
    )
)
_not_ended = (
    update(outbox)
    .where(THIS_ATTEMPT, _LIVE)
    .values(
        status=bindparam("new_status"),
        sender=bindparam("new_sender"),
        attempt=bindparam("new_attempt"),
        unsure=bindparam("new_unsure"),
        reason_code=bindparam("code"),
        reason=bindparam("why"),
    )
)


_reworded = update(outbox).where(THIS_ATTEMPT, _LIVE).values(body=bindparam("other", type_=JsonText))


def record(connection: Connection, worker_id: str, results: Sequence[Result], now: datetime) -> None:
    """Write down what became of attempts of this worker. One that an echo or another worker settled meanwhile stays as it is."""
    ended, open_ = [], []
    for result in results:
        row = attempt_of(result.message, worker_id)
        row |= {"new_status": result.status, "code": result.reason_code, "why": result.reason}
        if result.status in ("sent", "failed"):
            ended.append(row | {"new_mid": result.mid, "at": now})
        else:
            open_.append(row | _open_values(result, worker_id))
    if reworded := [result for result in results if result.body is not None]:
        bulk.update(connection, _reworded, [{**attempt_of(r.message, worker_id), "other": r.body} for r in reworded])
    if ended:
        bulk.update(connection, _ended, ended)
    if open_:
        bulk.update(connection, _not_ended, open_)


def _open_values(result: Result, worker_id: str) -> dict[str, Any]:
    return {
        "new_sender": worker_id if result.keep else None,
        "new_attempt": result.message.attempt - (not result.counts),
        "new_unsure": result.message.unsure + (result.status == "unknown"),
    }


_one_of_mine = (
    select(*COLUMNS, VOID.label("void"))
    .select_from(outbox.join(conversations, OF_CONVERSATION))
    .where(THIS_ATTEMPT, _LIVE)
    .with_for_update(of=[outbox, conversations])
)


def take_again(
    connection: Connection, worker_id: str, messages: Sequence[OutMessage], now: datetime
) -> list[OutMessage]:
    """Take messages of this worker in flight once more, those that nobody settled meanwhile; what is void by now is cancelled."""
    rows: list[Any] = []
    for message in sorted(messages, key=lambda each: each.key):
        rows += connection.execute(_one_of_mine, attempt_of(message, worker_id)).fetchall()
    # An unknown one may have reached the customer: it is settled, never cancelled as if it had not left.
    certain = [row for row in rows if row.status == "pending"]
    return _take_off(connection, worker_id, certain, now) + _take_off_unknown(connection, worker_id, rows, now)


def _take_off_unknown(connection: Connection, worker_id: str, rows: Sequence[Any], now: datetime) -> list[OutMessage]:
    unknown = [row for row in rows if row.status == "unknown"]
    void = [OutMessage(*row[:-1]) for row in unknown if row.void]
    why = "It may not have arrived, and is void by now."
    record(connection, worker_id, [Result(each, "failed", reason_code="unknown", reason=why) for each in void], now)
    going = [OutMessage(*row[:-1]) for row in unknown if not row.void]
    if going:
        bulk.update(connection, _fly, [{**_at(message), "worker": worker_id, "at": now} for message in going])
    return [_flying(message, now) for message in going]


@dataclass(frozen=True, slots=True)
class EchoOf:
    """Our message `seq` to that customer came back from the channel as `mid`."""

    page_id: str
    customer_id: str
    seq: int
    mid: str


_echoed = (
    update(outbox)
    .where(_this, _LIVE)
    .values(
        status="sent",
        mid=bindparam("new_mid"),
        settled_at=bindparam("at"),
        reason_code=null(),
        reason=null(),
        body=BODY_UNLESS_ERASED,
    )
)


def settle_by_echo(connection: Connection, echoes: Sequence[EchoOf], now: datetime) -> bool:
    """Our own messages came back: they were sent, whatever we knew of them. Whether that was news (true where nobody can say)."""
    if not echoes:
        return False
    # Of one message that came back twice the first echo counts.
    each_once = {(e.page_id, e.customer_id, e.seq): e.mid for e in reversed(echoes)}
    rows = [
        {"of_page": page_id, "of_customer": customer_id, "of_seq": seq, "new_mid": mid, "at": now}
        for (page_id, customer_id, seq), mid in sorted(each_once.items())
    ]
    return bulk.update(connection, _echoed, rows) != 0


def find_places(connection: Connection, key: Key, mids: Sequence[str]) -> dict[str, int]:
    """Which of the channel's ids belong to messages of ours already, with their places in the customer's line."""
    here = (_o.page_id == key[0]) & (_o.customer_id == key[1]) & _o.mid.in_(list(mids))
    return {row.mid: row.seq for row in connection.execute(select(_o.mid, _o.seq).where(here))}


def find_status(connection: Connection, message: OutMessage) -> tuple[str, str | None] | None:
    """(status, mid) of a message as it stands, or None if it is gone."""
    row = connection.execute(select(_o.status, _o.mid).where(_this), _at(message)).one_or_none()
    return (row[0], row[1]) if row else None


def count_live(connection: Connection) -> dict[str, int]:
    """How many live messages stand where."""
    counts = select(_o.status, func.count()).where(_LIVE).group_by(_o.status)
    return {row[0]: row[1] for row in connection.execute(counts)}
