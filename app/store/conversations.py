"""Conversations: who answers a customer, what the window rests on, how far our messages were delivered and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, Update, bindparam, case, null, or_, select, update

from app.store import bulk, keys, timers
from app.store.keys import Key
from app.store.tables import conversations
from app.store.upsert import insert_new
from app.values import value


@value
class AfterTurns:
    """What a conversation is after its turns; the claim ends with it.

    `keeps_handoff`: why staff were called stays as it is. `customer_name`, where it was learnt just now.
    """

    page_id: str
    customer_id: str
    answered_by: str
    epoch: int
    next_seq: int
    last_customer_at: datetime | None
    team: str | None = None
    handoff_reason: str | None = None
    handoff_note: str | None = None
    handed_off_at: datetime | None = None
    keeps_handoff: bool = False
    changed_at: datetime | None = None
    customer_name: str | None = None


_c = conversations.c
_this = (_c.page_id == bindparam("of_page")) & (_c.customer_id == bindparam("of_customer"))

_END_OF_CLAIM = {"claimed_by": null(), "tries": 0}
_kept = (
    update(conversations)
    .where(_this)
    .values(
        next_seq=bindparam("seq"), last_customer_at=bindparam("window"), changed_at=bindparam("now"), **_END_OF_CLAIM
    )
)  # fmt: skip


def _unless_kept(column: str, new: str) -> Any:
    return case((bindparam("keeps") == 1, _c[column]), else_=bindparam(new, type_=_c[column].type))


_changed = (
    update(conversations)
    .where(_this)
    .values(
        next_seq=bindparam("seq"),
        last_customer_at=bindparam("window"),
        answered_by=bindparam("who"),
        epoch=bindparam("new_epoch"),
        team=_unless_kept("team", "to_team"),
        handoff_reason=_unless_kept("handoff_reason", "why"),
        handoff_note=_unless_kept("handoff_note", "note"),
        handed_off_at=bindparam("since"),
        staff_id=case((bindparam("who") == "staff", _c.staff_id), else_=null()),
        resolved_at=case((bindparam("who") == "bot", _c.resolved_at), else_=null()),
        changed_at=bindparam("now"),
        **_END_OF_CLAIM,
    )
)


def save_kept(connection: Connection, after: Sequence[AfterTurns]) -> None:
    """End the claims of conversations that are answered by whoever answered them before."""
    if after:
        bulk.update(
            connection,
            _kept,
            [
                {
                    "of_page": a.page_id, "of_customer": a.customer_id, "seq": a.next_seq, "window": a.last_customer_at,
                    "now": a.changed_at,
                }
                for a in after
            ],
        )  # fmt: skip
    name(connection, after)


def save_changed(connection: Connection, after: Sequence[AfterTurns]) -> None:
    """End the claims of conversations that somebody else answers from now on."""
    if after:
        bulk.update(connection, _changed, [_changed_row(each) for each in after])
    name(connection, after)


_named = update(conversations).where(_this).values(customer_name=bindparam("called"))


def name(connection: Connection, after: Sequence[AfterTurns]) -> None:
    """Note what the customers are called of whom that was learnt just now."""
    rows = [
        {"of_page": a.page_id, "of_customer": a.customer_id, "called": a.customer_name}
        for a in after
        if a.customer_name
    ]
    if rows:
        bulk.update(connection, _named, rows)


def _changed_row(after: AfterTurns) -> dict[str, Any]:
    return {
        "of_page": after.page_id,
        "of_customer": after.customer_id,
        "seq": after.next_seq,
        "window": after.last_customer_at,
        "who": after.answered_by,
        "new_epoch": after.epoch,
        "to_team": after.team,
        "why": after.handoff_reason,
        "note": after.handoff_note,
        "since": after.handed_off_at,
        "keeps": int(after.keeps_handoff),
        "now": after.changed_at,
    }


@dataclass(frozen=True, slots=True)
class Watermark:
    """Everything up to `until` was delivered (or read, which implies it)."""

    page_id: str
    customer_id: str
    read: bool
    until: datetime


def _is_behind(column: str, bound: str) -> Any:
    old = _c[column]
    return bindparam(bound, type_=old.type).is_not(None) & (old.is_(None) | (old < bindparam(bound, type_=old.type)))


def _raised(column: str, bound: str) -> Any:
    old = _c[column]
    return case((_is_behind(column, bound), bindparam(bound, type_=old.type)), else_=old)


_noted = (
    update(conversations)
    .where(_this, or_(_is_behind("delivered_until", "delivered"), _is_behind("read_until", "read")))
    .values(
        delivered_until=_raised("delivered_until", "delivered"),
        read_until=_raised("read_until", "read"),
    )
)


def note_watermarks(connection: Connection, marks: Sequence[Watermark]) -> None:
    """Raise how far messages were delivered and read; never lowers. Unknown customers are passed over."""
    delivered, read = _latest(marks), _latest([mark for mark in marks if mark.read])
    rows = [
        {"of_page": key[0], "of_customer": key[1], "delivered": until, "read": read.get(key)}
        for key, until in sorted(delivered.items())  # in one order for everybody
    ]
    if rows:
        bulk.update(connection, _noted, rows)


def _latest(marks: Sequence[Watermark]) -> dict[Key, datetime]:
    until: dict[Key, datetime] = {}
    for mark in marks:
        key = mark.page_id, mark.customer_id
        until[key] = max(mark.until, until.get(key, mark.until))
    return until


@lru_cache(maxsize=2)
def _touched(dialect: str) -> Update:
    """One statement for any number of them."""
    now = bindparam("now", type_=_c.changed_at.type)
    is_watched = or_(_c.answered_by != "bot", _c.looked_until > now)
    if dialect == "sqlite":
        return update(conversations).where(_this, is_watched).values(changed_at=now)
    _, page_id, customer_id = keys.joined(dialect)
    these = (_c.page_id == page_id) & (_c.customer_id == customer_id)
    return update(conversations).where(these, is_watched).values(changed_at=now)


def touch(connection: Connection, wanted: Sequence[Key], now: datetime) -> None:
    """Tell screens that something of these conversations moved, where anybody may be looking at it."""
    each_once, dialect = sorted(set(wanted)), connection.dialect.name
    if each_once and dialect == "sqlite":
        rows = [{"of_page": page, "of_customer": customer, "now": now} for page, customer in each_once]
        bulk.update(connection, _touched(dialect), rows)
    elif each_once:
        connection.execute(_touched(dialect), {**keys.bound(connection, each_once), "now": now})


def mark_changed(connection: Connection, key: Key, now: datetime) -> None:
    """The same of one, whoever answers and looks."""
    connection.execute(
        update(conversations).where(_this).values(changed_at=now), {"of_page": key[0], "of_customer": key[1]}
    )


@lru_cache(maxsize=2)
def _locked(dialect: str) -> Select[Any]:
    each, page_id, customer_id = keys.joined(dialect)
    return (
        select(_c.page_id)
        .select_from(each.join(conversations, (_c.page_id == page_id) & (_c.customer_id == customer_id)))
        .order_by(_c.page_id, _c.customer_id)
        .with_for_update(of=conversations)
    )


def lock(connection: Connection, wanted: Sequence[Key]) -> None:
    """Keep others from these conversations until the transaction ends. SQLite's one writer needs no such lock."""
    if wanted and connection.dialect.name != "sqlite":
        each_once = keys.bound(connection, sorted(set(wanted)))
        connection.execute(_locked(connection.dialect.name), each_once).fetchall()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as people look at it."""

    page_id: str
    customer_id: str
    answered_by: str
    epoch: int
    team: str | None
    handoff_reason: str | None
    handoff_note: str | None
    handed_off_at: datetime | None
    last_customer_at: datetime | None
    delivered_until: datetime | None
    read_until: datetime | None


_shown = (
    select(
        _c.page_id, _c.customer_id, _c.answered_by, _c.epoch, _c.team, _c.handoff_reason, _c.handoff_note,
        _c.handed_off_at, _c.last_customer_at, _c.delivered_until, _c.read_until,
    ).where(_this)
)  # fmt: skip


def find(connection: Connection, key: Key) -> Conversation | None:
    """The conversation of that customer, if there is one."""
    row = connection.execute(_shown, {"of_page": key[0], "of_customer": key[1]}).one_or_none()
    return Conversation(*row) if row else None


def take_over(connection: Connection, key: Key, now: datetime) -> None:
    """Staff answer from now on: the bot's unsent words are void (their epoch is old). Works before the first message too."""
    insert_new(connection, conversations, [blank(key, now)], ("page_id", "customer_id"))
    connection.execute(
        update(conversations).where(_this).values(answered_by="staff", epoch=_c.epoch + 1, changed_at=now),
        {"of_page": key[0], "of_customer": key[1]},
    )
    # Of a silence that would end by itself: whoever answers now hands back in his own time.
    timers.stop_all(connection, [key])


