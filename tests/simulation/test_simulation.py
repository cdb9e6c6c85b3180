"""Seeds through the real intake, worker and store: none may fail, each replays exactly, and every planted mistake is found."""

from __future__ import annotations

import pytest

from tests.simulation.bugs import BUGS, Bug
from tests.simulation.faults import FAULTS
from tests.simulation.seeds import Report, play
from tests.simulation.world import Options

SHORT = 20.0
"""Virtual seconds with faults for each of the many seeds; the nightly run takes 60."""
BUG_SEEDS = 25

REGRESSIONS: tuple[tuple[int, str, str], ...] = (
    (7, "honest", "two results of one customer in one commit took the next message twice, and it was sent twice"),
    (2, "honest", "what a stopping worker left in doubt stayed in a name that is on no list"),
    (14, "honest", "a burial whose answer was lost left messages that nobody saw to"),
    (90, "honest", "joining again after a commit whose answer was lost broke the worker down"),
    (95, "honest", "a turn wrote back an old place in the line, and staff's next message took a used one"),
    (0, "honest", "a person's reply overtook an earlier handing back, and the bot went on"),
    (7614, "echo_lossy", "a message that had arrived stood as never sent when staff came before it was sent again"),
)
"""(seed, profile, what it once found)."""


def assert_right(report: Report) -> None:
    assert not report.failures, "\n".join([*report.lines[-30:], *report.failures])


@pytest.mark.parametrize("seed", range(70))
def test_faults_lose_double_and_disorder_nothing(seed: int) -> None:
    assert_right(play(seed, Options(SHORT, "honest")))


@pytest.mark.parametrize("seed", range(15))
def test_copies_are_bounded_when_nobody_echoes_and_lists(seed: int) -> None:
    assert_right(play(seed, Options(SHORT, "echo_lossy")))


@pytest.mark.parametrize("seed", range(15))
def test_one_process_alone_recovers_from_every_fault(seed: int) -> None:
    assert_right(play(seed, Options(SHORT, "alone")))


@pytest.mark.parametrize("seed", range(30))
def test_flows_may_change_two_of_staff_act_at_once_and_processes_die_at_any_await(seed: int) -> None:
    assert_right(play(seed, Options(SHORT / 2, "changing")))


OUTAGE_SECONDS = 630.0
"""Ten minutes of it, and half a minute before."""


@pytest.mark.parametrize("seed", [1])
def test_ten_minutes_without_messenger_lose_no_reply(seed: int) -> None:
    """Each message would be sent into it three times and given up; kills, freezes and jumps besides, and staff who take over."""
    report = play(seed, Options(OUTAGE_SECONDS, "outage", frozenset(FAULTS)))
    assert_right(report)
    assert report.counts["nobody at Meta's"] > 10
    assert report.counts["given up as unknown"] == 0


@pytest.mark.parametrize("seed", range(10))
def test_the_same_seed_is_the_same_story(seed: int) -> None:
    first, _, second = (play(each, Options(SHORT / 2)) for each in (seed, seed + 100, seed))
    assert (first.trace_hash, first.lines) == (second.trace_hash, second.lines)


def test_different_seeds_are_different_stories() -> None:
    assert len({play(seed, Options(1.0)).trace_hash for seed in range(5)}) == 5


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_mistake_is_found(bug: type[Bug]) -> None:
    seeds = sorted(range(BUG_SEEDS + bug.more_seeds), key=lambda seed: seed != bug.found_by)
    assert any(play(seed, Options(), bug).failures for seed in seeds)


@pytest.mark.parametrize(("seed", "profile", "found"), REGRESSIONS)
def test_what_was_found_once_stays_mended(seed: int, profile: str, found: str) -> None:
    assert_right(play(seed, Options(60.0, profile)))


def test_faults_do_strike() -> None:
    """A world in which nothing happens would prove nothing."""
    counts = sum((play(seed, Options(SHORT)).counts for seed in range(1, 24)), start=play(0, Options(SHORT)).counts)
    for fault in (
        "kill",
        "freeze",
        "jump",
        "restart",
        "locked",
        "commit_unknown",
        "killed_after_commit",
        "posted_twice",
    ):
        assert counts[fault], fault
