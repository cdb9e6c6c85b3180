"""Answers that are kept ready: a Page's, and those that a person keeps for himself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select

from app.store.tables_desk import canned
from app.store.upsert import insert_or_change

CANNED_MOST = 500
"""Of one Page and person together: more than anybody finds again."""

_k = canned.c


@dataclass(frozen=True, slots=True)
class Canned:
    """One answer. `staff_id` is empty for one of the whole Page; `<name>` in its text is filled in."""

    id: int
    staff_id: str
    name: str
    text: str


def list_canned(connection: Connection, page_id: str, staff_id: str) -> Sequence[Canned]:
    """What this person can use on this Page, by name."""
    theirs = select(_k.id, _k.staff_id, _k.name, _k.text).where(
        _k.page_id == page_id, or_(_k.staff_id == "", _k.staff_id == staff_id)
    )
    return [Canned(*row) for row in connection.execute(theirs.order_by(_k.name, _k.id).limit(CANNED_MOST))]


def keep(connection: Connection, page_id: str, new: Canned, now: datetime) -> None:
    """Keep an answer under its name; one of the same name and owner is replaced."""
    row = {"page_id": page_id, "staff_id": new.staff_id, "name": new.name, "text": new.text, "changed_at": now}
    insert_or_change(connection, canned, [row], ("page_id", "staff_id", "name"))


def forget(connection: Connection, page_id: str, canned_id: int, owners: Sequence[str]) -> bool:
    """Delete an answer that belongs to one of these (an empty text is the Page); False when there is none."""
    gone = delete(canned).where(_k.page_id == page_id, _k.id == canned_id, _k.staff_id.in_(list(owners)))
    return connection.execute(gone).rowcount > 0
