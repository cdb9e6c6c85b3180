"""Kills the real server at random moments under load and counts what customers would notice, for a test and a long run.

Every customer writes "n 1", "n 2", … without waiting for replies; the bot repeats each text. A text is written when the one before
was acknowledged, so that its order is known. The numbers in the replies show what was lost, doubled or overtaken.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from sqlalchemy.engine import make_url

from app.clock import Clock
from app.doctor import look_twice
from app.settings import Settings
from app.store.database import open_database
from tests.crashes.blows import BLOWS, Place, set_right
from tests.crashes.meta import Arrived, Meta
from tests.crashes.proxy import Proxy, between
from tests.crashes.server import BotServer
from tests.postgres import Cluster, Pair

NUMBER = re.compile(r"n (\d+)")

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Plan:
    """What to do: `kills` times the next one of `blow`. Then the run waits until every reply came, and nothing for `quiet_seconds`.

    Look-ups settle an unknown send about ten seconds after it: quiet must last longer, or late copies are not counted.
    Customers pause so long that a page of twenty messages reaches back behind the last kill; else look-ups can settle nothing.
    """

    folder: Path
    database_url: str
    kills: int
    blow: Sequence[str] = ("kill",)
    customers: int = 40
    processes: int = 1
    echoes: bool = True
    look_ups: bool = True
    seed: int = 1
    uptime_seconds: tuple[float, float] = (0.2, 2.0)
    pause_seconds: tuple[float, float] = (0.2, 0.6)
    quiet_seconds: float = 12.0
    settle_seconds_max: float = 150.0
    settings: dict[str, str] = field(default_factory=dict)
    settings_of_first: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Counts:
    """What was seen. `lost`, `doubled` (one text answered by two messages) and `out_of_order` must be 0.

    `story` tells for every customer whose replies were not as they should be what arrived around them, and when servers were killed.

    `broken`: rules that the database does not hold when all is over.

    `statuses`: how often a webhook was answered so. `resumed`: seconds from each promotion until there were answers again.

    `copies` are repeats of one and the same message; `copies_max` is how often the worst one came beyond the first.
    """

    kills: int
    acknowledged: int
    arrived: int
    lost: int
    doubled: int
    out_of_order: int
    copies: int
    copies_max: int
    slowest_start_seconds: float
    settled_after_seconds: float
    exit_code: int
    slowest_webhook_seconds: float = 0.0
    statuses: Mapping[int, int] = field(default_factory=dict)
    resumed: tuple[float, ...] = ()
    broken: tuple[str, ...] = ()
    story: tuple[str, ...] = ()
    log_end: str = ""


def assert_nothing_wrong(counts: Counts) -> None:
    """Nothing was lost, doubled, overtaken or sent twice, and the database holds its rules; else it tells what happened."""
    found = (counts.lost, counts.doubled, counts.out_of_order, counts.copies, counts.broken)
    assert found == (0, 0, 0, 0, ()), "\n".join([*counts.story, counts.log_end])


async def run_kills(plan: Plan, cluster: Cluster | None = None, pair: Pair | None = None) -> Counts:
    """Start, load, strike as planned; wait until all is quiet; count. `cluster`, `pair`: PostgreSQL, for blows that concern it."""
    chance = random.Random(plan.seed)
    async with AsyncExitStack() as stack:
        proxy = (
            await stack.enter_async_context(between(cluster.port, chance)) if cluster and "cut" in plan.blow else None
        )
        url = _through(proxy, plan.database_url) if proxy else plan.database_url
        meta = await stack.enter_async_context(
            Meta(echoes=plan.echoes, look_ups=plan.look_ups, chance=random.Random(plan.seed + 1))
        )
        servers = [BotServer(plan.folder, url, meta.port, dict(plan.settings)) for _ in range(plan.processes)]
        servers[0].settings.update(plan.settings_of_first)
        meta.ports = [server.port for server in servers]
        place = Place(meta, servers, chance, plan.database_url, cluster, proxy, pair)
        try:
            if "clock" in plan.blow:
                set_right(place)
            for server in servers:
                await server.start()
            await _load_and_strike(plan, place)
            settled_after = await wait_until_quiet(plan, meta)
        finally:
            codes = [await server.stop() for server in servers if server.process is not None]
    counted = count(plan, meta, servers, settled_after, max(codes, key=abs, default=0))
    broken = await look_at_database(plan.database_url)
    return replace(counted, kills=place.struck, broken=broken, resumed=tuple(place.resumed))


def _through(proxy: Proxy, database_url: str) -> str:
    return make_url(database_url).set(port=proxy.port).render_as_string(hide_password=False)


async def look_at_database(database_url: str) -> tuple[str, ...]:
    """What `doctor --fleet` says of the database that is left, every row looked at."""
    database = open_database(database_url)
    try:
        found = await look_twice(database, Settings(), Clock(), None)
    finally:
        await database.close()
    return tuple(f"{each.check}: {each.says}" for each in found if each.verdict == "problem")


async def _load_and_strike(plan: Plan, place: Place) -> None:
    over = asyncio.Event()
    async with asyncio.TaskGroup() as customers:
        for number in range(plan.customers):
            customers.create_task(_talk(plan, place.meta, str(20_000 + number), over))
        for number in range(plan.kills):
            await asyncio.sleep(place.chance.uniform(*plan.uptime_seconds))
            await BLOWS[plan.blow[number % len(plan.blow)]](place)
        if "clock" in plan.blow:
            await asyncio.sleep(place.chance.uniform(*plan.uptime_seconds))
            set_right(place)
        await asyncio.sleep(place.chance.uniform(*plan.uptime_seconds))
        over.set()


async def _talk(plan: Plan, meta: Meta, customer: str, over: asyncio.Event) -> None:
    number = 0
    while not over.is_set():
        number += 1
        await meta.say(customer, f"n {number}")
        await asyncio.sleep(meta.chance.uniform(*plan.pause_seconds))


async def wait_until_quiet(plan: Plan, meta: Meta) -> float:
    """Seconds until the last reply, from the end of the load."""
    began = time.monotonic()
    while time.monotonic() - began < plan.settle_seconds_max:
        await asyncio.sleep(POLL_SECONDS)
        silent_seconds = time.monotonic() - max(meta.last_arrival, began)
        if silent_seconds > plan.quiet_seconds and not any(missing(meta, each) for each in meta.acknowledged):
            break
    return max(0.0, meta.last_arrival - began)


def count(plan: Plan, meta: Meta, servers: Sequence[BotServer], settled_after_seconds: float, exit_code: int) -> Counts:
    arrived = [meta.arrived.get(customer, []) for customer in meta.acknowledged]
    extra = [times - 1 for each in arrived for times in Counter(_identity(one) for one in each).values()]
    return Counts(
        kills=plan.kills,
        acknowledged=meta.acknowledged_count,
        arrived=sum(len(each) for each in arrived),
        lost=sum(len(missing(meta, customer)) for customer in meta.acknowledged),
        doubled=sum(count_doubled(each) for each in arrived),
        out_of_order=sum(count_out_of_order(each) for each in arrived),
        copies=sum(extra),
        copies_max=max(extra, default=0),
        slowest_start_seconds=round(max(server.slowest_start_seconds for server in servers), 1),
        settled_after_seconds=round(settled_after_seconds, 1),
        exit_code=exit_code,
        slowest_webhook_seconds=round(meta.slowest_seconds, 1),
        statuses=dict(meta.statuses),
        story=(*meta.notes, *(line for customer in meta.acknowledged for line in tell(meta, customer))),
        log_end=servers[0].log_end(),
    )


def missing(meta: Meta, customer: str) -> set[int]:
    """Numbers of acknowledged texts that no reply holds."""
    said = {int(text.split()[1]) for text in meta.acknowledged[customer]}
    return said - {number for each in meta.arrived.get(customer, []) for number in numbers_in(each)}


def tell(meta: Meta, customer: str) -> list[str]:
    """What arrived around each reply that is not the one number after the last; nothing if all is well."""
    arrived, lines, last = meta.arrived.get(customer, []), [], 0
    for place, each in enumerate(arrived):
        numbers = numbers_in(each)
        if numbers and numbers != list(range(last + 1, last + 1 + len(numbers))):
            around = arrived[max(0, place - 2) : place + 3]
            lines += [
                f"customer {customer}:",
                *(f"    {meta.seconds(one.at)} {one.metadata} {one.text}" for one in around),
            ]
        last = max([last, *numbers])
    return lines


def count_doubled(arrived: Iterable[Arrived]) -> int:
    """How often a number came again in another message: its text moved the session twice."""
    first_copies = {_identity(each): each for each in arrived}.values()
    times = Counter(number for each in first_copies for number in numbers_in(each))
    return sum(count - 1 for count in times.values())


def count_out_of_order(arrived: Iterable[Arrived]) -> int:
    """How often a number came after a greater one, copies included."""
    numbers = [number for each in arrived for number in numbers_in(each)]
    return sum(later < earlier for earlier, later in pairwise(numbers))


def numbers_in(arrived: Arrived) -> list[int]:
    """The numbers that a reply repeats: several if texts that waited were read as one turn."""
    return [int(each) for each in NUMBER.findall(arrived.text)]


def _identity(arrived: Arrived) -> str:
    return arrived.metadata or arrived.mid
