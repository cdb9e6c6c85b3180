"""A desk for each test: one migrated file is made for all, and copied."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.store.database import open_database
from app.store.migrate import migrate
from tests.databases import Servers, running
from tests.desk.kit import Desk, Desks


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    yield from running()


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Desks:
    template = tmp_path_factory.mktemp("template") / "desk.db"

    async def make() -> None:
        database = open_database(f"sqlite+aiosqlite:///{template}")
        await migrate(database)
        await database.close()

    asyncio.run(make())
    return Desks(template)


@pytest.fixture
async def desk(desks: Desks, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desks.open(f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}") as opened:
        yield opened
