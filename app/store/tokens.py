"""Tokens of Pages that `frontdesk connect` was given, sealed: they open nothing without the key, which is not in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.store.tables import tokens
from app.store.upsert import insert_or_change


@dataclass(frozen=True, slots=True)
class Sealed:
    """`instead_of`: a keyed hash of the token that the settings had when this one came. When they have another, that one is newer."""

    page_id: str
    sealed: str
    instead_of: str
    since: datetime


_t = tokens.c
_all = select(_t.page_id, _t.sealed, _t.instead_of, _t.since).order_by(_t.page_id)


def list_all(connection: Connection) -> list[Sealed]:
    """One for each Page that was given one."""
    return [Sealed(*row) for row in connection.execute(_all)]


def save(connection: Connection, new: Sealed) -> None:
    """The Page's token from now on."""
    row = {"page_id": new.page_id, "sealed": new.sealed, "instead_of": new.instead_of, "since": new.since}
    insert_or_change(connection, tokens, [row], ("page_id",))
