"""A breath: only between small transactions that follow each other, never after a pause."""

from __future__ import annotations

from app.clock import Clock
from app.store.breath import LONGEST_SECONDS, PLENTY, SHORTEST_SECONDS, Breath


class Watch(Clock):
    """A clock that notes how long somebody waited."""

    def __init__(self) -> None:
        self.time, self.waits = 100.0, list[float]()

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds, 6))
        self.time += seconds


async def transact(breath: Breath, watch: Watch, *, count: int, seconds: float) -> None:
    await breath.draw()
    watch.time += seconds
    breath.done(count)


async def test_it_lasts_as_long_as_the_transaction_before_within_limits() -> None:
    watch = Watch()
    breath = Breath(watch, rests=True)
    for seconds in (0.001, 0.03, 9.0, 0.001):
        await transact(breath, watch, count=1, seconds=seconds)
    assert watch.waits == [SHORTEST_SECONDS, 0.03, LONGEST_SECONDS]


async def test_who_comes_after_a_pause_does_not_wait() -> None:
    watch = Watch()
    breath = Breath(watch, rests=True)
    for _ in range(3):
        await transact(breath, watch, count=1, seconds=0.02)
        watch.time += 0.02
    assert watch.waits == []


async def test_a_large_transaction_and_one_for_nothing_are_followed_by_none() -> None:
    watch = Watch()
    breath = Breath(watch, rests=True)
    for count in (PLENTY, 0, PLENTY + 5, 0):
        await transact(breath, watch, count=count, seconds=0.02)
    assert watch.waits == []


async def test_where_one_writer_gathers_there_is_none() -> None:
    watch = Watch()
    breath = Breath(watch)
    for _ in range(3):
        await transact(breath, watch, count=1, seconds=0.02)
    assert watch.waits == []
