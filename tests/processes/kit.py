"""The server as a process in one of its roles, a webhook client that tells the status, and a wait with a limit."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.crashes.meta import Meta
from tests.crashes.server import APP_SECRET, FRONTDESK, PAGE_ID, BotServer

WAIT_SECONDS_MAX = 30.0
"""How long a test waits for what must come."""


@dataclass
class Server(BotServer):
    """One `frontdesk serve` in a role; `before` are words before the command, such as strace's."""

    role: str = "all"
    before: tuple[str, ...] = ()

    def _spawn(self) -> subprocess.Popen[bytes]:
        serve = ["serve", "--host", "127.0.0.1", "--port", str(self.port), "--role", self.role]
        with self.log_file().open("ab") as log:
            return subprocess.Popen(
                [*self.before, sys.executable, *FRONTDESK, *serve],
                cwd=self.folder, env=self.environment(), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def log_file(self) -> Path:
        return self.folder / f"server-{self.port}.log"

    def refused(self) -> tuple[int, str]:
        """Start it where it must not start: its exit code and what it said."""
        before = self.log_file().read_text() if self.log_file().exists() else ""
        process = self._spawn()
        code = process.wait(WAIT_SECONDS_MAX)
        return code, self.log_file().read_text()[len(before) :]


@asynccontextmanager
async def running(meta: Meta, *servers: Server) -> AsyncIterator[None]:
    """These servers run, and Meta posts to them, until the block ends; whatever state they are in then."""
    meta.ports = [server.port for server in servers if server.role != "worker"]
    try:
        for server in servers:
            await server.start()
        yield
    finally:
        for server in servers:
            if server.process is not None and server.process.poll() is None:
                server.kill()


async def until(happened: Callable[[], bool], seconds_max: float = WAIT_SECONDS_MAX) -> float:
    """Wait for it; how many seconds it took."""
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < seconds_max, "it did not happen in time"
        await asyncio.sleep(0.005)
    return time.monotonic() - began


def text_body(customer: str, text: str, mid: str) -> bytes:
    """A webhook body with one text."""
    now_ms = time.time_ns() // 1_000_000
    item = {
        "sender": {"id": customer}, "recipient": {"id": PAGE_ID}, "timestamp": now_ms, "message": {"mid": mid, "text": text}
    }  # fmt: skip
    entry = {"id": PAGE_ID, "time": now_ms, "messaging": [item]}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


async def post(port: int, body: bytes, seconds_max: float = 20.0) -> int:
    """Post a signed body; the status, or 0 where no connection could be made or it broke."""
    digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": f"sha256={digest}", "content-type": "application/json"}
    timeout = aiohttp.ClientTimeout(total=seconds_max)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as client:
            address = f"http://127.0.0.1:{port}/webhooks/messenger"
            async with client.post(address, data=body, headers=headers) as response:
                return response.status
    except aiohttp.ClientError:
        return 0


def replies(meta: Meta, customer: str) -> list[str]:
    """What arrived for this customer, in order."""
    return [each.text for each in meta.arrived.get(customer, [])]
