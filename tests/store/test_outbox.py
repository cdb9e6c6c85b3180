"""The outbox: in order for each customer, one in flight, every change compared first, nothing doubled when a worker dies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, select

from app.store import conversations, outbox, underway, void, workers
from app.store.database import Database
from app.store.outbox import EchoOf, OutMessage, Result
from app.store.tables import outbox as outbox_table
from tests.store.kit import NOW, PAGE, flying, know, message, put, status_of

ANA = (PAGE, "ana")


async def test_only_the_first_message_of_a_line_is_free(database: Database) -> None:
    def work(connection: Connection) -> list[tuple[str, int]]:
        know(connection, "ana", "bea")
        put(connection, message("ana", 1), message("ana", 2), message("bea", 1))
        return [(each.customer_id, each.seq) for each in outbox.claim_free(connection, "w1", 10, NOW)]

    assert sorted(await database.transaction(work)) == [("ana", 1), ("bea", 1)]


async def test_the_next_message_goes_when_the_one_before_is_settled(database: Database) -> None:
    def work(connection: Connection) -> tuple[list[OutMessage], list[OutMessage]]:
        know(connection, "ana")
        first = flying(connection, "ana", 1)
        put(connection, message("ana", 2))
        before = outbox.claim_next(connection, "w1", [ANA], NOW)
        outbox.record(connection, "w1", [Result(first, "sent", mid="m_1")], NOW)
        return before, outbox.claim_next(connection, "w1", [ANA], NOW)

    before, after = await database.transaction(work)
    assert before == []
    assert [(each.seq, each.attempt, each.status) for each in after] == [(2, 1, "in_flight")]


@pytest.mark.parametrize("status", ["unknown", "pending"])
async def test_a_message_that_is_not_settled_holds_the_line(database: Database, status: str) -> None:
    def work(connection: Connection) -> list[OutMessage]:
        know(connection, "ana")
        first = flying(connection, "ana", 1)
        put(connection, message("ana", 2))
        outbox.record(connection, "w1", [Result(first, status, keep=True)], NOW)
        return outbox.claim_next(connection, "w1", [ANA], NOW) + outbox.claim_free(connection, "w1", 10, NOW)

    assert await database.transaction(work) == []


async def test_a_parked_page_is_passed_over(database: Database) -> None:
    def work(connection: Connection) -> list[OutMessage]:
        know(connection, "ana")
        put(connection, message("ana", 1))
        return outbox.claim_free(connection, "w1", 10, NOW, [PAGE])

    assert await database.transaction(work) == []


async def test_an_answer_that_comes_after_the_echo_changes_nothing(database: Database) -> None:
    def work(connection: Connection) -> tuple[str, str | None]:
        know(connection, "ana")
        sent = flying(connection, "ana")
        outbox.settle_by_echo(connection, [EchoOf(PAGE, "ana", 1, "m_echo")], NOW)
        outbox.record(connection, "w1", [Result(sent, "failed", reason_code="100")], NOW)
        found = outbox.find_status(connection, sent)
        assert found is not None
        return found

    assert await database.transaction(work) == ("sent", "m_echo")


async def test_an_answer_to_an_older_attempt_changes_nothing(database: Database) -> None:
    def work(connection: Connection) -> str:
        know(connection, "ana")
        sent = flying(connection, "ana")
        outbox.record(connection, "w1", [Result(sent, "unknown", keep=True)], NOW)
        outbox.take_again(connection, "w1", [sent], NOW)
        outbox.record(connection, "w1", [Result(sent, "failed")], NOW)
        return status_of(connection, sent)

    assert await database.transaction(work) == "in_flight"


async def test_an_echo_settles_a_message_in_every_live_state(database: Database) -> None:
    def work(connection: Connection) -> list[str]:
        know(connection, "ana", "bea", "cleo")
        sent = [flying(connection, each) for each in ("ana", "bea", "cleo")]
        outbox.record(connection, "w1", [Result(sent[1], "unknown", keep=True), Result(sent[2], "pending")], NOW)
        outbox.settle_by_echo(connection, [EchoOf(PAGE, each.customer_id, 1, "m") for each in sent], NOW)
        return [status_of(connection, each) for each in sent]

    assert await database.transaction(work) == ["sent"] * 3


async def test_of_two_echoes_of_one_message_the_first_counts(database: Database) -> None:
    def work(connection: Connection) -> tuple[str, str | None] | None:
        know(connection, "ana")
        sent = flying(connection, "ana")
        outbox.settle_by_echo(connection, [EchoOf(PAGE, "ana", 1, "m_1"), EchoOf(PAGE, "ana", 1, "m_2")], NOW)
        return outbox.find_status(connection, sent)

    assert await database.transaction(work) == ("sent", "m_1")


async def test_a_try_again_counts_as_an_attempt_and_one_kept_back_does_not(database: Database) -> None:
    def work(connection: Connection) -> tuple[int, int]:
        know(connection, "ana")
        first = flying(connection, "ana")
        outbox.record(connection, "w1", [Result(first, "pending", keep=True)], NOW)
        second = outbox.take_again(connection, "w1", [first], NOW)[0]
        outbox.record(connection, "w1", [Result(second, "pending", counts=False)], NOW)
        return second.attempt, outbox.claim_free(connection, "w1", 10, NOW)[0].attempt

    assert await database.transaction(work) == (2, 2)


async def test_what_the_bot_prepared_is_cancelled_when_staff_take_over(database: Database) -> None:
    def work(connection: Connection) -> tuple[list[OutMessage], str, str]:
        know(connection, "ana")
        theirs, ours = message("ana", 1), message("ana", 2, written_by="staff", epoch=1)
        put(connection, theirs, ours)
        conversations.take_over(connection, ANA, NOW)
        first = outbox.claim_free(connection, "w1", 10, NOW)
        second = outbox.claim_free(connection, "w1", 10, NOW)
        return first + second, status_of(connection, theirs), status_of(connection, ours)

    going, theirs, ours = await database.transaction(work)
    assert [each.written_by for each in going] == ["staff"]
    assert (theirs, ours) == ("cancelled", "in_flight")


async def test_what_may_have_arrived_already_is_not_called_unsent_when_staff_take_over(database: Database) -> None:
    """It was sent and nobody knew of it, then a look-up did not find it, and when it was sent again it was refused."""

    def work(connection: Connection) -> tuple[str, str]:
        know(connection, "ana")
        sent = flying(connection, "ana")
        outbox.record(connection, "w1", [Result(sent, "unknown", keep=True)], NOW)
        doubted = replace(sent, status="unknown", unsure=1)
        again = outbox.take_again(connection, "w1", [doubted], NOW)[0]
        outbox.record(connection, "w1", [Result(again, "pending", keep=True)], NOW)
        conversations.take_over(connection, ANA, NOW)
        void.cancel(connection, [ANA], NOW)
        row = connection.execute(select(outbox_table.c.status, outbox_table.c.reason_code)).one()
        return row[0], row[1]

    assert await database.transaction(work) == ("failed", "unknown")


async def test_an_unknown_send_is_not_repeated_after_a_take_over(database: Database) -> None:
    def work(connection: Connection) -> tuple[list[OutMessage], str]:
        know(connection, "ana")
        sent = flying(connection, "ana")
        outbox.record(connection, "w1", [Result(sent, "unknown", keep=True)], NOW)
        conversations.take_over(connection, ANA, NOW)
        return outbox.take_again(connection, "w1", [sent], NOW), status_of(connection, sent)

    assert await database.transaction(work) == ([], "failed")


async def test_what_a_dead_worker_had_in_flight_is_unknown_and_somebody_elses(database: Database) -> None:
    def work(connection: Connection) -> list[OutMessage]:
        know(connection, "ana", "bea")
        workers.join(connection, "dead", NOW)
        flying(connection, "ana", worker="dead")
        waiting = flying(connection, "bea", worker="dead")
        outbox.record(connection, "dead", [Result(waiting, "pending", keep=True)], NOW)
        return workers.bury(connection, "dead", "w1")

    adopted = {each.customer_id: each for each in await database.transaction(work)}
    assert (adopted["ana"].status, adopted["ana"].unsure) == ("unknown", 1)
    assert (adopted["bea"].status, adopted["bea"].unsure) == ("pending", 0)


async def test_a_dead_worker_that_speaks_again_changes_nothing(database: Database) -> None:
    def work(connection: Connection) -> str:
        know(connection, "ana")
        workers.join(connection, "dead", NOW)
        sent = flying(connection, "ana", worker="dead")
        workers.bury(connection, "dead", "w1")
        outbox.record(connection, "dead", [Result(sent, "failed")], NOW)
        return status_of(connection, sent)

    assert await database.transaction(work) == "unknown"


async def test_a_stopping_worker_frees_what_it_only_kept(database: Database) -> None:
    def work(connection: Connection) -> list[int]:
        know(connection, "ana")
        workers.join(connection, "w1", NOW)
        kept = flying(connection, "ana")
        outbox.record(connection, "w1", [Result(kept, "pending", keep=True)], NOW)
        workers.leave(connection, "w1")
        return [each.attempt for each in outbox.claim_free(connection, "w2", 10, NOW)]

    assert await database.transaction(work) == [2]


async def test_a_message_in_doubt_is_unknown_once(database: Database) -> None:
    def work(connection: Connection) -> list[tuple[str, int]]:
        know(connection, "ana")
        sent = flying(connection, "ana")
        assert underway.list_owned(connection, "w1") == [sent]
        underway.doubt(connection, "w1", [sent, replace(sent, attempt=7)])
        underway.doubt(connection, "w1", [sent])
        return [(each.status, each.unsure) for each in underway.list_owned(connection, "w1")]

    assert await database.transaction(work) == [("unknown", 1)]


async def test_ids_of_the_channel_are_known_for_their_customer_only(database: Database) -> None:
    def work(connection: Connection) -> tuple[dict[str, int], dict[str, int]]:
        know(connection, "ana", "bea")
        sent = flying(connection, "ana")
        outbox.record(connection, "w1", [Result(sent, "sent", mid="m_1")], NOW)
        wanted = ["m_1", "m_2"]
        return outbox.find_places(connection, ANA, wanted), outbox.find_places(connection, (PAGE, "bea"), wanted)

    assert await database.transaction(work) == ({"m_1": 1}, {})


async def test_a_line_holds_one_message_in_each_place(database: Database) -> None:
    def work(connection: Connection) -> None:
        know(connection, "ana")
        put(connection, message("ana", 1))
        put(connection, message("ana", 1, "another"))

    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        await database.transaction(work)
