"""Browsers of staff that want to be told when nobody is at the desk, and notes to them that have not left."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from app.store import due, facts
from app.store.tables_tools import push_notes, push_targets

TARGETS_MAX = 10
"""Browsers of one person; the oldest one makes room."""
KEY = "push_key"

_t, _n = push_targets.c, push_notes.c


@dataclass(frozen=True, slots=True)
class Target:
    """One browser of one person. `session_id`: signed in by which it was asked for; `device`: what it calls itself."""

    id: str
    staff_id: str
    session_id: str
    endpoint: str
    public: bytes
    auth: bytes
    device: str
    language: str
    made_at: datetime


_columns = (
    _t.id, _t.staff_id, _t.session_id, _t.endpoint, _t.public, _t.auth, _t.device, _t.language, _t.made_at
)  # fmt: skip


def hold_key(connection: Connection, fresh: str, opens: Callable[[str], bool]) -> str:
    """The installation's key as it is kept; `fresh` where there was none, or it does not open any more: then nobody can be told
    who subscribed by it, and has to ask anew."""
    kept = facts.hold(connection, KEY, fresh)
    if opens(kept):
        return kept
    for target_id in list(connection.execute(select(_t.id)).scalars()):
        remove(connection, target_id)
    facts.put(connection, KEY, fresh)
    return fresh


def add(connection: Connection, target: Target) -> None:
    """From now on told; a browser that was told before belongs to who asks last."""
    mark = sha256(target.endpoint.encode()).digest()
    for known in connection.execute(select(_t.id).where(_t.mark == mark)).scalars().all():
        remove(connection, known)
    oldest_first = select(_t.id).where(_t.staff_id == target.staff_id).order_by(_t.made_at, _t.id)
    for surplus in list(connection.execute(oldest_first).scalars())[: -(TARGETS_MAX - 1)]:
        remove(connection, surplus)
    connection.execute(
        insert(push_targets).values(mark=mark, **{each.name: getattr(target, each.name) for each in _columns})
    )


def list_of(connection: Connection, staff_ids: Collection[str]) -> list[Target]:
    """The browsers of these people, the newest first."""
    chosen = select(*_columns).where(_t.staff_id.in_(staff_ids)).order_by(_t.made_at.desc(), _t.id)
    return [Target(*row) for row in connection.execute(chosen)]


def has_any(connection: Connection) -> bool:
    return connection.execute(select(_t.id).limit(1)).first() is not None


def remove(connection: Connection, target_id: str, staff_id: str = "") -> bool:
    """Told no more, if it is one of that person's (empty: whosever it is)."""
    mine = (_t.id == target_id) & (_t.staff_id == staff_id if staff_id else _t.id == target_id)
    if not connection.execute(delete(push_targets).where(mine)).rowcount:
        return False
    connection.execute(delete(push_notes).where(_n.target_id == target_id))
    return True


def end_session(connection: Connection, session_id: str) -> None:
    """Who signed out is told nothing more in that browser."""
    for target_id in list(connection.execute(select(_t.id).where(_t.session_id == session_id)).scalars()):
        remove(connection, target_id)


# ---- notes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Note:
    """`tries` counts this one too, if it is being sent."""

    id: int
    body: Any
    tries: int
    target: Target


def add_note(connection: Connection, target_id: str, body: Any, now: datetime) -> None:
    """To be sent."""
    connection.execute(insert(push_notes), {"target_id": target_id, "body": body, "tries": 0, "next_at": now})


def claim(connection: Connection, most: int, now: datetime) -> list[Note]:
    """What is due; counted before it is sent."""
    numbers = due.claim(connection, push_notes, most, now)
    if not numbers:
        return []
    joined = push_notes.join(push_targets, _t.id == _n.target_id)
    chosen: Select[Any] = select(_n.id, _n.body, _n.tries, *_columns).select_from(joined).where(_n.id.in_(numbers))
    return [Note(row[0], row[1], row[2], Target(*row[3:])) for row in connection.execute(chosen)]


def forget(connection: Connection, note_id: int) -> None:
    """It has left, or is given up."""
    connection.execute(delete(push_notes).where(_n.id == note_id))


def put_off(connection: Connection, note_id: int, until: datetime) -> None:
    """To be tried again at that moment."""
    connection.execute(update(push_notes).where(_n.id == note_id).values(next_at=until))
