"""The lists of the desk in parts, each behind the one before: nothing is left out or comes twice, whatever happens in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, text

from app.store.queue import COLUMNS, Row
from app.store.tables import conversations

_c = conversations.c
_since = func.coalesce(_c.handed_off_at, _c.created_at, type_=_c.created_at.type)
LATEST = ("all", "resolved")
"""Views whose latest come first; in the others who waits longest does."""


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which row a part begins: its moment, Page and customer."""

    at: datetime
    page_id: str
    customer_id: str


@dataclass(frozen=True, slots=True)
class Part:
    """Which rows: `view` is waiting, mine, team, taken, all or resolved."""

    view: str
    pages: Sequence[str]
    staff_id: str
    teams: Sequence[str]
    most: int
    behind: Place | None = None


def list_part(connection: Connection, part: Part) -> list[tuple[Row, Place]]:
    """The rows of one part in their order, each with its place."""
    moment = _moment(part.view)
    found: list[tuple[Row, Place]] = []
    # Each Page by its own index, joined here: one order over many Pages would have to sort all of them.
    for page_id in part.pages:
        chosen = select(moment, *COLUMNS).where(_c.page_id == page_id, *_wanted(part))
        if part.behind is not None:
            chosen = chosen.where(_is_behind(moment, page_id, part))
        order = (moment.desc(), _c.customer_id.desc()) if part.view in LATEST else (moment, _c.customer_id)
        rows = connection.execute(chosen.order_by(*order).limit(part.most))
        found += [(Row(*tuple(row)[1:]), Place(row[0], row[1], row[2])) for row in rows]
    found.sort(key=lambda each: (each[1].at, each[1].page_id, each[1].customer_id), reverse=part.view in LATEST)
    return found[: part.most]


def place_of(view: str, row: Row) -> Place:
    """Behind which the part after this row begins, in one of LATEST."""
    moment = row.resolved_at if view == "resolved" else row.changed_at
    assert moment is not None  # neither stands in its list without it
    return Place(moment, *row.key)


def _moment(view: str) -> ColumnElement[Any]:
    if view == "resolved":
        return _c.resolved_at
    return _c.changed_at if view == "all" else _since


def _wanted(part: Part) -> list[ColumnElement[bool]]:
    # Some are written out, not bound: a partial index serves only a query that says the same words.
    is_open = text("conversations.answered_by <> 'bot' AND conversations.blocked_at IS NULL")
    match part.view:
        case "all":
            return [_c.changed_at.is_not(None)]
        case "resolved":
            return [text("conversations.resolved_at IS NOT NULL"), _c.answered_by == "bot"]  # type: ignore[list-item]
        case "waiting":
            return [is_open, _c.answered_by == "waiting"]  # type: ignore[list-item]
        case "mine":
            return [is_open, _c.answered_by == "staff", _c.staff_id == part.staff_id]  # type: ignore[list-item]
        case "team":
            return [is_open, or_(_c.team.in_(part.teams), _c.staff_id == part.staff_id)]  # type: ignore[list-item]
        case _:
            return [is_open, _c.answered_by == "staff"]  # type: ignore[list-item]


def _is_behind(moment: ColumnElement[Any], page_id: str, part: Part) -> ColumnElement[bool]:
    behind = part.behind
    assert behind is not None
    if part.view in LATEST:
        if page_id > behind.page_id:
            return moment < behind.at
        if page_id < behind.page_id:
            return moment <= behind.at
        return or_(moment < behind.at, and_(moment == behind.at, _c.customer_id < behind.customer_id))
    if page_id < behind.page_id:
        return moment > behind.at
    if page_id > behind.page_id:
        return moment >= behind.at
    return or_(moment > behind.at, and_(moment == behind.at, _c.customer_id > behind.customer_id))
