"""The world around the processes: Meta, which posts and is posted to, customers, staff, and what strikes the machines."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from app.channel import Echoed, Fact, Item, Received, Send, Unreadable
from app.engine.events import StaffHandedBack, TextReceived
from app.store.keys import Key
from tests.simulation.faults import Rates
from tests.simulation.flow import BEGIN, POISON, create_flow
from tests.simulation.loop import SimLoop
from tests.simulation.messenger import ECHO_SECONDS_MAX, Delivery
from tests.simulation.oracles import TRIGGERS, Witness
from tests.simulation.ports import Store
from tests.simulation.process import Process

if TYPE_CHECKING:
    from tests.simulation.bugs import Bug

AGAIN_SECONDS = 20.0
"""When Meta posts again what was not answered with ok; also how long it waits for an answer."""
SKEW_MAX = timedelta(hours=1)
"""Machines are corrected sooner or later: jumps do not add up for ever."""
JUMPS = (-3600.0, -30.0, 30.0, 3600.0)
CUSTOMERS = tuple((page, f"{page}c{number}") for page in ("p1", "p2") for number in range(3))

PROFILES = ("honest", "echo_lossy", "alone")
"""honest: every message is echoed and listed. echo_lossy: not so; copies are bounded. alone: one process, on SQLite."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is made of: how many virtual seconds have faults, and one of PROFILES."""

    seconds: float = 60.0
    profile: str = "honest"


BLOWS = ("kill", "kill", "freeze", "jump", "restart")
"""What strikes a process from outside; kills twice as often as the others."""


