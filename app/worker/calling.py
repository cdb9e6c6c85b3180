"""Makes the calls that turns asked for, many at once, none in a transaction, and puts their answers into the inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from sqlalchemy import Connection

from app.chance import Chance
from app.clock import Clock
from app.errors import UnavailableError
from app.service.client import FAILED, Outcome, Request, Service
from app.store import calls
from app.store.calls import ClaimedCall
from app.store.database import Database
from app.worker.retry import persist

CALLS_MAX = 50
"""Calls of one worker at once: a slow service holds up no more than this."""
LOOK_EVERY_SECONDS = 1.0
"""How soon a call is found that nobody told us of."""
TYPING_AFTER_SECONDS = 0.7
"""A call that takes longer is shown to the customer; each indicator costs Messenger a request, and most calls are faster."""
TRIES_MAX = 3
"""A call over which so many workers died may be what kills them."""


class Calling:
    """Makes calls for one worker."""

    def __init__(self, database: Database, service: Service, clock: Clock, chance: Chance, worker_id: str) -> None:
        self.database, self.service, self.clock, self.chance = database, service, clock, chance
        self.worker_id = worker_id
        self.stopping = False
        self.show_typing: Callable[[str, str], Awaitable[None]] = show_nothing
        self._under_way: set[int] = set()
        self._look = asyncio.Event()

    def look(self) -> None:
        """A turn asked for a call, or one may be free now."""
        self._look.set()

    async def run(self, alive: Callable[[], bool], answered: Callable[[], None]) -> None:
        """Call until cancelled, while `alive`. `answered`: an event waits in the inbox."""
        async with asyncio.TaskGroup() as group:
            while True:
                if alive() and not self.stopping:
                    for call in await self._claim():
                        group.create_task(self._make(call, answered))
                await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY_SECONDS):
                await self._look.wait()
        except TimeoutError:
            pass
        self._look.clear()

    async def _claim(self) -> list[ClaimedCall]:
        room = CALLS_MAX - len(self._under_way)
        if room <= 0:
            return []
        work = partial(calls.claim, worker_id=self.worker_id, most=room, held=frozenset(self._under_way))
        try:
            claimed = await self.database.transaction(work)
        except UnavailableError:
            return []
        self._under_way |= {call.id for call in claimed}
        return claimed

    async def _make(self, call: ClaimedCall, answered: Callable[[], None]) -> None:
        request = Request(**call.request)
        outcome = await self._perform(call, request) if may_be_made(request.method, call.tries) else FAILED
        await persist(self.database, partial(self._finish, call, outcome), self.clock, self.chance)
        self._under_way.discard(call.id)
        self.look()
        answered()

    async def _perform(self, call: ClaimedCall, request: Request) -> Outcome:
        """The call; a customer who waits for long sees that something is going on."""
        async with asyncio.TaskGroup() as group:
            typing = group.create_task(self._type_soon(call))
            outcome = await self.service.perform(request)
            typing.cancel()
        return outcome

    async def _type_soon(self, call: ClaimedCall) -> None:
        await self.clock.sleep(TYPING_AFTER_SECONDS)
        await self.show_typing(call.page_id, call.customer_id)

    def _finish(self, call: ClaimedCall, outcome: Outcome, connection: Connection) -> bool:
        return calls.finish(connection, self.worker_id, call, (outcome.result, outcome.values), self.clock.now())


async def show_nothing(page_id: str, customer_id: str) -> None:
    """For a house whose customers see nothing of it."""


def may_be_made(method: str, tries: int) -> bool:
    """Whether a call may be made that a dead worker may have made already: only one that just asks."""
    return tries == 0 or (method == "GET" and tries < TRIES_MAX)
