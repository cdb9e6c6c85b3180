"""Migrations that are killed at a statement: nothing of them is left, no row is lost, and the next start completes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crashes.cutting import Cutter, cut_everywhere, cutter
from tests.databases import Servers

FIRST, STEPS = 2, {"sqlite": 17, "postgres": 40}
"""The first statement to die at, and how many further the next: a few places. `benchmarks.crashes --migrations` takes each."""


@pytest.fixture(scope="module")
def program() -> Iterator[Cutter]:
    with cutter() as made:
        yield made


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_a_migration_killed_at_a_statement_leaves_nothing_and_the_next_completes_it(
    servers: Servers, program: Cutter, tmp_path: Path, kind: str
) -> None:
    cuts = await cut_everywhere(program, servers.address(kind, tmp_path), FIRST, STEPS[kind])
    assert cuts.kills >= 2
    assert cuts.wrong == ()
