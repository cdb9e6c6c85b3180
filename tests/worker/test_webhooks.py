"""Webhooks of owners: written with what they tell, tried again for a day, switched off when nobody takes them, in nobody's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection

from app.service.post import Poster
from app.service.signing import secret_of, sign
from app.store import audit, callbacks, hooks, letters, staff
from app.store.callbacks import NewCallback
from app.store.erase import erase_whole
from app.store.hooks import Delivery, Happened, Hook
from app.store.staff import Account
from app.worker.webhooks import AT_ONCE_MAX, FAILURES_MAX, WAITS_SECONDS, Telling
from tests.store.kit import NOW, PAGE, event
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.kit import Crew, Longest, add, running, until

KEY = b"a key of the tests"
ANA = (PAGE, "ana")


@dataclass
class Receiver:
    """An owner's server. `answers`: the statuses that it gives, the last one again and again; None: it says nothing at all."""

    origin: str = ""
    answers: list[int | None] = field(default_factory=lambda: [204])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n"))}
        self.got.append((headers, await reader.readexactly(int(headers["content-length"]))))
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status is None:
            await reader.read()
        else:
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
        writer.close()


@asynccontextmanager
async def receiving(*answers: int | None) -> AsyncIterator[Receiver]:
    receiver = Receiver(answers=list(answers or (204,)))
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    async with server:
        receiver.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield receiver


def hook_for(receiver: Receiver, name: str = "hook1", kinds: Sequence[str] = hooks.KINDS, **values: Any) -> Hook:
    return Hook(name, f"{receiver.origin}/in", tuple(kinds), "salt", "owner:olga", NOW, all_pages=True, **values)


def telling(database: Troubled, clock: GivenClock, *receivers: Receiver) -> Telling:
    poster = Poster(trusted=[each.origin for each in receivers])
    return Telling(database, poster, clock, Longest(), KEY, "https://desk.example")


async def listen(database: Troubled, *listening: Hook) -> None:
    for each in listening:
        await database.inner.transaction(lambda connection, each=each: hooks.add(connection, each))


async def told(database: Troubled, hook_id: str = "hook1") -> list[Delivery]:
    """Oldest first."""
    return (await database.inner.read(lambda connection: hooks.list_deliveries(connection, hook_id, 100)))[::-1]


async def happen(database: Troubled, count: int = 1) -> None:
    each = Happened("message.received", ANA, NOW, {"kind": "text"})
    await database.inner.transaction(lambda connection: hooks.tell_all(connection, [each] * count, NOW))


async def test_turns_write_down_what_they_tell_in_their_own_commit(both: Troubled, clock: GivenClock) -> None:
    async with receiving() as receiver:
        await listen(both, hook_for(receiver), hook_for(receiver, "hook2", ["conversation.waiting"]))
    crew = Crew(both, clock)
    await add(both, event("ana", "hello"))
    await crew.turns.run_batch()
    await add(both, event("ana", "person"))
    before = both.transactions
    await crew.turns.run_batch()
    assert both.transactions - before <= 2, "the claim, and what came of it"
    found = await told(both)
    assert [each.kind for each in found] == ["message.received", "message.received", "conversation.waiting"]
    assert found[2].body["data"] == {"page": PAGE, "customer": "ana", "team": "care", "state": "person"}
    assert [each.kind for each in await told(both, "hook2")] == ["conversation.waiting"]
    assert "hello" not in str([each.body for each in found]), "never what somebody wrote"


async def test_a_turn_that_never_happened_tells_nothing(database: Troubled, clock: GivenClock) -> None:
    async with receiving() as receiver:
        await listen(database, hook_for(receiver))
    crew = Crew(database, clock)
    await add(database, event("ana", "person"))
    claimed = await crew.turns._claim()
    handled = [await crew.turns._handle(each) for each in claimed]
    await database.inner.transaction(lambda connection: erase_whole(connection, ANA, clock.now()))
    await crew.turns._write([each for each in handled if each])
    assert await told(database) == []


async def test_it_is_sent_signed_and_once(both: Troubled, clock: GivenClock) -> None:
    async with receiving() as receiver:
        await listen(both, hook_for(receiver))
        await happen(both)
        teller = telling(both, clock, receiver)
        assert await teller.run_once() == 1
        assert await teller.run_once() == 0
    [(headers, body)] = receiver.got
    assert orjson.loads(body) == {
        "type": "message.received",
        "timestamp": NOW.isoformat(),
        "data": {"page": PAGE, "customer": "ana", "kind": "text"},
    }
    [delivery] = await told(both)
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    made = sign([secret_of(KEY, "hook1", "salt")], f"msg_hook1_{delivery.id}", at, body)
    assert {name: headers[name] for name in made} == made
    assert abs(clock.now() - at) < timedelta(minutes=1)
    assert (delivery.status, delivery.tries, delivery.answer) == ("done", 1, 204)


async def test_after_a_change_of_the_secret_both_sign_for_a_day(database: Troubled, clock: GivenClock) -> None:
    async with receiving() as receiver:
        old_until = clock.now() + timedelta(hours=24)
        await listen(database, hook_for(receiver))
        await database.inner.transaction(
            lambda connection: hooks.change_salt(connection, hook_for(receiver), "new", old_until)
        )
        teller = telling(database, clock, receiver)
        for _ in range(2):
            await happen(database)
            await teller.run_once()
            clock.wall += timedelta(hours=25)
    counts = [len(headers["webhook-signature"].split()) for headers, _ in receiver.got]
    assert counts == [2, 1]


