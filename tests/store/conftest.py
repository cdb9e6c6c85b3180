"""A migrated database of each kind, and short ways to fill it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.store.database import Database, open_database
from tests.databases import Servers

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> str:
    """A fresh, empty database."""
    return servers.address(request.param, tmp_path)


@pytest.fixture(params=["sqlite", "postgres"])
def migrated(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> str:
    """One with every table."""
    return servers.migrated(request.param, tmp_path)


@pytest.fixture
async def database(migrated: str) -> AsyncIterator[Database]:
    """The same, open."""
    opened = open_database(migrated)
    yield opened
    await opened.close()
