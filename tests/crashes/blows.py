"""What strikes while customers write: servers killed, frozen or restarted, their clocks set, PostgreSQL restarted, killed, crowded,
in a deadlock, with commits that do not come back, or gone so that its standby takes over."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import asyncpg
from sqlalchemy.engine import make_url

from tests.crashes import vanish
from tests.crashes.meta import Meta
from tests.crashes.proxy import Proxy
from tests.crashes.server import BotServer
from tests.postgres import Cluster, Pair

FROZEN_SECONDS = (2.0, 12.0)
"""Shorter and longer than a worker may stand still."""
DOWN_SECONDS = (0.0, 2.0)
AHEAD_SECONDS = (2.0, -72_000.0, 60.0, -3_600.0, 72_000.0, -2.0, 3_600.0, -60.0, 0.0)
"""How far a clock is ahead after each jump. Not by a day: Messenger's window of a customer who has just written would be over."""
CROWDED_SECONDS = 3.0
CONNECTIONS_MOST = 200
CUT_SECONDS = 3.0
CUT_SHARE = 0.02
"""So many commits lose their connection: each process makes about a hundred a second under this load."""
WITHHELD_SECONDS = (8.0, 40.0)
"""From a little longer than until a worker that stands still is taken for dead."""
RELOAD = "SELECT pg_reload_conf()"
RIVAL_PAUSE_SECONDS = 0.03
BEHIND_SECONDS = 0.5
"""So long the standby gets nothing more before the primary is gone."""
GAP_SECONDS = (1.0, 3.0)
"""From then on until it is promoted."""
RESUME_SECONDS_MAX = 60.0


@dataclass
class Place:
    """Where it strikes. `struck`: how often it did; of connections, deadlocks and refusals each counts.

    `resumed`: seconds from each promotion, or from when commits come back, until a text that was acknowledged behind it was answered.
    """

    meta: Meta
    servers: Sequence[BotServer]
    chance: random.Random
    database_url: str
    cluster: Cluster | None = None
    proxy: Proxy | None = None
    pair: Pair | None = None
    struck: int = 0
    resumed: list[float] = field(default_factory=list)

    def note(self, what: str) -> None:
        self.struck += 1
        self.meta.note(what)


async def kill_server(place: Place) -> None:
    server = place.chance.choice(place.servers)
    server.kill()
    place.note(f"killed the server on port {server.port}")
    await server.start()
    place.meta.note(f"ready again on port {server.port}")


async def freeze_server(place: Place) -> None:
    server = place.chance.choice(place.servers)
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGSTOP)
    place.note(f"froze the server on port {server.port}")
    await asyncio.sleep(place.chance.uniform(*FROZEN_SECONDS))
    os.kill(server.process.pid, signal.SIGCONT)
    place.meta.note(f"it goes on on port {server.port}")


async def roll(place: Place) -> None:
    """All servers anew, one after the other, as in an upgrade."""
    for server in place.servers:
        code = await server.stop()
        assert code in (0, -signal.SIGTERM), f"it did not stop in good order: {code}"
        place.note(f"stopped the server on port {server.port}")
        await server.start()


async def jump(place: Place) -> None:
    """The clock of every server jumps, each to somewhere else."""
    for server in place.servers:
        ahead = AHEAD_SECONDS[place.struck % len(AHEAD_SECONDS)]
        server.set_clock(ahead)
        place.note(f"set the clock on port {server.port} {ahead:+.0f} s from the right time")


def set_right(place: Place) -> None:
    """All clocks are right again."""
    for server in place.servers:
        server.set_clock(0.0)
    place.meta.note("all clocks are right")


async def _restart(place: Place, how: signal.Signals) -> None:
    assert place.cluster is not None
    await asyncio.to_thread(place.cluster.stop, how)
    place.note(f"PostgreSQL stopped by {how.name}")
    await asyncio.sleep(place.chance.uniform(*DOWN_SECONDS))
    await asyncio.to_thread(place.cluster.start)
    place.meta.note("PostgreSQL is up again")


async def restart_postgres(place: Place) -> None:
    await _restart(place, signal.SIGINT)


async def kill_postgres(place: Place) -> None:
    """As a power cut of its machine: what was committed is in its log."""
    await _restart(place, signal.SIGQUIT)


async def crowd(place: Place) -> None:
    """Others take every connection that PostgreSQL has; ours are cut, and new ones are refused."""
    held: list[asyncpg.Connection] = []
    try:
        first = await _connect(place)
        await first.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'frontdesk'"
        )
        held.append(first)
        with suppress(asyncpg.PostgresError, OSError):
            while len(held) < CONNECTIONS_MOST:
                held.append(await _connect(place))
        place.note(f"{len(held)} connections taken, no more to be had")
        await asyncio.sleep(CROWDED_SECONDS)
    finally:
        for each in held:
            await each.close()
    place.meta.note("connections given back")


