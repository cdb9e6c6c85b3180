"""The inbox: in once, in order, done once; what is broken is set aside and takes nobody along."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from app.channel import Echoed, Fact, Ignored, Item, Receipt, Received, Unreadable
from app.engine.events import TextReceived
from app.store import claims, conversations, inbox, quarantine
from app.store.database import Database
from app.store.intake import Intake, outbox_id, read_outbox_id
from app.store.tables import inbox as table
from tests.store.kit import NOW, PAGE, count_by_status, event, flying, key_of, know, received, status_of


@pytest.fixture
async def intake(database: Database) -> AsyncIterator[Intake]:
    made = Intake(database, "mark", lambda _: None)
    running = asyncio.ensure_future(made.run())
    yield made
    running.cancel()


async def _counts(database: Database) -> dict[str, int]:
    return await database.read(count_by_status)


async def test_the_same_event_is_taken_in_once(intake: Intake, database: Database) -> None:
    for _ in range(3):
        await intake.take([received("ana", "hello")], NOW)
    assert await _counts(database) == {"new": 1}


async def test_the_same_event_in_many_requests_at_once_is_taken_in_once(intake: Intake, database: Database) -> None:
    await asyncio.gather(*(intake.take([received("ana", "hello")], NOW) for _ in range(50)))
    assert await _counts(database) == {"new": 1}


async def test_a_handled_event_is_still_recognised(intake: Intake, database: Database) -> None:
    await intake.take([received("ana", "hello")], NOW)
    await database.transaction(lambda c: inbox.finish(c, [(_only_id(c), "done", None)], NOW))
    await intake.take([received("ana", "hello")], NOW)
    assert await _counts(database) == {"done": 1}


async def test_the_same_key_on_another_page_is_another_event(intake: Intake, database: Database) -> None:
    other = Received(received("ana", "hello").key, "10002", "ana", TextReceived("hello"), NOW)
    await intake.take([received("ana", "hello"), other], NOW)
    assert await _counts(database) == {"new": 2}


async def test_what_cannot_be_read_is_set_aside_with_its_reason(intake: Intake, database: Database) -> None:
    broken = Unreadable(key_of("x"), PAGE, "ana", "no sender", "{}", NOW)
    await intake.take([broken, received("ana", "hello")], NOW)
    assert await _counts(database) == {"new": 1, "quarantined": 1}
    assert await database.read(inbox.count_quarantined) == 1


async def test_an_item_that_the_database_refuses_takes_no_other_along(intake: Intake, database: Database) -> None:
    poison = Received(key_of("poison"), PAGE, "ana", TextReceived("half a sign \ud83d"), NOW)
    await asyncio.gather(
        intake.take([received("ana", "before"), poison, received("bea", "after")], NOW),
        intake.take([received("cleo", "healthy")], NOW),
    )
    assert await _counts(database) == {"new": 3, "quarantined": 1}


async def test_a_fact_about_the_page_is_kept_and_moves_nobody(intake: Intake, database: Database) -> None:
    policy = Received(key_of("policy"), PAGE, "", Fact("policy", {"action": "warning"}), NOW)
    await intake.take([policy, Ignored("dead kind")], NOW)
    assert await _counts(database) == {"ignored": 1}
    assert await database.transaction(lambda c: claims.claim(c, "w1", 10, NOW)) == []


async def test_an_echo_settles_its_message(intake: Intake, database: Database) -> None:
    await database.transaction(lambda c: know(c, "ana"))
    sent = await database.transaction(lambda c: flying(c, "ana"))
    await intake.take([Echoed(PAGE, "ana", outbox_id("mark", 1, "ana"), "m_1")], NOW)
    assert await database.read(lambda c: status_of(c, sent)) == "sent"


async def test_the_echo_of_a_reply_to_a_comment_settles_that_and_nothing_of_its_writer(
    intake: Intake, database: Database
) -> None:
    comment = "comment:9_77"
    await database.transaction(lambda c: know(c, "ana", comment))
    of_ana = await database.transaction(lambda c: flying(c, "ana"))
    reply = await database.transaction(lambda c: flying(c, comment))
    await intake.take([Echoed(PAGE, "ana", outbox_id("mark", 1, comment), "m_1")], NOW)
    assert await database.read(lambda c: status_of(c, reply)) == "sent"
    assert await database.read(lambda c: status_of(c, of_ana)) == "in_flight"


async def test_an_echo_of_another_database_settles_nothing(intake: Intake, database: Database) -> None:
    await database.transaction(lambda c: know(c, "ana"))
    sent = await database.transaction(lambda c: flying(c, "ana"))
    await intake.take([Echoed(PAGE, "ana", outbox_id("other", 1, "ana"), "m_1")], NOW)
    assert await database.read(lambda c: status_of(c, sent)) == "in_flight"


@pytest.mark.parametrize(
    "identity",
    ["", "mark", "mark.", "mark.x", "mark.-1", "mark.1.2", "mark.1.", "mark.1.comment:", "mark.²", "mark." + "9" * 40],
)
def test_an_id_that_is_not_ours_is_none(identity: str) -> None:
    assert read_outbox_id(identity, "mark") is None


async def test_watermarks_only_rise(intake: Intake, database: Database) -> None:
    await database.transaction(lambda c: know(c, "ana"))
    later, earlier = NOW + timedelta(minutes=2), NOW + timedelta(minutes=1)
    items: list[Item] = [Receipt(PAGE, "ana", "read", later), Receipt(PAGE, "ana", "delivered", earlier)]
    await intake.take(items, NOW)
    found = await database.read(lambda c: conversations.find(c, (PAGE, "ana")))
    assert found is not None
    assert (found.delivered_until, found.read_until) == (later, later)


async def test_what_is_delivered_is_not_read_yet_and_an_older_receipt_lowers_neither(
    intake: Intake, database: Database
) -> None:
    await database.transaction(lambda c: know(c, "ana"))
    first, second, third = (NOW + timedelta(minutes=each) for each in (1, 2, 3))

    async def marks_after(*items: Item) -> tuple[datetime | None, datetime | None]:
        await intake.take(items, NOW)
        found = await database.read(lambda c: conversations.find(c, (PAGE, "ana")))
        assert found is not None
        return found.delivered_until, found.read_until

    assert await marks_after(Receipt(PAGE, "ana", "delivered", second)) == (second, None)
    assert await marks_after(Receipt(PAGE, "ana", "read", first)) == (second, first)
    assert await marks_after(Receipt(PAGE, "ana", "delivered", third), Receipt(PAGE, "ana", "read", second)) == (
        third,
        second,
    )
    assert await marks_after(Receipt(PAGE, "ana", "delivered", first), Receipt(PAGE, "ana", "read", first)) == (
        third,
        second,
    )


async def test_an_event_that_was_set_aside_can_be_replayed_once(database: Database) -> None:
    def work(connection: Connection) -> tuple[bool, bool, bool]:
        inbox.add(connection, [event("ana", "hello")])
        event_id = _only_id(connection)
        inbox.quarantine(connection, event_id, "a test", NOW)
        again = quarantine.replay(connection, event_id)
        twice = quarantine.replay(connection, event_id)
        waits = [each.id for each in inbox.list_waiting(connection, 10)[PAGE, "ana"]] == [event_id]
        return again, twice, waits

    assert await database.transaction(work) == (True, False, True)


async def test_an_unreadable_item_is_replayed_only_as_an_event_that_was_read(
    intake: Intake, database: Database
) -> None:
    await intake.take([Unreadable(key_of("x"), PAGE, "", "no sender", "{}", NOW)], NOW)

    def work(connection: Connection) -> tuple[list[str], bool, bool, list[str]]:
        listed = quarantine.list_set_aside(connection, 10)
        as_it_is = quarantine.replay(connection, listed[0].id)
        as_event = quarantine.replay_as(connection, listed[0].id, event("ana", "hello"))
        waiting = inbox.list_waiting(connection, 10)[PAGE, "ana"]
        return [each.reason for each in listed], as_it_is, as_event, [each.body["text"] for each in waiting]

    assert await database.transaction(work) == (["no sender"], False, True, ["hello"])


async def test_old_handled_events_are_forgotten_and_waiting_ones_never(database: Database) -> None:
    old = NOW - timedelta(days=91)

    def work(connection: Connection) -> int | None:
        inbox.add(
            connection, [event("ana", "old and done", old), event("ana", "old and new", old), event("ana", "new")]
        )
        ids = list(connection.execute(select(table.c.id).order_by(table.c.id)).scalars())
        inbox.finish(connection, [(ids[0], "done", None), (ids[2], "done", None)], NOW)
        return inbox.forget_before(connection, NOW - timedelta(days=90), 100)

    assert await database.transaction(work) is None
    assert await _counts(database) == {"new": 1, "done": 1}


async def test_an_old_event_that_still_waits_keeps_no_other_from_being_forgotten(database: Database) -> None:
    old = NOW - timedelta(days=91)

    def work(connection: Connection) -> int | None:
        inbox.add(connection, [event("ana", f"old {number}", old) for number in range(5)] + [event("ana", "young")])
        ids = list(connection.execute(select(table.c.id).order_by(table.c.id)).scalars())
        inbox.finish(connection, [(each, "done", None) for each in ids[1:]], NOW)
        behind: int | None = 0
        for _ in range(3):
            assert behind is not None
            behind = inbox.forget_before(connection, NOW - timedelta(days=90), 2, behind)
        return behind

    assert await database.transaction(work) is None
    assert await _counts(database) == {"new": 1, "done": 1}


def _only_id(connection: Connection) -> int:
    return connection.execute(select(table.c.id)).scalar_one()
