"""The bell: others are called for what nobody here gets round to, and for nothing else."""

from __future__ import annotations

import asyncio

from app.worker.bell import UNANSWERED_SECONDS, Bell
from tests.worker.clock import GivenClock
from tests.worker.kit import running, until


async def turns_of_the_loop() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_what_is_answered_in_time_is_told_nobody(clock: GivenClock) -> None:
    bell, called = Bell(clock), []
    async with running(bell.call(lambda: called.append("!"))):
        for _ in range(5):
            bell.ring()
            await turns_of_the_loop()
            bell.answer()
            clock.move(UNANSWERED_SECONDS * 0.9)
            await turns_of_the_loop()
    assert called == []


async def test_others_are_called_for_what_waits_and_again_while_it_waits(clock: GivenClock) -> None:
    bell, called = Bell(clock), []
    async with running(bell.call(lambda: called.append("!"))):
        bell.ring()
        await turns_of_the_loop()
        for times in (1, 2):
            clock.move(UNANSWERED_SECONDS)
            await until(lambda times=times: len(called) == times)


async def test_where_somebody_else_has_looked_the_wait_begins_anew(clock: GivenClock) -> None:
    bell, called = Bell(clock), []
    async with running(bell.call(lambda: called.append("!"))):
        bell.ring()
        await turns_of_the_loop()
        clock.move(UNANSWERED_SECONDS - 0.01)
        bell.begin_anew()
        clock.move(0.02)
        await turns_of_the_loop()
        assert called == []
        clock.move(UNANSWERED_SECONDS)
        await until(lambda: called == ["!"])


async def test_who_waits_hears_it_at_once_and_else_comes_back_by_itself(clock: GivenClock) -> None:
    bell = Bell(clock)
    waiting = asyncio.ensure_future(bell.wait(1_000.0))
    await turns_of_the_loop()
    bell.ring()
    await waiting
    bell.answer()
    waiting = asyncio.ensure_future(bell.wait(1_000.0))
    await turns_of_the_loop()
    assert not waiting.done()
    clock.move(1_001.0)
    await waiting
    assert not bell.is_rung
