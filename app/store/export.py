"""Everything that is kept of one customer, as JSON values that a person can read. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, func, select

from app.store import history
from app.store.keys import Key
from app.store.tables import calls, conversations, inbox, outbox, sessions, suggestions, timers
from app.store.tables_desk import episodes, notes
from app.store.tables_questions import questions
from app.store.tables_tools import callbacks

LINES_MAX = 1_000_000
"""More than anybody writes: an export is whole."""
AFTER = timedelta(days=31)
"""Reminders and utility messages may follow a customer's last words; the channel allows none so late."""


def export(connection: Connection, key: Key) -> dict[str, Any]:
    """The conversation and who answers, what was said on both sides, what the bot has learnt, and what waits."""
    [conversation] = _rows(connection, conversations, key) or [{}]
    [session] = _rows(connection, sessions, key) or [{}]
    body = session.get("body") or {}
    return {
        "page": key[0],
        "customer": key[1],
        "conversation": conversation,
        "transcript": [_line(each) for each in history.transcript(connection, key, LINES_MAX)],
        "slots": body.get("slots", {}),
        "session": session,
        "sent": _rows(connection, outbox, key, without=("body",)),
        "episodes": _rows(connection, episodes, key, without=("id",)),
        "notes": _rows(connection, notes, key, without=("id", "form_key")),
        "suggestions": _rows(connection, suggestions, key, without=("mark",)),
        "callbacks": _rows(connection, callbacks, key, without=("id",)),
        "timers": _rows(connection, timers, key),
        "questions": _rows(connection, questions, key),
        "calls": _rows(connection, calls, key),
        "events": [each for each in _rows(connection, inbox, key, without=("event_key",)) if each["body"] is not None],
    }


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` until before `until`."""

    since: datetime
    until: datetime


def list_customers(connection: Connection, page_id: str, period: Period, *, after: str, most: int) -> list[str]:
    """Customers of a Page who may have lines of that time, by id, from the one behind `after` on."""
    c = conversations.c
    last_at = func.coalesce(c.last_customer_at, c.created_at)
    found = (
        select(c.customer_id)
        .where(
            c.page_id == page_id, c.customer_id > after, c.created_at < period.until, last_at >= period.since - AFTER
        )
        .order_by(c.customer_id)
        .limit(most)
    )
    return list(connection.execute(found).scalars())


def _line(line: history.Line) -> dict[str, Any]:
    shown = {"at": _shown(line.at), "who": line.who, "kind": line.kind, "text": line.text}
    more = {
        "status": line.status,
        "body": {name: each for name, each in (line.body or {}).items() if name not in ("text", "trace")},
    }
    return shown | {name: value for name, value in more.items() if value}


def _rows(connection: Connection, table: Table, key: Key, without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The customer's rows without their key, in the order of their making."""
    columns = [each for each in table.c if each.name not in ("page_id", "customer_id", *without)]
    here = (table.c.page_id == key[0]) & (table.c.customer_id == key[1])
    found = connection.execute(select(*columns).where(here).order_by(*table.primary_key.columns))
    return [{name: _shown(value) for name, value in row._mapping.items()} for row in found]


def _shown(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
