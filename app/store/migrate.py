"""Brings a database to this program's schema, under a lock, all or nothing. Can be run again after being killed anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from app.errors import AppError
from app.store.database import Database
from app.store.migrations import HEAD

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 7_266_135
"""Any number, the same for every process: who holds it migrates, the others wait."""


async def migrate(database: Database) -> list[str]:
    """Run what is missing, in one transaction; the names of the revisions that were run, none if all was there.

    Raises AppError when the database was made by a newer program.
    """
    return await database.transaction(upgrade)


def upgrade(connection: Connection) -> list[str]:
    """The same on one connection."""
    if is_current(connection):
        return []
    # Alembic costs 10 MB and 0.7 s: only a database that needs it pays.
    from alembic import command
    from alembic.script import ScriptDirectory

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
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