def blank(key: Key, now: datetime) -> dict[str, Any]:
    """The row of a customer of whom nothing is known yet."""
    return {
        "page_id": key[0], "customer_id": key[1], "created_at": now,
        "answered_by": "bot", "epoch": 0, "fence": 0, "tries": 0, "next_seq": 1, "changed_at": now,
    }  # fmt: skip


def block(connection: Connection, key: Key, now: datetime) -> None:
    """Answer this customer no more: what the bot still had to say is void. One who never wrote can be blocked, too."""
    insert_new(connection, conversations, [blank(key, now)], ("page_id", "customer_id"))
    connection.execute(_blocked, {"of_page": key[0], "of_customer": key[1], "at": now})


def unblock(connection: Connection, key: Key) -> bool:
    """Answer this customer again, from the next message on; False if he was not blocked."""
    return connection.execute(_unblocked, {"of_page": key[0], "of_customer": key[1]}).rowcount > 0


_blocked = (
    update(conversations).where(_this, _c.blocked_at.is_(None)).values(blocked_at=bindparam("at"), epoch=_c.epoch + 1)
)
_unblocked = update(conversations).where(_this, _c.blocked_at.is_not(None)).values(blocked_at=null())


def stop(connection: Connection, key: Key, after: datetime) -> None:
    """The customer wants nothing from the Page since that last move of theirs, says the channel. The next move opens again."""
    connection.execute(_stopped, {"of_page": key[0], "of_customer": key[1], "after": after})


_stopped = update(conversations).where(_this).values(stopped_after=bindparam("after"))


def list_blocked(connection: Connection) -> list[tuple[str, str, datetime]]:
    """(Page, customer, since when) of everybody who is blocked."""
    rows = connection.execute(
        select(_c.page_id, _c.customer_id, _c.blocked_at).where(_c.blocked_at.is_not(None)).order_by(_c.blocked_at)
    )
    return [(page_id, customer_id, since) for page_id, customer_id, since in rows]


def next_seq(connection: Connection, key: Key) -> tuple[int, int] | None:
    """(the next free place in this customer's line, now taken; the epoch); None if the customer is unknown."""
    taken = update(conversations).where(_this).values(next_seq=_c.next_seq + 1).returning(_c.next_seq, _c.epoch)
    row = connection.execute(taken, {"of_page": key[0], "of_customer": key[1]}).one_or_none()
    return (row[0] - 1, row[1]) if row else None
