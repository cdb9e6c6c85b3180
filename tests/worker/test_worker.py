"""The worker as a whole: from an event to a reply, its timers, its end in good time, and its new beginning."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from app.channel import Failed, Unsure
from app.store import inbox, outbox, timers, underway, workers
from app.store.timers import NewTimer
from app.worker.beat import DeclaredDeadError
from app.worker.handle import Hands
from app.worker.worker import KEYS_KEPT, POLL_SECONDS, STOP_SECONDS, TIDY_EVERY_SECONDS, TIDY_MOST, Terms, Worker
from tests.store.kit import NOW, PAGE, count_by_status, event
from tests.worker.channel import Outside
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.flows import small_bot
from tests.worker.kit import (
    MARK,
    SECRET,
    Longest,
    acquaint,
    add,
    becomes,
    begun,
    ends,
    flying,
    lines,
    pass_time,
    quiet,
    until,
)


class Staff:
    """A worker that runs, with the outside that it speaks to."""

    def __init__(
        self, database: Troubled, clock: GivenClock, *, alone: bool = True, name: str = "", beat_seconds: float = 1.0
    ) -> None:
        self.database, self.channel = database, Outside(clock)
        hands = Hands(lambda _: small_bot(), SECRET, self.channel)
        chance = Longest() if not name else Named(name)
        self.worker = Worker(database, hands, clock, chance, mark=MARK, terms=Terms(alone, beat_seconds))


class Named(Longest):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def new_id(self) -> str:
        return self.name


@asynccontextmanager
async def at_work(staff: Staff) -> AsyncIterator[Staff]:
    task = asyncio.ensure_future(staff.worker.run())
    try:
        await until(lambda: staff.worker.beat.alive() or task.done())
        await quiet(staff.database)  # all its loops wait before the test moves the clock
        yield staff
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_an_event_is_answered_when_the_worker_is_woken(both: Troubled, clock: GivenClock) -> None:
    async with at_work(Staff(both, clock)) as staff:
        await add(both.inner, event("ana", "twice"))
        staff.worker.wake()
        await until(lambda: staff.channel.texts() == ["One.", "Two."])
        assert clock.monotonic() < REAL_ONLY_SECONDS
    assert await ends(both, "ana") == [("done", None)]


REAL_ONLY_SECONDS = 8.0
"""Nothing moved the clock: what happened was woken, not found by a look now and then."""


async def test_an_event_that_nobody_told_of_is_found(database: Troubled, clock: GivenClock) -> None:
    async with at_work(Staff(database, clock)) as staff:
        await add(database.inner, event("ana", "hello"))
        await pass_time(clock, database, POLL_SECONDS + 0.1)
        await until(lambda: staff.channel.texts() == ["You said: hello"])


async def test_more_than_a_batch_is_worked_off_without_another_word(database: Troubled, clock: GivenClock) -> None:
    async with at_work(Staff(database, clock)) as staff:
        await add(database.inner, *(event(f"c{number}", "hi") for number in range(250)))
        staff.worker.wake(outbox_too=False)
        await until(lambda: len(staff.channel.texts()) == 250)
    assert staff.channel.broken_rules == []


async def test_a_timer_fires_and_its_words_are_sent(both: Troubled, clock: GivenClock) -> None:
    async with at_work(Staff(both, clock)) as staff:
        await add(both.inner, event("ana", "later"))
        staff.worker.wake()
        await until(lambda: staff.channel.texts() == ["I will remind you."])
        await pass_time(clock, both, 540.0)
        assert len(staff.channel.texts()) == 1
        await pass_time(clock, both, 70.0)
        await pass_time(clock, both, 1.1)
        await until(lambda: staff.channel.texts()[1:] == ["Still there?"])
        for _ in range(3):
            await pass_time(clock, both, 700.0)
    assert staff.channel.texts() == ["I will remind you.", "Still there?"]


async def test_stopping_waits_for_what_is_under_way_and_leaves_nothing_behind(
    both: Troubled, clock: GivenClock
) -> None:
    async with at_work(Staff(both, clock)) as staff:
        staff.channel.open.clear()
        await add(both.inner, event("ana", "twice"))
        staff.worker.wake()
        await until(lambda: len(staff.channel.requests) == 1)
        stopping = await begun(staff.worker.stop())
        await pass_time(clock, both, 1.0)
        assert not stopping.done()
        staff.channel.open.set()
        await asyncio.wait_for(stopping, 5)
    assert await lines(both, "ana") == [(1, "sent", 1), (2, "pending", 0)]
    assert await both.inner.read(workers.list_all) == []
    assert await both.inner.read(workers.list_unlisted) == []


async def test_stopping_ends_in_time_even_when_a_request_never_comes_back(
    database: Troubled, clock: GivenClock
) -> None:
    async with at_work(Staff(database, clock)) as staff:
        staff.channel.open.clear()
        await add(database.inner, event("ana", "hello"))
        staff.worker.wake()
        await until(lambda: len(staff.channel.requests) == 1)
        stopping = await begun(staff.worker.stop())
        await pass_time(clock, database, STOP_SECONDS - 0.5)
        assert not stopping.done()
        await pass_time(clock, database, 0.6)
        await asyncio.wait_for(stopping, 5)
    assert await database.inner.read(underway.list_owners) == ["worker1"]


async def test_stopping_does_not_wait_for_a_database_that_is_away(database: Troubled, clock: GivenClock) -> None:
    async with at_work(Staff(database, clock)) as staff:
        database.plan.append("away")
        await asyncio.wait_for(staff.worker.stop(), 5)
    assert await database.inner.read(workers.list_all) == ["worker1"]


async def test_a_stopped_worker_takes_no_turn_and_fires_no_timer(database: Troubled, clock: GivenClock) -> None:
    async with at_work(Staff(database, clock)) as staff:
        await staff.worker.stop()
        await add(database.inner, event("ana", "hello"))
        staff.worker.wake()
        for _ in range(3):
            clock.move(1.1)
            await asyncio.sleep(0.02)
    assert await ends(database, "ana") == [("new", None)]


async def test_what_a_stopped_worker_left_is_sent_by_the_next(both: Troubled, clock: GivenClock) -> None:
    async with at_work(Staff(both, clock)) as first:
        first.channel.open.clear()
        await add(both.inner, event("ana", "twice"))
        first.worker.wake()
        await until(lambda: len(first.channel.requests) == 1)
        first.channel.open.set()
        await first.worker.stop()
    async with at_work(Staff(both, clock, name="next")) as second:
        await pass_time(clock, both, 1.0)
        await until(lambda: first.channel.texts() + second.channel.texts() == ["One.", "Two."])


async def test_what_is_only_kept_for_another_try_is_anybody_s_after_a_stop(both: Troubled, clock: GivenClock) -> None:
    async with at_work(Staff(both, clock)) as first:
        first.channel.answers["ana"].append(Failed("busy", "Not now.", retry=True, wait_seconds=300.0))
        await add(both.inner, event("ana", "hello"))
        first.worker.wake()
        await until(lambda: len(first.worker.later) == 1)
        await first.worker.stop()
    async with at_work(Staff(both, clock, name="next")) as second:
        await pass_time(clock, both, 1.0)
        await until(lambda: second.channel.texts() == ["You said: hello"])


async def test_what_was_in_doubt_at_the_stop_is_settled_by_the_next_and_not_sent_blindly(
    both: Troubled, clock: GivenClock
) -> None:
    async with at_work(Staff(both, clock)) as first:
        first.channel.answers["ana"].append(Unsure("no answer"))
        await add(both.inner, event("ana", "hello"))
        first.worker.wake()
        await until(lambda: len(first.worker.later) == 1)
        await first.worker.stop()
    async with at_work(Staff(both, clock, alone=False, name="next")) as second:
        await pass_time(clock, both, 1.1)
        await pass_time(clock, both, 2.1)
        await until(lambda: len(second.channel.looked_up) == 1)
        assert second.channel.texts() == []
        for _ in range(2):
            await pass_time(clock, both, 6.1)
        await until(lambda: second.channel.texts() == ["You said: hello"])


async def test_a_worker_that_others_buried_stops_and_tells(both: Troubled, clock: GivenClock) -> None:
    staff = Staff(both, clock)
    task = asyncio.ensure_future(staff.worker.run())
    await until(staff.worker.beat.alive)
    await both.inner.transaction(lambda connection: workers.bury(connection, "worker1", "another"))
    await pass_time(clock, both, 1.1)
    with pytest.raises(DeclaredDeadError):
        await asyncio.wait_for(task, 5)


async def test_a_worker_that_dies_is_followed_by_one_that_takes_its_work_over(
    both: Troubled, clock: GivenClock
) -> None:
    async with at_work(Staff(both, clock)) as first:
        first.channel.open.clear()
        await add(both.inner, event("ana", "twice"))
        first.worker.wake()
        await until(lambda: len(first.channel.requests) == 1)
    async with at_work(Staff(both, clock, alone=False, name="other")) as second:
        for _ in range(18):
            await pass_time(clock, both, 1.0)
        await until(lambda: second.channel.texts() == ["One.", "Two."])
    assert len(second.channel.looked_up) == 2


async def test_a_database_that_is_away_at_the_start_is_waited_for(database: Troubled, clock: GivenClock) -> None:
    database.plan.extend(["away", "away"])
    async with at_work(Staff(database, clock)):
        assert await database.inner.read(workers.list_all) == ["worker1"]


async def test_a_database_that_goes_away_for_a_while_is_outlived(database: Troubled, clock: GivenClock) -> None:
    async with at_work(Staff(database, clock)) as staff:
        database.plan.extend(["away"] * 6)
        await add(database.inner, event("ana", "hello"))
        staff.worker.wake()
        while database.plan:
            await pass_time(clock, database, 1.1)
        await pass_time(clock, database, 1.1)
        await until(lambda: staff.channel.texts() == ["You said: hello"])


async def test_a_worker_that_may_have_been_buried_does_nothing_until_its_next_beat(
    database: Troubled, clock: GivenClock
) -> None:
    await acquaint(database, "bea")
    due = NewTimer(PAGE, "bea", "later", "0", NOW)
    async with at_work(Staff(database, clock, beat_seconds=60.0)) as staff:
        clock.move(staff.worker.beat.dead_seconds / 2 + 0.1)
        assert not staff.worker.beat.alive()
        await add(database.inner, event("ana", "hello"))
        await database.inner.transaction(lambda connection: timers.start(connection, [due]))
        staff.worker.wake()
        for _ in range(3):
            await pass_time(clock, database, 1.1)
        assert (await ends(database, "ana"), await ends(database, "bea")) == ([("new", None)], [("done", None)])
        await pass_time(clock, database, 52.0)
        await until(lambda: staff.channel.texts() == ["You said: hello"])


async def test_a_message_of_ours_that_no_memory_holds_is_settled(database: Troubled, clock: GivenClock) -> None:
    await acquaint(database, "ana")
    async with at_work(Staff(database, clock)) as staff:
        await database.inner.transaction(lambda connection: outbox.add(connection, [flying("ana")], "worker1"))
        for _ in range(60):
            await pass_time(clock, database, 1.1)
        await until(lambda: staff.channel.texts() == ["ana 1"])
    assert len(staff.channel.looked_up) == 2


async def test_handled_events_are_forgotten_after_their_time_in_small_portions(
    database: Troubled, clock: GivenClock
) -> None:
    old = NOW - KEYS_KEPT - timedelta(days=1)
    count = TIDY_MOST + 10

    def work(connection: Connection) -> None:
        inbox.add(connection, [event("ana", str(number), old) for number in range(count)])
        inbox.finish(connection, [(number + 1, "done", None) for number in range(count)], NOW)
        inbox.add(connection, [event("bea", "young", NOW)])

    await database.inner.transaction(work)
    async with at_work(Staff(database, clock)):
        clock.move(TIDY_EVERY_SECONDS - 2.0)
        for _ in range(4):
            await pass_time(clock, database, 1.0)
        await becomes(lambda: database.inner.read(count_by_status), {"done": 1})
