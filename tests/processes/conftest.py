"""Meta in the test's own process, and a PostgreSQL server for those who want one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.crashes.meta import Meta
from tests.databases import Servers


@pytest.fixture
async def meta() -> AsyncIterator[Meta]:
    async with Meta() as made:
        yield made


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'frontdesk.db'}"


@pytest.fixture
def postgres_url(servers: Servers, tmp_path: Path) -> str:
    return servers.address("postgres", tmp_path)
