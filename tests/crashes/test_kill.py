"""`kill -9` in the middle of the work, a few times; `benchmarks/crashes.py` does it often and on both databases."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.crashes.kit import Counts, Plan, count_doubled, count_out_of_order, run_kills
from tests.crashes.meta import Arrived

KILLS = 6
"""About half a minute; the long run kills fifty times and more."""


def arrivals(*messages: tuple[str, str]) -> list[Arrived]:
    return [
        Arrived(f"m_{place}", metadata, text, datetime(2026, 12, 1, tzinfo=UTC))
        for place, (metadata, text) in enumerate(messages)
    ]


def test_a_text_answered_by_two_messages_counts_as_doubled() -> None:
    assert count_doubled(arrivals(("a", "You wrote: n 1"), ("b", "You wrote: n 1"))) == 1


def test_copies_of_one_message_do_not_count_as_doubled() -> None:
    assert count_doubled(arrivals(("a", "You wrote: n 1"), ("a", "You wrote: n 1"), ("b", "You wrote: n 2"))) == 0


def test_a_number_after_a_greater_one_counts_as_out_of_order() -> None:
    assert count_out_of_order(arrivals(("b", "You wrote: n 2"), ("a", "You wrote: n 1"), ("c", "You wrote: n 3"))) == 1


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> Counts:
    folder: Path = tmp_path_factory.mktemp("kills")
    plan = Plan(folder, f"sqlite+aiosqlite:///{folder}/kills.db", KILLS, uptime_seconds=(0.2, 1.0))
    counted = asyncio.run(run_kills(plan))
    print(counted)
    return counted


def test_no_acknowledged_event_is_lost(counts: Counts) -> None:
    assert counts.acknowledged > KILLS
    assert counts.lost == 0, counts


def test_no_session_is_moved_twice_by_one_event(counts: Counts) -> None:
    assert counts.doubled == 0, counts


def test_no_customers_replies_are_out_of_order(counts: Counts) -> None:
    assert counts.out_of_order == 0, counts


def test_with_reliable_echoes_no_reply_is_sent_twice(counts: Counts) -> None:
    assert counts.copies == 0, counts


def test_the_server_stops_cleanly_when_it_is_asked_to(counts: Counts) -> None:
    assert counts.exit_code in (0, -signal.SIGTERM), counts


def test_the_database_that_is_left_holds_every_rule(counts: Counts) -> None:
    assert counts.broken == (), counts
