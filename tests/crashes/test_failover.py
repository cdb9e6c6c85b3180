"""PostgreSQL's primary is gone under load, and its standby takes over; `benchmarks/crashes.py --blow failover` does it often."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.crashes.kit import Counts, Plan, assert_nothing_wrong, run_kills
from tests.needs import skip_without
from tests.postgres import NoPostgresError, find_tools, private_pair


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counts]:
    """One server, whose address names both hosts, and one failover."""
    if find_tools() is None:
        skip_without("a PostgreSQL server")
    try:
        with private_pair() as pair:
            pair.primary.create_database("struck")
            plan = Plan(
                tmp_path_factory.mktemp("failover"), pair.address("struck"), kills=1, blow=("failover",),
                uptime_seconds=(0.5, 0.8), quiet_seconds=3.5, settings={"FRONTDESK_LOOK_UP_AFTER_SECONDS": "1,3"},
            )  # fmt: skip
            yield asyncio.run(run_kills(plan, pair=pair))
    except NoPostgresError as error:
        skip_without(f"a PostgreSQL server that starts ({error})")


def test_answers_flow_again_once_the_standby_is_promoted(counts: Counts) -> None:
    assert len(counts.resumed) == 1, counts.log_end


def test_a_webhook_is_refused_in_the_gap_so_that_it_comes_again(counts: Counts) -> None:
    assert counts.statuses[503] > 0
    assert set(counts.statuses) == {200, 503}


def test_nothing_acknowledged_is_lost_doubled_overtaken_or_sent_twice(counts: Counts) -> None:
    assert counts.acknowledged > 40
    assert_nothing_wrong(counts)


def test_servers_that_outlived_it_stop_in_good_order(counts: Counts) -> None:
    assert counts.exit_code in (0, -15)
