"""Calls in a worker's hands: many at once, answered once, and never made twice where that could do harm."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, select

from app.service.client import Outcome, Request, Service
from app.store import calls, inbox, workers
from app.store.calls import NewCall
from app.store.tables import calls as table
from app.worker.calling import TRIES_MAX, TYPING_AFTER_SECONDS, Calling, may_be_made
from tests.store.kit import NOW, PAGE
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import Longest, becomes, pass_time, quiet, running

REQUEST = {
    "method": "GET",
    "url": "https://api.shop.example/orders/7",
    "headers": {},
    "body": None,
    "save": {"eta": "eta"},
}


@dataclass(frozen=True, slots=True)
class Answering(Service):
    """A service that always knows, and remembers what it was asked."""

    asked: list[str] = field(default_factory=list)

    async def perform(self, request: Request) -> Outcome:
        self.asked.append(request.method)
        return Outcome("ok", {"eta": "3 December"})


def _ask(connection: Connection, customer: str, method: str = "GET") -> None:
    calls.add(connection, [NewCall(PAGE, customer, "find", 1, {**REQUEST, "method": method})], NOW)


def _answers(connection: Connection) -> dict[str, list[str]]:
    waiting = inbox.list_waiting(connection, 100)
    return {
        key[1]: [each.body["result"] for each in events if each.kind == "CallAnswered"]
        for key, events in waiting.items()
    }


@pytest.mark.parametrize(
    ("method", "tries", "may_be"),
    [
        ("GET", 0, True),
        ("POST", 0, True),
        ("GET", 1, True),
        ("POST", 1, False),
        ("DELETE", 1, False),
        ("GET", TRIES_MAX, False),
    ],
)
def test_only_what_just_asks_is_made_again_after_a_death(method: str, tries: int, may_be: bool) -> None:
    assert may_be_made(method, tries) is may_be


async def test_every_call_is_answered_once(both: Troubled, clock: GivenClock) -> None:
    service = Answering()
    customers = [f"c{each}" for each in range(60)]
    await both.transaction(lambda connection: workers.join(connection, "w1", NOW))
    await both.transaction(lambda connection: [_ask(connection, each) for each in customers] and None)
    calling = Calling(both, service, clock, Longest(), "w1")
    async with running(calling.run(lambda: True, lambda: None)):
        await becomes(lambda: both.inner.read(_answers), {each: ["ok"] for each in customers})
    assert len(service.asked) == len(customers)
    assert await both.read(lambda connection: connection.execute(select(table.c.id)).all()) == []


async def test_a_post_that_a_dead_worker_had_under_way_has_failed_and_is_not_made_again(
    both: Troubled, clock: GivenClock
) -> None:
    service = Answering()

    def die(connection: Connection) -> None:
        _ask(connection, "ana", "POST")
        _ask(connection, "bea", "GET")
        workers.join(connection, "w1", NOW)
        workers.join(connection, "dead", NOW)
        assert len(calls.claim(connection, "dead", 10, frozenset())) == 2
        workers.bury(connection, "dead", "w1")

    await both.transaction(die)
    calling = Calling(both, service, clock, Longest(), "w1")
    async with running(calling.run(lambda: True, lambda: None)):
        await becomes(lambda: both.inner.read(_answers), {"ana": ["failed"], "bea": ["ok"]})
    assert service.asked == ["GET"]


async def test_a_worker_that_stops_begins_no_call(both: Troubled, clock: GivenClock) -> None:
    service = Answering()
    await both.transaction(lambda connection: _ask(connection, "ana"))
    calling = Calling(both, service, clock, Longest(), "w1")
    calling.stopping = True
    async with running(calling.run(lambda: True, lambda: None)):
        calling.look()
        await becomes(
            lambda: both.inner.read(lambda connection: connection.execute(select(table.c.status)).scalars().all()),
            ["waiting"],
        )
    assert service.asked == []


@dataclass(frozen=True, slots=True)
class Slow(Service):
    """A service that answers when it is told to."""

    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def perform(self, request: Request) -> Outcome:
        await self.may_answer.wait()
        return Outcome("ok", {})


async def test_who_waits_for_a_slow_service_sees_that_something_is_going_on(
    database: Troubled, clock: GivenClock
) -> None:
    service, seen = Slow(), list[str]()

    async def show(page_id: str, customer_id: str) -> None:
        seen.append(customer_id)

    await database.transaction(lambda connection: workers.join(connection, "w1", NOW))
    await database.transaction(lambda connection: _ask(connection, "ana"))
    calling = Calling(database, service, clock, Longest(), "w1")
    calling.show_typing = show
    async with running(calling.run(lambda: True, lambda: None)):
        await quiet(database)
        assert seen == []
        await pass_time(clock, database, TYPING_AFTER_SECONDS + 0.1)
        assert seen == ["ana"]
        service.may_answer.set()
        await becomes(lambda: database.inner.read(_answers), {"ana": ["ok"]})


async def test_a_quick_service_shows_nothing(database: Troubled, clock: GivenClock) -> None:
    seen: list[str] = []

    async def show(page_id: str, customer_id: str) -> None:
        seen.append(customer_id)

    await database.transaction(lambda connection: workers.join(connection, "w1", NOW))
    await database.transaction(lambda connection: _ask(connection, "ana"))
    calling = Calling(database, Answering(), clock, Longest(), "w1")
    calling.show_typing = show
    async with running(calling.run(lambda: True, lambda: None)):
        await becomes(lambda: database.inner.read(_answers), {"ana": ["ok"]})
        await pass_time(clock, database, 5.0)
    assert seen == []
