"""A desk for each test, on a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Servers
from tests.desk.kit import Desk, open_desk


@pytest.fixture
async def desk(servers: Servers, tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(servers.migrated("sqlite", tmp_path)) as opened:
        yield opened
