"""What several modules share: one house for all that need nothing special. Each test has customers of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.house import House, Plan, running
from tests.journeys.shop import copy_shop


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The example shop, always open, on SQLite."""
    folder = tmp_path_factory.mktemp("house")
    with running(Plan(folder, copy_shop(folder / "shop"))) as started:
        yield started
