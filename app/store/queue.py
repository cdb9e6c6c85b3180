"""The queue of the desk: conversations in lists, and those that changed since a moment. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, or_, select, text

from app.store import keys
from app.store.keys import Key
from app.store.tables import conversations, history
from app.store.tables_desk import looks, mentions

LIST_MOST = 100
"""Rows of one list: more than a person reads. Behind them there is search, and the oldest stand first."""
CHANGED_MOST = 1_000
"""Changed conversations that are told one by one; when there are more a screen reads its list anew."""
SNIPPET_CHARS = 90

_c = conversations.c
_NOT_BOT = text("conversations.answered_by <> 'bot'")
"""Written out, not bound: a partial index serves only a query that says the same words."""


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation in a list. `waiting_since`: since when the customer waits for staff; `said`: the customer's latest words."""

    page_id: str
    customer_id: str
    name: str | None
    answered_by: str
    staff_id: str | None
    team: str | None
    epoch: int
    handed_off_at: datetime | None
    resolved_at: datetime | None
    last_customer_at: datetime | None
    staff_at: datetime | None
    changed_at: datetime | None
    blocked_at: datetime | None
    reason: str | None
    said: str

    @property
    def key(self) -> Key:
        return self.page_id, self.customer_id

    @property
    def waiting_since(self) -> datetime | None:
        """Since when the customer waits: in the queue, or for the next word of whoever has the conversation."""
        if self.answered_by == "waiting":
            return self.handed_off_at
        if self.answered_by != "staff" or self.last_customer_at is None:
            return None
        return self.last_customer_at if self.staff_at is None or self.last_customer_at > self.staff_at else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which list: `view` is waiting, mine, team, taken, mentions (`queue_pages` has those of everything). `pages` are those the person
    may see."""

    view: str
    pages: Collection[str]
    staff_id: str
    teams: Collection[str] = ()
    pages_bound: list[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pages_bound", sorted(self.pages) or [""])


_said = (
    select(func.substr(history.c.text, 1, SNIPPET_CHARS))
    .where(
        history.c.page_id == _c.page_id,
        history.c.customer_id == _c.customer_id,
        history.c.who == "customer",
        history.c.text != "",
    )
    .order_by(history.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
COLUMNS = (
    _c.page_id, _c.customer_id, _c.customer_name, _c.answered_by, _c.staff_id, _c.team, _c.epoch, _c.handed_off_at,
    _c.resolved_at, _c.last_customer_at, _c.staff_at, _c.changed_at, _c.blocked_at, _c.handoff_reason,
    func.coalesce(_said, ""),
)  # fmt: skip
_of_pages = _c.page_id.in_(bindparam("pages", expanding=True))
_rows = select(*COLUMNS).where(_of_pages)


def list_rows(connection: Connection, wanted: Wanted) -> list[Row]:
    """The list in its order: who waits longest first. At most LIST_MOST."""
    statement, more = _open(wanted)
    rows = connection.execute(statement.limit(LIST_MOST), {"pages": wanted.pages_bound, **more})
    found = [Row(*row) for row in rows]
    return found if wanted.view == "waiting" else sorted(found, key=_urgency)


def _urgency(row: Row) -> tuple[bool, datetime]:
    """Who waits comes first, the longest first; then the others."""
    since = row.waiting_since
    return since is None, since or row.changed_at or row.last_customer_at or _LATEST


_LATEST = datetime.max.replace(tzinfo=UTC)


def _open(wanted: Wanted) -> tuple[Select[Any], dict[str, Any]]:
    # Who is blocked is answered by nobody: they wait in no list, and are found in that of all.
    opened = _rows.where(_NOT_BOT, _c.blocked_at.is_(None)).order_by(_c.handed_off_at, _c.page_id, _c.customer_id)
    match wanted.view:
        case "waiting":
            return opened.where(_c.answered_by == "waiting"), {}
        case "mine":
            return opened.where(_c.answered_by == "staff", _c.staff_id == bindparam("me")), {"me": wanted.staff_id}
        case "team":
            theirs = or_(_c.team.in_(bindparam("teams", expanding=True)), _c.staff_id == bindparam("me"))
            return opened.where(theirs), {"teams": sorted(wanted.teams) or [""], "me": wanted.staff_id}
        case "mentions":
            named = mentions.join(
                conversations, (mentions.c.page_id == _c.page_id) & (mentions.c.customer_id == _c.customer_id)
            )
            unseen = select(*COLUMNS).select_from(named).where(_of_pages, text("mentions.seen_at IS NULL"))
            return unseen.where(mentions.c.staff_id == bindparam("me")).distinct(), {"me": wanted.staff_id}
        case _:
            return opened.where(_c.answered_by == "staff"), {}


@lru_cache(maxsize=2)
def _of_keys(dialect: str) -> Select[Any]:
    each, page_id, customer_id = keys.joined(dialect)
    here: ColumnElement[bool] = (_c.page_id == page_id) & (_c.customer_id == customer_id)
    return select(*COLUMNS).select_from(each.join(conversations, here))


def find_rows(connection: Connection, wanted: Sequence[Key]) -> list[Row]:
    """The rows of these conversations, in no order."""
    if not wanted:
        return []
    rows = connection.execute(_of_keys(connection.dialect.name), keys.bound(connection, wanted))
    return [Row(*row) for row in rows]


_changed = (
    select(_c.page_id, _c.customer_id, _c.changed_at)
    .where(_of_pages, _c.changed_at > bindparam("since", type_=_c.changed_at.type))
    .order_by(_c.changed_at)
    .limit(CHANGED_MOST + 1)
)


def list_changed(connection: Connection, pages: Collection[str], since: datetime) -> list[tuple[str, str, datetime]]:
    """(Page, customer, when) of what changed behind that moment; CHANGED_MOST + 1 of them when there are more."""
    rows = connection.execute(_changed, {"pages": sorted(pages) or [""], "since": since})
    return [(page, customer, at) for page, customer, at in rows]


_counts = (
    select(_c.page_id, _c.answered_by, _c.team, _c.staff_id, func.count())
    .where(_NOT_BOT, _of_pages, _c.blocked_at.is_(None))
    .group_by(_c.page_id, _c.answered_by, _c.team, _c.staff_id)
)


@dataclass(frozen=True, slots=True)
class Load:
    """How many conversations of a Page are in that hand: waiting for `team`, or with `staff_id`."""

    page_id: str
    answered_by: str
    team: str | None
    staff_id: str | None
    count: int


def list_loads(connection: Connection, pages: Collection[str]) -> list[Load]:
    """How the open conversations of these Pages are spread."""
    return [Load(*row) for row in connection.execute(_counts, {"pages": sorted(pages) or [""]})]


_seen = select(looks.c.page_id, looks.c.customer_id, looks.c.seen_until).where(looks.c.staff_id == bindparam("me"))


def list_seen(connection: Connection, staff_id: str, wanted: Sequence[Key]) -> dict[Key, datetime]:
    """How far this person has seen these conversations."""
    if not wanted:
        return {}
    customers = {customer for _, customer in wanted}
    statement = _seen.where(looks.c.customer_id.in_(customers), looks.c.seen_until.is_not(None))
    return {(row[0], row[1]): row[2] for row in connection.execute(statement, {"me": staff_id})}
