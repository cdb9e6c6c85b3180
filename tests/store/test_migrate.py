"""Migrations: they make what the tables say, on both databases, once, and refuse what they do not know."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from app.errors import AppError
from app.store import migrate
from app.store.database import Database, open_database
from app.store.migrations import HEAD
from app.store.postgres import IDLE_SECONDS
from tests.databases import Servers


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, SQLModel.metadata))


async def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    assert await database.transaction(_differences) == []


def test_the_newest_revision_is_the_one_that_the_program_names() -> None:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    assert scripts.get_current_head() == HEAD


async def test_a_migrated_database_is_left_alone(database: Database) -> None:
    assert await migrate.migrate(database) == []
    assert await database.read(migrate.is_current)


async def test_an_empty_database_is_not_current(address: str) -> None:
    opened = open_database(address)
    assert not await opened.read(migrate.is_current)
    await opened.close()


async def test_two_processes_that_start_together_migrate_once(address: str) -> None:
    first, second = open_database(address), open_database(address)
    ran = await asyncio.gather(migrate.migrate(first), migrate.migrate(second))
    nothing, everything = sorted(ran)
    assert (nothing, everything[0], everything[-1]) == ([], "0001", HEAD)
    await first.close()
    await second.close()


async def test_a_migration_may_stand_still_longer_than_other_work(servers: Servers, tmp_path: Path) -> None:
    opened = open_database(servers.address("postgres", tmp_path))

    def patience(connection: Connection) -> str:
        return str(connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one())

    def patience_of_a_migration(connection: Connection) -> str:
        migrate.upgrade(connection)
        return patience(connection)

    found = [await opened.transaction(patience_of_a_migration), await opened.transaction(patience)]
    await opened.close()
    assert found == ["1min", f"{IDLE_SECONDS}s"]


async def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    await database.transaction(
        lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    )
    with pytest.raises(AppError, match="newer program"):
        await migrate.migrate(database)
