"""Batches: many customers of one Page in one request, only when many wait, and only as large as the channel is quick."""

from __future__ import annotations

from dataclasses import replace

from app.channel import Failed, Refusal, Unsure
from app.store import outbox
from app.worker.sending import BATCH_FROM, BATCH_LEAST, BATCH_SLOW_SECONDS
from tests.store.kit import message
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import Crew, acquaint, flying, lines, meet, pass_time, running, until


async def send_at_once(crew: Crew, count: int, **values: object) -> None:
    """Hand over so many messages of different customers before the sender looks, and wait until all are sent."""
    messages = [replace(flying(f"c{number}"), **values) for number in range(count)]  # type: ignore[arg-type]
    await meet(crew.database, *(each.key for each in messages))
    await crew.fly(*messages)
    async with running(crew.sender.run()):
        await until(lambda: crew.sender.idle)


async def test_few_messages_go_alone(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    await send_at_once(crew, BATCH_FROM - 1)
    assert crew.channel.sizes() == [1] * (BATCH_FROM - 1)


async def test_many_messages_share_a_request(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await send_at_once(crew, BATCH_FROM)
    assert crew.channel.sizes() == [BATCH_FROM]
    assert [await lines(both, f"c{number}") for number in range(BATCH_FROM)] == [[(1, "sent", 1)]] * BATCH_FROM


async def test_a_batch_is_no_larger_than_the_channel_takes(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    crew.channel.batch_max = 10
    await send_at_once(crew, 25)
    assert crew.channel.sizes()[:2] == [10, 10]
    assert crew.channel.broken_rules == []


async def test_a_batch_holds_one_page(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    messages = [replace(flying(f"c{number}"), page_id=f"page{number % 2}") for number in range(20)]
    await meet(crew.database, *(each.key for each in messages))
    await crew.fly(*messages)
    async with running(crew.sender.run()):
        await until(lambda: crew.sender.idle)
    assert crew.channel.sizes() == [10, 10]
    assert crew.channel.broken_rules == []


async def test_a_message_that_was_in_doubt_goes_alone(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    messages = [flying(f"c{number}", unsure=number in (0, 3)) for number in range(10)]
    await meet(crew.database, *(each.key for each in messages))
    await crew.fly(*messages)
    async with running(crew.sender.run()):
        await until(lambda: crew.sender.idle)
    alone = [request[0].customer_id for request in crew.channel.requests if len(request) == 1]
    assert {"c0", "c3"} <= set(alone)
    assert sum(crew.channel.sizes()) == 10


async def test_slow_answers_halve_the_batches_down_to_a_least_and_quick_ones_let_them_grow(
    database: Troubled, clock: GivenClock
) -> None:
    crew = Crew(database, clock)
    messages = [replace(flying(f"c{number}"), attempted_at=None) for number in range(120)]
    await meet(crew.database, *(each.key for each in messages))
    crew.channel.takes_seconds = BATCH_SLOW_SECONDS + 0.5
    largest = []
    async with running(crew.sender.run()):
        for start in range(0, 120, 15):
            crew.channel.takes_seconds *= start < 90
            await crew.fly(*messages[start : start + 15])
            await until(lambda: crew.sender.idle)
            largest.append(max(crew.channel.sizes()))
            crew.channel.requests.clear()
    assert largest[:3] == [15, 15, 12]
    assert largest[5] == BATCH_LEAST
    assert largest[6] < largest[7] <= 15


async def test_one_refusal_in_a_batch_concerns_nobody_else(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    crew.channel.answers["c2"].append(Failed("gone", "Not reachable."))
    crew.channel.answers["c4"].append(Unsure("no word about it"))
    await send_at_once(crew, 8)
    assert crew.channel.sizes() == [8]
    states = [(await lines(both, f"c{number}"))[0][1] for number in range(8)]
    assert states == ["sent", "sent", "failed", "sent", "unknown", "sent", "sent", "sent"]


async def test_what_may_not_leave_is_taken_out_of_its_batch(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    crew.channel.refusals["c3"] = Refusal("window", "Too late.")
    await send_at_once(crew, 8)
    assert crew.channel.sizes() == [7]
    states = [(await lines(database, f"c{number}"))[0][1] for number in range(8)]
    assert states == ["sent"] * 3 + ["failed"] + ["sent"] * 4


async def test_of_a_batch_of_which_one_may_leave_it_goes_alone(database: Troubled, clock: GivenClock) -> None:
    crew = Crew(database, clock)
    for number in range(7):
        crew.channel.refusals[f"c{number}"] = Refusal("window", "Too late.")
    await send_at_once(crew, 8)
    assert crew.channel.sizes() == [1]
    assert crew.channel.broken_rules == []


async def test_order_holds_under_load_with_refusals_and_batches(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    customers = [f"c{number}" for number in range(12)]
    await acquaint(both, *customers)
    waiting = [message(each, seq, f"{each} {seq}") for seq in range(2, 6) for each in customers]
    await both.inner.transaction(lambda connection: outbox.add(connection, waiting, "nobody"))
    for each in customers[::3]:
        crew.channel.answers[each].append(Failed("busy", "Not now.", retry=True))
    await crew.fly(*(flying(each) for each in customers))
    async with running(crew.sender.run(), crew.settling.run()):
        while len(crew.channel.texts()) < 12 * 5 + 4:
            await pass_time(clock, both, 0.6)
    for each in customers:
        expected = [f"{each} {seq}" for seq in range(1, 6)]
        sent = crew.channel.texts(each)
        assert sent == ([expected[0], *expected] if each in customers[::3] else expected)
    assert max(crew.channel.sizes()) >= BATCH_FROM
    assert crew.channel.broken_rules == []
