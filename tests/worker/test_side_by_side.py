"""Two workers on one PostgreSQL at the same moment: what one looks at, the other must not overtake."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.store import claims, conversations, inbox, outbox, sessions
from app.store.conversations import AfterTurns
from app.store.database import open_database
from app.store.outbox import Result
from app.store.postgres import IDLE_SECONDS
from tests.store.kit import NOW, PAGE, event
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import Crew, acquaint, add, becomes, flying

ANA = (PAGE, "ana")


async def test_a_later_event_does_not_overtake_one_that_another_worker_is_looking_at(
    postgres: Troubled, other: AsyncEngine
) -> None:
    await postgres.transaction(lambda connection: inbox.add(connection, [event("ana", "1")]))
    async with other.begin() as looking:
        await looking.run_sync(lambda connection: inbox.list_waiting(connection, 10))
        await postgres.transaction(lambda connection: inbox.add(connection, [event("ana", "2")]))
        [claim] = await postgres.transaction(lambda connection: claims.claim(connection, "quick", 10, NOW))
    assert [each.body["text"] for each in claim.events] == ["1", "2"]


async def test_an_event_that_came_after_the_look_waits_for_the_next_claim(
    postgres: Troubled, other: AsyncEngine
) -> None:
    await postgres.transaction(lambda connection: inbox.add(connection, [event("ana", "1"), event("bea", "1")]))
    found = await postgres.transaction(lambda connection: claims.claim(connection, "w1", 10, NOW))
    assert [(each.customer_id, len(each.events)) for each in found] == [("ana", 1), ("bea", 1)]


async def test_a_session_is_read_as_it_is_behind_the_lock(postgres: Troubled) -> None:
    await postgres.transaction(lambda connection: inbox.add(connection, [event("ana", "1")]))
    [first] = await postgres.transaction(lambda connection: claims.claim(connection, "w1", 10, NOW))
    assert first.session is None
    kept = AfterTurns(PAGE, "ana", "bot", 0, 2, NOW)

    def end(connection: Connection) -> None:
        sessions.save(connection, [(ANA, {"state": "moved"}, "r1")], NOW)
        conversations.save_kept(connection, [kept])
        inbox.finish(connection, [(first.events[0].id, "done", None)], NOW)

    await postgres.transaction(end)
    await postgres.transaction(lambda connection: inbox.add(connection, [event("ana", "2")]))
    [second] = await postgres.transaction(lambda connection: claims.claim(connection, "w2", 10, NOW))
    assert (second.session, second.next_seq) == ({"state": "moved"}, 2)


async def test_many_claims_at_once_give_each_customer_to_one_worker_with_all_its_events_in_order(
    postgres: Troubled,
) -> None:
    customers = [f"c{number}" for number in range(40)]
    for number in range(3):
        await postgres.transaction(
            lambda connection, number=number: inbox.add(connection, [event(each, str(number)) for each in customers])
        )
    works = [
        postgres.transaction(lambda connection, name=name: claims.claim(connection, name, 30, NOW))
        for name in ("w1", "w2", "w3", "w4")
    ]
    taken = [claim for found in await asyncio.gather(*works) for claim in found]
    assert len({claim.customer_id for claim in taken}) == len(taken)
    assert taken
    for claim in taken:
        texts = [each.body["text"] for each in claim.events]
        assert texts == [str(number) for number in range(len(texts))]


async def test_beside_other_workers_the_next_look_comes_behind_the_commit(
    postgres: Troubled, clock: GivenClock
) -> None:
    """What another took in of a customer in hand here, too late for a claim within the commit, nobody else would find."""
    crew = Crew(postgres, clock)
    crew.turns.shared = True
    await add(postgres, event("ana", "hello"))
    before = postgres.transactions
    assert await crew.turns.run_batch() == 1
    await add(postgres.inner, event("ana", "again"))
    assert crew.turns.may_go_on
    assert await crew.turns.run_batch() == 1
    assert crew.turns.may_go_on
    assert await crew.turns.run_batch() == 0
    assert not crew.turns.may_go_on
    assert postgres.transactions - before == 5  # two claims with their commits, and a look in vain


async def test_a_claim_tells_whom_it_passed_over_because_another_had_them_locked(
    postgres: Troubled, other: AsyncEngine
) -> None:
    await acquaint(postgres, "ana", "bea")
    await postgres.transaction(lambda connection: inbox.add(connection, [event("ana", "1"), event("bea", "1")]))
    passed_over: set[tuple[str, str]] = set()

    def look(connection: Connection) -> list[claims.Claim]:
        return claims.claim(connection, "w1", 10, NOW, passed_over=passed_over)

    async with other.begin() as writing:
        await writing.run_sync(lambda connection: conversations.lock(connection, [ANA]))
        assert [each.customer_id for each in await postgres.transaction(look)] == ["bea"]
    assert passed_over == {ANA}
    passed_over.clear()
    assert [each.customer_id for each in await postgres.transaction(look)] == ["ana"]
    assert passed_over == set()


async def test_a_line_is_free_when_what_was_in_it_ended_while_its_lock_was_waited_for(
    postgres: Troubled, other: AsyncEngine
) -> None:
    """Regression: the reply was put behind a message that had arrived, and nobody sent it before the next look at the outbox."""
    sent = flying("ana")
    await acquaint(postgres, "ana")
    await postgres.transaction(lambda connection: outbox.add(connection, [sent], "w1"))
    await postgres.transaction(lambda connection: inbox.add(connection, [event("ana", "1")]))
    found = await postgres.transaction(lambda connection: claims.claim(connection, "w2", 10, NOW))
    async with other.begin() as writing:
        await writing.run_sync(lambda connection: conversations.lock(connection, [ANA]))
        holding = asyncio.ensure_future(postgres.transaction(lambda connection: claims.hold(connection, "w2", found)))
        await becomes(lambda: postgres.read(_waits_for_a_lock), True)
        arrived = [Result(sent, "sent", mid="m1")]
        await writing.run_sync(lambda connection: outbox.record(connection, "w1", arrived, NOW))
    assert await holding == {ANA: False}


def _waits_for_a_lock(connection: Connection) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(connection.execute(text(waiting)).scalar_one())


async def test_a_process_that_stands_still_in_a_transaction_loses_its_locks(
    postgres: Troubled, postgres_address: str
) -> None:
    frozen = open_database(postgres_address)
    await postgres.transaction(lambda connection: conversations.take_over(connection, ANA, NOW))
    async with frozen._engine.connect() as standing_still:  # type: ignore[attr-defined]
        await standing_still.run_sync(lambda connection: conversations.lock(connection, [ANA]))
        async with asyncio.timeout(IDLE_SECONDS + 3):
            await postgres.transaction(lambda connection: conversations.lock(connection, [ANA]))
        await standing_still.invalidate()
    await frozen.close()


async def test_of_two_transactions_that_wait_for_each_other_both_are_done(postgres: Troubled) -> None:
    await acquaint(postgres, "ana", "bea")

    def one_after_the_other(first: str, second: str) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            conversations.take_over(connection, (PAGE, first), NOW)
            connection.execute(text("SELECT pg_sleep(0.2)"))
            conversations.take_over(connection, (PAGE, second), NOW)

        return work

    await asyncio.gather(
        postgres.transaction(one_after_the_other("ana", "bea")), postgres.transaction(one_after_the_other("bea", "ana"))
    )
    for customer in ("ana", "bea"):
        key = (PAGE, customer)
        found = await postgres.read(lambda connection, key=key: conversations.find(connection, key))
        assert found is not None
        assert found.epoch == 2
