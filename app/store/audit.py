"""What people and the outside did that matters for safety: append-only, each row chained to the one before. Holds no text, no
customer's id in clear.

A trigger refuses every change and deletion; who gets round it breaks the chain, and `find_break` tells where. Whoever can rewrite all
rows that follow can mend it: only a hash that was noted elsewhere (`holds`) shows that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, exists, insert, select, text

from app.store.tables import audit

What = Literal[
    "customer_erased", "customer_exported", "customer_blocked", "customer_unblocked", "deletion_asked",
    "page_connected", "token_changed", "flow_published", "signatures_refused",
    "signed_in", "sign_in_failed", "signed_out", "sessions_ended", "password_changed", "second_factor_on", "second_factor_off",
    "recovery_code_used", "staff_invited", "staff_link_made", "staff_changed", "staff_disabled", "staff_enabled",
    "conversations_exported", "event_replayed", "backup_made", "database_restored", "database_moved",
    "api_key_made", "api_key_revoked", "webhook_made", "webhook_changed", "webhook_removed",
    "webhook_switched_off", "alarm_made", "alarm_removed", "callback_done",
    "conversation_seen", "conversation_taken", "conversation_assigned", "conversation_put_back", "conversation_left",
    "conversation_handed_back", "conversation_resolved", "message_sent", "message_taken_back",
]  # fmt: skip
"""What can have happened. Whoever writes a new kind adds its word here."""
DAILY: tuple[What, ...] = ("conversation_seen", "message_sent")
"""What happens all day long, and would hide everything else."""

COMMAND_LINE = "command_line"
LOCK = 7_266_137
"""Any number, the same for every process: two entries at once would follow the same one."""
FIRST = bytes(32)
"""What the first entry follows."""
CHECKED_AT_ONCE = 1_000
"""Rows in memory while the chain is checked."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `who`: staff:NAME, owner:NAME, command_line, key:NAME, customer, messenger, folder,
    settings, server, unknown. `details`: counts, revisions, tags of
    customers (`log.customer_tag`); never what somebody wrote. `hash` covers everything, and the hash of the entry before."""

    id: int
    at: datetime
    who: str
    what: str
    page_id: str | None
    details: Mapping[str, Any]
    hash: str


_a = audit.c
_columns = (_a.id, _a.at, _a.who, _a.what, _a.page_id, _a.details, _a.hash)
_newest = select(_a.id, _a.hash).order_by(_a.id.desc()).limit(1)


def add(
    connection: Connection,
    what: What,
    at: datetime,
    *,
    who: str,
    page_id: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write it down in the caller's transaction, so that it is kept if and only if the deed is. Call it last in there: until the
    commit every other process that has something to write down waits."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    number, before = connection.execute(_newest).one_or_none() or (0, FIRST.hex())
    entry = Entry(number + 1, at.astimezone(UTC), who, what, page_id, dict(details or {}), "")
    row = {
        "id": entry.id, "at": entry.at, "who": who, "what": what, "page_id": page_id, "details": entry.details,
        "hash": _hash(entry, before),
    }  # fmt: skip
    connection.execute(insert(audit).values(**row))


def list_entries(
    connection: Connection,
    *,
    most: int,
    before_id: int | None = None,
    page_id: str | None = None,
    what: str | None = None,
) -> list[Entry]:
    """The newest first; `before_id`: those older than that one; `page_id`: of that Page and of the whole installation."""
    chosen = select(*_columns).order_by(_a.id.desc()).limit(most)
    if before_id is not None:
        chosen = chosen.where(_a.id < before_id)
    if page_id is not None:
        chosen = chosen.where((_a.page_id == page_id) | _a.page_id.is_(None))
    if what is not None:
        chosen = chosen.where(_a.what == what)
    return [Entry(*row) for row in connection.execute(chosen)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries. `page_ids`: of these Pages and nothing else; `who`: whose name has this in it; `but_not`: none of these kinds."""

    page_ids: Collection[str] | None = None
    what: str | None = None
    but_not: Collection[str] = ()
    who: str | None = None


def search_entries(connection: Connection, wanted: Wanted, *, most: int, before_id: int | None = None) -> list[Entry]:
    """The newest first; `before_id`: those older than that one."""
    chosen = select(*_columns).order_by(_a.id.desc()).limit(most)
    if before_id is not None:
        chosen = chosen.where(_a.id < before_id)
    if wanted.page_ids is not None:
        chosen = chosen.where(_a.page_id.in_(wanted.page_ids))
    if wanted.what is not None:
        chosen = chosen.where(_a.what == wanted.what)
    if wanted.but_not:
        chosen = chosen.where(_a.what.not_in(wanted.but_not))
    if wanted.who is not None:
        chosen = chosen.where(_a.who.icontains(wanted.who, autoescape=True))
    return [Entry(*row) for row in connection.execute(chosen)]


def find_break(connection: Connection, at_once: int = CHECKED_AT_ONCE) -> int | None:
    """The number of the first entry that was changed, put in, or comes after one that is missing; None while the chain is whole."""
    number, before = 0, FIRST.hex()
    for entry in _all(connection, at_once):
        if entry.id != number + 1 or entry.hash != _hash(entry, before):
            return number + 1
        number, before = entry.id, entry.hash
    return None


def holds(connection: Connection, noted: str) -> bool:
    """Whether the entry of that hash is still there: with a whole chain nothing before it was touched since it was noted."""
    return bool(connection.execute(select(exists().where(_a.hash == noted.lower()))).scalar_one())


def _all(connection: Connection, at_once: int) -> Iterator[Entry]:
    """Every entry, the oldest first."""
    behind, oldest = 0, select(*_columns).order_by(_a.id).limit(at_once)
    while rows := connection.execute(oldest.where(_a.id > behind)).all():
        yield from (Entry(*row) for row in rows)
        behind = rows[-1][0]


def _hash(entry: Entry, before: str) -> str:
    content = (entry.id, entry.at.isoformat(), entry.who, entry.what, entry.page_id, dict(entry.details))
    return hashlib.sha256(bytes.fromhex(before) + orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
