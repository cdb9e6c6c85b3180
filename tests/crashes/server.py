"""The real server as a process that can be killed at any moment. Knows only its command, its settings and its health route."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
FRONTDESK = ("-c", "import sys; from app.cli import main; sys.exit(main())")
"""The command `frontdesk`, from this checkout whether it is installed or not."""

FLOW = Path(__file__).parent / "flow"

PAGE_ID = "10001"
APP_ID = "4242"
APP_SECRET = "crash-app-secret"

START_SECONDS_MAX = 60.0
"""A start takes about two seconds; a machine that runs the whole suite at once may need many."""

STOP_SECONDS_MAX = 20.0


@dataclass
class BotServer:
    """One `frontdesk serve` process. Its port stays the same over every restart."""

    folder: Path
    database_url: str
    graph_port: int
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    slowest_start_seconds: float = 0.0

    async def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        began = time.monotonic()
        self.process = self._spawn()
        while not await self.is_ready():
            if self.process.poll() is not None or time.monotonic() - began > START_SECONDS_MAX:
                raise AssertionError(f"The server did not start:\n{self.log_end()}")
            await asyncio.sleep(0.05)
        self.slowest_start_seconds = max(self.slowest_start_seconds, time.monotonic() - began)

    def kill(self) -> None:
        """`kill -9`, children included: nothing of it runs on."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    async def stop(self) -> int:
        """Ask it to stop; gives its exit code, or -9 if it had to be killed."""
        assert self.process is not None
        self.process.terminate()
        try:
            return await asyncio.to_thread(self.process.wait, STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.process.returncode

    def set_clock(self, ahead_seconds: float) -> None:
        """Its wall clock jumps: from now on it is so far ahead of the machine's, or behind. Only if it was set before the start."""
        new = self._clock_file.with_suffix(".new")
        new.write_text(str(ahead_seconds))
        new.replace(self._clock_file)

    @property
    def _clock_file(self) -> Path:
        return self.folder / f"clock-{self.port}"

    def log_end(self) -> str:
        """The last lines that it printed."""
        return (self.folder / f"server-{self.port}.log").read_text(errors="replace")[-3000:]

    def _spawn(self) -> subprocess.Popen[bytes]:
        program = ("-m", "tests.crashes.shifting", str(self._clock_file)) if self._clock_file.exists() else FRONTDESK
        arguments = [sys.executable, *program, "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        with (self.folder / f"server-{self.port}.log").open("ab") as log:
            return subprocess.Popen(
                arguments, cwd=self.folder, env=self.environment(), stdout=log, stderr=log, start_new_session=True
            )

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "FRONTDESK_DATABASE_URL": self.database_url,
            "FRONTDESK_FLOWS": str(FLOW),
            "FRONTDESK_PAGE_ID": PAGE_ID,
            "FRONTDESK_PAGE_TOKEN": "crash-page-token",
            "FRONTDESK_APP_ID": APP_ID,
            "FRONTDESK_APP_SECRET": APP_SECRET,
            "FRONTDESK_VERIFY_TOKEN": "crash-verify-token",
            "FRONTDESK_GRAPH_URL": f"http://127.0.0.1:{self.graph_port}/v26.0",
            "FRONTDESK_MESSAGES_A_MINUTE": "100000",  # its customers never stop
            "FRONTDESK_SECRET_KEY": "crash-key-that-signs-taps-0123456789abcdef",
            **self.settings,
        }

    async def is_ready(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        try:
            writer.write(b"GET /health/ready HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")
            line = await asyncio.wait_for(reader.readline(), 5)
            return b" 200 " in line
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()
