"""Files that the channel has already, by what it calls them: known to all processes, and after a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from app.store.tables import uploads
from app.store.upsert import insert_or_change

MOST = 10_000
"""O: of all Pages; those that came first go first."""


@dataclass(frozen=True, slots=True)
class Upload:
    """`name`: a hash of what the file holds, or of its address; nothing of either can be read from it."""

    page_id: str
    kind: str
    name: str
    attachment_id: str
    since: datetime


_u = uploads.c
_one = (_u.page_id == bindparam("of_page")) & (_u.kind == bindparam("of_kind")) & (_u.name == bindparam("of_name"))
_surplus = select(_u.since).order_by(_u.since.desc()).offset(MOST).limit(1)


def find(connection: Connection, page_id: str, kind: str, name: str) -> Upload | None:
    """What the channel calls that file of that Page, and since when."""
    row = connection.execute(select(uploads).where(_one), _at(page_id, kind, name)).one_or_none()
    return Upload(row.page_id, row.kind, row.name, row.attachment_id, row.since) if row else None


def keep(connection: Connection, new: Upload) -> None:
    """The newest of what is known counts."""
    row = {name: getattr(new, name) for name in ("page_id", "kind", "name", "attachment_id", "since")}
    insert_or_change(connection, uploads, [row], ("page_id", "kind", "name"))
    if (last := connection.execute(_surplus).scalar_one_or_none()) is not None:
        connection.execute(delete(uploads).where(_u.since <= last))


def forget(connection: Connection, page_id: str, kind: str, name: str) -> None:
    """The channel does not know it any more."""
    connection.execute(delete(uploads).where(_one), _at(page_id, kind, name))


def _at(page_id: str, kind: str, name: str) -> dict[str, str]:
    return {"of_page": page_id, "of_kind": kind, "of_name": name}
