"""`kill -9` at each named step of an event's way, and what strikes PostgreSQL: short forms of `benchmarks/crashes.py`."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from tests.crashes.dying import STEPS
from tests.crashes.kit import assert_nothing_wrong
from tests.crashes.steps import Killed, run_steps
from tests.databases import Servers

ON_POSTGRES = (
    "after the insert, before its commit",
    "in the middle of the turn",
    "after the turn's commit, before the send",
    "after the send, before it is recorded",
)
"""Where another process's locks and connections are left; the other steps differ in nothing from SQLite's."""
BEFORE_THE_ANSWER = tuple(STEPS)[:3]


@pytest.fixture(scope="module")
def killed(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Killed]:
    """On both databases side by side: most of it is waiting for starts and look-ups."""
    folders = {kind: tmp_path_factory.mktemp(kind) for kind in ("sqlite", "postgres")}
    urls = {kind: servers.address(kind, folder) for kind, folder in folders.items()}

    async def both(folders: dict[str, Path]) -> list[Killed]:
        lite, postgres = folders["sqlite"], folders["postgres"]
        return await asyncio.gather(run_steps(lite, urls["sqlite"]), run_steps(postgres, urls["postgres"], ON_POSTGRES))

    return dict(zip(folders, asyncio.run(both(folders)), strict=True))


BOTH = pytest.mark.parametrize("kind", ["sqlite", "postgres"])


@BOTH
def test_every_step_was_reached_and_nobody_survived_it(killed: dict[str, Killed], kind: str) -> None:
    assert list(killed[kind].fell) == list(STEPS if kind == "sqlite" else ON_POSTGRES)
    assert {each.exit_code for each in killed[kind].fell.values()} == {-signal.SIGKILL}


@BOTH
def test_nothing_is_acknowledged_before_it_is_committed(killed: dict[str, Killed], kind: str) -> None:
    early = [step for step, each in killed[kind].fell.items() if step in BEFORE_THE_ANSWER and each.answered]
    assert early == []


def test_what_was_acknowledged_before_its_turn_was_acknowledged(killed: dict[str, Killed]) -> None:
    assert killed["sqlite"].fell["after the answer, before the turn"].answered


@BOTH
def test_nothing_is_lost_doubled_overtaken_or_sent_twice(killed: dict[str, Killed], kind: str) -> None:
    counts = killed[kind].counts
    assert counts.acknowledged > len(killed[kind].fell)
    assert_nothing_wrong(counts)


def test_a_flow_whose_publishing_was_killed_is_served_after_the_next_start(killed: dict[str, Killed]) -> None:
    assert killed["sqlite"].last_reply == f"Reply {killed['sqlite'].changes}: n 1"
    assert killed["sqlite"].changes == 2
