"""Intake when the database is away, slow or refuses: who asked is told, and nobody is told too much."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from app.channel import Echoed, Fact, Ignored, Receipt, Received, Unreadable
from app.engine.events import TextReceived
from app.errors import UnavailableError
from app.store import inbox, outbox, pages, quarantine
from app.store.database import open_database
from app.store.intake import (
    BEHIND_SECONDS,
    BRIEF_ITEMS_MAX,
    HELD_SECONDS_MAX,
    HELD_SHARE,
    ITEMS_MAX,
    LATE_TIMES,
    Intake,
    outbox_id,
    take,
)
from app.store.quarantine import SetAside
from tests.store.kit import NOW, PAGE, count_by_status, key_of, received
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import acquaint, becomes, begun, flying, quiet, running


@pytest.fixture
def woken() -> list[bool]:
    return []


@pytest.fixture
async def intake(both: Troubled, woken: list[bool]) -> AsyncIterator[Intake]:
    made = Intake(both, "mark", woken.append)
    async with running(made.run()):
        yield made


async def test_what_the_database_cannot_take_is_refused_and_the_next_is_taken(intake: Intake, both: Troubled) -> None:
    both.plan.append("away")
    with pytest.raises(UnavailableError):
        await intake.take([received("ana", "hello")], NOW)
    assert await both.read(count_by_status) == {}
    await intake.take([received("ana", "hello")], NOW)
    assert await both.read(count_by_status) == {"new": 1}
    assert intake.counts["Received"] == 1


async def test_who_waited_behind_a_database_that_is_away_is_told_at_once(intake: Intake, both: Troubled) -> None:
    may_go_on = asyncio.Event()

    async def away_after_a_while() -> None:
        await may_go_on.wait()
        raise UnavailableError("The database is away.")

    both.plan.append(away_after_a_while)
    first = await begun(intake.take([received("ana", "hi")], NOW))
    await asyncio.sleep(0.01)
    behind = await begun(intake.take([received("bea", "hi")], NOW))
    may_go_on.set()
    results = await asyncio.gather(first, behind, return_exceptions=True)
    assert [type(each) for each in results] == [UnavailableError, UnavailableError]
    assert both.transactions == 1


@pytest.mark.parametrize(("age", "held"), [(BEHIND_SECONDS + 1, 11 * HELD_SHARE), (3_600.0, HELD_SECONDS_MAX)])
async def test_while_work_is_behind_an_answer_is_held_back_and_not_longer(
    both: Troubled, clock: GivenClock, age: float, held: float
) -> None:
    intake = Intake(both, "mark", lambda _: None, clock)
    async with running(intake.run()):
        await intake.take([received("ana", "hello")], clock.now())
        await intake.look()
        clock.move(age)
        await intake.look()
        waits = await begun(intake.take([received("ana", "are you there?")], clock.now()))
        await becomes(lambda: both.read(count_by_status), {"new": 2})
        assert not waits.done(), "it is durable, and answered later"
        clock.move(held)
        await waits
        await both.transaction(lambda connection: connection.execute(text("UPDATE inbox SET status = 'done'")))
        await intake.look()
        async with asyncio.timeout(held / 2):
            await intake.take([received("ana", "thanks")], clock.now())


async def test_what_answers_are_late_by_themselves_they_are_not_held_back(both: Troubled, clock: GivenClock) -> None:
    intake = Intake(both, "mark", lambda _: None, clock)
    async with running(intake.run()):
        await intake.take([received("ana", "hello")], clock.now())
        await intake.look()
        clock.move(3_600)
        await intake.look(late_seconds=HELD_SECONDS_MAX / LATE_TIMES)
        async with asyncio.timeout(HELD_SECONDS_MAX / 2):
            await intake.take([received("ana", "are you there?")], clock.now())


async def test_who_works_in_time_holds_nothing_back_whatever_wall_clocks_say(both: Troubled, clock: GivenClock) -> None:
    intake = Intake(both, "mark", lambda _: None, clock)
    async with running(intake.run()):
        for hours in (-1, 1):  # another process's clock is an hour behind ours, then ahead of it
            await intake.take([received("ana", f"hello {hours}")], clock.now() + timedelta(hours=hours))
            await intake.look()
            async with asyncio.timeout(HELD_SECONDS_MAX / 2):
                await intake.take([received("bea", f"hello {hours}")], clock.now())
            await both.transaction(lambda connection: connection.execute(text("UPDATE inbox SET status = 'done'")))


async def test_time_that_the_write_took_counts_as_held_back(both: Troubled, clock: GivenClock) -> None:
    async def slowly() -> None:
        clock.move(HELD_SECONDS_MAX)

    intake = Intake(both, "mark", lambda _: None, clock)
    async with running(intake.run()):
        await intake.take([received("ana", "hello")], clock.now())
        await intake.look()
        clock.move(3_600)
        await intake.look()
        both.plan.append(slowly)
        came = clock.monotonic()
        await intake.take([received("ana", "are you there?")], clock.now())
        assert clock.monotonic() - came < HELD_SECONDS_MAX * 1.5


async def test_nothing_to_take_asks_the_database_nothing(intake: Intake, both: Troubled) -> None:
    await intake.take([], NOW)
    assert both.transactions == 0


async def test_requests_that_wait_together_share_a_transaction(intake: Intake, both: Troubled) -> None:
    await asyncio.gather(*(intake.take([received(f"c{each}", "hi")], NOW) for each in range(30)))
    assert both.transactions == 1


async def test_only_a_few_items_are_written_on_the_event_loop(intake: Intake, both: Troubled) -> None:
    for count in (BRIEF_ITEMS_MAX, BRIEF_ITEMS_MAX + 1):
        await intake.take([received("ana", f"{count} {number}") for number in range(count)], NOW)
    assert both.were_brief == [True, False]


async def test_a_transaction_never_grows_beyond_its_limit(intake: Intake, both: Troubled) -> None:
    many = [received("ana", str(number)) for number in range(ITEMS_MAX - 10)]
    await asyncio.gather(*(intake.take(items, NOW) for items in (many, [received("bea", str(n)) for n in range(20)])))
    assert both.transactions == 2
    assert await both.read(count_by_status) == {"new": ITEMS_MAX + 10}


async def test_one_request_beyond_the_limit_is_taken_whole(intake: Intake, both: Troubled) -> None:
    await intake.take([received("ana", str(number)) for number in range(ITEMS_MAX + 1)], NOW)
    assert both.transactions == 1


async def test_somebody_who_went_away_takes_nobody_along(intake: Intake, both: Troubled) -> None:
    may_go_on = asyncio.Event()

    async def wait() -> None:
        await may_go_on.wait()

    both.plan.append(wait)
    impatient = await begun(intake.take([received("ana", "hi")], NOW))
    patient = await begun(intake.take([received("bea", "hi")], NOW))
    await asyncio.sleep(0.01)
    impatient.cancel()
    may_go_on.set()
    await patient
    assert await both.read(count_by_status) == {"new": 2}


@pytest.mark.parametrize("trouble", ["away", None])
async def test_somebody_who_went_away_is_not_told(intake: Intake, both: Troubled, trouble: str | None) -> None:
    may_go_on = asyncio.Event()

    async def wait() -> None:
        await may_go_on.wait()
        if trouble:
            raise UnavailableError("The database is away.")

    both.plan.append(wait)
    poison = Received(key_of("poison"), PAGE, "ana", TextReceived("half a sign \ud83d"), NOW)
    impatient = await begun(intake.take([received("ana", "hi"), poison], NOW))
    await asyncio.sleep(0.01)
    impatient.cancel()
    may_go_on.set()
    await quiet(both)
    await intake.take([received("bea", "hi")], NOW)
    assert "bea" in {key[1] for key in await both.read(lambda connection: inbox.list_waiting(connection, 10))}


async def test_a_request_of_which_one_item_meets_a_database_that_is_away_comes_again_as_a_whole(
    intake: Intake, both: Troubled
) -> None:
    poison = Received(key_of("poison"), PAGE, "ana", TextReceived("half a sign \ud83d"), NOW)
    both.plan.extend([None, None, "away"])
    with pytest.raises(UnavailableError):
        await intake.take([received("ana", "1"), poison, received("ana", "2")], NOW)
    await intake.take([received("ana", "1"), poison, received("ana", "2")], NOW)
    assert await both.read(count_by_status) == {"new": 2, "quarantined": 1}


async def test_what_cannot_even_be_set_aside_fails_its_request_alone(intake: Intake, both: Troubled) -> None:
    hopeless = Unreadable(key_of("x"), PAGE, "ana", "half a sign \ud83d", "{}", NOW)
    results = await asyncio.gather(
        intake.take([hopeless], NOW), intake.take([received("bea", "hi")], NOW), return_exceptions=True
    )
    assert isinstance(results[0], UnavailableError), "Meta comes again instead of taking it for kept"
    assert results[1] is None
    assert await both.read(count_by_status) == {"new": 1}


async def test_an_echo_that_settles_something_wakes_the_sender_too(
    intake: Intake, both: Troubled, woken: list[bool]
) -> None:
    await acquaint(both, "ana")
    await both.inner.transaction(lambda connection: outbox.add(connection, [flying("ana")], "w1"))
    await intake.take([Echoed(PAGE, "ana", outbox_id("mark", 1, "ana"), "m_1")], NOW)
    await intake.take([Ignored("a dead kind"), Echoed(PAGE, "ana", "another.1", "m_2")], NOW)
    assert woken == [True, False]
    assert await both.read(outbox.count_live) == {}


async def test_receipts_of_people_nobody_knows_are_passed_over(intake: Intake, both: Troubled) -> None:
    await intake.take([Receipt(PAGE, "nobody", "read", NOW), Receipt(PAGE, "nobody", "delivered", NOW)], NOW)
    assert await both.read(count_by_status) == {}


# ---- what the database says --------------------------------------------------------------------------------


async def test_a_value_that_the_database_refuses_is_not_taken_for_a_database_that_is_away(both: Troubled) -> None:
    def work(connection: Connection) -> None:
        inbox.quarantine(connection, 2**70, "no such number", NOW)

    with pytest.raises(Exception, match=r"(?i)int|overflow|range") as raised:
        await both.transaction(work)
    assert not isinstance(raised.value, UnavailableError)


async def test_a_nul_never_stops_the_intake(intake: Intake, both: Troubled) -> None:
    """PostgreSQL refuses it in a text: then the item is set aside; SQLite keeps it."""
    odd = Received(key_of("nul"), PAGE, "a\0na", TextReceived("hi"), NOW)
    await intake.take([received("bea", "hi")], NOW)
    await asyncio.gather(intake.take([odd], NOW), intake.take([received("cleo", "hi")], NOW), return_exceptions=True)
    waiting = await both.read(lambda connection: inbox.list_waiting(connection, 10))
    assert {"bea", "cleo"} <= {customer for _, customer in waiting}


async def test_a_database_that_refuses_our_statements_costs_no_message(postgres: Troubled) -> None:
    """A table or a right is missing, a pooler mixes statements up: that is no fault of an item, and Messenger comes again."""

    def rename(before: str, after: str) -> Callable[[Connection], object]:
        return lambda connection: connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))

    intake = Intake(postgres, "mark", lambda _: None)
    async with running(intake.run()):
        await postgres.transaction(rename("inbox", "elsewhere"))
        with pytest.raises(UnavailableError):
            await intake.take([received("ana", "hi")], NOW)
        await postgres.transaction(rename("elsewhere", "inbox"))
        await intake.take([received("ana", "hi")], NOW)
    assert await postgres.read(count_by_status) == {"new": 1}


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    nowhere = open_database("postgresql+asyncpg://postgres@127.0.0.1:1/nowhere")
    with pytest.raises(UnavailableError):
        await nowhere.transaction(count_by_status)
    await nowhere.close()


async def test_a_file_that_cannot_be_opened_is_unavailable_to_readers_and_writers(tmp_path: Path) -> None:
    nowhere = open_database(f"sqlite:///{tmp_path / 'no such folder' / 'a.db'}")
    with pytest.raises(UnavailableError):
        await nowhere.read(count_by_status)
    with pytest.raises(UnavailableError):
        await nowhere.transaction(count_by_status)
    await nowhere.close()


async def test_a_message_that_was_set_aside_and_is_taken_back_is_kept_no_longer(intake: Intake, both: Troubled) -> None:
    await intake.take([received("ana", "zanzibar"), received("bea", "zanzibar")], NOW)
    both_of_them = [each for [each] in (await both.read(lambda connection: inbox.list_waiting(connection, 9))).values()]

    def set_aside(connection: Connection) -> None:
        for each in both_of_them:
            inbox.quarantine(connection, each.id, "The turn failed.", NOW)

    await both.inner.transaction(set_aside)
    place = Received(received("ana", "zanzibar").key, PAGE, "ana", Fact("taken_back"), NOW)
    await intake.take([place, Received(key_of("unsent"), PAGE, "ana", Fact("unsent", {"mid": "m_zanzibar"}), NOW)], NOW)
    left = await both.read(quarantine_list)
    assert [each.id for each in left] == [both_of_them[1].id]
    kept = await both.read(
        lambda connection: connection.execute(text("SELECT customer_id, kind, body FROM inbox")).all()
    )
    assert [customer for customer, kind, body in kept if kind == "TextReceived" and body] == ["bea"]


def quarantine_list(connection: Connection) -> list[SetAside]:
    return quarantine.list_set_aside(connection, 9)


async def test_of_two_notices_at_once_about_a_page_the_later_one_counts(both: Troubled) -> None:
    def notice(action: str, minute: int) -> Received:
        at = NOW + timedelta(minutes=minute)
        return Received(key_of(f"{action}{minute}"), PAGE, "", Fact("policy", {"action": action}), at)

    def unblock_slowly(connection: Connection) -> None:
        take(connection, [(notice("unblock", 2), NOW)], "mark")
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_sleep(0.3)"))

    async def block_meanwhile() -> None:
        await asyncio.sleep(0.1)
        await both.inner.transaction(lambda connection: take(connection, [(notice("block", 1), NOW)], "mark"))

    await both.inner.transaction(lambda connection: take(connection, [(notice("block", 0), NOW)], "mark"))
    await asyncio.gather(both.inner.transaction(unblock_slowly), block_meanwhile())
    assert await both.read(pages.list_troubles) == []
