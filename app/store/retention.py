"""What is older than it may be kept: found in windows, erased in small batches, once a day by one worker of all.

The keys of handled events go by another clock (`inbox.forget_before`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, null, or_, select, text, tuple_, update

from app.store import bulk, facts, workers
from app.store.tables import LIVE, conversations, history, inbox, outbox, sessions, suggestions
from app.store.tables import facts as facts_table
from app.store.tables_desk import episodes, files, notes
from app.store.tables_questions import questions
from app.store.tables_tools import callbacks, deliveries

QUIET_HOUR = 3
"""In UTC: night in Europe and Africa, where there is no better hour for everybody."""

ASIDE_KEPT = timedelta(days=90)
"""How long an event that was set aside can be looked at."""
DELIVERIES_KEPT = timedelta(days=30)
"""How long an owner can look at what was told to an address."""

Place = tuple[Any, ...]
"""The primary key of a row: where a look goes on."""


@dataclass(frozen=True, slots=True)
class Look:
    """The keys that a window held of rows that are too old, and behind which key to go on; None at the end."""

    found: list[Place]
    go_on_behind: Place | None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row: `look(connection, before, behind, most)`, and `forget(connection, found, before)`, how many went.

    `kept_max`: no longer than this, whatever the setting says.
    """

    name: str
    look: Callable[[Connection, datetime, Place | None, int], Look]
    forget: Callable[[Connection, Sequence[Place], datetime], int]
    kept_max: timedelta = timedelta.max


# ---- whose turn it is --------------------------------------------------------------------------------------

