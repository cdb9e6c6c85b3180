"""Files that staff send: the channel fetches them from an address of ours, whose name nobody can guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from app.store.keys import Key
from app.store.tables_desk import files

_f = files.c


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file; `mime` was told by its content."""

    id: str
    kind: str
    mime: str
    name: str
    data: bytes


def add(connection: Connection, key: Key, staff_id: str, new: StoredFile, now: datetime) -> None:
    """Keep it until its customer is forgotten."""
    row = {
        "id": new.id, "page_id": key[0], "customer_id": key[1], "staff_id": staff_id, "kind": new.kind,
        "mime": new.mime, "name": new.name, "data": new.data, "created_at": now,
    }  # fmt: skip
    connection.execute(insert(files), row)


def find(connection: Connection, file_id: str) -> StoredFile | None:
    """The file of that id."""
    row = connection.execute(select(_f.id, _f.kind, _f.mime, _f.name, _f.data).where(_f.id == file_id)).one_or_none()
    return StoredFile(*row) if row else None


def forget_before(connection: Connection, moment: datetime) -> int:
    """Delete what is older; how many."""
    return connection.execute(delete(files).where(_f.created_at < moment)).rowcount
