"""Calls: requests to services, each made for one customer at a time and answered once. Makes none itself."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, insert, or_, select, update

from app.store import bulk, inbox
from app.store.inbox import NewEvent
from app.store.tables import calls, workers


@dataclass(frozen=True, slots=True)
class NewCall:
    """A request that a turn asks for; `number` is the session's own for it."""

    page_id: str
    customer_id: str
    state: str
    number: int
    request: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClaimedCall:
    """A request in this worker's hands. `tries`: workers that died over it. SQLite gives its `id` to a later one again."""

    id: int
    page_id: str
    customer_id: str
    state: str
    number: int
    request: Mapping[str, Any]
    tries: int
    asked_at: datetime


def add(connection: Connection, asked: Sequence[NewCall], now: datetime) -> None:
    rows = [
        {
            "page_id": each.page_id, "customer_id": each.customer_id, "state": each.state, "number": each.number,
            "request": dict(each.request), "status": "waiting", "worker_id": None, "tries": 0, "asked_at": now,
        }
        for each in asked
    ]  # fmt: skip
    if rows:
        bulk.run(connection, insert(calls), rows)


_earlier = calls.alias("earlier")
_waiting = (
    select(
        calls.c.id,
        calls.c.page_id,
        calls.c.customer_id,
        calls.c.state,
        calls.c.number,
        calls.c.request,
        calls.c.tries,
        calls.c.asked_at,
    )
    .where(
        calls.c.status == "waiting",
        ~exists().where(
            _earlier.c.page_id == calls.c.page_id,
            _earlier.c.customer_id == calls.c.customer_id,
            _earlier.c.id < calls.c.id,
        ),
    )
    .order_by(calls.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=calls)
)
_take = update(calls).where(calls.c.id == bindparam("call")).values(status="under_way", worker_id=bindparam("worker"))


def claim(connection: Connection, worker_id: str, most: int, held: Collection[int]) -> list[ClaimedCall]:
    """Take up to `most` calls in hand, one a customer. `held` are those this worker knows it has.

    What else stands in its name was claimed by a commit whose answer was lost: nothing of it has left, so it waits again.
    What a worker that is on no list any more had under way counts a try.
    """
    _release(connection, worker_id, held)
    found = connection.execute(_waiting, {"most": most}).fetchall()
    for row in found:
        connection.execute(_take, {"call": row.id, "worker": worker_id})
    return [ClaimedCall(*row) for row in found]


_under_way = calls.c.status == "under_way"
_lost = (
    update(calls)
    .where(
        _under_way, calls.c.worker_id == bindparam("worker"), calls.c.id.not_in(bindparam("in_hand", expanding=True))
    )
    .values(status="waiting", worker_id=None)
)
_left = (
    update(calls)
    .where(_under_way, or_(calls.c.worker_id.is_(None), calls.c.worker_id.not_in(select(workers.c.id))))
    .values(status="waiting", worker_id=None, tries=calls.c.tries + 1)
)


def _release(connection: Connection, worker_id: str, held: Collection[int]) -> None:
    connection.execute(_lost, {"worker": worker_id, "in_hand": list(held)})
    connection.execute(_left)


def finish(
    connection: Connection, worker_id: str, call: ClaimedCall, answer: tuple[str, Mapping[str, Any]], now: datetime
) -> bool:
    """The call is over: its `answer`, a result and values, becomes an inbox event.

    False, and nothing happens, if others took it over meanwhile.
    """
    gone = delete(calls).where(calls.c.id == call.id, calls.c.worker_id == worker_id, calls.c.status == "under_way")
    if not connection.execute(gone).rowcount:
        return False
    inbox.add(connection, [_event(call, *answer, now)])
    return True


def _event(call: ClaimedCall, result: str, values: Mapping[str, Any], now: datetime) -> NewEvent:
    # Not by the id alone: the table is empty between two calls, and SQLite then begins anew.
    identity = f"call/{call.page_id}/{call.customer_id}/{call.id}/{call.number}/{call.asked_at.isoformat()}"
    return NewEvent(
        page_id=call.page_id,
        customer_id=call.customer_id,
        event_key=hashlib.blake2b(identity.encode(), digest_size=16).digest(),
        kind="CallAnswered",
        body={"state": call.state, "result": result, "values": dict(values), "number": call.number},
        happened_at=now,
        received_at=now,
    )
