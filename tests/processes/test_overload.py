"""Far more comes in than goes out: deliveries are answered in time, what was acknowledged is answered later, the wait shows."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from tests.crashes.kit import missing
from tests.crashes.meta import Meta
from tests.crashes.server import APP_SECRET
from tests.processes.kit import Server, running, text_body, until
from webhooks.messenger.signature import HEADER, sign

ANSWER_SECONDS_MAX = 4.0
"""Meta waits five; on a machine that does nothing else the slowest takes a tenth of it."""
BURSTS, TOGETHER, PAUSE_SECONDS = 10, 80, 0.2
"""An open loop: nobody waits for the answers of one burst before the next."""
CUSTOMERS = 50
AT_ONCE = {"FRONTDESK_DELIVERIES_AT_ONCE": "50"}


class Flood:
    """Deliveries that come again until they are acknowledged, as Meta's do."""

    def __init__(self, meta: Meta, port: int) -> None:
        self.meta, self.address = meta, f"http://127.0.0.1:{port}"
        self.statuses: Counter[int] = Counter()
        self.took: list[float] = []

    async def deliver(self, client: aiohttp.ClientSession, number: int) -> None:
        customer, text = str(60_000 + number % CUSTOMERS), f"n {number // CUSTOMERS + 1}"
        body = text_body(customer, text, f"m_flood{number}")
        headers = {HEADER: sign(body, APP_SECRET.encode()), "content-type": "application/json"}
        while True:
            began = time.monotonic()
            async with client.post(f"{self.address}/webhooks/messenger", data=body, headers=headers) as answer:
                self.took.append(time.monotonic() - began)
                self.statuses[answer.status] += 1
                if answer.status == 200:
                    self.meta.acknowledged.setdefault(customer, []).append(text)
                    return
                again = int(answer.headers["Retry-After"])
            await asyncio.sleep(again * self.meta.chance.uniform(0.5, 1.5))

    async def pour(self, client: aiohttp.ClientSession) -> None:
        async with asyncio.TaskGroup() as group:
            for burst in range(BURSTS):
                for number in range(burst * TOGETHER, (burst + 1) * TOGETHER):
                    group.create_task(self.deliver(client, number))
                await asyncio.sleep(PAUSE_SECONDS)

    async def oldest_seconds(self, client: aiohttp.ClientSession) -> tuple[float, float]:
        """What `/health/ready` and `/metrics` say of the oldest event that waits."""
        async with client.get(f"{self.address}/health/ready") as answer:
            told = float((await answer.json())["oldest_event_seconds"])
        async with client.get(f"{self.address}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        return told, next(float(line.split()[1]) for line in lines if line.startswith("frontdesk_oldest_event_seconds"))


async def freeze(pid: int, file: Path) -> None:
    """Let the process stand still, but not in the middle of a transaction: nobody else could write then."""
    while True:
        os.kill(pid, signal.SIGSTOP)
        try:
            with closing(sqlite3.connect(file, timeout=0.1, isolation_level=None)) as opened:
                opened.execute("BEGIN IMMEDIATE")
                return
        except sqlite3.OperationalError:
            os.kill(pid, signal.SIGCONT)
            await asyncio.sleep(0.05)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system cannot make a process stand still")
async def test_far_over_capacity_deliveries_are_answered_and_nothing_acknowledged_is_lost(
    meta: Meta, tmp_path: Path, sqlite_url: str
) -> None:
    """The worker stands still meanwhile: no machine is quick enough to keep up then."""
    web = Server(tmp_path, sqlite_url, meta.port, AT_ONCE, role="web")
    worker = Server(tmp_path, sqlite_url, meta.port, role="worker")
    async with running(meta, web, worker), aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        flood = Flood(meta, web.port)
        assert worker.process is not None
        await freeze(worker.process.pid, tmp_path / "frontdesk.db")
        await flood.pour(client)
        waited = await flood.oldest_seconds(client)
        os.kill(worker.process.pid, signal.SIGCONT)
        assert sum(len(texts) for texts in meta.acknowledged.values()) == BURSTS * TOGETHER == flood.statuses[200]
        assert set(flood.statuses) == {200, 503}, flood.statuses
        assert max(flood.took) < ANSWER_SECONDS_MAX
        assert min(waited) > BURSTS * PAUSE_SECONDS * 0.8, "both tell how long the oldest has waited"
        await until(lambda: not any(missing(meta, customer) for customer in meta.acknowledged))
        assert await flood.oldest_seconds(client) == (0, 0)
        await meta.say("70000", "n 1")
        await until(lambda: bool(meta.arrived.get("70000")), ANSWER_SECONDS_MAX)
