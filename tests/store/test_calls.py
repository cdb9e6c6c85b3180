"""Calls in both databases: one a customer, one worker's at a time, answered once."""

from __future__ import annotations

from sqlalchemy import Connection

from app.store import calls, workers
from app.store.calls import ClaimedCall, NewCall
from app.store.database import Database
from tests.store.kit import NOW, PAGE, count_by_status


def ask(connection: Connection, *customers: str) -> None:
    calls.add(connection, [NewCall(PAGE, each, "find", 1, {"method": "GET", "url": "u"}) for each in customers], NOW)


def claim(connection: Connection, worker: str = "w1", held: frozenset[int] = frozenset()) -> list[ClaimedCall]:
    return calls.claim(connection, worker, 10, held)


def held(claimed: list[ClaimedCall]) -> frozenset[int]:
    return frozenset(each.id for each in claimed)


async def test_one_call_of_a_customer_is_under_way_at_a_time(database: Database) -> None:
    def work(connection: Connection) -> None:
        workers.join(connection, "w1", NOW)
        ask(connection, "anna", "anna", "luc")
        first = claim(connection)
        assert [each.customer_id for each in first] == ["anna", "luc"]
        assert claim(connection, held=held(first)) == []
        assert calls.finish(connection, "w1", first[0], ("ok", {}), NOW)
        assert [each.customer_id for each in claim(connection, held=held(first[1:]))] == ["anna"]

    await database.transaction(work)


async def test_a_call_of_a_dead_worker_is_taken_over_and_answered_once(database: Database) -> None:
    def work(connection: Connection) -> None:
        workers.join(connection, "w1", NOW)
        workers.join(connection, "w2", NOW)
        ask(connection, "anna")
        (lost,) = claim(connection)
        assert claim(connection, "w2") == []
        workers.bury(connection, "w1", "w2")
        (found,) = claim(connection, "w2")
        assert (found.id, lost.tries, found.tries) == (lost.id, 0, 1)
        assert not calls.finish(connection, "w1", lost, ("ok", {}), NOW)
        assert calls.finish(connection, "w2", found, ("ok", {"eta": "now"}), NOW)
        assert not calls.finish(connection, "w2", found, ("ok", {}), NOW)
        assert count_by_status(connection) == {"new": 1}

    await database.transaction(work)


async def test_a_claim_whose_commit_gave_no_answer_counts_no_try(database: Database) -> None:
    def work(connection: Connection) -> None:
        workers.join(connection, "w1", NOW)
        ask(connection, "anna")
        claim(connection)
        (again,) = claim(connection)
        assert again.tries == 0

    await database.transaction(work)


async def test_a_customers_next_call_is_answered_too(database: Database) -> None:
    """SQLite gives the next call the id of the last one, which is gone: its answer must not pass for a repeated one."""

    def work(connection: Connection) -> None:
        workers.join(connection, "w1", NOW)
        for number in (1, 2):
            calls.add(connection, [NewCall(PAGE, "anna", "find", number, {"method": "GET", "url": "u"})], NOW)
            (call,) = claim(connection)
            assert calls.finish(connection, "w1", call, ("ok", {}), NOW)
            assert count_by_status(connection) == {"new": number}

    await database.transaction(work)
