"""Three servers on one PostgreSQL behind nginx: two are lost at once, all are upgraded, a Page comes near its allowance."""

from __future__ import annotations

import asyncio

import pytest

from tests.crashes.kit import assert_nothing_wrong
from tests.databases import Servers
from tests.fleet.balancer import find_nginx
from tests.fleet.kit import NEAR_A_SECOND, FleetPlan, Seen, run_fleet
from tests.needs import skip_without

TAKEN_OVER_SECONDS = 10.0
META_WAITS_SECONDS = 5.0
QUICK = {"FRONTDESK_WORKER_BEAT_SECONDS": "0.5", "FRONTDESK_WORKER_DEAD_SECONDS": "3"}
"""Half of what is usual: the test is over sooner, and a busy machine has room. The long run goes by the usual ones."""


@pytest.fixture(scope="module")
def seen(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What `python -m benchmarks.fleet` does for longer."""
    if find_nginx() is None:
        skip_without("nginx")
    folder = tmp_path_factory.mktemp("fleet")
    return asyncio.run(run_fleet(FleetPlan(folder, servers.address("postgres", folder), settings=QUICK)))


def test_no_event_is_lost_doubled_overtaken_or_answered_twice(seen: Seen) -> None:
    counts = seen.counts
    assert counts.acknowledged > 100
    assert_nothing_wrong(counts)


def test_the_work_of_a_dead_and_of_a_hanging_server_moves_in_time(seen: Seen) -> None:
    assert max(seen.taken_over_seconds) < TAKEN_OVER_SECONDS


def test_no_webhook_waits_longer_than_meta_does(seen: Seen) -> None:
    assert seen.slowest_seconds < META_WAITS_SECONDS


def test_an_upgrade_one_by_one_refuses_no_webhook(seen: Seen) -> None:
    assert seen.refused_in_upgrades == 0


def test_screens_at_every_server_and_behind_nginx_hear_what_happens(seen: Seen) -> None:
    assert len(seen.heard_seconds) == 1


def test_all_servers_together_keep_a_pages_rate(seen: Seen) -> None:
    assert max(seen.a_second) <= NEAR_A_SECOND * 1.25, "each server for itself would make it two or three times as many"
