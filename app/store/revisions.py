"""Revisions: every flow that went live, by Page; the newest is what all processes serve. Files are bytes here, never read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, insert, select, text

from app.store import audit
from app.store.tables import revisions

KEPT_MAX = 200
"""Rows a Page: an owner who saves twenty times a day can go back ten days. A row is mostly a few kilobytes."""
LOCK = 7_266_136
"""Any number, the same for every process: two that publish the same change at once make one row."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A Page's newest row: what all processes serve, and what the folder held when that began."""

    revision: str
    folder_revision: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: live from `live_at` until `until`, None while it is. `went_back`: not what the folder held."""

    revision: str
    went_back: bool
    live_at: datetime
    until: datetime | None


def find_newest(connection: Connection) -> int:
    """The number of the newest row of all Pages, which only grows; 0 before anything went live."""
    return connection.execute(select(func.max(revisions.c.id))).scalar_one() or 0


def find_standing(connection: Connection, page_id: str) -> Standing | None:
    """What that Page serves; None before anything went live."""
    columns = (revisions.c.revision, revisions.c.folder_revision)
    newest = select(*columns).where(revisions.c.page_id == page_id).order_by(revisions.c.id.desc()).limit(1)
    found = connection.execute(newest).one_or_none()
    return Standing(*found) if found else None


def was_live(connection: Connection, page_id: str, revision: str) -> bool:
    """Whether that content is known for this Page: live once, or the folder's when somebody went back."""
    here = (revisions.c.page_id == page_id) & (
        (revisions.c.revision == revision) | (revisions.c.folder_revision == revision)
    )
    return bool(connection.execute(select(exists().where(here))).scalar_one())


def publish(
    connection: Connection,
    page_ids: Sequence[str],
    standing: Standing,
    files: bytes,
    now: datetime,
    *,
    who: str = "folder",
) -> int:
    """Make this what these Pages serve; how many it was new to. The oldest rows beyond KEPT_MAX go. `who`: as the audit calls it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    new_to = [page_id for page_id in page_ids if find_standing(connection, page_id) != standing]
    for page_id in new_to:
        row = {"page_id": page_id, "revision": standing.revision, "folder_revision": standing.folder_revision}
        connection.execute(insert(revisions).values(**row, files=files, live_at=now))
        _forget_oldest(connection, page_id)
    for page_id in new_to:
        audit.add(connection, "flow_published", now, who=who, page_id=page_id, details={"revision": standing.revision})
    return len(new_to)


def find_files(connection: Connection, page_id: str, revision: str) -> bytes | None:
    """The packed files of that revision, or None."""
    here = (revisions.c.page_id == page_id) & (revisions.c.revision == revision)
    newest = select(revisions.c.files).where(here).order_by(revisions.c.id.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none()


def find_like(connection: Connection, page_id: str, beginning: str) -> list[str]:
    """The revisions of that Page that begin so: people copy the first signs."""
    here = (revisions.c.page_id == page_id) & (func.substr(revisions.c.revision, 1, len(beginning)) == beginning)
    return list(connection.execute(select(revisions.c.revision).where(here).distinct()).scalars())


def list_rows(connection: Connection, page_id: str, rows_max: int) -> list[Row]:
    """What was live, the newest first."""
    columns = (revisions.c.revision, revisions.c.folder_revision, revisions.c.live_at)
    newest = select(*columns).where(revisions.c.page_id == page_id).order_by(revisions.c.id.desc()).limit(rows_max)
    listed: list[Row] = []
    until: datetime | None = None
    for revision, folder_revision, live_at in connection.execute(newest):
        listed.append(Row(revision, revision != folder_revision, live_at, until))
        until = live_at
    return listed


def _forget_oldest(connection: Connection, page_id: str) -> None:
    kept = select(revisions.c.id).where(revisions.c.page_id == page_id).order_by(revisions.c.id.desc()).limit(KEPT_MAX)
    oldest = select(func.min(kept.subquery().c.id)).scalar_subquery()
    connection.execute(delete(revisions).where((revisions.c.page_id == page_id) & (revisions.c.id < oldest)))
