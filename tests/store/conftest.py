"""A migrated database of each kind, and short ways to fill it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.store.database import Database, open_database
from app.store.migrate import migrate
from tests.databases import Servers, running

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    yield from running()


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> str:
    """A fresh, empty database."""
    return servers.address(request.param, tmp_path)


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """The same, migrated and open."""
    opened = open_database(address)
    await migrate(opened)
    yield opened
    await opened.close()
