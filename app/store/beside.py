"""What staff write beside a conversation, and who of them is there: notes with mentions, looks, typing, presence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, insert, select, update

from app.store.keys import Key
from app.store.tables import conversations
from app.store.tables_desk import looks, mentions, notes, presence
from app.store.upsert import insert_or_change

LOOKS_FOR = timedelta(seconds=40)
"""A screen says every 15 seconds that somebody looks; two of them may be lost."""
TYPES_FOR = timedelta(seconds=6)
"""The same for typing, said every 3 seconds."""
TYPING_SHOWN_EVERY = timedelta(seconds=15)
"""The channel shows a customer for about 20 seconds that somebody types."""
NOTES_MOST = 200

_n, _l, _m = notes.c, looks.c, mentions.c


# ---- notes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Note:
    """One note about a customer."""

    id: int
    staff_id: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewNote:
    """`mentioned` are the ids of the people named in it. The same `form_key` again is the same note."""

    key: Key
    staff_id: str
    text: str
    form_key: str
    mentioned: Collection[str] = ()


def add_note(connection: Connection, new: NewNote, now: datetime) -> str | None:
    """Keep it, unless this form was kept before; the text that stands there now, None where nobody is known by that name."""
    at = {"page_id": new.key[0], "customer_id": new.key[1]}
    here = (conversations.c.page_id == new.key[0]) & (conversations.c.customer_id == new.key[1])
    if connection.execute(select(conversations.c.epoch).where(here)).first() is None:
        return None
    known = select(_n.text).where(_n.page_id == new.key[0], _n.customer_id == new.key[1], _n.form_key == new.form_key)
    if kept := connection.execute(known).first():
        return str(kept.text)
    row = {**at, "staff_id": new.staff_id, "text": new.text, "form_key": new.form_key, "created_at": now}
    note_id = connection.execute(insert(notes).returning(_n.id), row).scalar_one()
    if new.mentioned:
        connection.execute(
            insert(mentions), [{"note_id": note_id, "staff_id": each, **at} for each in sorted(set(new.mentioned))]
        )
    _change(connection, new.key, now)
    return new.text


def list_notes(connection: Connection, key: Key) -> Sequence[Note]:
    """The latest NOTES_MOST of this customer, oldest first."""
    here = select(_n.id, _n.staff_id, _n.text, _n.created_at).where(_n.page_id == key[0], _n.customer_id == key[1])
    rows = connection.execute(here.order_by(_n.id.desc()).limit(NOTES_MOST)).fetchall()
    return [Note(*row) for row in reversed(rows)]


def count_mentions(connection: Connection, staff_id: str, pages: Collection[str]) -> int:
    """In how many conversations this person is named and has not looked since."""
    unseen = select(func.count(func.distinct(_m.customer_id))).where(
        _m.staff_id == staff_id, _m.seen_at.is_(None), _m.page_id.in_(sorted(pages) or [""])
    )
    return int(connection.execute(unseen).scalar_one())


# ---- who looks ---------------------------------------------------------------------------------------------


def look(connection: Connection, key: Key, staff_id: str, now: datetime, *, types: bool) -> bool:
    """This person sees the conversation now, and perhaps types there; whether, while the customer waits for a person or has one, they
    are the first of all to see what was written last."""
    row = {"page_id": key[0], "customer_id": key[1], "staff_id": staff_id, "looked_at": now, "seen_until": now}
    # Who stopped typing is not shown for the rest of the time.
    row["typing_at"] = now if types else None
    here = (conversations.c.page_id == key[0]) & (conversations.c.customer_id == key[1])
    if not connection.execute(update(conversations).where(here).values(looked_until=now + LOOKS_FOR)).rowcount:
        return False  # nobody is known by that name
    is_first = _is_unseen(connection, key)
    before = _list_lookers(connection, key, now)
    insert_or_change(connection, looks, [row], ("page_id", "customer_id", "staff_id"))
    seen = update(mentions).where(
        _m.page_id == key[0], _m.customer_id == key[1], _m.staff_id == staff_id, _m.seen_at.is_(None)
    )
    connection.execute(seen.values(seen_at=now))
    if _list_lookers(connection, key, now) != before:
        _change(connection, key, now)
    return is_first


def _is_unseen(connection: Connection, key: Key) -> bool:
    c = conversations.c
    # The row of the conversation was changed just before: of two who look at once, the other comes afterwards.
    here = select(c.last_customer_at, c.answered_by, c.blocked_at).where(c.page_id == key[0], c.customer_id == key[1])
    row = connection.execute(here).one()
    if row.answered_by == "bot" or row.blocked_at or row.last_customer_at is None:
        return False
    seen = select(_l.seen_until).where(
        _l.page_id == key[0], _l.customer_id == key[1], _l.seen_until >= row.last_customer_at
    )
    return connection.execute(seen.limit(1)).first() is None


def show_typing(connection: Connection, key: Key, staff_id: str, now: datetime) -> bool:
    """Whether the customer is to be shown now that this person types: only by who has the conversation, and not again so soon, in
    whichever process it is asked. Behind `look`, which has locked the conversation."""
    c = conversations.c
    theirs = select(c.epoch).where(
        c.page_id == key[0],
        c.customer_id == key[1],
        c.answered_by == "staff",
        c.staff_id == staff_id,
        c.blocked_at.is_(None),
    )
    here = (_l.page_id == key[0]) & (_l.customer_id == key[1])
    lately = select(_l.staff_id).where(here, _l.typing_shown_at > now - TYPING_SHOWN_EVERY)
    if connection.execute(theirs).first() is None or connection.execute(lately.limit(1)).first() is not None:
        return False
    connection.execute(update(looks).where(here, _l.staff_id == staff_id).values(typing_shown_at=now))
    return True


def leave(connection: Connection, key: Key, staff_id: str, now: datetime) -> None:
    """This person looks elsewhere."""
    here = (_l.page_id == key[0]) & (_l.customer_id == key[1]) & (_l.staff_id == staff_id)
    connection.execute(update(looks).where(here).values(looked_at=None, typing_at=None))
    _change(connection, key, now)


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody before the same conversation."""

    staff_id: str
    types: bool