async def rival(place: Place) -> None:
    """Somebody locks the same rows in another order: PostgreSQL ends one of two that wait for each other."""
    connection = await _connect(place)
    before = deadlocks(place)
    try:
        rows = await connection.fetch("SELECT page_id, customer_id FROM conversations")
        with suppress(asyncpg.DeadlockDetectedError):
            async with connection.transaction():
                for row in sorted(rows, reverse=True):
                    lock = "SELECT 1 FROM conversations WHERE page_id = $1 AND customer_id = $2 FOR UPDATE"
                    await connection.execute(lock, *row)
                    await asyncio.sleep(RIVAL_PAUSE_SECONDS)
    finally:
        await connection.close()
    for _ in range(deadlocks(place) - before):
        place.note("PostgreSQL ended a deadlock")


def deadlocks(place: Place) -> int:
    assert place.cluster is not None
    return (place.cluster.folder / "server.log").read_text(errors="replace").count("deadlock detected")


async def cut(place: Place) -> None:
    """For a while connections break as they commit: before PostgreSQL hears of it, or before its answer is heard."""
    assert place.proxy is not None
    before, place.proxy.share = place.proxy.cuts, CUT_SHARE
    await asyncio.sleep(CUT_SECONDS)
    place.proxy.share = 0.0
    for _ in range(place.proxy.cuts - before):
        place.note("a connection broke in its commit")


async def withhold(place: Place) -> None:
    """The only standby that commits wait for is gone: none comes back, until somebody says that they need not wait."""
    assert place.cluster is not None
    name = "synchronous_standby_names"
    await asyncio.to_thread(place.cluster.say, f"ALTER SYSTEM SET {name} = 'gone'", RELOAD)
    place.note("no commit comes back")
    await asyncio.sleep(place.chance.uniform(*WITHHELD_SECONDS))
    await asyncio.to_thread(place.cluster.say, f"ALTER SYSTEM RESET {name}", RELOAD)
    place.meta.note("commits come back")
    await _resume(place)


async def fail_over(place: Place) -> None:
    """PostgreSQL's machine is gone with what it had not passed on; after a while its standby is promoted."""
    pair = await _follow(place)
    await asyncio.to_thread(pair.hold_back)
    await asyncio.sleep(BEHIND_SECONDS)
    await asyncio.to_thread(pair.primary.kill)
    place.note("the primary is gone")
    await asyncio.sleep(place.chance.uniform(*GAP_SECONDS))
    await asyncio.to_thread(pair.promote)
    place.meta.note("its standby is promoted")
    await _resume(place)


async def lose_machine(place: Place) -> None:
    """Nothing comes from the primary's machine any more, not even that a connection is over; its standby is promoted."""
    pair = await _follow(place)
    lost = pair.primary
    vanish.silence(lost.host)
    place.note("the primary's machine says nothing any more")
    await asyncio.sleep(place.chance.uniform(*GAP_SECONDS) + vanish.NOTICED_SECONDS)
    await asyncio.to_thread(pair.promote)
    place.meta.note("its standby is promoted")
    await _resume(place)
    lost.kill()
    vanish.unsilence(lost.host)


async def _follow(place: Place) -> Pair:
    """With a standby, a new one where there is none."""
    assert place.pair is not None
    if not place.pair.standby.is_up():
        await asyncio.to_thread(place.pair.follow)
        place.meta.note("there is a standby again")
        await asyncio.sleep(place.chance.uniform(*DOWN_SECONDS))
    return place.pair


async def _resume(place: Place) -> None:
    """Wait until a text that is acknowledged from now on is answered."""
    began, before = time.monotonic(), place.meta.acknowledged_count
    async with asyncio.timeout(RESUME_SECONDS_MAX):
        while place.meta.acknowledged_count == before:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        taken = time.monotonic()
        while place.meta.last_arrival < taken:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    place.resumed.append(place.meta.last_arrival - began)
    place.meta.note(f"taken in again after {taken - began:.1f} s, answered after {place.resumed[-1]:.1f} s")


async def _connect(place: Place) -> asyncpg.Connection:
    address = make_url(place.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    return await asyncpg.connect(address, timeout=5)


BLOWS: Mapping[str, Callable[[Place], Awaitable[None]]] = {
    "kill": kill_server,
    "freeze": freeze_server,
    "roll": roll,
    "clock": jump,
    "restart-postgres": restart_postgres,
    "kill-postgres": kill_postgres,
    "crowd": crowd,
    "rival": rival,
    "cut": cut,
    "withheld": withhold,
    "failover": fail_over,
    "failover-behind": fail_over,
    "gone": lose_machine,
}
OF_POSTGRES = tuple(BLOWS)[4:]
"""Which of them need a cluster of their own."""
FAILOVERS = {"failover": True, "failover-behind": False, "gone": True}
"""Which need a pair, and whether its commits wait for the standby. The second loses what was acknowledged last, as it must."""
