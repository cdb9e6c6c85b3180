"""The database port: the only place that begins and commits. Knows no table.

A transaction is a plain function of a connection, with no await inside and no network: `await db.transaction(work)`.
SQLite has one writer, which commits everything that waits at once: one fsync for many (group commit).
PostgreSQL runs each on a connection of its pool. See app/decisions/0002-transactions.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import SettingsError, UnavailableError
from app.store.hosts import Hosts, one_by_one, read

Result = TypeVar("Result")
Work = Callable[[Connection], Result]


APPLICATION = "frontdesk"
"""How our connections are named in PostgreSQL's own list."""


class Database(Protocol):
    """What every database offers. `work` may run more than once: it must change nothing but the database."""

    async def transaction(self, work: Work[Result], *, brief: bool = False) -> Result:
        """What `work` gives, once it is committed and durable. `brief`: it takes a few milliseconds, however much is stored, and
        many of its kind come: SQLite runs it without changing threads.

        Raises UnavailableError when the database cannot take it now; nothing of it was written then, except when the
        connection was lost inside the commit itself (PostgreSQL): whoever cares must read again.
        """
        ...

    async def read(self, work: Work[Result]) -> Result:
        """What `work` reads, from one snapshot, without waiting for writers."""
        ...

    async def let_go(self) -> None:
        """Leave nothing in the files of what was deleted before, as far as that can be had without making anybody wait."""
        ...

    async def close(self) -> None: ...


def read_url(address: str) -> URL:
    """The checked address. Raises SettingsError for anything but SQLite and PostgreSQL."""
    try:
        url = read(address)
    except ArgumentError as error:
        raise SettingsError("FRONTDESK_DATABASE_URL is not an address.", _ACCEPTED) from error
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise SettingsError(f"FRONTDESK_DATABASE_URL names {url.get_backend_name()}.", _ACCEPTED)
    return url


_ACCEPTED = "Use sqlite+aiosqlite:///file.db or postgresql+asyncpg://user:password@host/name."


def open_database(address: str) -> Database:
    """The database at that address; its tables must be there already (`migrate`)."""
    url = read_url(address)
    if url.get_backend_name() == "sqlite":
        from app.store.sqlite import SqliteDatabase

        return SqliteDatabase(sqlite_path(url))
    from app.store.postgres import PostgresDatabase

    return PostgresDatabase(url)


def driver_address(url: URL) -> str:
    """A PostgreSQL address as its driver reads it, with libpq's options: `sslmode` and the like; `ssl`, as SQLAlchemy says it, too."""
    query = {"sslmode" if name == "ssl" else name: value for name, value in url.query.items()}
    return url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)


def hosts_of(url: URL) -> Hosts:
    """Connections to the server that takes writes, of those that a PostgreSQL address names."""
    return Hosts([driver_address(each) for each in one_by_one(url)])


def sqlite_path(url: URL) -> Path:
    """The file of a SQLite address. Raises SettingsError for a database in memory, which would forget everything."""
    if not url.database or url.database == ":memory:":
        raise SettingsError("FRONTDESK_DATABASE_URL names no file.", _ACCEPTED)
    return Path(url.database)


OUR_FAULT = (
    IntegrityError, DataError, ProgrammingError, NotSupportedError,
    sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, sqlite3.NotSupportedError,
)  # fmt: skip
"""A statement or value that the database refuses: trying again later would not help."""
OUR_FAULT_STATES = frozenset({"0A", "21", "22", "23", "42"})
"""The same as classes of SQLSTATE: PostgreSQL's driver tells most of them only so, a text with a NUL for one."""
STATEMENT_STATES = frozenset({"0A", "42"})
"""Of these the ones that no value brings about: a right or a table is missing, a pooler mixes prepared statements up."""


SQLITE_SAYS = {
    "SQLITE_BUSY": "another program holds its file",
    "SQLITE_CANTOPEN": "its file cannot be opened",
    "SQLITE_CORRUPT": "its file is damaged; restore it from a backup",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_NOTADB": "its file is not a SQLite database",
    "SQLITE_READONLY": "its file may not be written",
}
"""What is wrong with the file, by the first two words of SQLite's own name for it."""


def translate(error: Exception) -> Exception:
    """UnavailableError when the database is locked, full, read-only or away (the driver's word for it, never a
    statement's values); any other error as it is."""
    original = (error.orig or error) if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError | sqlite3.Error) and not _is_our_fault(error, original):
        return UnavailableError(f"The database cannot take this now: {_word(original)}.")
    if isinstance(error, OSError | TimeoutError | PoolTimeout):
        return UnavailableError(f"The database cannot be reached: {type(error).__name__}.")
    return error


def refuses_statement(error: Exception) -> bool:
    """Whether the database would refuse the same statement with any values."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return state[:2] in STATEMENT_STATES


def _word(original: BaseException) -> str:
    name = "_".join(str(getattr(original, "sqlite_errorname", "")).split("_")[:2])
    return SQLITE_SAYS.get(name, type(original).__name__)


def _is_our_fault(error: Exception, original: BaseException) -> bool:
    state = getattr(original, "sqlstate", None) or ""
    return isinstance(error, OUR_FAULT) or state[:2] in OUR_FAULT_STATES
