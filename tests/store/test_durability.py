"""A database that would lose commits at a power cut says so."""

from __future__ import annotations

from sqlalchemy import Connection, text

from app.store.database import Database
from app.store.durability import find_weak_settings


async def test_settings_that_keep_every_commit_are_not_complained_about(database: Database) -> None:
    assert await database.read(find_weak_settings) == ()


async def test_a_setting_that_is_off_is_named(database: Database, migrated: str) -> None:
    def work(connection: Connection) -> tuple[str, ...]:
        if migrated.startswith("postgresql"):
            connection.execute(text("SET LOCAL synchronous_commit = off"))
        return find_weak_settings(connection)

    wanted = ("synchronous_commit",) if migrated.startswith("postgresql") else ()
    assert await database.transaction(work) == wanted
