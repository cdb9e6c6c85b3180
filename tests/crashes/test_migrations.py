"""Migrations that are killed at a statement: nothing of them is left, no row is lost, and the next start completes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crashes.cutting import Cutter, cut_everywhere, cutter
from tests.databases import Servers, running

FIRST, STEP = 2, 17
"""The first statement to die at, and how many further the next: five places or so. `benchmarks.crashes --migrations` takes each."""


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    yield from running()


@pytest.fixture(scope="module")
def program() -> Iterator[Cutter]:
    with cutter() as made:
        yield made


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_a_migration_killed_at_a_statement_leaves_nothing_and_the_next_completes_it(
    servers: Servers, program: Cutter, tmp_path: Path, kind: str
) -> None:
    cuts = await cut_everywhere(program, servers.address(kind, tmp_path), FIRST, STEP)
    assert cuts.kills >= 4
    assert cuts.wrong == ()
