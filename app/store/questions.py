"""Questions to the FAQ: what was asked, why it was answered so, what the customer did then. Staff's words stay in the transcript."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, true, update

from app.store import bulk
from app.store.keys import Key
from app.store.tables import history, outbox
from app.store.tables_questions import questions

UNSENT_BEFORE, UNSENT_AFTER = timedelta(minutes=1), timedelta(hours=1)
"""A question that was kept so long around a message which its writer took back may be made of it: its words go too."""

SENT = ("sent", "in_flight", "unknown", "pending")
"""Outbox rows that reached the customer, or still may."""

_c = questions.c


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a customer. `entry` is what was told, `offered` what was asked back with, `meant` what the customer tapped then.

    `decision`: answer, clarify, fallback, tap. `scores` are the entries that came nearest. `rating`: helpful, not_helpful or empty.
    `handed_off`: staff have it.
    """

    page_id: str
    customer_id: str
    number: int
    asked_at: datetime
    text: str
    language: str
    decision: str
    entry: str = ""
    offered: tuple[str, ...] = ()
    scores: tuple[tuple[str, float], ...] = field(default=())
    rule: str = ""
    meant: str = ""
    rating: str = ""
    handed_off: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a question, as an effect says it."""

    page_id: str
    customer_id: str
    number: int
    meant: str = ""
    rating: str = ""
    handed_off: bool = False


@dataclass(frozen=True, slots=True)
class StaffLine:
    """Something that a person wrote to a customer: in the Page's own inbox, or on the desk."""

    page_id: str
    customer_id: str
    at: datetime
    text: str


# ---- in a turn ---------------------------------------------------------------------------------------------

_insert = insert(questions)
_here = (_c.page_id == bindparam("of_page"), _c.customer_id == bindparam("of_customer"))
_one = (*_here, _c.number == bindparam("of_number"))
_meant = update(questions).where(*_one).values(meant=bindparam("value"))
_rated = update(questions).where(*_one).values(rating=bindparam("value"))
_handed_off = update(questions).where(*_one).values(handed_off=true())


def add(connection: Connection, asked: Sequence[Question]) -> None:
    if asked:
        bulk.run(connection, _insert, [_row(each) for each in asked])


def _row(each: Question) -> dict[str, object]:
    return {name: getattr(each, name) for name in Question.__slots__} | {
        "offered": list(each.offered),
        "scores": [list(score) for score in each.scores],
    }


def settle(connection: Connection, settled: Sequence[Settled]) -> None:
    """Write what became of questions; of one that is gone already, nothing."""
    if not settled:
        return
    bulk.run(connection, _meant, [_at(each) | {"value": each.meant} for each in settled if each.meant])
    bulk.run(connection, _rated, [_at(each) | {"value": each.rating} for each in settled if each.rating])
    bulk.run(connection, _handed_off, [_at(each) for each in settled if each.handed_off])


def _at(each: Settled) -> dict[str, object]:
    return {"of_page": each.page_id, "of_customer": each.customer_id, "of_number": each.number}


def forget_unsent(connection: Connection, unsent: Sequence[tuple[Key, str]]) -> None:
    """Empty what may be made of messages that their writer took back, (customer, mid), before these are emptied."""
    for (page_id, customer_id), mid in unsent:
        said = (history.c.page_id == page_id) & (history.c.customer_id == customer_id) & (history.c.mid == mid)
        for at in connection.execute(select(history.c.happened_at).where(said)).scalars().all():
            here = (_c.page_id == page_id) & (_c.customer_id == customer_id)
            when = _c.asked_at.between(at - UNSENT_BEFORE, at + UNSENT_AFTER)
            connection.execute(update(questions).where(here & when).values(text=""))


# ---- afterwards --------------------------------------------------------------------------------------------


def list_of(connection: Connection, key: Key, most: int = 200) -> list[Question]:
    """The latest questions of a customer, oldest first: why the bot said what it said."""
    here = (_c.page_id == key[0]) & (_c.customer_id == key[1])
    found = connection.execute(select(questions).where(here).order_by(_c.id.desc()).limit(most))
    return [_read(row) for row in found][::-1]


def list_since(connection: Connection, pages: Sequence[str], since: datetime, most: int) -> list[Question]:
    """The latest questions on these Pages, oldest first; those with words only."""
    here = (_c.page_id.in_(pages)) & (_c.asked_at >= since) & (_c.text != "")
    found = connection.execute(select(questions).where(here).order_by(_c.id.desc()).limit(most))
    return [_read(row) for row in found][::-1]


def _read(row: Row[tuple[object, ...]]) -> Question:
    values = {name: getattr(row, name) for name in Question.__slots__}
    scores = tuple((str(entry), float(score)) for entry, score in values.pop("scores") or ())
    return Question(**values | {"offered": tuple(values["offered"] or ()), "scores": scores})


def count_told(connection: Connection, pages: Sequence[str], since: datetime) -> Counter[str]:
    """How often each entry was told or chosen; entries that never were are not in it."""
    counts: Counter[str] = Counter()
    for column in (_c.entry, _c.meant):
        here = (_c.page_id.in_(pages)) & (_c.asked_at >= since) & (column != "")
        for entry, count in connection.execute(select(column, func.count()).where(here).group_by(column)):
            counts[entry] += count
    return counts


def find_first(connection: Connection, pages: Sequence[str]) -> datetime | None:
    """The moment of the oldest question that is kept."""
    found: datetime | None = connection.execute(
        select(_c.asked_at).where(_c.page_id.in_(pages)).order_by(_c.asked_at).limit(1)
    ).scalar()
    return found


def list_staff_lines(connection: Connection, pages: Sequence[str], since: datetime, most: int) -> list[StaffLine]:
    """What people wrote to customers since, in order of time."""
    h, o = history.c, outbox.c
    theirs = select(h.page_id, h.customer_id, h.happened_at, h.text).where(
        h.page_id.in_(pages), h.happened_at >= since, h.who == "page_inbox", h.text != ""
    )
    ours = select(o.page_id, o.customer_id, o.created_at, o.body).where(
        o.page_id.in_(pages), o.created_at >= since, o.written_by == "staff", or_(*(o.status == each for each in SENT))
    )
    lines = [StaffLine(*row) for row in connection.execute(theirs.order_by(h.id.desc()).limit(most))]
    rows = connection.execute(ours.order_by(o.created_at.desc()).limit(most))
    lines += [StaffLine(page, customer, at, text) for page, customer, at, body in rows if (text := body.get("text"))]
    return sorted(lines, key=lambda each: each.at)
