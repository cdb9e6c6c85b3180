"""Wall clocks of real servers jump forward and back, by seconds and by nearly a day, and those of two are apart: nobody notices.

`benchmarks/crashes.py --blow clock` does it for as long as one likes.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.store.database import open_database
from app.store.tables import inbox
from tests.crashes.kit import Counts, Plan, assert_nothing_wrong, run_kills
from tests.databases import Servers

SERVERS = {"sqlite": 1, "postgres": 2}
JUMPS = 8
WATCHFUL = {"FRONTDESK_WORKER_BEAT_SECONDS": "0.2"}
"""It looks at the other several times between two of its beats: a clock that jumped then would call it dead."""
SETTLED_SECONDS_MAX = 30.0
"""Nobody waits until a clock that was set back has caught up: that would take a minute and more."""


@dataclass(frozen=True)
class Jumped:
    """`received_within`: between the first and the last moment at which anything came in, by the servers' clocks."""

    counts: Counts
    received_within: timedelta
    log: str


@pytest.fixture(scope="module", params=list(SERVERS))
def jumped(request: pytest.FixtureRequest, servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Jumped:
    """Each server's clock jumps by itself, and is right again in the end."""
    folder: Path = tmp_path_factory.mktemp("clocks")
    plan = Plan(
        folder, servers.address(request.param, folder), kills=JUMPS, blow=("clock",), processes=SERVERS[request.param],
        uptime_seconds=(0.4, 0.9), quiet_seconds=3.0, settings_of_first=WATCHFUL,
    )  # fmt: skip
    counts = asyncio.run(run_kills(plan))
    print(counts)
    log = "\n".join(each.read_text(errors="replace") for each in folder.glob("server-*.log"))
    return Jumped(counts, asyncio.run(_received_within(plan.database_url)), log)


async def _received_within(database_url: str) -> timedelta:
    database = open_database(database_url)
    try:
        ends = select(func.min(inbox.c.received_at), func.max(inbox.c.received_at))
        first, last = await database.read(lambda connection: connection.execute(ends).one())
    finally:
        await database.close()
    return last - first


def test_the_clocks_by_which_servers_work_jump_indeed(jumped: Jumped) -> None:
    assert jumped.received_within > timedelta(hours=20)


def test_whatever_clocks_say_nothing_is_lost_doubled_overtaken_or_sent_twice(jumped: Jumped) -> None:
    assert jumped.counts.acknowledged > 100
    assert_nothing_wrong(jumped.counts)


def test_a_clock_that_was_set_back_lets_nobody_wait(jumped: Jumped) -> None:
    assert jumped.counts.settled_after_seconds < SETTLED_SECONDS_MAX


def test_no_webhook_is_refused(jumped: Jumped) -> None:
    assert set(jumped.counts.statuses) == {200}


def test_no_worker_is_taken_for_dead(jumped: Jumped) -> None:
    assert "worker buried" not in jumped.log


def test_servers_whose_clocks_jumped_stop_in_good_order(jumped: Jumped) -> None:
    assert jumped.counts.exit_code in (0, -15)
