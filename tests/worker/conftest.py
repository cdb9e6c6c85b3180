"""Real databases and a clock that the test moves; the loop's own time-outs move with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import SQLModel

import app.store.staff_tables
import app.store.tables  # noqa: F401  (both fill the metadata)
from app.store.database import open_database
from tests.databases import Servers
from tests.worker.clock import GivenClock, GivenLoop
from tests.worker.database import Troubled

KEPT = "audit"
"""It can only grow."""


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": GivenLoop}


@pytest.fixture
async def clock() -> GivenClock:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, GivenLoop)
    return GivenClock(loop)


@pytest.fixture(scope="session")
def postgres_address(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated PostgreSQL database, made once and emptied by `both` before each test."""
    return servers.migrated("postgres", tmp_path_factory.mktemp("postgres"))


@pytest.fixture
def file_address(servers: Servers, tmp_path: Path) -> str:
    """A migrated SQLite file."""
    return servers.migrated("sqlite", tmp_path)


@pytest.fixture
async def database(file_address: str) -> AsyncIterator[Troubled]:
    """An empty SQLite database."""
    opened = open_database(file_address)
    yield Troubled(opened)
    await opened.close()


@pytest.fixture(params=["file_address", "postgres_address"], ids=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.fixture
async def both(address: str) -> AsyncIterator[Troubled]:
    """An empty database of each kind, for what must hold on both."""
    async with _emptied(address) as troubled:
        yield troubled


@pytest.fixture
async def postgres(postgres_address: str) -> AsyncIterator[Troubled]:
    """The same of PostgreSQL alone, for what only several processes at once can do."""
    async with _emptied(postgres_address) as troubled:
        yield troubled


def _empty(connection: Connection) -> None:
    """Only what holds something: emptying a table takes PostgreSQL some milliseconds."""
    names = [each.name for each in SQLModel.metadata.sorted_tables if each.name != KEPT]
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)
    if full := list(connection.execute(text(asked)).scalars()):
        connection.execute(text(f"TRUNCATE {', '.join(full)} RESTART IDENTITY"))


@asynccontextmanager
async def _emptied(address: str) -> AsyncIterator[Troubled]:
    opened = open_database(address)
    if address.startswith("postgresql"):
        await opened.transaction(_empty)
    yield Troubled(opened)
    await opened.close()


@pytest.fixture
async def other(postgres_address: str) -> AsyncIterator[AsyncEngine]:
    """Another process's connections, to be held open in the middle of a transaction."""
    engine = create_async_engine(postgres_address)
    yield engine
    await engine.dispose()
