"""Insert-or-leave and insert-or-change, in the words of the connection's database."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

from app.store import bulk
from app.store.bulk import Rows


def insert_new(connection: Connection, table: Table, rows: Rows, unique: tuple[str, ...]) -> None:
    """Insert each row unless one with the same `unique` columns is there."""
    if rows:
        bulk.run(connection, _insert_new(connection.dialect.name, table, unique), rows)


def insert_or_change(connection: Connection, table: Table, rows: Rows, unique: tuple[str, ...]) -> None:
    """Insert each row, or give the one with the same `unique` columns all the other values of it."""
    if rows:
        others = tuple(name for name in rows[0] if name not in unique)
        bulk.run(connection, _insert_or_change(connection.dialect.name, table, unique, others), rows)


@lru_cache(maxsize=64)
def _insert_new(dialect: str, table: Table, unique: tuple[str, ...]) -> Insert:
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=list(unique))
    return postgresql.insert(table).on_conflict_do_nothing(index_elements=list(unique))


@lru_cache(maxsize=64)
def _insert_or_change(dialect: str, table: Table, unique: tuple[str, ...], others: tuple[str, ...]) -> Insert:
    if dialect == "sqlite":
        made = sqlite.insert(table)
        return made.on_conflict_do_update(list(unique), set_={name: made.excluded[name] for name in others})
    into = postgresql.insert(table)
    return into.on_conflict_do_update(index_elements=list(unique), set_={name: into.excluded[name] for name in others})
