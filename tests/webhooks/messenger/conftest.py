"""Fixtures of Messenger's tests: the event loop, and a local server that plays Graph."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.webhooks.messenger.graph import Graph


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    async with Graph() as running:
        yield running