async def test_what_is_not_taken_is_tried_again_over_a_day_and_then_given_up(
    database: Troubled, clock: GivenClock
) -> None:
    async with receiving(500) as receiver:
        await listen(database, hook_for(receiver))
        await happen(database)
        teller = telling(database, clock, receiver)
        assert await teller.run_once() == 1
        for wait in WAITS_SECONDS:
            assert await teller.run_once() == 0, "not before its time"
            clock.wall += timedelta(seconds=wait * 1.1 + 1)
            # Something else got through: one that is taken keeps the address from being switched off.
            await database.inner.transaction(lambda connection: hooks.note_success(connection, "hook1"))
            assert await teller.run_once() == 1
    [delivery] = await told(database)
    assert (delivery.status, delivery.tries, delivery.answer, delivery.why) == ("failed", 11, 500, "refused")
    assert timedelta(hours=24) < sum((timedelta(seconds=each) for each in WAITS_SECONDS), timedelta(hours=1))
    assert await database.inner.transaction(
        lambda connection: hooks.try_again(connection, "hook1", delivery.id, clock.now())
    )
    assert [each.status for each in await told(database)] == ["waiting"]


async def _hire(database: Troubled) -> None:
    def work(connection: Connection) -> None:
        for name, role, pages in (("olga", "owner", ()), ("otto", "owner", ("other",)), ("anna", "staff", ())):
            email = f"{name}@shop.example"
            staff.add(connection, Account(name, email, name, role, NOW, frozenset(pages), not pages, "hash"))  # type: ignore[arg-type]

    await database.inner.transaction(work)


async def test_an_address_that_fails_for_a_whole_day_is_switched_off_and_its_owners_are_told(
    both: Troubled, clock: GivenClock
) -> None:
    await _hire(both)
    async with receiving(503) as receiver:
        await listen(both, hook_for(receiver))
        teller = telling(both, clock, receiver)
        await happen(both, FAILURES_MAX)
        while await teller.run_once():
            pass
        assert (await both.inner.read(lambda connection: hooks.find(connection, "hook1"))).off_at is None  # type: ignore[union-attr]
        clock.wall += timedelta(hours=24)
        await teller.run_once()
    found = await both.inner.read(lambda connection: hooks.find(connection, "hook1"))
    assert found
    assert (found.off_at is not None, found.off_why) == (True, "failing")
    assert {each.status for each in await told(both)} == {"dropped"}
    written = await both.inner.transaction(lambda connection: letters.claim(connection, 10, clock.now()))
    assert [each.to for each in written] == ["olga@shop.example"]
    assert "https://desk.example/owner/tools/webhooks/hook1" in written[0].text
    [entry] = await both.inner.read(
        lambda connection: audit.list_entries(connection, most=1, what="webhook_switched_off")
    )
    assert (entry.who, entry.details) == ("server", {"webhook": "hook1", "code": "failing"})
    await happen(both)
    assert len(await told(both)) == FAILURES_MAX


async def test_an_address_that_says_it_is_gone_is_switched_off_at_once(database: Troubled, clock: GivenClock) -> None:
    async with receiving(410) as receiver:
        await listen(database, hook_for(receiver))
        await happen(database)
        await telling(database, clock, receiver).run_once()
    found = await database.inner.read(lambda connection: hooks.find(connection, "hook1"))
    assert found
    assert found.off_why == "gone"


async def test_a_slow_address_keeps_no_other_waiting(database: Troubled, clock: GivenClock) -> None:
    async with receiving(None) as slow, receiving() as quick:
        await listen(database, hook_for(slow, "slow"), hook_for(quick, "quick"))
        await happen(database, 20)
        teller = telling(database, clock, slow, quick)
        async with running(teller.run(lambda: True)):
            await until(lambda: len(quick.got) == 20)
            assert len(slow.got) == AT_ONCE_MAX


async def test_what_a_dead_worker_had_in_hand_is_told_by_another(both: Troubled, clock: GivenClock) -> None:
    async with receiving() as receiver:
        await listen(both, hook_for(receiver))
        await happen(both)
        assert await both.inner.transaction(lambda connection: hooks.claim(connection, "hook1", 5, clock.now()))
        teller = telling(both, clock, receiver)
        assert await teller.run_once() == 0
        clock.wall += timedelta(seconds=61)
        assert await teller.run_once() == 1


async def test_what_was_told_of_a_customer_goes_with_the_customer(database: Troubled, clock: GivenClock) -> None:
    async with receiving() as receiver:
        await listen(database, hook_for(receiver))
    await happen(database)
    await database.inner.transaction(
        lambda connection: callbacks.ask(connection, ANA, NewCallback("", {"phone": "1"}), NOW)
    )
    await database.inner.transaction(lambda connection: erase_whole(connection, ANA, clock.now()))
    assert await told(database) == []
    assert await database.inner.read(lambda connection: callbacks.list_open(connection, [PAGE])) == []


@pytest.mark.parametrize("page", [PAGE, "another"])
async def test_an_address_hears_of_its_own_pages_alone(database: Troubled, page: str) -> None:
    async with receiving() as receiver:
        hook = Hook("hook1", receiver.origin, hooks.KINDS, "salt", "x", NOW, frozenset((page,)))
        await listen(database, hook)
    await happen(database)
    assert len(await told(database)) == (page == PAGE)
