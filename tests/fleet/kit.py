"""A fleet under load, and what becomes of it: one server killed and one frozen at once, a Page near its allowance, an upgrade."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import httpx

from app.desk.access.access import Access
from app.settings import Settings
from app.staffing import make_demo_login, use_access
from app.store import workers
from app.store.database import Database, open_database
from app.store.migrate import find_revision
from tests.crashes.kit import Counts, Plan, count, look_at_database, wait_until_quiet
from tests.crashes.meta import Meta
from tests.crashes.server import BotServer
from tests.fleet.balancer import nginx
from tests.ports import free_port

EMAIL, PASSWORD = "fleet@shop.example", "four unrelated words here"
SETTINGS = {"FRONTDESK_TRUSTED_PROXIES": "127.0.0.1", "FRONTDESK_SECOND_FACTOR": "offered"}
WAITING = "90001"
"""A customer who waits for staff: what they write shows on every screen."""
PAUSE_SECONDS = (0.1, 0.5)
PATIENCE_SECONDS = 60.0
NEAR_PERCENT, NEAR_A_SECOND = 80, 10.0
"""What a Page may still send in a second when Meta says that so much of its allowance is used."""
NEAR_SETTLES_SECONDS, NEAR_SECONDS = 2.0, 6.0
"""Every server has to hear of it first, by an answer of its own: on a busy machine a second is too short for that."""
TAKEN_UP_SECONDS = 5.5
"""nginx's `fail_timeout` in README, and a little: so long it passes over a server that is back."""
OLDER_ALONE_SECONDS = 3.0
PROGRAM = "PYTHONPATH"
"""Where a server's program is, if it is not this one."""
AHEAD_SECONDS = 1.2
"""So far ahead of its time a message may be let go (webhooks/messenger/pace.py: its burst and its longest wait)."""


@dataclass
class Fleet:
    """Its servers, and Meta before nginx before them."""

    meta: Meta
    servers: list[BotServer]
    database: Database
    front: int
    chance: random.Random
    words: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    screens: list[Screen] = field(default_factory=list)

    async def settled(self, workers_left: int) -> float:
        """Seconds until so many workers are at work and nothing is in hand in another's name."""
        return await until(lambda: self._is_settled(workers_left))

    async def _is_settled(self, workers_left: int) -> bool:
        listed = await self.database.read(workers.list_all)
        return len(listed) == workers_left and await self.database.read(workers.list_unlisted) == []


async def until(is_so: Callable[[], Awaitable[bool]]) -> float:
    began = time.monotonic()
    while not await is_so():
        assert time.monotonic() - began < PATIENCE_SECONDS, "it did not happen in time"
        await asyncio.sleep(0.05)
    return time.monotonic() - began


# ---- screens -----------------------------------------------------------------------------------------------


@dataclass
class Screen:
    """A screen of staff: comes back, as browsers do, when its stream breaks."""

    port: int
    cookie: str
    heard: set[str] = field(default_factory=set)

    async def watch(self) -> None:
        address, headers = f"http://127.0.0.1:{self.port}/desk/events", {"Cookie": self.cookie}
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5)
        async with aiohttp.ClientSession(timeout=timeout) as client:
            while True:
                with suppress(aiohttp.ClientError, OSError, TimeoutError):
                    async with client.get(address, headers=headers) as answer:
                        if answer.status == 200:
                            await self._listen(answer)
                await asyncio.sleep(0.1)

    async def _listen(self, answer: aiohttp.ClientResponse) -> None:
        name = ""
        async for line in answer.content:
            if line.startswith(b"event: "):
                name = line[7:].strip().decode()
            elif line.startswith(b"data: ") and name == "rows":
                self.heard.update(row["said"] for row in json.loads(line[6:]))


