"""Starts the processes that are measured, waits until they answer, and stops them by their own ids."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

START_SECONDS_MAX = 40.0
"""A first start imports everything and migrates; on a busy machine that takes several seconds."""

STOP_SECONDS_MAX = 15.0
"""Frontdesk promises to stop within ten."""


class NotStartedError(Exception):
    """A process ended or never answered; the message holds the end of what it printed."""


@dataclass(slots=True)
class Started:
    """A running process of ours."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        """`kill -9`; its children, if it has any, end with it or by themselves."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> float:
        """Ask it to stop, then insist; gives the seconds it took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return time.monotonic() - began


def start(name: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Started:
    """Start Python with `arguments` in `folder`; what it prints goes to a file there. A wrong `.env` of the checkout is not read."""
    settings = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **(environment or {})}
    return start_command(name, [sys.executable, *arguments], folder, settings)


def start_command(name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Started:
    """Start a program in `folder`, with `environment` beside ours; what it prints goes to a file there."""
    log = folder / f"{name}.log"
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment}, stdout=out, stderr=out)
    return Started(name, process, log)


def wait_until_up(started: Started, port: int, path: str = "/", statuses: Sequence[int] = ()) -> float:
    """Wait for an answer with one of `statuses` (empty: any); gives the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < START_SECONDS_MAX:
        if started.process.poll() is not None:
            break
        status = _status(port, path)
        if status and (not statuses or status in statuses):
            return time.monotonic() - began
        time.sleep(0.05)
    tail = started.log.read_text(errors="replace")[-2000:]
    raise NotStartedError(f"{started.name} did not answer on {path}:\n{tail}")


def get(port: int, path: str) -> bytes:
    """The body of one GET."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def wait_until_listening(started: Started, port: int) -> None:
    """Wait until something listens on `port` that does not speak HTTP."""
    began = time.monotonic()
    while time.monotonic() - began < START_SECONDS_MAX and started.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise NotStartedError(f"{started.name} does not listen:\n{started.log.read_text(errors='replace')[-2000:]}")
