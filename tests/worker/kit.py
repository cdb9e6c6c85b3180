"""Parts of a worker over a real database, and short ways to fill and to read it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from app.chance import Chance
from app.engine.flow import Flow
from app.flowfile.finders import run_search
from app.store import claims, conversations, inbox, outbox, sessions
from app.store.conversations import AfterTurns
from app.store.database import Database
from app.store.inbox import NewEvent
from app.store.keys import Key
from app.store.outbox import OutMessage
from app.store.tables import inbox as inbox_table
from app.store.tables import outbox as outbox_table
from app.worker.handle import Hands, no_search
from app.worker.later import Later
from app.worker.sending import Sender
from app.worker.settling import Settling
from app.worker.turns import Turns
from tests.store.kit import NOW, PAGE, key_of, know, message
from tests.worker.channel import Outside
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.flows import small_bot

Value = TypeVar("Value")

MARK = "mark"
SECRET = b"a secret of the tests"
REAL_SECONDS_MAX = 20.0
"""How long a test waits for what must come; what comes in time costs a few milliseconds."""

CALM_TURNS = 5
"""More than any step takes from one transaction to the next."""


class Longest(Chance):
    """No jitter: every wait is as long as it may be. Ids count up."""

    def __init__(self) -> None:
        self._count = 0

    def uniform(self, low: float, high: float) -> float:
        return high

    def new_id(self) -> str:
        self._count += 1
        return f"worker{self._count}"


class Crew:
    """Turns, sender and settling of one worker, joined as the worker joins them, each to be run by itself."""

    def __init__(self, database: Troubled, clock: GivenClock, name: str = "w1", flow: Flow | None = None) -> None:
        self.database, self.clock, self.name = database, clock, name
        self.channel = Outside(clock)
        self.living = True
        self.room = 1_000
        self.handed_over: list[OutMessage] = []
        self.later = Later(clock)
        bot = flow or small_bot()
        search = run_search if flow else no_search
        self.hands = Hands(lambda page: bot if page != "nobody's" else None, SECRET, self.channel, search)
        self.sender = Sender(
            database, self.channel, clock, Longest(), name, MARK, self.later, lambda: self.living
        )  # fmt: skip
        self.settling = Settling(self.sender, self.later, clock)
        self.turns = Turns(database, self.hands, clock, Longest(), name, lambda: self.room, self._hand_over)
        self.turns.alive = lambda: self.living

    def _hand_over(self, messages: Sequence[OutMessage], since: float) -> None:
        assert since <= self.clock.monotonic()
        self.handed_over += messages

    async def fly(self, *messages: OutMessage) -> list[OutMessage]:
        """Put these messages in flight in this worker's name and hand them to its sender."""

        def work(connection: Connection) -> None:
            outbox.add(connection, messages, self.name)

        await self.database.inner.transaction(work)
        self.sender.put(messages)
        return list(messages)


@asynccontextmanager
async def running(*loops: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """These loops run until the block ends."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(loop) for loop in loops]
        await asyncio.sleep(0)  # each has begun to wait before the test moves the clock
        yield
        for task in tasks:
            task.cancel()


async def begun(work: Coroutine[Any, Any, Value]) -> asyncio.Task[Value]:
    """The work as a task that has taken its first step."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0)
    return task


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something that must happen by itself."""
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < REAL_SECONDS_MAX, "it did not happen"
        await asyncio.sleep(0.002)


async def quiet(database: Troubled) -> None:
    """Let everything that is under way come to rest: no transaction for some turns of the loop."""
    calm = 0
    while calm < CALM_TURNS:
        await asyncio.sleep(0.002)
        calm = 0 if database.under_way else calm + 1


async def becomes(read: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    """Wait until what is read is what is wanted."""
    began = time.monotonic()
    while True:
        found = await read()
        if found == wanted:
            return
        assert time.monotonic() - began < REAL_SECONDS_MAX, f"{found} instead of {wanted}"
        await asyncio.sleep(0.005)


async def pass_time(clock: GivenClock, database: Troubled, seconds: float) -> None:
    clock.move(seconds)
    await quiet(database)


# ---- in ----------------------------------------------------------------------------------------------------


async def add(database: Database, *events: NewEvent) -> None:
    await database.transaction(lambda connection: inbox.add(connection, events))


async def queue(database: Troubled, *messages: OutMessage) -> None:
    """Put pending messages in their lines."""
    await database.inner.transaction(lambda connection: outbox.add(connection, messages, "nobody"))


async def acquaint(database: Troubled, *customers: str) -> None:
    """Make these customers known, with nothing in hand and nothing waiting."""
    await database.inner.transaction(lambda connection: know(connection, *customers))


async def meet(database: Troubled, *customers: Key) -> None:
    """The same for customers of any Page."""

    def work(connection: Connection) -> None:
        inbox.add(
            connection, [NewEvent(*key, key_of("/".join(key)), "TextReceived", {}, NOW, NOW) for key in customers]
        )
        made = claims.claim(connection, "maker", 1_000, NOW)
        conversations.save_kept(connection, [AfterTurns(*each.key, "bot", 0, 100, NOW) for each in made])
        inbox.finish(connection, [(each.events[0].id, "done", None) for each in made], NOW)

    await database.inner.transaction(work)


def flying(customer: str, seq: int = 1, text: str = "", **values: Any) -> OutMessage:
    """A message that is in flight for the first time."""
    given = {"status": "in_flight", "attempt": 1, "attempted_at": message(customer, seq).created_at, **values}
    return message(customer, seq, text or f"{customer} {seq}", **given)


# ---- out ---------------------------------------------------------------------------------------------------


async def lines(database: Troubled, customer: str) -> list[tuple[int, str, int]]:
    """(place, status, attempts) of each message to this customer."""
    columns = (outbox_table.c.seq, outbox_table.c.status, outbox_table.c.attempt)
    return [(row.seq, row.status, row.attempt) for row in await _rows_of(database, customer, columns)]


async def reasons(database: Troubled, customer: str) -> list[tuple[str, str | None, str | None]]:
    """(status, code, sentence) of each message to this customer."""
    columns = (outbox_table.c.status, outbox_table.c.reason_code, outbox_table.c.reason)
    return [(row.status, row.reason_code, row.reason) for row in await _rows_of(database, customer, columns)]


async def written(database: Troubled, customer: str) -> list[str]:
    """The texts of the messages to this customer, sent or not; of those that were erased nothing."""
    return [row.body.get("text", "") for row in await _rows_of(database, customer, (outbox_table.c.body,))]


async def _rows_of(database: Troubled, customer: str, columns: Sequence[Any]) -> Sequence[Any]:
    rows = select(*columns).where(outbox_table.c.customer_id == customer).order_by(outbox_table.c.seq)
    return await database.inner.read(lambda connection: connection.execute(rows).fetchall())


async def ends(database: Troubled, customer: str) -> list[tuple[str, str | None]]:
    """(status, reason) of each event of this customer, in order of arrival."""
    table = inbox_table.c
    rows = select(table.status, table.reason).where(table.customer_id == customer).order_by(table.id)
    found = await database.inner.read(lambda connection: connection.execute(rows).fetchall())
    return [(row.status, row.reason) for row in found]


async def state_of(database: Troubled, customer: str) -> str:
    """The state in which this customer's stored session is."""
    stored = await database.inner.read(lambda connection: sessions.find(connection, (PAGE, customer)))
    return str((stored or {}).get("state", ""))
