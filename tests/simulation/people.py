"""Customers who write, and staff: at the desk, two of them at once, and in the Page's own inbox."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection

from app.channel import Fact, Item, Received, Unreadable
from app.engine.events import StaffHandedBack, TextReceived
from app.errors import UnavailableError
from app.store import conversations, taking
from app.store.keys import Key
from app.store.replies import Reply
from app.store.taking import Seen
from tests.simulation.flow import BEGIN, POISON

if TYPE_CHECKING:
    from tests.simulation.process import Process
    from tests.simulation.world import World

Value = TypeVar("Value")
CUSTOMERS = tuple((page, f"{page}c{number}") for page in ("p1", "p2") for number in range(3))
COLLEAGUES = ("anna", "luc")


class People:
    """Customers who write and staff who take over, answer and hand back."""

    def __init__(self, world: World) -> None:
        self._world, self._count = world, 0

    async def write(self) -> None:
        """Customers write until the faults stop; some posts come twice at once, some hold many messages."""
        world, dice = self._world, self._world.dice
        every_seconds = dice.choice((0.5, 2.0, 5.0))
        while world.faults:
            await asyncio.sleep(dice.expovariate(1 / every_seconds))
            batch = [self._message(dice.choice(CUSTOMERS)) for _ in range(dice.choice((1, 1, 1, 2, 5, 15)))]
            for _ in range(2 if world.hit("posted_twice") else 1):
                world.meta.start_posting(batch)

    def _message(self, key: Key) -> Item:
        self._count += 1
        world, mid = self._world, f"in{self._count}"
        if world.hit("unreadable"):
            return Unreadable(_key(mid), *key, "planted", "{}", BEGIN)
        text = POISON if world.hit("poison") else f"message {self._count}"
        return self._received(key, mid, TextReceived(text, mid))

    def _received(self, key: Key, mid: str, event: TextReceived | StaffHandedBack | Fact) -> Received:
        at = BEGIN + timedelta(seconds=self._world.loop.time())
        return Received(_key(mid), *key, event, at, isinstance(event, TextReceived))

    async def staff(self, key: Key) -> None:
        """Somebody who cares for one customer now and then."""
        world, dice = self._world, self._world.dice
        while world.faults:
            await asyncio.sleep(dice.choice((0.0, dice.uniform(2.0, 30.0))))
            for _ in range(dice.choice((1, 1, 2, 3))):
                await self._interfere(key)
                await asyncio.sleep(dice.choice((0.0, 0.05, 3.0)))
            await asyncio.sleep(dice.choice((0.0, 1.0, 20.0)))
            self._count += 1
            world.meta.start_posting([self._received(key, f"back{self._count}", StaffHandedBack())])

    async def _interfere(self, key: Key) -> None:
        """Take over at the desk and write from there, or answer in Meta's own inbox."""
        self._count += 1
        world, number = self._world, self._count
        if world.dice.random() < 0.5:
            fact = Fact("person_replied", {"text": f"person {number}", "mid": f"pm{number}"})
            world.meta.start_posting([self._received(key, f"person{number}", fact)])
        elif up := world.running():
            process = world.dice.choice(up)
            work = partial(world.witness.staff_write, key=key, text=f"staff {number}", now=process.clock.now())
            await asyncio.wait({process.spawn(_try, process, work)})

    # ---- two at once ---------------------------------------------------------------------------------------

    async def colleagues(self) -> None:
        """Two of staff who look at the same conversation at the same moment, now and then, and both want it."""
        world, dice = self._world, self._world.more_dice
        while world.changing and world.faults:
            await asyncio.sleep(dice.uniform(1.0, 15.0))
            key = dice.choice(CUSTOMERS)
            await asyncio.gather(*(self._deal(key, who) for who in COLLEAGUES))

    async def _deal(self, key: Key, who: str) -> None:
        """Look, take, write whether one got it or not, and give it back."""
        world, dice = self._world, self._world.more_dice
        epoch = await self._at_desk(lambda connection: _epoch(connection, key))
        if epoch is None:
            return
        await asyncio.sleep(dice.uniform(0.0, 0.05))
        seen, now = Seen(key, epoch), self._now()
        if await self._at_desk(lambda connection: world.witness.take(connection, seen, who, now)):
            world.witness.note_taken(seen, who)
            world.count("taken at the desk")
        for _ in range(dice.choice((0, 1, 2))):
            self._count += 1
            reply = Reply(key, who, {"text": f"{who} {self._count}"}, f"form {self._count}")
            await self._at_desk(lambda connection: world.witness.write(connection, reply, now))  # noqa: B023
        await asyncio.sleep(dice.choice((0.0, 1.0, 10.0)))
        mine = await self._at_desk(lambda connection: _epoch(connection, key))
        if mine is not None:
            await self._at_desk(lambda connection: taking.hand_back(connection, Seen(key, mine), who, "", now))

    def _now(self) -> datetime:
        return BEGIN + timedelta(seconds=self._world.loop.time())

    async def _at_desk(self, work: Callable[[Connection], Value]) -> Value | None:
        """By way of any process; None if the database is away, or the process dies: they see an error, and leave it."""
        if not (up := self._world.running()):
            return None
        process = self._world.more_dice.choice(up)
        task = process.spawn(_try, process, work)
        await asyncio.wait({task})
        return task.result() if not task.cancelled() and task.exception() is None else None


def _epoch(connection: Connection, key: Key) -> int:
    found = conversations.find(connection, key)
    return found.epoch if found else 0


async def _try(process: Process, work: Callable[[Connection], Value]) -> Value | None:
    try:
        return await process.database.transaction(work)
    except UnavailableError:
        return None


def _key(identity: str) -> bytes:
    return hashlib.blake2b(identity.encode(), digest_size=16).digest()
