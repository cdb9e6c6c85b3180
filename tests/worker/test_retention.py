"""The night's work: done once by whoever is there, made up for when it was missed, and out of everybody's way."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from app.errors import UnavailableError
from app.store import history, workers
from app.store.history import Said
from app.store.tables import history as history_table
from app.worker.retention import FORGET_MOST, PAUSE_SECONDS, Retention
from app.worker.worker import RETAIN_EVERY_SECONDS
from tests.store.kit import NOW, PAGE
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import pass_time, until
from tests.worker.test_worker import Staff, at_work

DAY = timedelta(days=1)


def retention(database: Troubled, clock: GivenClock, name: str = "w1", days: int = 30) -> Retention:
    return Retention(database, clock, name, timedelta(days=days), lambda: True)


async def fill(database: Troubled, at: datetime, count: int) -> None:
    said = [Said(PAGE, "ana", "customer", "TextReceived", at, "words")] * count

    def work(connection: Connection) -> None:
        workers.join(connection, "w1", NOW)
        history.append(connection, said)

    await database.inner.transaction(work)


async def left(database: Troubled) -> int:
    count = select(func.count()).select_from(history_table)
    return int(await database.inner.read(lambda connection: connection.execute(count).scalar_one()))


async def test_a_night_that_was_missed_is_made_up_for_and_the_next_is_waited_for(
    both: Troubled, clock: GivenClock
) -> None:
    await fill(both, clock.now() - 40 * DAY, 3)
    work = retention(both, clock)
    await work.run_if_due()
    assert (await left(both), work.counts["history"]) == (0, 3)
    await fill(both, clock.now() - 40 * DAY, 2)
    await work.run_if_due()
    assert await left(both) == 2
    clock.wall += DAY
    await work.run_if_due()
    assert (await left(both), work.counts["history"]) == (0, 5)


async def test_a_worker_does_it_by_itself_soon_after_its_start(database: Troubled, clock: GivenClock) -> None:
    await fill(database, clock.now() - 400 * DAY, 3)
    async with at_work(Staff(database, clock)) as staff:
        clock.move(RETAIN_EVERY_SECONDS - 2.0)
        for _ in range(4):
            await pass_time(clock, database, 1.0)
        await until(lambda: staff.worker.retention.counts["history"] == 3)
    assert await left(database) == 0


async def test_it_goes_in_batches_with_a_pause_behind_each(database: Troubled, clock: GivenClock) -> None:
    await fill(database, clock.now() - 40 * DAY, 3 * FORGET_MOST)
    began = clock.monotonic()
    before = database.transactions
    await retention(database, clock).run_if_due()
    assert await left(database) == 0
    assert database.transactions - before >= 3 + 2
    assert clock.monotonic() - began >= 3 * PAUSE_SECONDS


async def test_it_stops_with_its_worker_and_is_taken_up_again(database: Troubled, clock: GivenClock) -> None:
    await fill(database, clock.now() - 40 * DAY, 3)
    stopping = Retention(database, clock, "w1", 30 * DAY, lambda: False)
    await stopping.run_if_due()
    assert await left(database) == 3
    await retention(database, clock, "w2").run_if_due()
    assert await left(database) == 3
    await database.inner.transaction(lambda connection: workers.leave(connection, "w1"))
    await retention(database, clock, "w2").run_if_due()
    assert await left(database) == 0


async def test_a_database_that_is_away_in_the_middle_leaves_the_rest_for_later(
    database: Troubled, clock: GivenClock
) -> None:
    await fill(database, clock.now() - 40 * DAY, 3)
    work = retention(database, clock)
    database.plan.extend([None, "away"])
    try:
        await work.run_if_due()
    except UnavailableError:
        await work.run_if_due()
    assert await left(database) == 0
