"""Who of staff has a conversation: taken, given on, given back, ended. Of two who act at once one wins: the epoch decides.

What moves the customer's session (handing back, leaving) goes through the inbox like everything else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, exists, null, or_, select, text, update

from app.engine import events
from app.engine.events import StaffHandedBack, StaffLeft
from app.store import conversations, episodes, history, hooks, inbox, timers, void
from app.store.history import Said
from app.store.hooks import Happened
from app.store.inbox import NewEvent
from app.store.keys import Key
from app.store.staff_tables import staff, staff_pages
from app.store.tables import conversations as table
from app.store.tables import history as said
from app.store.tables_desk import presence
from app.store.upsert import insert_new

_c = table.c
_this = (_c.page_id == bindparam("of_page")) & (_c.customer_id == bindparam("of_customer"))
_seen = _this & (_c.epoch == bindparam("of_epoch"))

LEFT_MOST = 200
"""Conversations that go back to the queue in one transaction."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The conversation as somebody saw it when he acted."""

    key: Key
    epoch: int

    @property
    def bound(self) -> dict[str, Any]:
        return {"of_page": self.key[0], "of_customer": self.key[1], "of_epoch": self.epoch}


def take(connection: Connection, seen: Seen, by: str, to: str, now: datetime) -> bool:
    """`to` has the conversation from now on, because `by` said so; False when it is no longer as it was seen.

    What the bot still had to say is cancelled, and its timers stop, that of a person's silence too.
    """
    insert_new(connection, table, [conversations.blank(seen.key, now)], ("page_id", "customer_id"))
    moved = (
        update(table)
        .where(_seen, _c.blocked_at.is_(None))
        .values(answered_by="staff", staff_id=to, epoch=_c.epoch + 1, resolved_at=null(), changed_at=now)
    )
    if not connection.execute(moved, seen.bound).rowcount:
        return False
    void.cancel(connection, [seen.key], now)
    timers.stop_all(connection, [seen.key])
    episodes.take(connection, seen.key, to, now)
    note(connection, seen.key, "took" if by == to else "assigned", {"staff": by, "to": to}, now)
    hooks.tell_all(connection, [Happened("conversation.taken", seen.key, now, {"staff": to, "by": by})], now)
    return True


def hand_back(connection: Connection, seen: Seen, by: str, to: str, now: datetime) -> bool:
    """The bot answers again, from the state `to` (empty: where the flow says) on; False when `by` has it no more."""
    if not _is_theirs(connection, seen, by):
        return False
    _order(connection, seen, StaffHandedBack(to, seen.epoch), now)
    note(connection, seen.key, "handed_back", {"staff": by, "state": to}, now)
    _touch(connection, seen.key, now)
    return True


def resolve(connection: Connection, seen: Seen, by: str, now: datetime) -> bool:
    """The episode is over; the bot answers the next message. False when `by` has it no more."""
    if not _is_theirs(connection, seen, by):
        return False
    _order(connection, seen, StaffHandedBack("end", seen.epoch), now)
    episodes.end(connection, seen.key, "resolved", now)
    connection.execute(update(table).where(_seen).values(resolved_at=now, changed_at=now), seen.bound)
    note(connection, seen.key, "resolved", {"staff": by}, now)
    hooks.tell_all(connection, [Happened("conversation.resolved", seen.key, now, {"staff": by})], now)
    return True


def put_back(connection: Connection, seen: Seen, by: str, team: str, now: datetime) -> bool:
    """The customer waits again, for that team (empty: the same); False when `by` has it no more."""
    if not _is_theirs(connection, seen, by):
        return False
    if team:
        connection.execute(update(table).where(_seen).values(team=team), seen.bound)
    _order(connection, seen, StaffLeft(seen.epoch), now)
    note(connection, seen.key, "put_back", {"staff": by, "team": team}, now)
    _touch(connection, seen.key, now)
    return True


def _is_theirs(connection: Connection, seen: Seen, by: str) -> bool:
    """Locked until the end of the transaction, so that nobody takes it between this look and the order."""
    mine = select(_c.epoch).where(_seen, _c.answered_by == "staff", or_(_c.staff_id == by, _c.staff_id.is_(None)))
    return connection.execute(mine.with_for_update(), seen.bound).first() is not None


def _order(connection: Connection, seen: Seen, event: StaffHandedBack | StaffLeft, now: datetime) -> None:
    """An event for the session; the same order given twice is one."""
    kind = type(event).__name__
    identity = f"desk/{'/'.join(seen.key)}/{seen.epoch}/{kind}"
    key = hashlib.blake2b(identity.encode(), digest_size=16).digest()
    inbox.add(connection, [NewEvent(*seen.key, key, kind, events.to_dict(event), now, now)])


def _touch(connection: Connection, key: Key, now: datetime) -> None:
    connection.execute(
        update(table).where(_this).values(changed_at=now), {"of_page": key[0], "of_customer": key[1]}
    )  # fmt: skip


def note(connection: Connection, key: Key, kind: str, values: dict[str, Any], now: datetime) -> None:
    """A line in the transcript about what was done at the desk."""
    history.append(connection, [Said(*key, "staff", kind, now, "", values)])


# ---- staff who are not there -------------------------------------------------------------------------------

_sees = exists().where(
    staff.c.id == _c.staff_id,
    or_(staff.c.all_pages, exists().where(staff_pages.c.staff_id == staff.c.id, staff_pages.c.page_id == _c.page_id)),
)
_is_program = _c.staff_id.startswith("key:")
_absent = (
    select(_c.page_id, _c.customer_id, _c.epoch, _c.staff_id)
    .select_from(table.outerjoin(presence, presence.c.staff_id == _c.staff_id))
    .where(
        text("conversations.answered_by <> 'bot'"),
        _c.answered_by == "staff",
        _c.staff_id.is_not(None),
        _c.blocked_at.is_(None),
        or_(
            presence.c.seen_at.is_(None),
            presence.c.seen_at < bindparam("since", type_=presence.c.seen_at.type),
            presence.c.away_since < bindparam("since", type_=presence.c.seen_at.type),
            # Before a screen, but no longer one of this Page's.
            ~or_(_is_program, _sees),
        ),
        or_(_c.staff_at.is_(None), _c.staff_at < bindparam("since", type_=presence.c.seen_at.type)),
        # What the customer writes meanwhile counts for nothing: who is impatient must not wait the longest.
        ~exists().where(
            said.c.page_id == _c.page_id,
            said.c.customer_id == _c.customer_id,
            said.c.who == "staff",
            said.c.kind.in_(("took", "assigned", "left")),
            said.c.happened_at >= bindparam("since", type_=presence.c.seen_at.type),
        ),
    )
    .limit(LEFT_MOST)
)


def put_back_of_absent(connection: Connection, now: datetime, absent: timedelta) -> list[Key]:
    """What staff have who were not at a screen for so long goes back to the queue; whose conversations those are."""
    rows = connection.execute(_absent, {"since": now - absent}).fetchall()
    gone: Sequence[tuple[Seen, str]] = [(Seen((row[0], row[1]), row[2]), row[3]) for row in rows]
    return [seen.key for seen, staff_id in gone if _leave(connection, seen, staff_id, now)]


def _leave(connection: Connection, seen: Seen, staff_id: str, now: datetime) -> bool:
    if not _is_theirs(connection, seen, staff_id):
        return False
    _order(connection, seen, StaffLeft(seen.epoch), now)
    note(connection, seen.key, "left", {"staff": staff_id}, now)
    _touch(connection, seen.key, now)
    return True
