"""Workers of one fleet: who takes what up, what they say to each other, and what is found without a word."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from app.store import conversations
from app.store.wake import INBOX, WORK_OF_ALL
from app.worker.bell import UNANSWERED_SECONDS
from app.worker.lead import BELIEVED_SECONDS
from tests.store.kit import PAGE, event
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import acquaint, add, pass_time, until
from tests.worker.test_worker import Staff, at_work

FOR_EVER_SECONDS = 1_000.0


def fleet_of_two(database: Troubled, clock: GivenClock, said: list[str]) -> Staff:
    """One of two workers, which never looks by itself and whose beats the test does not wait for."""
    staff = Staff(database, clock, alone=False, beat_seconds=FOR_EVER_SECONDS)
    staff.worker.poll_seconds = staff.worker._look_seconds = FOR_EVER_SECONDS
    staff.worker.beat.at_work, staff.worker.beat.dead_seconds = 2, FOR_EVER_SECONDS
    staff.worker.say = said.append
    return staff


async def test_a_worker_takes_up_what_comes_from_its_start_until_its_stop_which_calls_the_others(
    postgres: Troubled, clock: GivenClock
) -> None:
    said: list[str] = []
    staff = fleet_of_two(postgres, clock, said)
    assert not staff.worker.takes_up
    async with at_work(staff):
        assert staff.worker.takes_up
        await staff.worker.stop()
        assert not staff.worker.takes_up
        assert said == [WORK_OF_ALL]


async def test_one_that_broke_down_takes_nothing_up(postgres: Troubled, clock: GivenClock) -> None:
    staff = fleet_of_two(postgres, clock, [])
    async with at_work(staff):
        pass
    assert staff.worker.beat.alive()
    assert not staff.worker.takes_up


async def test_a_customer_whom_another_process_had_locked_is_looked_for_again_without_a_word(
    postgres: Troubled, clock: GivenClock, other: AsyncEngine
) -> None:
    await acquaint(postgres, "ana")
    async with at_work(fleet_of_two(postgres, clock, [])) as staff:
        async with other.begin() as writing:
            await writing.run_sync(lambda connection: conversations.lock(connection, [(PAGE, "ana")]))
            await add(postgres.inner, event("ana", "hello"))
            staff.worker.wake(outbox_too=False)
            await until(lambda: staff.worker.turns.passed_over)
            assert staff.channel.texts() == []
        await until(lambda: staff.channel.texts() == ["You said: hello"])


async def test_while_another_leads_what_comes_in_is_left_to_it_for_as_long_as_it_says_so(
    postgres: Troubled, clock: GivenClock
) -> None:
    async with at_work(fleet_of_two(postgres, clock, [])) as staff:
        staff.worker.hear("leads zoe")
        await add(postgres.inner, event("ana", "hello"))
        staff.worker.wake(outbox_too=False)
        before = postgres.transactions
        await pass_time(clock, postgres, BELIEVED_SECONDS / 2)
        assert postgres.transactions == before
        await pass_time(clock, postgres, BELIEVED_SECONDS / 2)
        await until(lambda: staff.channel.texts() == ["You said: hello"])


async def test_what_a_worker_does_not_get_round_to_is_told_the_others(postgres: Troubled, clock: GivenClock) -> None:
    said: list[str] = []
    answers = asyncio.Event()

    async def hang() -> None:
        await answers.wait()

    async with at_work(fleet_of_two(postgres, clock, said)) as staff:
        postgres.plan.append(hang)
        staff.worker.wake(outbox_too=False)
        await until(lambda: not postgres.plan)
        assert said == []
        staff.worker.wake(outbox_too=False)
        await asyncio.sleep(0)
        clock.move(UNANSWERED_SECONDS)
        await until(lambda: INBOX in said)
        answers.set()
