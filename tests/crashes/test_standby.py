"""A message that stands on the primary alone: it is acknowledged no sooner than the standby has it, however often it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.channel import Receipt
from app.errors import UnavailableError
from app.store.database import open_database
from app.store.intake import Intake
from app.store.migrate import migrate
from tests.needs import skip_without
from tests.postgres import NoPostgresError, Pair, find_tools, private_pair
from tests.store.kit import NOW, PAGE, count_by_status, received
from tests.worker.kit import running

WAITS = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'frontdesk'"
PATIENCE_SECONDS = 30.0


@pytest.fixture(scope="module")
async def pair() -> AsyncIterator[Pair]:
    if find_tools() is None:
        skip_without("a PostgreSQL server")
    try:
        with private_pair() as made:
            yield made
    except NoPostgresError as error:
        skip_without(f"a PostgreSQL server that starts ({error})")


async def _waiting(pair: Pair) -> str:
    """The process whose commit waits for the standby."""
    for _ in range(int(PATIENCE_SECONDS / 0.05)):
        if found := await asyncio.to_thread(pair.primary.say, WAITS):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError("No commit waits for the standby.")


async def test_a_repetition_is_acknowledged_no_sooner_than_the_standby_has_the_message(pair: Pair) -> None:
    database = open_database(pair.primary.create_database("repeated"))
    await migrate(database)
    intake = Intake(database, "mark", lambda _: None)
    async with running(intake.run()):
        pair.hold_back()
        first = asyncio.create_task(intake.take([received("ana", "hello")], NOW))
        # The wait is broken off from outside: the message is committed here, seen by everybody, and on no standby.
        pair.primary.say(f"SELECT pg_terminate_backend({await _waiting(pair)})")
        with pytest.raises(UnavailableError):
            await first
        assert await database.read(count_by_status) == {"new": 1}

        again = asyncio.create_task(intake.take([received("ana", "hello")], NOW))
        await _waiting(pair)
        assert not again.done()
        pair.go_on()
        await asyncio.wait_for(again, PATIENCE_SECONDS)
        assert await database.read(count_by_status) == {"new": 1}
    await database.close()


async def test_so_is_a_receipt_that_changes_nothing(pair: Pair) -> None:
    """What it says may stand here already, and nowhere else."""
    database = open_database(pair.primary.create_database("receipts"))
    await migrate(database)
    intake = Intake(database, "mark", lambda _: None)
    async with running(intake.run()):
        pair.hold_back()
        told = asyncio.create_task(intake.take([Receipt(PAGE, "ana", "read", NOW)], NOW))
        await _waiting(pair)
        assert not told.done()
        pair.go_on()
        await asyncio.wait_for(told, PATIENCE_SECONDS)
    await database.close()
