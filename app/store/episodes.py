"""Episodes: each time that staff were wanted for a customer, why, who came, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from app.store.keys import Key
from app.store.tables_desk import episodes

_e = episodes.c
_of_customer = (_e.page_id == bindparam("of_page")) & (_e.customer_id == bindparam("of_customer"))
_open = _of_customer & _e.ended_at.is_(None)


@dataclass(frozen=True, slots=True)
class Why:
    """Who wanted staff (bot, staff, page_inbox); of a handoff its state, note and team."""

    came_by: str
    reason: str = ""
    note: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Episode:
    """One of them; `ended_at` is None as long as it lasts."""

    id: int
    came_by: str
    reason: str | None
    note: str | None
    team: str | None
    taken_by: str | None
    how: str | None
    began_at: datetime
    taken_at: datetime | None
    ended_at: datetime | None


def start(connection: Connection, key: Key, why: Why, now: datetime) -> None:
    """Staff are wanted. One that lasts already is told of the newer handoff, and by anybody else left as it is."""
    told = {"reason": why.reason or None, "note": why.note or None, "team": why.team or None}
    if find_open(connection, key) is None:
        row = {"page_id": key[0], "customer_id": key[1], "came_by": why.came_by, "began_at": now, **told}
        connection.execute(insert(episodes), row)
    elif why.came_by == "bot":
        connection.execute(update(episodes).where(_open).values(**told), _at(key))


def take(connection: Connection, key: Key, staff_id: str, now: datetime) -> None:
    """Somebody came: the first who does is kept."""
    start(connection, key, Why("staff"), now)
    first = update(episodes).where(_open, _e.taken_at.is_(None)).values(taken_by=staff_id, taken_at=now)
    connection.execute(first, _at(key))


def end(connection: Connection, key: Key, how: str, now: datetime) -> None:
    """It is over: resolved, handed_back or withdrawn. Nothing happens when none lasts."""
    connection.execute(update(episodes).where(_open).values(how=how, ended_at=now), _at(key))


def find_open(connection: Connection, key: Key) -> int | None:
    """The number of the one that lasts."""
    return connection.execute(select(_e.id).where(_open).limit(1), _at(key)).scalar_one_or_none()


def list_latest(connection: Connection, key: Key, most: int) -> Sequence[Episode]:
    """The latest of this customer, newest first."""
    columns = (
        _e.id, _e.came_by, _e.reason, _e.note, _e.team, _e.taken_by, _e.how, _e.began_at, _e.taken_at, _e.ended_at,
    )  # fmt: skip
    rows = connection.execute(select(*columns).where(_of_customer).order_by(_e.id.desc()).limit(most), _at(key))
    return [Episode(*tuple(row)) for row in rows]


def _at(key: Key) -> dict[str, str]:
    return {"of_page": key[0], "of_customer": key[1]}
