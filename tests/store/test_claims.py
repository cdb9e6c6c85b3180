"""Claims: one worker has a customer in hand, a late one is refused, a dead one's work is free again."""

from __future__ import annotations

from sqlalchemy import Connection

from app.store import claims, conversations, inbox, workers
from app.store.claims import Claim
from app.store.database import Database
from app.store.keys import Key
from tests.store.kit import NOW, PAGE, claim_all, event, flying


async def test_a_customer_in_hand_is_given_to_nobody_else(database: Database) -> None:
    def work(connection: Connection) -> tuple[list[Claim], list[Claim]]:
        return claim_all(connection, "w1", event("ana", "1")), claims.claim(connection, "w2", 10, NOW)

    first, second = await database.transaction(work)
    assert [each.customer_id for each in first] == ["ana"]
    assert second == []


async def test_an_event_that_comes_while_the_customer_is_in_hand_waits(database: Database) -> None:
    def work(connection: Connection) -> list[Claim]:
        claim_all(connection, "w1", event("ana", "1"))
        return claim_all(connection, "w2", event("ana", "2"), event("bea", "1"))

    assert [each.customer_id for each in await database.transaction(work)] == ["bea"]


async def test_events_come_in_order_of_arrival(database: Database) -> None:
    def work(connection: Connection) -> Claim:
        return claim_all(connection, "w1", event("ana", "1"), event("ana", "2"), event("ana", "3"))[0]

    assert [each.body["text"] for each in (await database.transaction(work)).events] == ["1", "2", "3"]


async def test_a_claim_stands_until_it_ends(database: Database) -> None:
    def work(connection: Connection) -> list[dict[Key, bool]]:
        taken = claim_all(connection, "w1", event("ana", "1"))
        held = claims.hold(connection, "w1", taken)
        flying(connection, "ana")
        busy = claims.hold(connection, "w1", taken)
        claims.release(connection, "w1", taken, tried=False)
        return [held, busy, claims.hold(connection, "w1", taken)]

    assert await database.transaction(work) == [{(PAGE, "ana"): False}, {(PAGE, "ana"): True}, {}]


async def test_a_late_worker_is_refused_by_the_fence(database: Database) -> None:
    def work(connection: Connection) -> dict[Key, bool]:
        late = claim_all(connection, "w1", event("ana", "1"))
        claims.release_all_of(connection, "w1")
        claims.claim(connection, "w1", 10, NOW)  # even the same name does not help: the fence moved
        return claims.hold(connection, "w1", late)

    assert await database.transaction(work) == {}


async def test_a_take_over_in_the_middle_of_a_turn_voids_the_claim(database: Database) -> None:
    def work(connection: Connection) -> dict[Key, bool]:
        taken = claim_all(connection, "w1", event("ana", "1"))
        conversations.take_over(connection, (PAGE, "ana"), NOW)
        return claims.hold(connection, "w1", taken)

    assert await database.transaction(work) == {}


async def test_after_a_claim_that_never_ended_a_customer_comes_alone_and_with_one_event(database: Database) -> None:
    def work(connection: Connection) -> list[list[tuple[str, int, int]]]:
        events = [event("ana", "1"), event("ana", "2"), event("bea", "1")]
        rounds = [claim_all(connection, "w1", *events)]
        for _ in range(2):
            claims.release_all_of(connection, "w1")
            rounds.append(claims.claim(connection, "w1", 10, NOW))
        return [[(each.customer_id, each.tries, len(each.events)) for each in taken] for taken in rounds]

    first, second, third = await database.transaction(work)
    assert first == [("ana", 0, 2), ("bea", 0, 1)]
    assert second == [("ana", 1, 1)]
    assert third == [("ana", 2, 1)]


async def test_a_release_without_a_try_is_not_counted(database: Database) -> None:
    def work(connection: Connection) -> int:
        claims.release(connection, "w1", claim_all(connection, "w1", event("ana", "1")), tried=False)
        return claims.claim(connection, "w1", 10, NOW)[0].tries

    assert await database.transaction(work) == 0


async def test_what_a_dead_worker_had_in_hand_is_free_again(database: Database) -> None:
    def work(connection: Connection) -> tuple[list[str], int]:
        workers.join(connection, "dead", NOW)
        workers.join(connection, "alive", NOW)
        claim_all(connection, "dead", event("ana", "1"))
        workers.bury(connection, "dead", "alive")
        return workers.list_all(connection), len(claims.claim(connection, "alive", 10, NOW))

    assert await database.transaction(work) == (["alive"], 1)


async def test_a_worker_can_be_buried_once(database: Database) -> None:
    def work(connection: Connection) -> bool:
        for name in ("dead", "one", "two"):
            workers.join(connection, name, NOW)
        workers.bury(connection, "dead", "one")
        claim_all(connection, "one", event("ana", "1"))
        workers.bury(connection, "dead", "two")  # too late: must change nothing
        return "dead" in workers.beat(connection, "one")

    assert await database.transaction(work) is False


async def test_a_conversation_taken_over_before_its_first_message_stays_with_staff(database: Database) -> None:
    def work(connection: Connection) -> str:
        conversations.take_over(connection, (PAGE, "ana"), NOW)
        return claim_all(connection, "w1", event("ana", "1"))[0].answered_by

    assert await database.transaction(work) == "staff"


async def test_more_events_than_a_batch_takes_stay_in_order(database: Database) -> None:
    def work(connection: Connection) -> list[str]:
        inbox.add(connection, [event("ana", str(number)) for number in range(10)])
        return [each.body["text"] for each in claims.claim(connection, "w1", 4, NOW)[0].events]

    assert await database.transaction(work) == ["0", "1", "2", "3"]
