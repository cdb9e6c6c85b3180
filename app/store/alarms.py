"""Rules that write to staff when somebody waits for long, and for whom each has written already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import Connection, and_, delete, exists, func, insert, select, text

from app.store.keys import Key
from app.store.tables import conversations
from app.store.tables_tools import alarmed, alarms

Hours = Literal["always", "open", "closed"]
HOURS: tuple[Hours, ...] = get_args(Hours)
ALARMS_MAX = 50
DUE_MOST = 200
"""Customers that one look of a rule finds."""
KEPT = timedelta(days=60)
"""How long it is remembered that a rule wrote: nobody waits longer."""

_a, _d, _c = alarms.c, alarmed.c, conversations.c


@dataclass(frozen=True, slots=True)
class Alarm:
    """Whoever waits for `team` (empty: any) of that Page (empty: any) longer than `minutes`. `hours`: when the rule holds."""

    id: str
    page_id: str
    team: str
    minutes: int
    hours: Hours
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A customer who waits for long, since `since`."""

    key: Key
    team: str
    since: datetime


def list_alarms(connection: Connection) -> list[Alarm]:
    columns = (_a.id, _a.page_id, _a.team, _a.minutes, _a.hours, _a.made_by, _a.made_at)
    return [Alarm(*row) for row in connection.execute(select(*columns).order_by(_a.page_id, _a.minutes, _a.id))]


def add(connection: Connection, alarm: Alarm) -> bool:
    """Keep a new one; False when there are ALARMS_MAX."""
    if connection.execute(select(func.count()).select_from(alarms)).scalar_one() >= ALARMS_MAX:
        return False
    connection.execute(
        insert(alarms).values(
            id=alarm.id, page_id=alarm.page_id, team=alarm.team, minutes=alarm.minutes, hours=alarm.hours,
            made_by=alarm.made_by, made_at=alarm.made_at,
        )
    )  # fmt: skip
    return True


def remove(connection: Connection, alarm_id: str) -> None:
    connection.execute(delete(alarmed).where(_d.alarm_id == alarm_id))
    connection.execute(delete(alarms).where(_a.id == alarm_id))


def find_due(connection: Connection, alarm: Alarm, pages: Sequence[str], now: datetime) -> list[Waiting]:
    """Who waits too long on these Pages and was not written about for this wait, the longest first."""
    told = and_(
        _d.alarm_id == alarm.id,
        _d.page_id == _c.page_id,
        _d.customer_id == _c.customer_id,
        _d.since == _c.handed_off_at,
    )
    due = (
        select(_c.page_id, _c.customer_id, _c.team, _c.handed_off_at)
        .where(
            _c.page_id.in_(pages),
            # Written out, not bound: a partial index serves only a query that says the same words.
            text("conversations.answered_by <> 'bot'"),
            _c.answered_by == "waiting",
            _c.blocked_at.is_(None),
            _c.handed_off_at <= now - timedelta(minutes=alarm.minutes),
            # The same wait, told and forgotten, is no news.
            _c.handed_off_at > now - KEPT,
            ~exists().where(told),
        )
        .order_by(_c.handed_off_at)
        .limit(DUE_MOST)
    )
    rows = connection.execute(due.where(_c.team == alarm.team) if alarm.team else due)
    return [Waiting((row[0], row[1]), row[2] or "", row[3]) for row in rows]


def note(connection: Connection, alarm: Alarm, waiting: Sequence[Waiting]) -> None:
    """This rule has written about them."""
    rows = [
        {"alarm_id": alarm.id, "page_id": each.key[0], "customer_id": each.key[1], "since": each.since}
        for each in waiting
    ]
    if rows:
        connection.execute(insert(alarmed), rows)


def forget_old(connection: Connection, now: datetime) -> None:
    connection.execute(delete(alarmed).where(_d.since < now - KEPT))
