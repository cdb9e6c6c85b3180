"""Two servers on one database, and customers in a hurry: nothing is killed, yet claims, locks and snapshots get in each other's way."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.crashes.kit import Counts, Plan, run_kills
from tests.databases import Servers

HURRY_SECONDS = (0.0, 0.03)
"""Between an acknowledgement and the customer's next text: events of one customer are always on their way to both servers."""

LOAD_SECONDS = (5.0, 5.1)
"""A claim that passed over an older event showed dozens of times in this long on two busy cores."""


@pytest.fixture(scope="module")
def counts(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Counts:
    folder: Path = tmp_path_factory.mktemp("two")
    plan = Plan(
        folder=folder,
        database_url=servers.address("postgres", folder),
        kills=0,
        customers=20,
        processes=2,
        uptime_seconds=LOAD_SECONDS,
        pause_seconds=HURRY_SECONDS,
        quiet_seconds=3.0,
    )
    return asyncio.run(run_kills(plan))


def test_replies_stay_in_order_when_two_servers_handle_one_customer(counts: Counts) -> None:
    assert counts.acknowledged > 100
    assert counts.out_of_order == 0, "\n".join(counts.story[:20])


def test_two_servers_answer_every_text_exactly_once(counts: Counts) -> None:
    assert (counts.lost, counts.doubled, counts.copies) == (0, 0, 0), "\n".join(counts.story[:20])
