"""What every test may use. Never patches anything: tests are given a clock, a folder, a port."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.databases import Servers


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Everything of ours runs on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """Real databases; one PostgreSQL server is enough for all tests that damage none."""
    with ExitStack() as until_the_end:
        yield Servers(until_the_end)