class World:
    """One seed's world."""

    def __init__(self, loop: SimLoop, seed: int, options: Options, bug: Bug) -> None:
        self.loop, self.seed, self.options, self.bug = loop, seed, options, bug
        self.dice = random.Random(f"{seed}/world")
        self.rates = _rates(options, self.dice, bug)
        self.faults = True
        self.failures: list[str] = []
        self.counts: Counter[str] = Counter()
        self.flow = create_flow()
        self.alone = options.profile == "alone"
        self.witness = Witness(self)
        self.store = Store(self.witness.look, TRIGGERS)
        self.meta = Meta(self)
        self._started = 0
        self.processes = [self.create_process() for _ in range(1 if self.alone else self.dice.choice((2, 2, 3)))]

    # ---- faults --------------------------------------------------------------------------------------------

    def hit(self, fault: str) -> bool:
        """Whether this fault strikes here."""
        if not self.faults or self.dice.random() >= getattr(self.rates, fault):
            return False
        self.count(fault)
        return True

    def count(self, fault: str) -> None:
        self.counts[fault] += 1
        self.loop.trace("!", fault)

    def fail(self, what: str) -> None:
        """An oracle found something."""
        self.failures.append(what)
        self.loop.trace("FAILURE:", what)

    def start(self, doing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Something that goes on in the world beside the processes."""
        task = self.loop.create_task(doing)
        task.add_done_callback(self._note_end)
        return task

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.fail(f"the world itself broke down: {error!r}")

    # ---- processes -----------------------------------------------------------------------------------------

    def create_process(self) -> Process:
        self._started += 1
        return Process(self, f"w{self._started}")

    def wake_others(self, teller: Process) -> None:
        """NOTIFY: a hint to every other process, which may get lost."""
        for each in self.processes:
            if each is not teller and each.worker and not each.dead and not self.hit("wake_lost"):
                self.loop.call_later(self.dice.uniform(0.001, 0.01), _wake, each)

    def running(self) -> list[Process]:
        return [each for each in self.processes if not each.dead]

    async def replace_dead(self) -> None:
        """Whatever died is started anew a little later, as a supervisor does."""
        while True:
            await asyncio.sleep(self.dice.uniform(0.1, 2.0))
            for place, each in enumerate(self.processes):
                if each.dead:
                    self.processes[place] = self.create_process().start()

    async def strike(self) -> None:
        """Kills, freezes, jumps of the clock, restarts in good order; until the faults stop."""
        every_seconds = self.dice.choice((5.0, 15.0, 15.0, 60.0))
        while self.faults:
            await asyncio.sleep(min(self.dice.expovariate(1 / every_seconds), self.options.seconds))
            if self.faults and (up := self.running()):
                await self._blow(self.dice.choice(up), self.dice.choice(BLOWS))

    async def _blow(self, process: Process, kind: str) -> None:
        self.count(kind)
        match kind:
            case "kill":
                process.kill()
            case "freeze":
                process.frozen_until = self.loop.time() + self.dice.uniform(1.0, 40.0)
            case "jump":
                skew = process.clock.skew + timedelta(seconds=self.dice.choice(JUMPS))
                process.clock.skew = max(min(skew, SKEW_MAX), -SKEW_MAX)
            case "restart":
                await asyncio.wait({process.spawn(process.stop)})
                process.kill()


def _wake(process: Process) -> None:
    if not process.dead and process.worker:
        process.worker.wake()


def _rates(options: Options, dice: random.Random, bug: Bug) -> Rates:
    rates = Rates().drawn(dice)
    if options.profile == "alone":
        rates.commit_unknown = rates.work_twice = 0.0
    if options.profile == "echo_lossy":
        rates.echo_never, rates.look_up_wrong = dice.choice((0.3, 1.0)), dice.choice((0.0, 0.3, 1.0))
    bug.change_rates(rates)
    return rates


# ---- Meta --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Meta:
    """Meta's side: what customers saw, and the webhook requests that are under way."""

    world: World
    deliveries: list[Delivery] = field(default_factory=list)
    acknowledged: set[bytes] = field(default_factory=set)
    posting: int = 0

    def deliver(self, send: Send) -> str:
        """A message reaches its customer; its echo comes soon, whatever the sender gets to know."""
        world = self.world
        mid = f"m{len(self.deliveries)}"
        seq = int(send.outbox_id.rpartition(".")[2])
        delivery = Delivery(send.page_id, send.customer_id, seq, send.message.text, mid, world.loop.time())
        world.loop.trace("delivered", *delivery.key, seq, delivery.text)
        self.deliveries.append(delivery)
        world.witness.delivered(delivery)
        if not world.hit("echo_never"):
            echo = Echoed(send.page_id, send.customer_id, send.outbox_id, mid)
            for _ in range(2 if world.hit("echo_twice") else 1):
                world.loop.call_later(world.dice.uniform(0.0, ECHO_SECONDS_MAX), self.start_posting, [echo])
        return mid

    def start_posting(self, items: Sequence[Item]) -> None:
        self.posting += 1
        self.world.start(self._post_until_ok(items))

    async def _post_until_ok(self, items: Sequence[Item]) -> None:
        try:
            while not await self._post(items):  # noqa: ASYNC110 - virtual time
                await asyncio.sleep(AGAIN_SECONDS)
            self.acknowledged.update(each.key for each in items if isinstance(each, Received | Unreadable))
            if self.world.hit("posted_again"):
                await asyncio.sleep(self.world.dice.uniform(0.0, 20.0))
                await self._post(items)
        finally:
            self.posting -= 1

    async def _post(self, items: Sequence[Item]) -> bool:
        up = self.world.running()
        if not up:
            return False
        process = self.world.dice.choice(up)
        task = process.spawn(process.take, items)
        await asyncio.wait({task}, timeout=AGAIN_SECONDS)
        return task.done() and not task.cancelled() and task.exception() is None and bool(task.result())


# ---- people ------------------------------------------------------------------------------------------------


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


async def _try(process: Process, work: partial[None]) -> None:
    """What staff did at the desk: if the database is away, they see an error and leave it."""
    from app.errors import UnavailableError

    try:
        await process.database.transaction(work)
    except UnavailableError:
        return


def _key(identity: str) -> bytes:
    return hashlib.blake2b(identity.encode(), digest_size=16).digest()