def sign_in(fleet: Fleet, settings: dict[str, Any]) -> str:
    """The cookie of somebody who is signed in, by way of nginx."""

    async def make(access: Access) -> tuple[bool, str]:
        await make_demo_login(access, EMAIL, "Fleet", "owner", PASSWORD)
        return True, ""

    use_access(Settings.model_validate(settings), make)
    base = f"http://127.0.0.1:{fleet.front}"
    with httpx.Client(base_url=base, trust_env=False, headers={"Origin": base}, timeout=20) as http:
        answer = http.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return "; ".join(f"{name}={value}" for name, value in http.cookies.items())


async def every_screen_hears(fleet: Fleet) -> float:
    """Seconds until all of them show what the waiting customer writes now."""
    word = f"word {next(fleet.words)}"
    await fleet.meta.say(WAITING, word)

    async def all_heard() -> bool:
        return all(word in screen.heard for screen in fleet.screens)

    return await until(all_heard)


# ---- what becomes of it ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FleetPlan:
    """So many servers, so many customers who never stop, and everything so many times. `older`: where the program is that the
    servers start with; then they are upgraded to the present one, and nothing else happens."""

    folder: Path
    database_url: str
    processes: int = 3
    customers: int = 20
    rounds: int = 1
    seed: int = 1
    settings: dict[str, str] = field(default_factory=dict)
    older: Path | None = None


@dataclass
class Seen:
    """What came of it, one figure for each round. `a_second`: sends near the Page's allowance, without one of each customer.

    `refused`: webhooks without a 200.
    """

    counts: Counts = field(init=False)
    taken_over_seconds: list[float] = field(default_factory=list)
    heard_seconds: list[float] = field(default_factory=list)
    a_second: list[float] = field(default_factory=list)
    refused_in_upgrades: int = 0
    refused: int = 0
    slowest_seconds: float = 0.0
    schemas: tuple[str | None, str | None] = (None, None)
    """The database's, while only the older program worked on it, and at the end of the upgrade."""


async def run_fleet(plan: FleetPlan) -> Seen:
    """Start the fleet, load it, do everything to it, wait until all is quiet, count."""
    chance = random.Random(plan.seed)
    seen = Seen()
    database = open_database(plan.database_url)
    program = {} if plan.older is None else {PROGRAM: str(plan.older)}
    async with Meta(chance=random.Random(plan.seed + 1)) as meta:
        servers = [
            BotServer(plan.folder, plan.database_url, meta.port, {**SETTINGS, **plan.settings, **program})
            for _ in range(plan.processes)
        ]
        try:
            await servers[0].start()  # it brings the database up to date
            await asyncio.gather(*(each.start() for each in servers[1:]))
            with open_front(plan.folder, servers, meta) as front:
                fleet = Fleet(meta, servers, database, front, chance)
                await (_story if plan.older is None else _upgrade_of_an_older_program)(plan, fleet, seen)
                quiet = Plan(plan.folder, plan.database_url, kills=plan.rounds, quiet_seconds=2.5)
                meta.acknowledged.pop(WAITING, None)
                settled_after = await wait_until_quiet(quiet, meta)
        finally:
            codes = [await each.stop() for each in servers if each.process is not None]
            await database.close()
        counted = count(quiet, meta, servers, settled_after, max(codes, key=abs))
    seen.counts = replace(counted, broken=await look_at_database(plan.database_url))
    seen.refused, seen.slowest_seconds = meta.refused, meta.slowest_seconds
    return seen


async def _story(plan: FleetPlan, fleet: Fleet, seen: Seen) -> None:
    cookie = await asyncio.to_thread(sign_in, fleet, settings_of(fleet.servers[0]))
    fleet.screens = [Screen(port, cookie) for port in (fleet.front, *(each.port for each in fleet.servers))]
    await fleet.meta.say(WAITING, "human")
    watching = [asyncio.create_task(screen.watch()) for screen in fleet.screens]
    try:
        async with customers_write(plan, fleet):
            for _ in range(plan.rounds):
                await _round(fleet, seen)
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)


