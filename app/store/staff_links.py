"""One-time links: the first owner's, invitations, forgotten passwords. A token is kept as its hash only; what was used is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import Connection, delete, insert, select

from app.store.staff_tables import staff_links

Kind = Literal["setup", "invitation", "reset"]


@dataclass(frozen=True, slots=True)
class Link:
    """`staff_id` is None for the first owner, who has no account yet."""

    kind: Kind
    staff_id: str | None
    made_at: datetime
    until: datetime


_c = staff_links.c


def add(connection: Connection, token: bytes, link: Link) -> None:
    """Keep a link; those that the same person had before are void, and whatever is too old goes."""
    connection.execute(delete(staff_links).where(_c.until < link.made_at))
    if link.staff_id is not None:
        connection.execute(delete(staff_links).where(_c.staff_id == link.staff_id))
    connection.execute(
        insert(staff_links).values(
            token=token, kind=link.kind, staff_id=link.staff_id, made_at=link.made_at, until=link.until
        )
    )


def find(connection: Connection, token: bytes, now: datetime) -> Link | None:
    """The link, if it may still be used."""
    row = connection.execute(
        select(_c.kind, _c.staff_id, _c.made_at, _c.until).where(_c.token == token, _c.until >= now)
    ).one_or_none()
    return None if row is None else Link(cast(Kind, row.kind), row.staff_id, row.made_at, row.until)


def use(connection: Connection, token: bytes) -> bool:
    """Use the link up; False when another was faster."""
    return connection.execute(delete(staff_links).where(_c.token == token)).rowcount == 1


def void(connection: Connection, staff_id: str) -> None:
    """No link of this person works any more."""
    connection.execute(delete(staff_links).where(_c.staff_id == staff_id))


def void_setup(connection: Connection) -> None:
    """No link for a first owner works any more."""
    connection.execute(delete(staff_links).where(_c.kind == "setup"))
