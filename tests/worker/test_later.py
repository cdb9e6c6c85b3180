"""Later and the waits between tries: by time, on the steady clock, growing, with an end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import islice

from app.chance import Chance
from app.clock import Clock
from app.worker.later import Later, Waiting
from app.worker.retry import LONGEST_SECONDS, SHORTEST_SECONDS, wait_before, waits
from tests.worker.clock import GivenClock
from tests.worker.kit import Longest, flying, until


async def ready_now(later: Later) -> list[str]:
    async with asyncio.timeout(5):
        return [each.message.customer_id for each in await later.due()]


def waiting(customer: str) -> Waiting:
    return Waiting(flying(customer), "pending")


async def test_what_is_due_comes_in_order_of_time(clock: GivenClock) -> None:
    later = Later(clock)
    for customer, seconds in (("c", 3.0), ("a", 1.0), ("d", 60.0), ("b", 2.0)):
        later.push(waiting(customer), seconds)
    clock.move(3.1)
    assert await ready_now(later) == ["a", "b", "c"]
    assert len(later) == 1


class Still(Clock):
    def monotonic(self) -> float:
        return 7.0


async def test_of_the_same_moment_the_first_comes_first() -> None:
    later = Later(Still())
    for number in range(20):
        later.push(waiting(f"c{number}"), 0.0)
    assert await ready_now(later) == [f"c{number}" for number in range(20)]


async def test_something_earlier_is_not_held_up_by_a_long_wait(clock: GivenClock) -> None:
    later = Later(clock)
    later.push(waiting("late"), 600.0)
    task = asyncio.ensure_future(ready_now(later))
    await asyncio.sleep(0.01)
    later.push(waiting("soon"), 0.01)
    assert await task == ["soon"]


async def test_an_empty_queue_waits_for_the_first(clock: GivenClock) -> None:
    later = Later(clock)
    task = asyncio.ensure_future(ready_now(later))
    await asyncio.sleep(0.01)
    assert not task.done()
    later.push(waiting("first"), 0.0)
    assert await task == ["first"]


async def test_a_jump_of_the_wall_clock_neither_hurries_nor_holds_a_wait(clock: GivenClock) -> None:
    later = Later(clock)
    later.push(waiting("ana"), 2.0)
    task = asyncio.ensure_future(later.due())
    clock.wall = timedelta(hours=1)
    await asyncio.sleep(0.02)
    assert not task.done()
    clock.wall = timedelta(hours=-1)
    clock.move(2.1)
    await until(task.done)


def test_waits_for_the_database_grow_to_a_longest() -> None:
    given = list(islice(waits(Longest()), 10))
    assert given[0] == SHORTEST_SECONDS
    assert given == sorted(given)
    assert given[-1] == LONGEST_SECONDS


def test_waits_between_tries_double_to_a_longest() -> None:
    assert [wait_before(attempt, Longest(), 1.0, 300.0) for attempt in (1, 2, 3, 9, 10, 5_000)] == [
        1.0, 2.0, 4.0, 256.0, 300.0, 300.0
    ]  # fmt: skip


def test_jitter_spreads_waits_over_half_of_their_length() -> None:
    drawn = [wait_before(4, Chance(), 1.0, 300.0) for _ in range(200)]
    assert 4.0 <= min(drawn) < 5.0
    assert 7.0 < max(drawn) <= 8.0
