"""What staff write: rows of the outbox that can be taken back for a moment, and that one form makes only once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from app.store import conversations
from app.store.keys import Key
from app.store.tables import conversations as table
from app.store.tables import outbox

WRITTEN_AS = "written_as"
"""Where a stored message says whose name the customer is to see."""

_o, _c = outbox.c, table.c
_of_customer = (_o.page_id == bindparam("of_page")) & (_o.customer_id == bindparam("of_customer"))
_form = _of_customer & (_o.form_key == bindparam("of_form"))
_one = _of_customer & (_o.seq == bindparam("of_seq"))


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of `staff_id`. `form_key` is the form's own: sent again, it makes no second message."""

    key: Key
    staff_id: str
    body: Any
    form_key: str


@dataclass(frozen=True, slots=True)
class Written:
    """What became of it: `seq` is its place in line; `refused`: blocked, or who has the conversation instead (`somebody`, `bot`), or
    `other_words` where this form has said something else before. `is_new`: it was not there before."""

    seq: int = 0
    refused: str = ""
    staff_id: str = ""
    is_new: bool = False


def write(connection: Connection, reply: Reply, now: datetime, hold: timedelta) -> Written:
    """Put it in the customer's line; it leaves after `hold` at the earliest. Only who has the conversation may write."""
    at = _at(reply.key)
    conversations.lock(connection, [reply.key])
    known = connection.execute(select(_o.seq, _o.body).where(_form), {**at, "of_form": reply.form_key}).one_or_none()
    if known is not None:
        # Whoever changed the words after an answer that got lost must learn which of them left.
        return Written(known.seq, refused="" if _says_same(known.body, reply.body) else "other_words")
    row = connection.execute(select(_c.answered_by, _c.staff_id, _c.blocked_at).where(_here), at).one_or_none()
    if row is None or row.answered_by != "staff":
        return Written(refused="bot")
    if row.staff_id != reply.staff_id:
        return Written(refused="somebody", staff_id=row.staff_id or "")
    if row.blocked_at is not None:
        return Written(refused="blocked")
    place = conversations.next_seq(connection, reply.key)
    assert place is not None
    _insert(connection, reply, place, now, now + hold)
    connection.execute(update(table).where(_here).values(staff_at=now, changed_at=now), at)
    return Written(place[0], is_new=True)


def _says_same(kept: Any, body: Any) -> bool:
    """What was erased meanwhile says nothing to compare. A file is the same by its content: its address is fresh each time."""
    return not kept or all(kept.get(name) == body.get(name) for name in ("text", "content"))


_here = (_c.page_id == bindparam("of_page")) & (_c.customer_id == bindparam("of_customer"))


def _insert(connection: Connection, reply: Reply, place: tuple[int, int], now: datetime, not_before: datetime) -> None:
    connection.execute(
        insert(outbox),
        {
            "page_id": reply.key[0], "customer_id": reply.key[1], "seq": place[0], "body": reply.body,
            "written_by": "staff", "epoch": place[1], "status": "pending", "attempt": 0, "unsure": 0,
            "created_at": now, "staff_id": reply.staff_id, "form_key": reply.form_key, "not_before": not_before,
        },
    )  # fmt: skip


def take_back(connection: Connection, key: Key, seq: int, staff_id: str, now: datetime) -> bool:
    """Cancel a message of theirs that has not left, with all the pieces that it was cut into: half of it would say something else.
    False when it is too late for any of them."""
    pieces = connection.execute(
        _unsent.where(_whole(connection, key, seq), _o.staff_id == staff_id), _at(key)
    ).fetchall()
    if not pieces or any(each.status != "pending" or each.sender or each.attempt for each in pieces):
        return False
    undone = update(outbox).where(_of_customer, _o.seq.in_([each.seq for each in pieces]))
    gone = {
        "status": "cancelled",
        "reason_code": "taken_back",
        "reason": "Taken back before it was sent.",
        "settled_at": now,
    }
    connection.execute(undone.values(**gone), _at(key))
    connection.execute(update(table).where(_here).values(changed_at=now), _at(key))
    return True


_unsent = select(_o.seq, _o.status, _o.sender, _o.attempt).where(_of_customer).with_for_update()
"""Locked, so that no sender takes one between this look and its end."""


def _whole(connection: Connection, key: Key, seq: int) -> ColumnElement[bool]:
    """The rows of the message that the row of this number is a piece of: `form`, `form/1`, `form/2` (`desk/writing`)."""
    own = connection.execute(select(_o.form_key).where(_one), {**_at(key), "of_seq": seq}).scalar_one_or_none()
    if own is None:
        return _o.seq == seq
    before = own.rpartition("/")[0]
    is_piece = before and connection.execute(select(_o.seq).where(_form), {**_at(key), "of_form": before}).first()
    first = before if is_piece else own
    whole: ColumnElement[bool] = (_o.form_key == first) | _o.form_key.startswith(f"{first}/", autoescape=True)
    return whole


def find_failed(connection: Connection, key: Key, seq: int) -> Any:
    """The body of a message that failed, or None."""
    failed = select(_o.body).where(_one, _o.status == "failed")
    return connection.execute(failed, {**_at(key), "of_seq": seq}).scalar_one_or_none()


def _at(key: Key) -> dict[str, Any]:
    return {"of_page": key[0], "of_customer": key[1]}
