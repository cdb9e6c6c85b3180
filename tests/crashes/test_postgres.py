"""What strikes PostgreSQL under load, a few times each; `benchmarks/crashes.py --blow …` does it often and for each alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.crashes.kit import Counts, Plan, assert_nothing_wrong, run_kills
from tests.needs import skip_without
from tests.postgres import NoPostgresError, find_tools, private_cluster

BLOWS = ("restart-postgres", "kill-postgres", "crowd", "rival", "cut")


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counts]:
    """One server, one load, one blow of each kind: its PostgreSQL is nobody else's."""
    if find_tools() is None:
        skip_without("a PostgreSQL server")
    folder = tmp_path_factory.mktemp("postgres")
    try:
        with private_cluster() as cluster:
            plan = Plan(
                folder, cluster.create_database("struck"), kills=len(BLOWS), blow=BLOWS, uptime_seconds=(0.3, 0.5),
                quiet_seconds=4.0, settings={"FRONTDESK_LOOK_UP_AFTER_SECONDS": "1,3"},
            )  # fmt: skip
            yield asyncio.run(run_kills(plan, cluster))
    except NoPostgresError as error:
        skip_without(f"a PostgreSQL server that starts ({error})")


def test_all_of_it_strikes(counts: Counts) -> None:
    story = "\n".join(counts.story)
    for seen in ("stopped by SIGINT", "stopped by SIGQUIT", "no more to be had", "broke in its commit"):
        assert seen in story


def test_whatever_strikes_postgresql_nothing_is_lost_doubled_overtaken_or_sent_twice(counts: Counts) -> None:
    assert counts.acknowledged > 100
    assert_nothing_wrong(counts)


def test_a_server_that_outlived_all_of_it_stops_in_good_order(counts: Counts) -> None:
    assert counts.exit_code in (0, -15)
