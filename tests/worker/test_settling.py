"""Settling: an unknown send is settled by its echo, then by look-up, and only then sent again, a counted number of times."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import Connection

from app.channel import Failed, Seen, Unsure
from app.store import conversations, outbox, workers
from app.store.outbox import EchoOf, OutMessage, Result
from app.worker.parking import UNSURE_MAX
from app.worker.sending import COPIES_MAX
from app.worker.settling import AT_ONCE, GRACES_MAX, LOOK_UPS_PER_SECOND
from tests.store.kit import NOW, PAGE, message
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import Crew, acquaint, becomes, flying, lines, meet, pass_time, quiet, reasons, running, until

LOST = Unsure("no answer")


def listed(text: str, mid: str = "m_listed") -> list[Seen]:
    return [Seen(mid, text, NOW + timedelta(seconds=1))]


async def leave_in_doubt(crew: Crew, customer: str = "ana", times: int = 1) -> OutMessage:
    """Send a message whose answer never comes; a second one waits behind it."""
    await acquaint(crew.database, customer)
    behind = message(customer, 2, "second")
    await crew.database.inner.transaction(lambda connection: outbox.add(connection, [behind], "nobody"))
    crew.channel.answers[customer].extend([LOST] * times)
    [sent] = await crew.fly(flying(customer, text="first"))
    await until(lambda: len(crew.channel.texts(customer)) == 1 and crew.sender.idle)
    await quiet(crew.database)
    return sent


async def test_an_echo_settles_it_and_the_next_message_goes(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    async with running(crew.sender.run(), crew.settling.run()):
        sent = await leave_in_doubt(crew)
        echo = EchoOf(PAGE, "ana", 1, "m_echo")
        await both.inner.transaction(lambda connection: outbox.settle_by_echo(connection, [echo], NOW))
        await pass_time(clock, both, 2.1)
        await until(lambda: crew.channel.texts() == ["first", "second"])
        await pass_time(clock, both, 100.0)
        assert not crew.sender.holds(sent)
    assert crew.channel.texts() == ["first", "second"]
    assert crew.channel.looked_up == []
    assert await lines(both, "ana") == [(1, "sent", 1), (2, "sent", 1)]


async def test_a_look_up_that_finds_it_settles_it(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    crew.channel.listed["ana"].append(listed(" first "))
    async with running(crew.sender.run(), crew.settling.run()):
        sent = await leave_in_doubt(crew)
        await pass_time(clock, both, 1.9)
        assert crew.channel.looked_up == []
        await pass_time(clock, both, 0.2)
        await until(lambda: crew.channel.texts() == ["first", "second"])
        await until(lambda: crew.sender.idle)
    found = await both.read(lambda connection: outbox.find_status(connection, sent))
    assert found == ("sent", "m_listed")


async def test_a_second_look_up_may_find_what_the_first_did_not(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    crew.channel.listed["ana"].extend([[], listed("first")])
    async with running(crew.sender.run(), crew.settling.run()):
        await leave_in_doubt(crew)
        await pass_time(clock, database, 2.1)
        await until(lambda: len(crew.channel.looked_up) == 1)
        await pass_time(clock, database, 5.5)
        assert len(crew.channel.looked_up) == 1
        await pass_time(clock, database, 0.6)
        await until(lambda: crew.channel.texts() == ["first", "second"])


async def test_after_two_look_ups_that_find_nothing_it_is_sent_again(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    async with running(crew.sender.run(), crew.settling.run()):
        await leave_in_doubt(crew)
        for wait in (2.1, 6.1):
            assert crew.channel.texts() == ["first"]
            await pass_time(clock, both, wait)
        await until(lambda: crew.channel.texts() == ["first", "first", "second"])
        await until(lambda: crew.sender.idle)
    assert len(crew.channel.looked_up) == 2
    assert await lines(both, "ana") == [(1, "sent", 2), (2, "sent", 1)]


async def test_a_message_of_the_same_words_that_is_another_s_settles_nothing(
    database: Troubled, clock: GivenClock
) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana")

    def sent_before(connection: Connection) -> None:
        earlier = flying("ana", 0, "first")
        outbox.add(connection, [earlier], "w1")
        outbox.record(connection, "w1", [Result(earlier, "sent", mid="m_earlier")], NOW)

    await database.inner.transaction(sent_before)
    crew.channel.listed["ana"].extend([listed("first", "m_earlier"), listed("other words")])
    async with running(crew.sender.run(), crew.settling.run()):
        crew.channel.answers["ana"].append(LOST)
        await crew.fly(flying("ana", text="first"))
        await until(lambda: len(crew.later) == 1)
        await quiet(database)
        for wait in (2.1, 6.1):
            await pass_time(clock, database, wait)
        await until(lambda: crew.channel.texts() == ["first", "first"])


async def test_a_message_that_is_older_than_the_attempt_settles_nothing(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    crew.channel.listed["ana"].append([Seen("m_old", "first", NOW - timedelta(hours=3))])
    async with running(crew.sender.run(), crew.settling.run()):
        sent = await leave_in_doubt(crew)
        await pass_time(clock, database, 2.1)
        await until(lambda: len(crew.channel.looked_up) == 1)
        await quiet(database)
    found = await database.read(lambda connection: outbox.find_status(connection, sent))
    assert found == ("unknown", None)


async def test_where_no_look_up_is_to_be_had_only_the_long_grace_leads_to_a_second_send(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    crew.channel.listed["ana"].extend([None, None, None])
    async with running(crew.sender.run(), crew.settling.run()):
        await leave_in_doubt(crew)
        await pass_time(clock, both, 2.1)
        await until(lambda: len(crew.channel.looked_up) == 1)
        await pass_time(clock, both, 80.0)
        assert crew.channel.texts() == ["first"]
        await pass_time(clock, both, 9.0)
        await until(lambda: crew.channel.texts() == ["first", "first", "second"])


async def test_while_messenger_is_silent_nothing_in_doubt_is_sent_into_the_silence(
    database: Troubled, clock: GivenClock
) -> None:
    """Else it would be sent three times into an outage, and given up before anybody is there again."""
    crew = Crew(database, clock)
    crew.channel.listed["ana"].extend([None] * 4)
    async with running(crew.sender.run(), crew.settling.run()):
        await leave_in_doubt(crew)
        for _ in range(UNSURE_MAX):
            crew.sender.parking.note_unsure(PAGE, clock.monotonic())
        await pass_time(clock, database, 2.1)
        await until(lambda: len(crew.channel.looked_up) == 1)
        for looks in (2, 3, 4):
            await pass_time(clock, database, 91.0)
            await until(lambda: len(crew.channel.looked_up) == looks)  # noqa: B023
            await quiet(database)
        assert crew.channel.texts() == ["first"]
        crew.channel.listed["ana"].extend([[], []])
        for _ in range(2):
            await pass_time(clock, database, 91.0)
        await until(lambda: crew.channel.texts() == ["first", "first", "second"])


async def test_a_silence_without_end_is_waited_for_so_many_graces(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    crew.channel.listed["ana"].extend([None] * (GRACES_MAX + 3))
    async with running(crew.sender.run(), crew.settling.run()):
        await leave_in_doubt(crew)
        for _ in range(UNSURE_MAX):
            crew.sender.parking.note_unsure(PAGE, clock.monotonic())
        await pass_time(clock, database, 2.1)
        await until(lambda: len(crew.channel.looked_up) == 1)
        for _ in range(GRACES_MAX + 1):
            await quiet(database)
            await pass_time(clock, database, 91.0)
        await until(lambda: crew.channel.texts() == ["first", "first", "second"])


async def test_a_look_up_that_is_to_be_had_again_after_the_grace_is_believed(
    database: Troubled, clock: GivenClock
) -> None:
    crew = Crew(database, clock)
    crew.channel.listed["ana"].extend([None, listed("first")])
    async with running(crew.sender.run(), crew.settling.run()):
        await leave_in_doubt(crew)
        await pass_time(clock, database, 2.1)
        await until(lambda: len(crew.channel.looked_up) == 1)
        await quiet(database)
        await pass_time(clock, database, 89.0)
        await until(lambda: crew.channel.texts() == ["first", "second"])


async def test_copies_have_an_end_that_is_told(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    async with running(crew.sender.run(), crew.settling.run()):
        await leave_in_doubt(crew, times=COPIES_MAX)
        for _ in range(2 * COPIES_MAX):
            await until(lambda: len(crew.later) == 1)
            await quiet(both)
            await pass_time(clock, both, 61.0)  # parking, after many unsure ones, holds it for a minute at most
        reason = "Nobody can say whether it arrived; it was not sent again."
        end = [("failed", "unknown", reason), ("sent", None, None)]
        await becomes(lambda: reasons(both, "ana"), end)
    assert crew.channel.texts().count("first") == COPIES_MAX


async def test_what_staff_took_over_is_not_sent_again(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    async with running(crew.sender.run(), crew.settling.run()):
        sent = await leave_in_doubt(crew)
        await both.inner.transaction(lambda connection: conversations.take_over(connection, (PAGE, "ana"), NOW))
        for wait in (2.1, 6.1):
            await pass_time(clock, both, wait)
        await until(lambda: not crew.sender.holds(sent))
    assert crew.channel.texts() == ["first"]
    assert (await lines(both, "ana"))[0][1] == "failed"


async def test_what_a_dead_worker_left_is_settled_and_not_sent_blindly(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana", "bea")

    def left_behind(connection: Connection) -> list[OutMessage]:
        workers.join(connection, "dead", NOW)
        waiting = flying("bea", text="refused before")
        outbox.add(connection, [flying("ana", text="first"), waiting], "dead")
        outbox.record(connection, "dead", [Result(waiting, "pending", keep=True)], NOW)
        return workers.bury(connection, "dead", "w1")

    crew.channel.listed["ana"].append(listed("first"))
    left = await both.inner.transaction(left_behind)
    async with running(crew.sender.run(), crew.settling.run()):
        for each in left:
            crew.settling.adopt(each)
        await until(lambda: crew.channel.texts() == ["refused before"])
        await pass_time(clock, both, 2.6)
        await until(lambda: len(crew.channel.looked_up) == 1)
        await becomes(lambda: lines(both, "ana"), [(1, "sent", 1)])
    assert crew.channel.texts() == ["refused before"]


async def test_look_ups_of_one_page_are_paced(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    customers = [f"c{number}" for number in range(8)]
    await acquaint(database, *customers)
    for each in customers:
        crew.channel.answers[each].append(LOST)
        crew.channel.listed[each].append(listed(f"{each} 1", f"m_{each}"))
    async with running(crew.sender.run(), crew.settling.run()):
        await crew.fly(*(flying(each) for each in customers))
        await until(lambda: len(crew.later) == 8)
        while len(crew.channel.looked_up) < 8:
            await pass_time(clock, database, 0.05)
    moments = [at for _, _, at in crew.channel.looked_up]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert sum(gaps) / len(gaps) >= 1 / LOOK_UPS_PER_SECOND - 0.1
    assert min(gaps) > 0.5 / LOOK_UPS_PER_SECOND


async def test_where_so_many_wait_that_the_first_look_comes_as_late_as_the_last_one_look_is_enough(
    database: Troubled, clock: GivenClock
) -> None:
    crew = Crew(database, clock)
    customers = [f"c{number}" for number in range(24)]
    await acquaint(database, *customers)
    for each in customers:
        crew.channel.answers[each].append(LOST)
        crew.channel.listed[each].extend([[], []])
    async with running(crew.sender.run(), crew.settling.run()):
        await crew.fly(*(flying(each) for each in customers))
        began = clock.monotonic()
        await until(lambda: len(crew.later) == 24)
        while len(crew.channel.texts()) < 48:
            await pass_time(clock, database, 0.25)
    looks = Counter(customer for _, customer, _ in crew.channel.looked_up)
    assert set(looks.values()) == {1, 2}
    last = {customer: at - began for _, customer, at in crew.channel.looked_up}
    assert min(last.values()) >= 8.0


async def test_a_message_without_text_is_never_taken_for_another(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana")
    picture = OutMessage(
        PAGE, "ana", 1, {"media": ["image", "https://shop.example/a.png"]}, "bot", 0, 1, NOW, NOW, NOW, "in_flight"
    )
    crew.channel.answers["ana"].append(LOST)
    crew.channel.listed["ana"].append(listed("words"))
    async with running(crew.sender.run(), crew.settling.run()):
        await crew.fly(picture)
        await until(lambda: len(crew.later) == 1)
        await quiet(database)
        await pass_time(clock, database, 2.1)
        await until(lambda: len(crew.channel.looked_up) == 1)
        await quiet(database)
    assert await lines(database, "ana") == [(1, "unknown", 1)]


async def test_an_adopted_message_that_is_settled_already_only_moves_its_line(
    database: Troubled, clock: GivenClock
) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana")
    kept = flying("ana", text="refused before")

    def settled_meanwhile(connection: Connection) -> None:
        outbox.add(connection, [kept, message("ana", 2, "second")], "w1")
        outbox.settle_by_echo(connection, [EchoOf(PAGE, "ana", 1, "m_echo")], NOW)

    await database.inner.transaction(settled_meanwhile)
    async with running(crew.sender.run(), crew.settling.run()):
        crew.settling.adopt(OutMessage(*(getattr(kept, name) for name in kept.__slots__[:10]), status="pending"))
        await until(lambda: crew.channel.texts() == ["second"])
        assert not crew.sender.holds(kept)


async def test_slow_look_ups_of_one_page_hold_up_nobody_else(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    slow = [replace(flying(f"c{number}"), page_id="slow") for number in range(20)]
    others = [flying("ana"), flying("bea")]
    await meet(database, *(each.key for each in (*slow, *others)))
    for each in (*slow, others[0]):
        crew.channel.answers[each.customer_id].append(LOST)
    crew.channel.answers["bea"].append(Failed("busy", "Not now.", retry=True, wait_seconds=15.0))
    crew.channel.slow_pages = {"slow"}
    async with running(crew.sender.run(), crew.settling.run()):
        await crew.fly(*slow)
        await until(lambda: len(crew.later) == 20)
        await crew.fly(*others)
        await until(lambda: len(crew.later) == 22)
        for _ in range(20):
            await pass_time(clock, database, 1.0)
        assert sum(page == "slow" for page, _, _ in crew.channel.looked_up) == AT_ONCE
        assert sum(page == PAGE for page, _, _ in crew.channel.looked_up) == 2
        assert crew.channel.texts("bea") == ["bea 1", "bea 1"]
