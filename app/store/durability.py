"""Whether what the database calls committed is on the disk, and on its standbys."""

from __future__ import annotations

from sqlalchemy import Connection, text

_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")


def find_weak_settings(connection: Connection) -> tuple[str, ...]:
    """PostgreSQL's settings that are off, so that a power cut could take commits along; SQLite's are ours and never off."""
    if connection.dialect.name != "postgresql":
        return ()
    asked = text("SELECT name FROM pg_settings WHERE name = ANY(:names) AND setting = 'off' ORDER BY name")
    return tuple(connection.execute(asked, {"names": list(_SETTINGS)}).scalars())


_NOTE = text("SELECT pg_logical_emit_message(true, 'frontdesk', '')")
"""An empty note in the write-ahead log, of some 60 bytes, that nobody reads. An id alone would not do: a commit with nothing in front
of it in the log is neither flushed nor waited for (RecordTransactionCommit in PostgreSQL's xact.c)."""


def let_commit_wait(connection: Connection) -> None:
    """Let this transaction's commit be waited for like any other, even if it writes nothing.

    PostgreSQL ends a transaction that wrote nothing at once. What it read may stand on this server alone, after a restart for one:
    no standby need have it. A commit of its own stands behind it in the log, and waits for disk and standbys.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_NOTE)
