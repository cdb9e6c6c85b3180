"""One bot and one Messenger for a whole module; each test finds them as new."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.webhooks.simulator.kit import Table, laid_table

SETTLE_SECONDS = 0.02
"""What the last test left under way arrives within this, and is forgotten."""


@pytest.fixture(scope="module")
async def shared_table() -> AsyncIterator[Table]:
    async with laid_table() as table:
        yield table


@pytest.fixture
async def table(shared_table: Table) -> Table:
    """Bot and Messenger with nothing said yet."""
    await shared_table.control("reset")
    await asyncio.sleep(SETTLE_SECONDS)
    shared_table.bot.statuses.clear()
    shared_table.bot.posts.clear()
    return shared_table
