"""Copies of the whole database, and databases from copies: SQLite's own online backup, PostgreSQL's own tools. Changes no original."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, inspect, update
from sqlalchemy.engine import URL

from app.errors import AppError, UnavailableError
from app.store.database import driver_address, translate
from app.store.hosts import CONNECT_SECONDS
from app.store.tables import conversations

NUMBERS_SKIPPED = 100_000
"""More messages than one customer is sent between a backup and its restoring: their numbers are never given again, so that an echo
that comes late for one of those is not taken for that of a new one."""
SAID_CHARS_MAX = 200
"""Of what a tool says: its first line names the reason."""


def copy_sqlite(source: Path, target: Path) -> None:
    """Everything that is committed at this moment, while others write. Raises UnavailableError when the file cannot be read."""
    try:
        with closing(_open(source, "ro")) as theirs, closing(sqlite3.connect(target)) as ours:
            theirs.backup(ours)  # in one step: from one snapshot, which with a write-ahead log makes nobody wait
            ours.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise translate(error) from error


def check_sqlite(file: Path) -> None:
    """Raises AppError when it is no whole database."""
    try:
        with closing(_open(file, "ro")) as opened:
            said = opened.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        said = type(error).__name__
    if said != "ok":
        raise AppError("The database in the backup is damaged.", "Take another backup.")


def _open(file: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None)


def dump_postgres(url: URL, target: Path) -> None:
    """The same by pg_dump, in its own packed form. Raises AppError where it is missing or refuses."""
    _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], url)


def load_postgres(url: URL, source: Path) -> None:
    """Fill an empty database from such a copy: all or nothing. Raises AppError as `dump_postgres` does."""
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run("pg_restore", [*options, str(source)], url)


def _run(name: str, arguments: Sequence[str], url: URL) -> None:
    tool = shutil.which(name)
    if tool is None:
        raise AppError(
            f"{name} is not installed.",
            "Install PostgreSQL's client programs (postgresql-client), of the server's version.",
        )
    # The password where no list of processes shows it.
    given = {"PATH": os.defpath, "PGCONNECT_TIMEOUT": f"{CONNECT_SECONDS:.0f}"} | (
        {"PGPASSWORD": url.password} if url.password else {}
    )
    command = [tool, *arguments, f"--dbname={driver_address(url.set(password=None))}"]
    done = subprocess.run(command, env=given, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.strip().partition("\n")[0][:SAID_CHARS_MAX]
        raise UnavailableError(f"{name} says: {said}" if said else f"{name} gave up.")


def is_empty(connection: Connection) -> bool:
    """Whether nobody keeps anything in this database yet."""
    return not inspect(connection).get_table_names()


def skip_numbers(connection: Connection) -> None:
    """Give no message a number that one after the backup had."""
    connection.execute(update(conversations).values(next_seq=conversations.c.next_seq + NUMBERS_SKIPPED))