async def _upgrade_of_an_older_program(plan: FleetPlan, fleet: Fleet, seen: Seen) -> None:
    """Server by server, so that both programs work on the database that the first of the new ones brought up to date."""
    async with customers_write(plan, fleet):
        await asyncio.sleep(OLDER_ALONE_SECONDS)
        before = await fleet.database.read(find_revision)
        seen.refused_in_upgrades = await upgrade(fleet)
        seen.schemas = before, await fleet.database.read(find_revision)


@asynccontextmanager
async def customers_write(plan: FleetPlan, fleet: Fleet) -> AsyncIterator[None]:
    """Meanwhile, and each to the end of the text under way."""
    over = asyncio.Event()
    async with asyncio.TaskGroup() as customers:
        for number in range(plan.customers):
            customers.create_task(talk(fleet, str(20_000 + number), over))
        yield
        over.set()


async def _round(fleet: Fleet, seen: Seen) -> None:
    await every_screen_hears(fleet)  # all are there
    seen.taken_over_seconds.append(await lose_two(fleet))
    await every_screen_hears(fleet)  # those that were cut off are there again
    seen.heard_seconds.append(await every_screen_hears(fleet))
    seen.a_second.append(await near_the_allowance(fleet))
    seen.refused_in_upgrades += await upgrade(fleet)


@contextmanager
def open_front(folder: Path, servers: list[BotServer], meta: Meta) -> Iterator[int]:
    """nginx before these servers; Meta knows no other address."""
    port = free_port()
    with nginx(folder / "nginx", port, [each.port for each in servers]):
        meta.ports = [port]
        yield port


async def lose_two(fleet: Fleet) -> float:
    """One is killed and one stands still, at once; seconds until the others have all the work. Both come back."""
    killed, frozen = fleet.chance.sample(fleet.servers, 2)
    killed.kill()
    assert frozen.process is not None
    os.kill(frozen.process.pid, signal.SIGSTOP)
    fleet.meta.note(f"killed {killed.port}, froze {frozen.port}")
    try:
        took = await fleet.settled(len(fleet.servers) - 2)
    finally:
        os.kill(frozen.process.pid, signal.SIGCONT)
    await killed.start()
    await fleet.settled(len(fleet.servers))
    return took


async def upgrade(fleet: Fleet) -> int:
    """Each server stopped in good order and started anew, once nginx uses the one before it again; how many webhooks got no 200."""
    before = fleet.meta.refused
    for server in fleet.servers:
        code = await server.stop()
        assert code in (0, -signal.SIGTERM), server.log_end()
        server.settings.pop(PROGRAM, None)
        await server.start()
        fleet.meta.note(f"upgraded {server.port}")
        await asyncio.sleep(TAKEN_UP_SECONDS)
    return fleet.meta.refused - before


async def near_the_allowance(fleet: Fleet) -> float:
    """Meta says that the Page's allowance is nearly used up: how many messages a second all servers together then send.

    One message of each customer does not count: a batch that is let go is paid for by waiting afterwards.
    """
    fleet.meta.usage_percent = NEAR_PERCENT
    await asyncio.sleep(NEAR_SETTLES_SECONDS)
    before, began = arrived(fleet.meta), time.monotonic()
    await asyncio.sleep(NEAR_SECONDS)
    sent, took = arrived(fleet.meta) - before, time.monotonic() - began
    fleet.meta.usage_percent = 0
    return max(sent - len(fleet.meta.arrived), 0) / (took + AHEAD_SECONDS)


def arrived(meta: Meta) -> int:
    return sum(len(each) for each in meta.arrived.values())


async def talk(fleet: Fleet, customer: str, over: asyncio.Event) -> None:
    for number in itertools.count(1):
        if over.is_set():
            return
        await fleet.meta.say(customer, f"n {number}")
        await asyncio.sleep(fleet.chance.uniform(*PAUSE_SECONDS))


def settings_of(server: BotServer) -> dict[str, Any]:
    """What `use_access` must know."""
    given = server.environment()
    names = ("DATABASE_URL", "FLOWS", "PAGE_ID", "PAGE_TOKEN", "APP_SECRET", "SECRET_KEY")
    return {name.lower(): given[f"FRONTDESK_{name}"] for name in names}
