"""The heartbeat: whoever stands still is buried once, by the steady clock, and what it had in hand goes on."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from app.store import claims, outbox, underway, workers
from app.store.outbox import OutMessage
from app.worker.beat import ORPHAN_SECONDS, Beat, DeclaredDeadError
from tests.store.kit import NOW, event
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import acquaint, add, becomes, flying, pass_time, quiet, running, until


class Watch:
    """A beat of that name, with what it adopted and what it knows of."""

    def __init__(self, database: Troubled, clock: GivenClock, name: str = "w1") -> None:
        self.adopted: list[OutMessage] = []
        self.known: set[str] = set()
        self.beat = Beat(database, clock, name, self._adopt, lambda each: each.customer_id in self.known)

    def _adopt(self, messages: list[OutMessage]) -> None:
        self.adopted += messages
        self.known |= {each.customer_id for each in messages}

    async def starts(self, *, alone: bool = False) -> Beat:
        await self.beat.start(alone=alone)
        return self.beat


async def names(database: Troubled) -> list[str]:
    return sorted(await database.inner.read(workers.list_all))


async def count_beats(database: Troubled, clock: GivenClock, count: int) -> None:
    for _ in range(count):
        await pass_time(clock, database, 1.0)


async def test_who_beats_is_alive_and_stays_on_the_list(both: Troubled, clock: GivenClock) -> None:
    one, two = Watch(both, clock, "one"), Watch(both, clock, "two")
    assert not one.beat.alive()
    await one.starts()
    await two.starts()
    async with running(one.beat.run(), two.beat.run()):
        await count_beats(both, clock, 10)
        assert one.beat.alive()
        assert two.beat.alive()
    assert await names(both) == ["one", "two"]


async def test_who_stands_still_is_buried_and_its_work_adopted(both: Troubled, clock: GivenClock) -> None:
    frozen, living = Watch(both, clock, "frozen"), Watch(both, clock, "living")
    await acquaint(both, "ana")
    await frozen.starts()
    await living.starts()

    def work(connection: Connection) -> None:
        outbox.add(connection, [flying("ana")], "frozen")

    await both.inner.transaction(work)
    await add(both.inner, event("bea", "hi"))
    await both.inner.transaction(lambda connection: claims.claim(connection, "frozen", 10, NOW))
    async with running(living.beat.run()):
        await count_beats(both, clock, 5)
        assert await names(both) == ["frozen", "living"]
        assert living.adopted == []
        await count_beats(both, clock, 4)
        await until(lambda: len(living.adopted) == 1)
    assert await names(both) == ["living"]
    assert (living.adopted[0].customer_id, living.adopted[0].status) == ("ana", "unknown")
    assert len(await both.transaction(lambda connection: claims.claim(connection, "living", 10, NOW))) == 1


async def test_a_jump_of_the_wall_clock_buries_nobody(database: Troubled, clock: GivenClock) -> None:
    one, two = Watch(database, clock, "one"), Watch(database, clock, "two")
    await one.starts()
    await two.starts()
    async with running(one.beat.run(), two.beat.run()):
        for wall in (timedelta(hours=1), timedelta(hours=-2), timedelta(0)):
            clock.wall = wall
            await count_beats(database, clock, 2)
            assert one.beat.alive()
            assert two.beat.alive()
    assert await names(database) == ["one", "two"]


async def test_who_was_buried_notices_and_stops(both: Troubled, clock: GivenClock) -> None:
    watch = Watch(both, clock)
    await watch.starts()
    task = asyncio.ensure_future(watch.beat.run())
    await both.inner.transaction(lambda connection: workers.bury(connection, "w1", "another"))
    await pass_time(clock, both, 1.0)
    with pytest.raises(DeclaredDeadError):
        await asyncio.wait_for(task, 5)


async def test_who_cannot_beat_stops_acting_before_anybody_may_bury_it(database: Troubled, clock: GivenClock) -> None:
    watch = Watch(database, clock)
    await watch.starts()
    async with running(watch.beat.run()):
        database.plan.extend(["away"] * 4)
        await count_beats(database, clock, 2)
        assert watch.beat.alive()
        await count_beats(database, clock, 2)
        assert not watch.beat.alive()
        await count_beats(database, clock, 1)
        assert watch.beat.alive()


async def test_who_is_alone_buries_whoever_is_listed_at_once(both: Troubled, clock: GivenClock) -> None:
    await acquaint(both, "ana", "bea")

    def left_behind(connection: Connection) -> None:
        workers.join(connection, "listed", NOW)
        outbox.add(connection, [flying("ana")], "listed")
        outbox.add(connection, [flying("bea")], "unlisted")

    await both.inner.transaction(left_behind)
    watch = Watch(both, clock)
    await watch.starts(alone=True)
    assert await names(both) == ["w1"]
    assert sorted(each.customer_id for each in watch.adopted) == ["ana", "bea"]


async def test_among_many_a_start_buries_nobody(both: Troubled, clock: GivenClock) -> None:
    await both.inner.transaction(lambda connection: workers.join(connection, "other", NOW))
    await Watch(both, clock).starts()
    assert await names(both) == ["other", "w1"]


async def test_work_in_a_name_that_is_on_no_list_is_taken_over_by_a_beat(both: Troubled, clock: GivenClock) -> None:
    await acquaint(both, "ana")
    await both.inner.transaction(lambda connection: outbox.add(connection, [flying("ana")], "left"))
    watch = Watch(both, clock)
    await watch.starts()
    async with running(watch.beat.run()):
        await pass_time(clock, both, 1.0)
        await until(lambda: len(watch.adopted) == 1)


async def test_a_worker_whose_beat_goes_on_after_a_pause_is_left_in_peace(
    database: Troubled, clock: GivenClock
) -> None:
    slow, living = Watch(database, clock, "slow"), Watch(database, clock, "living")
    await slow.starts()
    await living.starts()
    async with running(living.beat.run()):
        for _ in range(4):
            await count_beats(database, clock, 4)
            await database.inner.transaction(lambda connection: workers.beat(connection, "slow"))
    assert await names(database) == ["living", "slow"]


async def test_a_message_in_our_name_that_nobody_here_knows_of_is_doubted_after_a_while(
    both: Troubled, clock: GivenClock
) -> None:
    await acquaint(both, "ana", "bea", "cleo")
    watch = Watch(both, clock)
    watch.known = {"bea"}
    await watch.starts()
    waiting = flying("cleo")

    def lost_commits(connection: Connection) -> None:
        outbox.add(connection, [flying("ana"), flying("bea"), waiting], "w1")
        outbox.record(connection, "w1", [outbox.Result(waiting, "pending", keep=True)], NOW)

    await both.inner.transaction(lost_commits)
    async with running(watch.beat.run()):
        await pass_time(clock, both, 1.0)
        clock.move(ORPHAN_SECONDS - 2.0)
        await quiet(both)
        assert watch.adopted == []
        await count_beats(both, clock, 3)
        await until(lambda: len(watch.adopted) == 2)
        await count_beats(both, clock, 2)
    assert sorted((each.customer_id, each.status, each.unsure) for each in watch.adopted) == [
        ("ana", "unknown", 1), ("cleo", "pending", 0),
    ]  # fmt: skip
    statuses = {each.customer_id: each.status for each in await _owned(both)}
    assert statuses == {"ana": "unknown", "bea": "in_flight", "cleo": "pending"}


async def test_an_orphan_that_is_known_of_in_time_is_not_doubted(database: Troubled, clock: GivenClock) -> None:
    await acquaint(database, "ana")
    watch = Watch(database, clock)
    await watch.starts()
    await database.inner.transaction(lambda connection: outbox.add(connection, [flying("ana")], "w1"))
    async with running(watch.beat.run()):
        await count_beats(database, clock, 2)
        watch.known = {"ana"}
        clock.move(ORPHAN_SECONDS)
        await quiet(database)
        await count_beats(database, clock, 2)
    assert watch.adopted == []
    await becomes(lambda: _statuses(database), ["in_flight"])


async def _statuses(database: Troubled) -> list[str]:
    return [each.status for each in await _owned(database)]


async def _owned(database: Troubled) -> list[OutMessage]:
    return await database.inner.read(lambda connection: underway.list_owned(connection, "w1"))
