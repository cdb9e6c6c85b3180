"""Suggestions: which products each customer was shown, and what came of it: a taste, a click. Goes with the customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.store import bulk
from app.store.keys import Key
from app.store.tables import suggestions

_c = suggestions.c


@dataclass(frozen=True, slots=True)
class Shown:
    """One product on a card. `mark`: what a click on its link brings back."""

    page_id: str
    customer_id: str
    product_id: str
    mark: str
    state: str


@dataclass(frozen=True, slots=True)
class Total:
    """One product: to how many customers it was shown, how many opened its page, like it, do not like it."""

    product_id: str
    shown: int
    clicked: int
    liked: int
    disliked: int


def note_shown(connection: Connection, shown: Sequence[Shown], now: datetime) -> None:
    """Note what is shown; of what was shown before the moment and the count alone."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for each in shown:
        row: dict[str, Any] = {name: getattr(each, name) for name in Shown.__slots__}
        row |= {"times": 1, "shown_at": now, "last_at": now}
        rows[each.page_id, each.customer_id, each.product_id] = row
    if rows:
        bulk.run(connection, _note(connection.dialect.name), list(rows.values()))


@lru_cache(maxsize=2)
def _note(dialect: str) -> Any:
    into: Any = sqlite.insert(suggestions) if dialect == "sqlite" else postgresql.insert(suggestions)
    again = {
        "times": _c.times + into.excluded.times,
        "last_at": into.excluded.last_at,
        "state": into.excluded.state,
        "mark": into.excluded.mark,
    }
    return into.on_conflict_do_update(index_elements=["page_id", "customer_id", "product_id"], set_=again)


def note_tastes(connection: Connection, tastes: Sequence[tuple[Key, str, str]]) -> None:
    """What customers said of products that they were shown: (customer, product, like or dislike)."""
    rows = [
        {"of_page": key[0], "of_customer": key[1], "of_product": product, "new_taste": taste}
        for key, product, taste in tastes
    ]
    if rows:
        bulk.run(connection, _taste, rows)


def forget_tastes(connection: Connection, customers: Sequence[Key]) -> None:
    """Whatever these customers said they like or not; that they were shown it stays."""
    if customers:
        bulk.run(connection, _no_taste, [{"of_page": key[0], "of_customer": key[1]} for key in customers])


_no_taste = (
    update(suggestions)
    .where(_c.page_id == bindparam("of_page"), _c.customer_id == bindparam("of_customer"), _c.taste.is_not(None))
    .values(taste=null())
)

_taste = (
    update(suggestions)
    .where(
        _c.page_id == bindparam("of_page"),
        _c.customer_id == bindparam("of_customer"),
        _c.product_id == bindparam("of_product"),
    )
    .values(taste=bindparam("new_taste"))
)


def note_clicks(connection: Connection, clicked: Mapping[str, datetime]) -> None:
    """The first click of a customer on a product counts; one whose suggestion is erased is not kept."""
    if clicked:
        bulk.run(connection, _click, [{"of_mark": mark, "at": moment} for mark, moment in clicked.items()])


_click = (
    update(suggestions)
    .where(_c.mark == bindparam("of_mark"), _c.clicked_at.is_(None))
    .values(clicked_at=bindparam("at"))
)


def list_totals(connection: Connection, page_id: str, since: datetime, most: int) -> list[Total]:
    """What was shown since then, the most often shown first."""
    shown = func.count()
    columns = (
        _c.product_id, shown, func.count(_c.clicked_at),
        func.count().filter(_c.taste == "like"), func.count().filter(_c.taste == "dislike"),
    )  # fmt: skip
    here = (_c.page_id == page_id) & (_c.last_at >= since)
    rows = select(*columns).where(here).group_by(_c.product_id).order_by(shown.desc(), _c.product_id).limit(most)
    return [Total(*row) for row in connection.execute(rows)]
