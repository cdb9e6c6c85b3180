"""Brings a database to this program's schema, under a lock, all or nothing. Can be run again after being killed anywhere.

As a program (`python -m app.store.migrate`) it reads the database's address from standard input, where no list of processes shows
it, and prints the revisions that it ran.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

from app.errors import AppError
from app.store.database import Database, open_database
from app.store.migrations import HEAD

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 7_266_135
"""Any number, the same for every process: who holds it migrates, the others wait."""
STANDSTILL_SECONDS_MAX = 60
"""A busy machine may take its time between two statements of a migration; a program that died is noticed by its connection. After so
long of neither, PostgreSQL gives the lock to whoever waits for it."""


async def migrate(database: Database) -> list[str]:
    """Run what is missing, in one transaction; the names of the revisions that were run, none if all was there.

    Raises AppError when the database was made by a newer program.
    """
    return await database.transaction(upgrade)


def upgrade(connection: Connection) -> list[str]:
    """The same on one connection."""
    if is_current(connection):
        return []
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{STANDSTILL_SECONDS_MAX}s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    # Alembic costs 10 MB and 0.7 s: only a database that needs it pays.
    from alembic import command
    from alembic.script import ScriptDirectory

    config = _config(connection)
    scripts = ScriptDirectory.from_config(config)
    present = find_revision(connection)
    if present is not None and present not in {script.revision for script in scripts.walk_revisions()}:
        raise AppError(
            f"The database is of a newer program (schema {present}).",
            "Start that newer program, or restore a backup from before it.",
        )
    missing = [script.revision for script in scripts.iterate_revisions("head", present or "base")]
    if missing:
        command.upgrade(config, "head")
    return missing[::-1]


def is_current(connection: Connection) -> bool:
    """Whether nothing is missing."""
    return find_revision(connection) == HEAD


def is_enough(connection: Connection) -> bool:
    """Whether this program can work on it: nothing is missing, and what a newer one added hinders nobody (migrations/README.md)."""
    present = find_revision(connection)
    return present is not None and present >= HEAD


def find_lacking(connection: Connection) -> list[str]:
    """Names of tables that the schema has by its own word, and that are not there."""
    return sorted(set(SQLModel.metadata.tables) - set(inspect(connection).get_table_names()))


def find_revision(connection: Connection) -> str | None:
    """The schema that the database has; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate_apart(address: str) -> list[str]:
    """The same by a program of its own: Alembic's 10 MB would stay with a server for as long as it runs.

    `address` names a SQLite file in full. Raises AppError with what the program said.
    """
    done = subprocess.run(
        [sys.executable, "-m", "app.store.migrate"],
        input=address,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AppError(done.stderr.strip().rpartition("\n")[2] or "The database could not be migrated.")
    return done.stdout.split()


async def _migrate_address(address: str) -> list[str]:
    database = open_database(address)
    try:
        return await migrate(database)
    finally:
        await database.close()


if __name__ == "__main__":
    try:
        sys.stdout.write("\n".join(asyncio.run(_migrate_address(sys.stdin.read().strip()))))
    except AppError as error:
        sys.exit(str(error))
