"""A server that is asked to stop under load: it ends in time, says no to nobody, and what it took is answered by the next."""

from __future__ import annotations

import asyncio
import itertools
import signal
import time
from collections import Counter
from pathlib import Path

from tests.crashes.kit import count_doubled, count_out_of_order, missing
from tests.crashes.meta import Meta
from tests.processes.kit import Server, post, running, text_body, until

STOP_SECONDS = 10.0


async def test_sigterm_under_load_ends_in_time_and_refuses_no_webhook(
    meta: Meta, tmp_path: Path, sqlite_url: str
) -> None:
    server = Server(tmp_path, sqlite_url, meta.port)
    statuses: Counter[int] = Counter()
    over = asyncio.Event()

    async def write(customer: str) -> None:
        for number in itertools.count(1):
            if over.is_set():
                return
            status = await post(server.port, text_body(customer, f"n {number}", f"m_{customer}_{number}"))
            statuses[status] += 1
            if status != 200:
                return
            meta.acknowledged.setdefault(customer, []).append(f"n {number}")

    async with running(meta, server):
        async with asyncio.TaskGroup() as group:
            for number in range(20):
                group.create_task(write(str(40_000 + number)))
            await until(lambda: statuses[200] > 100)
            assert server.process is not None
            began = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(server.process.wait, STOP_SECONDS)
            took_seconds = time.monotonic() - began
            over.set()
        assert code in (0, -signal.SIGTERM), server.log_end()
        assert took_seconds < STOP_SECONDS
        assert set(statuses) == {200, 0}  # 0: no connection any more
        await server.start()
        await until(lambda: not any(missing(meta, each) for each in meta.acknowledged))
    assert sum(count_doubled(each) for each in meta.arrived.values()) == 0
    assert sum(count_out_of_order(each) for each in meta.arrived.values()) == 0


async def test_an_idle_server_stops_at_once(meta: Meta, tmp_path: Path, sqlite_url: str) -> None:
    server = Server(tmp_path, sqlite_url, meta.port)
    async with running(meta, server):
        began = time.monotonic()
        code = await server.stop()
    assert code in (0, -signal.SIGTERM), server.log_end()
    assert time.monotonic() - began < 5.0
