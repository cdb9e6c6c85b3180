"""Catalogues: what feeds brought, one row a feed; every process serves the row's content. Products are bytes here, never read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from app.store.tables import catalogues
from app.store.upsert import insert_new, insert_or_change

TROUBLE_CHARS_MAX = 500
"""Why a feed was not taken: one or two sentences."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a feed brought. `content` is its hash, `kinds` what kind each field is, `marks` what to ask for the next time with."""

    content: str
    products: int
    packed: bytes = field(repr=False)
    kinds: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)


def find_content(connection: Connection, name: str) -> str:
    """Which content is live for that feed; empty before anything came in."""
    return connection.execute(select(catalogues.c.content).where(catalogues.c.name == name)).scalar_one_or_none() or ""


def find(connection: Connection, name: str) -> Imported | None:
    """What is live for that feed, whole."""
    columns = (catalogues.c.content, catalogues.c.products, catalogues.c.packed, catalogues.c.kinds, catalogues.c.marks)
    row = connection.execute(select(*columns).where(catalogues.c.name == name)).one_or_none()
    if row is None or row.packed is None:
        return None
    return Imported(row.content, row.products, row.packed, row.kinds or {}, row.marks or {})


def find_state(connection: Connection, name: str) -> tuple[int, datetime | None, str]:
    """How many products are live, since when, and why the last attempt brought nothing, if so."""
    columns = (catalogues.c.products, catalogues.c.changed_at, catalogues.c.trouble)
    row = connection.execute(select(*columns).where(catalogues.c.name == name)).one_or_none()
    return (row.products, row.changed_at, row.trouble or "") if row else (0, None, "")


@dataclass(frozen=True, slots=True)
class FeedTrouble:
    """A feed whose last attempt brought nothing, and why. `products` are live since `taken_at`; it is asked again at `again_at`."""

    name: str
    why: str
    products: int
    taken_at: datetime | None
    again_at: datetime


def list_troubles(connection: Connection, names: Collection[str]) -> list[FeedTrouble]:
    """Those of these feeds that could not be taken the last time."""
    if not names:
        return []
    c = catalogues.c
    bad = select(c.name, c.trouble, c.products, c.changed_at, c.next_at).where(
        c.name.in_(list(names)), c.trouble.is_not(None)
    )
    return [FeedTrouble(*row) for row in connection.execute(bad.order_by(c.name))]


def claim(connection: Connection, name: str, now: datetime, lease: timedelta) -> Mapping[str, str] | None:
    """Take it in hand to ask for news, if it is due: the marks of the last time; None while it is not. Nobody else has it then."""
    blank: dict[str, Any] = {"name": name, "content": "", "products": 0, "next_at": now}
    insert_new(connection, catalogues, [blank], ("name",))
    due = (catalogues.c.name == name) & (catalogues.c.next_at <= now)
    if not connection.execute(update(catalogues).where(due).values(next_at=now + lease)).rowcount:
        return None
    marks = connection.execute(select(catalogues.c.marks).where(catalogues.c.name == name)).scalar_one()
    return marks or {}


def save(connection: Connection, name: str, imported: Imported, now: datetime, next_at: datetime) -> None:
    """Make this what every process serves."""
    row = {
        "name": name,
        "content": imported.content,
        "products": imported.products,
        "packed": imported.packed,
        "kinds": dict(imported.kinds),
        "marks": dict(imported.marks),
        "trouble": None,
        "changed_at": now,
        "next_at": next_at,
    }
    insert_or_change(connection, catalogues, [row], ("name",))


def keep(connection: Connection, name: str, trouble: str, next_at: datetime) -> None:
    """What is live stays: there is nothing new, or it could not be taken and `trouble` says why."""
    here = catalogues.c.name == name
    kept = {"trouble": trouble[:TROUBLE_CHARS_MAX] or None, "next_at": next_at}
    connection.execute(update(catalogues).where(here).values(**kept))
