"""The world around the processes: Meta, which posts and is posted to, customers, staff, and what strikes the machines."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.channel import Echoed, Item, Received, Send, Unreadable
from tests.simulation.faults import Rates, more
from tests.simulation.flow import create_flow, create_next_flow
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

PROFILES = ("honest", "echo_lossy", "alone", "changing", "outage")
"""honest: every message is echoed and listed. echo_lossy: not so; copies are bounded. alone: one process, on SQLite. changing:
honest, and the flow changes, two of staff act at once, processes die at any await, connections are lost in any statement.
outage: nobody answers at Meta's from OUTAGE_BEGINS on until the faults stop, nobody is to be found, webhooks come as ever."""
OUTAGE_BEGINS = 30.0
HANGS = (0.0, 0.5, 1.0)
"""So many connections are taken and never answered in an outage; the others are refused."""
FLOW_SECONDS = (2.0, 20.0)
"""How long the owner thinks between two changes."""
HEARD_SECONDS_MAX = 2.0
"""Until a process serves the new flow."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is made of: how many virtual seconds have faults, one of PROFILES, and kinds of faults that do not strike.

    Those are drawn all the same, so that the rest of the story stays what it is until one of them would have struck.
    """

    seconds: float = 60.0
    profile: str = "honest"
    without: frozenset[str] = frozenset()


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
        self.changing = options.profile == "changing"
        self.more_dice = random.Random(f"{seed}/changing")
        self.more_rates = more(self.more_dice)
        self.hangs = self.more_dice.choice(HANGS) if options.profile == "outage" else 0.0
        self.flows = {flow.revision: flow for flow in (create_flow(), create_next_flow())}
        self.flow = self.flows["r1"]
        self.alone = options.profile == "alone"
        self.witness = Witness(self)
        self.store = Store(self.witness.look, TRIGGERS)
        self.meta = Meta(self)
        self._started = 0
        self.processes = [self.create_process() for _ in range(1 if self.alone else self.dice.choice((2, 2, 3)))]

    # ---- faults --------------------------------------------------------------------------------------------

    def hit(self, fault: str) -> bool:
        """Whether this fault strikes here."""
        if not self.faults or self.dice.random() >= getattr(self.rates, fault) or fault in self.options.without:
            return False
        self.count(fault)
        return True

    def hit_more(self, fault: str) -> bool:
        """The same for what only a changing world has."""
        if not (self.changing and self.faults) or self.more_dice.random() >= self.more_rates[fault]:
            return False
        if fault in self.options.without:
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

    def tell_others(self, teller: Process, word: str) -> None:
        """NOTIFY: a hint to every other process, which may get lost."""
        for each in self.processes:
            if each is not teller and each.worker and not each.dead and not self.hit("wake_lost"):
                self.loop.call_later(self.dice.uniform(0.001, 0.01), _tell, each, word)

    def running(self) -> list[Process]:
        return [each for each in self.processes if not each.dead]

    async def replace_dead(self) -> None:
        """Whatever died is started anew a little later, as a supervisor does."""
        while True:
            await asyncio.sleep(self.dice.uniform(0.1, 2.0))
            for place, each in enumerate(self.processes):
                if each.dead:
                    self.processes[place] = self.create_process().start()

    async def change_flow(self) -> None:
        """The owner changes the flow, there and back; each process hears of it a little later than the others."""
        while self.changing and self.faults:
            await asyncio.sleep(self.more_dice.uniform(*FLOW_SECONDS))
            self.flow = self.flows["r2" if self.flow.revision == "r1" else "r1"]
            self.count("flow changed")
            for process in self.running():
                self.loop.call_later(self.more_dice.uniform(0.0, HEARD_SECONDS_MAX), process.take_flow, self.flow)

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


def _tell(process: Process, word: str) -> None:
    if not process.dead and process.worker:
        process.worker.hear(word)


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

    def is_away(self) -> bool:
        """Nobody answers what we ask; who writes to us is not affected."""
        world = self.world
        return world.options.profile == "outage" and world.faults and world.loop.time() >= OUTAGE_BEGINS

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
