"""Everything that is kept of one customer, as JSON values that a person can read. Reads only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from app.store import history
from app.store.keys import Key
from app.store.tables import calls, conversations, inbox, outbox, questions, sessions, timers

LINES_MAX = 1_000_000
"""More than anybody writes: an export is whole."""


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
        "timers": _rows(connection, timers, key),
        "questions": _rows(connection, questions, key),
        "calls": _rows(connection, calls, key),
        "events": [each for each in _rows(connection, inbox, key, without=("event_key",)) if each["body"] is not None],
    }


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
