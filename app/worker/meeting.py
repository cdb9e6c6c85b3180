"""Asks the channel once who a customer is, beside the turns: nobody waits for the answer, and without one nothing is missing."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import Connection

from app.channel import Channel, Person, comment_of
from app.clock import Clock
from app.errors import UnavailableError
from app.mask import masked
from app.store import inbox
from app.store.database import Database
from app.store.inbox import NewEvent
from app.store.keys import Key

AT_ONCE = 4
"""Questions under way at once: names are the last thing that Messenger's allowance is for."""
WAITING_MAX = 1_000
"""More new customers at once than these are asked about when they write again."""


class Meeting:
    """For one worker: a customer whose session does not know who he is gets one event that tells it."""

    def __init__(self, database: Database, channel: Channel, clock: Clock) -> None:
        self.database, self.channel, self.clock = database, channel, clock
        self._waiting: dict[Key, None] = {}
        self._came = asyncio.Event()

    def meet(self, customers: Iterable[Key]) -> None:
        """These customers are not known yet."""
        for key in customers:
            if len(self._waiting) < WAITING_MAX and not comment_of(key[1]):
                self._waiting[key] = None
                self._came.set()

    async def run(self, alive: Callable[[], bool], learnt: Callable[[], None]) -> None:
        """Ask until cancelled, while `alive`. `learnt`: an event waits in the inbox."""
        while True:
            await self._came.wait()
            self._came.clear()
            while self._waiting and alive():
                now_asked = [self._waiting.popitem()[0] for _ in range(min(AT_ONCE, len(self._waiting)))]
                async with asyncio.TaskGroup() as group:
                    for key in now_asked:
                        group.create_task(self._ask(key, learnt))

    async def _ask(self, key: Key, learnt: Callable[[], None]) -> None:
        person = await self.channel.find_person(*key)
        if person is None:
            return  # asked about again at the next turn
        event = to_event(key, person, self.clock.now())

        def work(connection: Connection) -> None:
            inbox.add(connection, [event])

        try:
            await self.database.transaction(work)
        except UnavailableError:
            return
        learnt()


def to_event(key: Key, person: Person, now: datetime) -> NewEvent:
    """What was learnt. Learnt twice it changes nothing, and who was erased since is met anew: the moment is part of the key."""
    identity = f"person/{key[0]}/{key[1]}/{now.isoformat()}"
    body = {"first_name": person.first_name, "last_name": person.last_name, "locale": person.locale}
    event_key = hashlib.blake2b(identity.encode(), digest_size=16).digest()
    return NewEvent(*key, event_key, "PersonMet", masked({k: v for k, v in body.items() if v}), now, now)