def list_lookers(connection: Connection, key: Key, now: datetime) -> list[Looker]:
    """Who looks at it now, and who types there."""
    return _list_lookers(connection, key, now)


def _list_lookers(connection: Connection, key: Key, now: datetime) -> list[Looker]:
    here = (
        (_l.page_id == key[0])
        & (_l.customer_id == key[1])
        & (_l.looked_at > bindparam("since", type_=_l.looked_at.type))
    )
    rows = connection.execute(
        select(_l.staff_id, _l.typing_at).where(here).order_by(_l.staff_id), {"since": now - LOOKS_FOR}
    )
    return [Looker(row[0], row[1] is not None and row[1] > now - TYPES_FOR) for row in rows]


def _change(connection: Connection, key: Key, now: datetime) -> None:
    here = (conversations.c.page_id == key[0]) & (conversations.c.customer_id == key[1])
    connection.execute(update(conversations).where(here).values(changed_at=now))


# ---- who is there ------------------------------------------------------------------------------------------


def be_there(connection: Connection, staff_ids: Collection[str], now: datetime) -> None:
    """These people have a screen open."""
    rows = [{"staff_id": each, "seen_at": now} for each in sorted(set(staff_ids))]
    insert_or_change(connection, presence, rows, ("staff_id",))


def set_away(connection: Connection, staff_id: str, since: datetime | None) -> None:
    """This person is away from that moment on, or (None) there again."""
    insert_or_change(connection, presence, [{"staff_id": staff_id, "away_since": since}], ("staff_id",))


@dataclass(frozen=True, slots=True)
class Presence:
    """When somebody was last at a screen, and since when they say that they are away."""

    seen_at: datetime | None = None
    away_since: datetime | None = None


def list_presence(connection: Connection) -> dict[str, Presence]:
    """Everybody who ever was there."""
    rows = connection.execute(select(presence.c.staff_id, presence.c.seen_at, presence.c.away_since))
    return {row[0]: Presence(row[1], row[2]) for row in rows}