_FACT = "retention"
"""`<when it was last done> <the worker that is at it>`; either may be empty."""


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether it was not done since the last quiet hour."""
    return _is_due(facts.find(connection, _FACT) or " ", now)


def claim(connection: Connection, worker_id: str, now: datetime) -> bool:
    """Take it in hand, if it is due and no living worker has it."""
    seen = facts.keep(connection, _FACT, " ")
    done, _, holder = seen.partition(" ")
    is_free = holder in ("", worker_id) or holder not in workers.list_all(connection)
    return _is_due(seen, now) and is_free and _change(connection, seen, f"{done} {worker_id}")


def finish(connection: Connection, worker_id: str, now: datetime) -> None:
    """It is done for this day, unless another worker took it over."""
    seen = facts.keep(connection, _FACT, " ")
    if seen.endswith(f" {worker_id}"):
        _change(connection, seen, f"{now.isoformat()} ")


def _is_due(seen: str, now: datetime) -> bool:
    done = seen.partition(" ")[0]
    today = now.replace(hour=QUIET_HOUR, minute=0, second=0, microsecond=0)
    quiet = today if today <= now else today - timedelta(days=1)
    return not done or datetime.fromisoformat(done) < quiet


def _change(connection: Connection, seen: str, value: str) -> bool:
    """Compare and set: of two workers that saw the same, one changes it."""
    here = (facts_table.c.name == _FACT, facts_table.c.value == seen)
    return connection.execute(update(facts_table).where(*here).values(value=value)).rowcount == 1


# ---- what was said -----------------------------------------------------------------------------------------


def _look_at_history(connection: Connection, before: datetime, behind: Place | None, most: int) -> Look:
    """Oldest first; a window with nothing too old in it is the end."""
    columns = (history.c.id, history.c.happened_at)
    rows = _window(connection, select(*columns), (history.c.id,), behind, most)
    found = [(row[0],) for row in rows if row[1] < before]
    return Look(found, (rows[-1][0],) if found and len(rows) == most else None)


def _forget_history(connection: Connection, found: Sequence[Place], before: datetime) -> int:  # noqa: ARG001 - as all
    return _each(connection, delete(history).where(history.c.id == bindparam("key_1")), found)


# ---- what was asked ----------------------------------------------------------------------------------------


def _look_at_questions(connection: Connection, before: datetime, behind: Place | None, most: int) -> Look:
    """Oldest first, as with history."""
    columns = (questions.c.id, questions.c.asked_at)
    rows = _window(connection, select(*columns), (questions.c.id,), behind, most)
    found = [(row[0],) for row in rows if row[1] < before]
    return Look(found, (rows[-1][0],) if found and len(rows) == most else None)


def _forget_questions(connection: Connection, found: Sequence[Place], before: datetime) -> int:  # noqa: ARG001 - as all
    return _each(connection, delete(questions).where(questions.c.id == bindparam("key_1")), found)


# ---- what we said ------------------------------------------------------------------------------------------


def _look_at_outbox(connection: Connection, before: datetime, behind: Place | None, most: int) -> Look:
    key = (outbox.c.page_id, outbox.c.customer_id, outbox.c.seq)
    rows = _window(connection, select(*key, outbox.c.created_at, text(f"NOT ({LIVE})")), key, behind, most)
    return Look([tuple(row[:3]) for row in rows if row[3] < before and row[4]], _last(rows, 3, most))


_old_sent = delete(outbox).where(
    outbox.c.page_id == bindparam("key_1"),
    outbox.c.customer_id == bindparam("key_2"),
    outbox.c.seq == bindparam("key_3"),
    text(f"NOT ({LIVE})"),
)


def _forget_outbox(connection: Connection, found: Sequence[Place], before: datetime) -> int:  # noqa: ARG001 - as all
    return _each(connection, _old_sent, found)


# ---- what the bot has learnt -------------------------------------------------------------------------------


def _look_at_sessions(connection: Connection, before: datetime, behind: Place | None, most: int) -> Look:
    key = (sessions.c.page_id, sessions.c.customer_id)
    rows = _window(connection, select(*key, sessions.c.updated_at), key, behind, most)
    return Look([tuple(row[:2]) for row in rows if row[2] < before], _last(rows, 2, most))


_idle = delete(sessions).where(
    sessions.c.page_id == bindparam("key_1"),
    sessions.c.customer_id == bindparam("key_2"),
    sessions.c.updated_at < bindparam("before"),
)
_c = conversations.c
_notes = (
    update(conversations)
    .where(
        _c.page_id == bindparam("key_1"),
        _c.customer_id == bindparam("key_2"),
        or_(_c.last_customer_at.is_(None), _c.last_customer_at < bindparam("before")),
        or_(_c.handed_off_at.is_(None), _c.handed_off_at < bindparam("before")),
    )
    .values(team=null(), handoff_reason=null(), handoff_note=null())
)


def _forget_sessions(connection: Connection, found: Sequence[Place], before: datetime) -> int:
    """Sessions that still stand still, and what was noted for staff beside them."""
    _each(connection, _notes, found, before=before)
    return _each(connection, _idle, found, before=before)


def _look_at_slots(connection: Connection, before: datetime, behind: Place | None, most: int) -> Look:
    """Sessions with a slot whose own time to be kept (`keep`) is over: the customer did not come back, so no turn forgot it."""
    key = (sessions.c.page_id, sessions.c.customer_id)
    rows = _window(connection, select(*key, sessions.c.body), key, behind, most)
    return Look([tuple(row[:2]) for row in rows if _overdue(row[2], before)], _last(rows, 2, most))


def _overdue(body: Any, now: datetime) -> list[str]:
    """The names of the slots in a stored session that should be gone."""
    until = (body or {}).get("slots_until", {})
    return [name for name, moment in until.items() if datetime.fromisoformat(moment) <= now]


def _forget_slots(connection: Connection, found: Sequence[Place], before: datetime) -> int:
    """What a turn wrote meanwhile is read again, and locked where others write too."""
    count = 0
    for page_id, customer_id in found:
        here = (sessions.c.page_id == page_id) & (sessions.c.customer_id == customer_id)
        body = connection.execute(select(sessions.c.body).where(here).with_for_update()).scalar_one_or_none() or {}
        for name in (overdue := _overdue(body, before)):
            body.get("slots", {}).pop(name, None)
            del body["slots_until"][name]
        if overdue:
            connection.execute(update(sessions).where(here).values(body=body))
        count += len(overdue)
    return count


# ---- what was suggested ------------------------------------------------------------------------------------


def _look_at_suggestions(connection: Connection, before: datetime, behind: Place | None, most: int) -> Look:
    key = (suggestions.c.page_id, suggestions.c.customer_id, suggestions.c.product_id)
    rows = _window(connection, select(*key, suggestions.c.last_at), key, behind, most)
    return Look([tuple(row[:3]) for row in rows if row[3] < before], _last(rows, 3, most))


_old_suggestion = delete(suggestions).where(
    suggestions.c.page_id == bindparam("key_1"),
    suggestions.c.customer_id == bindparam("key_2"),
    suggestions.c.product_id == bindparam("key_3"),
    suggestions.c.last_at < bindparam("before"),
)


def _forget_suggestions(connection: Connection, found: Sequence[Place], before: datetime) -> int:
    return _each(connection, _old_suggestion, found, before=before)


# ---- what was set aside ------------------------------------------------------------------------------------


def _look_at_inbox(connection: Connection, before: datetime, behind: Place | None, most: int) -> Look:
    """By arrival: the first that is younger is the end."""
    columns = (inbox.c.id, inbox.c.received_at, inbox.c.status, inbox.c.body.is_not(None))
    rows = _window(connection, select(*columns), (inbox.c.id,), behind, most)
    found = [(row[0],) for row in rows if row[1] < before and row[2] != "new" and row[3]]
    is_end = len(rows) < most or rows[-1][1] >= before
    return Look(found, None if is_end else (rows[-1][0],))


_too_old = (
    update(inbox)
    .where(inbox.c.id == bindparam("key_1"), inbox.c.status != "new")
    .values(status="ignored", reason="too old to be kept", body=null())
)


def _forget_inbox(connection: Connection, found: Sequence[Place], before: datetime) -> int:  # noqa: ARG001 - as all
    return _each(connection, _too_old, found)


# ---- the desk's --------------------------------------------------------------------------------------------


def _by_age(name: str, table: Any, moment: Any, kept_max: timedelta = timedelta.max) -> Kind:
    """Rows of the desk, by the number that counts up."""

    def look(connection: Connection, before: datetime, behind: Place | None, most: int) -> Look:
        rows = _window(connection, select(table.c.id, moment), (table.c.id,), behind, most)
        found = [(row[0],) for row in rows if row[1] < before]
        return Look(found, (rows[-1][0],) if found and len(rows) == most else None)

    def forget(connection: Connection, found: Sequence[Place], before: datetime) -> int:  # noqa: ARG001 - as all
        return _each(connection, delete(table).where(table.c.id == bindparam("key_1")), found)

    return Kind(name, look, forget, kept_max)


def _look_at_files(connection: Connection, before: datetime, behind: Place | None, most: int) -> Look:
    """Their ids are drawn by chance: looked for by age."""
    old = select(files.c.id).where(files.c.created_at < before).order_by(files.c.created_at).limit(most)
    found = [(row[0],) for row in connection.execute(old)]
    return Look(found, found[-1] if len(found) == most and behind != found[-1] else None)


def _forget_files(connection: Connection, found: Sequence[Place], before: datetime) -> int:  # noqa: ARG001 - as all
    return _each(connection, delete(files).where(files.c.id == bindparam("key_1")), found)


KINDS = (
    _by_age("notes", notes, notes.c.created_at),
    _by_age("episodes", episodes, episodes.c.began_at),
    _by_age("callbacks", callbacks, callbacks.c.asked_at),
    _by_age("deliveries", deliveries, deliveries.c.made_at, kept_max=DELIVERIES_KEPT),
    Kind("files", _look_at_files, _forget_files),
    Kind("history", _look_at_history, _forget_history),
    Kind("questions", _look_at_questions, _forget_questions),
    Kind("outbox", _look_at_outbox, _forget_outbox),
    Kind("sessions", _look_at_sessions, _forget_sessions),
    Kind("slot_values", _look_at_slots, _forget_slots, kept_max=timedelta()),
    Kind("suggestions", _look_at_suggestions, _forget_suggestions),
    Kind("inbox", _look_at_inbox, _forget_inbox, kept_max=ASIDE_KEPT),
)


# ---- windows -----------------------------------------------------------------------------------------------


def _window(connection: Connection, columns: Any, key: Sequence[Any], behind: Place | None, most: int) -> list[Any]:
    """The next rows in the order of their key."""
    rest = columns.where(tuple_(*key) > behind) if behind else columns
    return list(connection.execute(rest.order_by(*key).limit(most)).fetchall())


def _last(rows: list[Any], key_size: int, most: int) -> Place | None:
    return tuple(rows[-1][:key_size]) if len(rows) == most else None


def _each(connection: Connection, statement: Any, found: Sequence[Place], **more: Any) -> int:
    rows = [{f"key_{number}": part for number, part in enumerate(place, 1)} | more for place in found]
    if rows:
        bulk.run(connection, statement, rows)
    return len(rows)
