"""Sending: in order for each customer, alone or gathered, and every outcome written down as what it was."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.channel import Failed, Refusal, Sent, Unsure
from app.store import conversations, outbox
from app.worker.sending import HELD_MAX, LEAVES_WITHIN_SECONDS, POLL_MOST, REQUESTS_MAX, RETRIES_MAX
from tests.store.kit import NOW, PAGE, message
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import Crew, acquaint, flying, lines, meet, pass_time, queue, quiet, reasons, running, until

BUSY = Failed("busy", "It is refused for now.", retry=True)
GONE = Failed("gone", "This person cannot be reached.", scope="customer")
TOKEN = Failed("token", "The token is dead.", scope="page")


async def test_a_message_is_sent_and_the_channel_s_id_kept(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana")
    async with running(crew.sender.run()):
        [sent] = await crew.fly(flying("ana", text="hello"))
        await until(lambda: crew.sender.idle)
        assert crew.sender.holds(sent) is False
    assert crew.channel.texts() == ["hello"]
    found = await both.read(lambda connection: outbox.find_status(connection, sent))
    assert found == ("sent", "m_1")
    assert crew.channel.requests[0][0].outbox_id == "mark.1"


async def test_a_line_is_sent_in_order_one_at_a_time(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana", "bea")
    await queue(
        both, *(message(customer, seq, f"{customer} {seq}") for seq in range(2, 6) for customer in ("ana", "bea"))
    )
    async with running(crew.sender.run()):
        await crew.fly(flying("ana"), flying("bea"))
        await until(lambda: len(crew.channel.texts()) == 10)
    for customer in ("ana", "bea"):
        assert crew.channel.texts(customer) == [f"{customer} {seq}" for seq in range(1, 6)]
    assert crew.channel.broken_rules == []


async def test_what_waits_in_the_outbox_is_found_without_being_told(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana")
    await queue(database, message("ana", 1, "from staff", written_by="staff"))
    async with running(crew.sender.run()):
        await pass_time(clock, database, 0.6)
        await until(lambda: crew.channel.texts() == ["from staff"])
    assert crew.channel.requests[0][0].written_by == "staff"


async def test_of_a_long_queue_no_more_is_taken_than_one_look_allows_and_then_it_looks_again(
    database: Troubled, clock: GivenClock
) -> None:
    crew = Crew(database, clock)
    customers = [f"c{number}" for number in range(POLL_MOST + 20)]
    await acquaint(database, *customers[:100])
    await acquaint(database, *customers[100:200])
    await acquaint(database, *customers[200:])
    await queue(database, *(message(each, 1) for each in customers))
    async with running(crew.sender.run()):
        crew.sender.look()
        await until(lambda: len(crew.channel.texts()) == len(customers))
    assert clock.monotonic() < 4.0


async def test_a_database_that_is_away_when_the_outbox_is_looked_at_is_asked_again(
    database: Troubled, clock: GivenClock
) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana")
    await queue(database, message("ana", 1))
    database.plan.append("away")
    async with running(crew.sender.run()):
        crew.sender.look()
        await quiet(database)
        assert crew.channel.texts() == []
        crew.sender.look()
        await until(lambda: crew.channel.texts() == ["hello"])


# ---- outcomes ----------------------------------------------------------------------------------------------


async def test_a_permanent_failure_is_recorded_with_its_sentence_and_the_next_message_goes(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana")
    await queue(both, message("ana", 2, "second"))
    crew.channel.answers["ana"].append(GONE)
    async with running(crew.sender.run()):
        await crew.fly(flying("ana", text="first"))
        await until(lambda: crew.channel.texts() == ["first", "second"])
        await until(lambda: crew.sender.idle)
    assert await reasons(both, "ana") == [("failed", "gone", GONE.sentence), ("sent", None, None)]


async def test_what_policy_refuses_never_leaves_and_is_recorded(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana")
    crew.channel.refusals["ana"] = Refusal("window", "More than 24 hours have passed.")
    async with running(crew.sender.run()):
        await crew.fly(flying("ana"))
        await until(lambda: crew.sender.idle)
    assert crew.channel.requests == []
    assert await reasons(both, "ana") == [("failed", "window", "More than 24 hours have passed.")]


@pytest.mark.parametrize("body", [{"choices": [{"no": "title"}]}, {"media": ["image"]}, ["no", "object"], {"media": 3}])
async def test_a_stored_message_that_cannot_be_read_fails_alone(
    database: Troubled, clock: GivenClock, body: object
) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana", "bea")
    async with running(crew.sender.run()):
        await crew.fly(replace(flying("ana"), body=body), flying("bea"))
        await until(lambda: crew.sender.idle)
    [(status, code, _)] = await reasons(database, "ana")
    assert (status, code) == ("failed", "stored")
    assert crew.channel.texts() == ["bea 1"]


async def test_a_refusal_for_now_is_tried_again_after_growing_waits(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana")
    await queue(both, message("ana", 2, "second"))
    crew.channel.answers["ana"].extend([BUSY, BUSY, BUSY])
    async with running(crew.sender.run(), crew.settling.run()):
        await crew.fly(flying("ana", text="first"))
        for wait in (1.0, 2.0, 4.0):
            await until(lambda: len(crew.later) == 1)
            count = len(crew.channel.texts())
            await pass_time(clock, both, wait * 0.8)
            assert len(crew.channel.texts()) == count
            await pass_time(clock, both, wait * 0.3)
            await until(lambda: len(crew.channel.texts()) > count)  # noqa: B023
        await until(lambda: crew.channel.texts()[-1] == "second")
        await until(lambda: crew.sender.idle)
    assert crew.channel.texts() == ["first"] * 4 + ["second"]
    assert await lines(both, "ana") == [(1, "sent", 4), (2, "sent", 1)]


async def test_the_channel_s_own_wait_is_kept_when_it_is_longer(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana")
    crew.channel.answers["ana"].append(replace(BUSY, wait_seconds=20.0))
    async with running(crew.sender.run(), crew.settling.run()):
        await crew.fly(flying("ana"))
        await until(lambda: len(crew.later) == 1)
        await pass_time(clock, database, 15.0)
        assert len(crew.channel.texts()) == 1
        await pass_time(clock, database, 6.0)
        await until(lambda: len(crew.channel.texts()) == 2)


async def test_tries_have_an_end(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana")
    crew.channel.answers["ana"].extend([BUSY] * 50)
    async with running(crew.sender.run(), crew.settling.run()):
        await crew.fly(flying("ana"))
        for _ in range(RETRIES_MAX - 1):
            await until(lambda: len(crew.later) == 1)
            await pass_time(clock, database, 301.0)
        await until(lambda: not crew.later and crew.sender.idle)
        await pass_time(clock, database, 1_000.0)
    assert len(crew.channel.texts()) == RETRIES_MAX
    assert await reasons(database, "ana") == [("failed", "busy", BUSY.sentence)]


async def test_what_concerns_the_page_parks_it_and_other_pages_go_on(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana", "bea")
    crew.channel.answers["ana"].append(TOKEN)
    async with running(crew.sender.run()):
        await crew.fly(flying("ana"))
        await until(lambda: crew.sender.idle)
        await crew.fly(flying("bea"), replace(flying("cleo"), page_id="another"))
        await until(lambda: crew.sender.idle)
        await pass_time(clock, both, 50.0)
        assert crew.channel.texts() == ["ana 1", "cleo 1"]
        await pass_time(clock, both, 11.0)
        await until(lambda: sorted(crew.channel.texts()) == ["ana 1", "ana 1", "bea 1", "cleo 1"])
        await until(lambda: crew.sender.idle)
    assert await lines(both, "ana") == [(1, "sent", 1)]  # a refusal of the whole Page costs no try
    assert await lines(both, "bea") == [(1, "sent", 1)]


async def test_many_unsure_sends_in_a_row_park_the_page(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    customers = [f"c{number}" for number in range(5)]
    await acquaint(database, *customers, "late")
    for each in customers:
        crew.channel.answers[each].append(Unsure("no answer"))
    async with running(crew.sender.run()):
        for each in customers:
            await crew.fly(flying(each))
            await until(lambda: crew.sender.idle)
        await crew.fly(flying("late"))
        await until(lambda: crew.sender.idle)
        assert crew.channel.texts("late") == []
    assert await lines(database, "late") == [(1, "pending", 0)]


async def test_an_unknown_outcome_holds_the_line_and_is_looked_after(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana")
    await queue(both, message("ana", 2))
    crew.channel.answers["ana"].append(Unsure("no answer"))
    async with running(crew.sender.run()):
        [sent] = await crew.fly(flying("ana"))
        await until(lambda: crew.sender.idle)
        await pass_time(clock, both, 5.0)
        assert crew.sender.holds(sent)
    assert await reasons(both, "ana") == [("unknown", "unknown", "no answer"), ("pending", None, None)]
    assert len(crew.later) == 1


async def test_a_channel_that_breaks_down_leaves_its_sends_in_doubt(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana", "bea")
    crew.channel.broken = {"ana"}
    async with running(crew.sender.run()):
        await crew.fly(flying("ana"), flying("bea"))
        await until(lambda: crew.sender.idle)
    assert [status for status, _, _ in await reasons(database, "ana")] == ["unknown"]
    assert [status for status, _, _ in await reasons(database, "bea")] == ["sent"]


# ---- who may not send --------------------------------------------------------------------------------------


async def test_a_worker_that_may_be_dead_sends_nothing_and_counts_no_attempt(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana")
    crew.living = False
    async with running(crew.sender.run()):
        await crew.fly(flying("ana"))
        await until(lambda: crew.sender.idle)
        await pass_time(clock, both, 1.0)
    assert crew.channel.requests == []
    assert await lines(both, "ana") == [(1, "pending", 0)]
    assert crew.sender.room() == 0


async def test_a_message_that_waited_here_for_too_long_is_taken_off_its_line_anew(
    both: Troubled, clock: GivenClock
) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana")
    [stale] = await crew.fly(flying("ana"))
    clock.move(LEAVES_WITHIN_SECONDS + 5.0)
    await both.transaction(lambda connection: conversations.take_over(connection, (PAGE, "ana"), NOW))
    async with running(crew.sender.run()):
        await until(lambda: crew.sender.idle)
        await pass_time(clock, both, 1.0)
        await until(lambda: crew.sender.idle)
    assert crew.channel.requests == []
    found = await both.read(lambda connection: outbox.find_status(connection, stale))
    assert found == ("cancelled", None)


async def test_a_stopping_sender_takes_nothing_more(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana")
    await queue(database, message("ana", 2))
    async with running(crew.sender.run()):
        crew.sender.stopping = True
        await crew.fly(flying("ana"))
        await until(lambda: crew.sender.idle)
        await pass_time(clock, database, 2.0)
    assert crew.channel.texts() == ["ana 1"]
    assert await lines(database, "ana") == [(1, "sent", 1), (2, "pending", 0)]


async def test_a_sender_is_not_idle_until_what_came_back_is_written_down(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana")
    may_write = asyncio.Event()

    async def wait() -> None:
        await may_write.wait()

    async with running(crew.sender.run()):
        database.plan.append(wait)
        await crew.fly(flying("ana"))
        await until(lambda: not database.plan)
        assert not crew.sender.idle
        may_write.set()
        await until(lambda: crew.sender.idle)
    assert await lines(database, "ana") == [(1, "sent", 1)]


async def test_what_came_back_is_kept_while_the_database_is_away(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana")
    async with running(crew.sender.run()):
        both.plan.extend(["away", "answer lost"])
        await crew.fly(flying("ana"))
        await until(lambda: crew.sender.idle)
    assert await lines(both, "ana") == [(1, "sent", 1)]
    assert crew.channel.texts() == ["ana 1"]


# ---- limits ------------------------------------------------------------------------------------------------


async def test_only_so_many_requests_are_under_way_at_once(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    messages = [replace(flying("ana"), page_id=f"page{number}") for number in range(REQUESTS_MAX + 10)]
    await meet(database, *(each.key for each in messages))
    crew.channel.open.clear()
    async with running(crew.sender.run()):
        await crew.fly(*messages)
        await quiet(database)
        assert crew.channel.most_at_once == REQUESTS_MAX
        crew.channel.open.set()
        await until(lambda: crew.sender.idle)
    assert len(crew.channel.requests) == len(messages)
    assert crew.channel.most_at_once == REQUESTS_MAX


async def test_a_full_sender_takes_nothing_from_the_outbox(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana")
    await queue(database, message("ana", 1))
    held = [flying(f"c{number}") for number in range(HELD_MAX)]
    for each in held:
        crew.sender.hold(each)
    async with running(crew.sender.run()):
        await pass_time(clock, database, 1.0)
        assert (crew.sender.room(), crew.channel.texts()) == (0, [])
        crew.sender.forget(held[0])
        await pass_time(clock, database, 1.0)
        await until(lambda: crew.channel.texts() == ["hello"])


async def test_an_outcome_is_counted_as_what_it_is(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    await acquaint(database, "ana", "bea", "cleo", "dora")
    for customer, outcome in {"ana": Sent("m"), "bea": BUSY, "cleo": GONE, "dora": Unsure("no answer")}.items():
        crew.channel.answers[customer].append(outcome)
    async with running(crew.sender.run()):
        await crew.fly(*(flying(each) for each in ("ana", "bea", "cleo", "dora")))
        await until(lambda: crew.sender.idle)
    assert dict(crew.sender.counts) == {"sent": 1, "again": 1, "failed": 1, "unknown": 1}
