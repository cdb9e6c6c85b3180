"""Brings a database to this program's schema, under a lock, all or nothing. Can be run again after being killed anywhere."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.errors import AppError
from app.store.database import Database

LOCK = 7_266_135
"""Any number, the same for every process: who holds it migrates, the others wait."""


async def migrate(database: Database) -> list[str]:
    """Run what is missing, in one transaction; the names of the revisions that were run, none if all was there.

    Raises AppError when the database was made by a newer program.
    """
    return await database.transaction(upgrade)


def upgrade(connection: Connection) -> list[str]:
    """The same on one connection."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    config = _config(connection)
    scripts = ScriptDirectory.from_config(config)
    present = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if present is not None and present not in known:
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
    present = MigrationContext.configure(connection).get_current_revision()
    return present == ScriptDirectory.from_config(_config(connection)).get_current_head()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
