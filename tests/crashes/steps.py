"""Kills the server at each named step of an event's way, one after the other, on one database, and counts as after random kills."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tests.crashes.dying import STEPS
from tests.crashes.kit import Counts, Plan, count, look_at_database, missing, wait_until_quiet
from tests.crashes.meta import Meta
from tests.crashes.server import FLOW, BotServer

QUICK = {
    "FRONTDESK_WORKER_BEAT_SECONDS": "0.2",
    "FRONTDESK_WORKER_DEAD_SECONDS": "1",
    "FRONTDESK_LOOK_UP_AFTER_SECONDS": "0.4,1",
}
"""A worker that was killed is missed soon, and a look-up comes soon."""
REACHED_SECONDS_MAX = 60.0
TEXTS = 3
LATE = "60000"
"""The customer who writes when all is over."""


@dataclass(frozen=True)
class Fell:
    """`answered`: whether the customer's first text had been answered with 200 by the time of the kill."""

    exit_code: int
    answered: bool


@dataclass(frozen=True)
class Killed:
    """What came of it: how each step ended, and what customers would have noticed."""

    fell: dict[str, Fell]
    counts: Counts
    last_reply: str
    changes: int


@dataclass
class Nursery:
    """Children that die at a step, one at a time. They do so once the file `armed` is there."""

    server: BotServer
    armed: Path
    process: asyncio.subprocess.Process
    child: int = 0

    async def start(self, step: str) -> None:
        """A server that will die at this step, ready; with an empty name it lives."""
        self.armed.unlink(missing_ok=True)
        assert self.process.stdin is not None
        self.process.stdin.write(f"{step}\n".encode())
        self.child = await self._number()
        async with asyncio.timeout(REACHED_SECONDS_MAX):
            while not await self.server.is_ready():  # noqa: ASYNC110 - a process, not a task
                await asyncio.sleep(0.02)

    async def over(self) -> int:
        """The exit code of the child, once it has ended."""
        async with asyncio.timeout(REACHED_SECONDS_MAX):
            code = await self._number()
        self.child = 0
        return code

    async def _number(self) -> int:
        assert self.process.stdout is not None
        return int(await self.process.stdout.readline())


@asynccontextmanager
async def nursery(server: BotServer) -> AsyncIterator[Nursery]:
    armed = server.folder / "armed"
    words = ["-m", "tests.crashes.dying", str(armed), "serve", "--host", "127.0.0.1", "--port", str(server.port)]
    with (server.folder / f"server-{server.port}.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *words, cwd=server.folder, env=server.environment(), stderr=log,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
    made = Nursery(server, armed, process)
    try:
        yield made
    finally:
        if made.child:
            with suppress(ProcessLookupError):
                os.kill(made.child, signal.SIGKILL)
        process.kill()
        await process.wait()


async def run_steps(folder: Path, database_url: str, steps: Sequence[str] = tuple(STEPS)) -> Killed:
    """New customers write, and at its step the server dies; the next one answers all of them before it comes to its own step."""
    flows = Path(shutil.copytree(FLOW, folder / "flow"))
    plan = Plan(folder, database_url, kills=len(steps), quiet_seconds=2.5)
    fell: dict[str, Fell] = {}
    changes = 0
    async with Meta() as meta:
        server = BotServer(folder, database_url, meta.port, {**QUICK, "FRONTDESK_FLOWS": str(flows)})
        meta.ports = [server.port]
        async with nursery(server) as children, asyncio.TaskGroup() as customers:
            for number, step in enumerate(steps):
                await children.start(step)
                await _all_answered(meta)
                children.armed.touch()
                if "flow" in step:
                    changes += 1
                    _change(flows, changes)
                customer = str(50_000 + number)
                customers.create_task(_talk(meta, customer))
                fell[step] = Fell(await children.over(), customer in meta.acknowledged)
                meta.note(f"killed {step}")
            await children.start("")
            await _all_answered(meta)
            await meta.say(LATE, "n 1")
            settled_after = await wait_until_quiet(plan, meta)
            os.kill(children.child, signal.SIGTERM)
            code = await children.over()
    counts = replace(count(plan, meta, [server], settled_after, code), broken=await look_at_database(database_url))
    return Killed(fell, counts, meta.arrived[LATE][-1].text, changes)


def _change(flows: Path, number: int) -> None:
    """From now on replies begin otherwise."""
    bot = flows / "bot.yaml"
    bot.write_text(re.sub(r'say: "[^<"]*<said>', f'say: "Reply {number}: <said>', bot.read_text()))


async def _talk(meta: Meta, customer: str) -> None:
    for number in range(1, TEXTS + 1):
        await meta.say(customer, f"n {number}")


async def _all_answered(meta: Meta) -> None:
    """Nothing is on its way to the server, and nothing that it took waits."""
    async with asyncio.timeout(REACHED_SECONDS_MAX):
        while meta.posting or any(missing(meta, each) for each in meta.acknowledged):  # noqa: ASYNC110 - a process
            await asyncio.sleep(0.02)
