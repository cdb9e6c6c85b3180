"""Who is signed in where. A token is kept as its hash only; a session that ended is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import Connection, delete, func, insert, select, update

from app.store.staff_tables import staff_sessions

Stage = Literal["password", "whole"]


@dataclass(frozen=True, slots=True)
class Session:
    """One browser of one person. stage: `password` while the second factor is missing. `proved_at`: the password was typed here."""

    id: str
    staff_id: str
    stage: Stage
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    proved_at: datetime


_c = staff_sessions.c
_columns = (_c.id, _c.staff_id, _c.stage, _c.device, _c.address, _c.began_at, _c.seen_at, _c.proved_at)


def add(connection: Connection, token: bytes, session: Session) -> None:
    values = {column.name: getattr(session, column.name) for column in _columns}
    connection.execute(insert(staff_sessions).values(token=token, **values))


def find(connection: Connection, token: bytes) -> Session | None:
    row = connection.execute(select(*_columns).where(_c.token == token)).one_or_none()
    return None if row is None else _session(row)


def list_of(connection: Connection, staff_id: str) -> list[Session]:
    """A person's sessions, the one that was used last first."""
    found = select(*_columns).where(_c.staff_id == staff_id, _c.stage == "whole").order_by(_c.seen_at.desc())
    return [_session(row) for row in connection.execute(found)]


def last_seen(connection: Connection) -> dict[str, datetime]:
    """When each person who is signed in somewhere was last there."""
    found = select(_c.staff_id, func.max(_c.seen_at)).where(_c.stage == "whole").group_by(_c.staff_id)
    return {row[0]: row[1] for row in connection.execute(found)}


def touch(connection: Connection, session_id: str, now: datetime) -> None:
    """Somebody was there just now."""
    connection.execute(update(staff_sessions).where(_c.id == session_id).values(seen_at=now))


def prove(connection: Connection, session_id: str, now: datetime) -> None:
    """The password was typed again."""
    connection.execute(update(staff_sessions).where(_c.id == session_id).values(proved_at=now))


def end(connection: Connection, staff_id: str, session_id: str) -> bool:
    """End one session of this person; False if there was none."""
    ended = delete(staff_sessions).where(_c.id == session_id, _c.staff_id == staff_id)
    return connection.execute(ended).rowcount == 1


def end_all(connection: Connection, staff_id: str, but_not: str = "") -> int:
    """End all sessions of this person but one; how many."""
    ended = delete(staff_sessions).where(_c.staff_id == staff_id, _c.id != but_not)
    return connection.execute(ended).rowcount


def delete_old(connection: Connection, now: datetime, idle: timedelta, whole: timedelta) -> None:
    """Those that are over by their age."""
    connection.execute(delete(staff_sessions).where((_c.seen_at < now - idle) | (_c.began_at < now - whole)))


def _session(row: Any) -> Session:
    values = row._mapping
    return Session(**{**values, "stage": cast(Stage, values["stage"])})
