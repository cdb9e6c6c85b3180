"""Whether what the database calls committed is on the disk: its own settings, read."""

from __future__ import annotations

from sqlalchemy import Connection, text

_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")


def find_weak_settings(connection: Connection) -> tuple[str, ...]:
    """PostgreSQL's settings that are off, so that a power cut could take commits along; SQLite's are ours and never off."""
    if connection.dialect.name != "postgresql":
        return ()
    asked = text("SELECT name FROM pg_settings WHERE name = ANY(:names) AND setting = 'off' ORDER BY name")
    return tuple(connection.execute(asked, {"names": list(_SETTINGS)}).scalars())
