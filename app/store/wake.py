"""Waking the worker when something came in: within this process, between two on one machine, or across a fleet.

A wake-up is only a hint: it may be lost, and every loop looks by itself now and then.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import structlog

from app.clock import Clock
from app.store.database import Database
from app.store.hosts import Hosts

log = structlog.get_logger()

WORK, SCREENS = "work", "screens"
"""What there is news of: something for workers to do; something for screens to show."""
RECONNECT_SECONDS = 2.0
PAUSE_SECONDS = 0.005
"""Between two notices of one process to a fleet: a burst needs few."""


class Wake(Protocol):
    """Tells workers that there is work, and hears it from others."""

    def tell(self) -> None:
        """There is work for a worker, wherever it runs. Never waits, never fails."""
        ...

    async def listen(self, woken: Callable[[], None]) -> None:
        """Call `woken` whenever another process tells, until cancelled."""
        ...

    async def pass_on(self) -> None:
        """Carry what was told to where others hear it, until cancelled; ends at once where telling itself does that."""
        ...

    def close(self) -> None:
        """Let go of what telling needs."""
        ...


class Nearby:
    """One machine: a datagram socket beside the SQLite file; nothing is read from it but that something came."""

    def __init__(self, database: Path, about: str = WORK) -> None:
        self._path = database.with_name(f"{database.name}.{'wake' if about == WORK else about}")
        self._socket: socket.socket | None = None
        if hasattr(socket, "AF_UNIX"):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)

    def tell(self) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto(b"!", str(self._path))
        except OSError:  # nobody listens, or its queue is full: it will look by itself
            return

    async def listen(self, woken: Callable[[], None]) -> None:
        if self._socket is None:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
            if not self._bind(ear):
                return
            ear.setblocking(False)
            loop = asyncio.get_running_loop()
            while True:
                await loop.sock_recv(ear, 16)
                woken()

    def _bind(self, ear: socket.socket) -> bool:
        """False where no socket can be had: its path may have about a hundred characters, and some file systems take none."""
        try:
            self._path.unlink(missing_ok=True)
            ear.bind(str(self._path))
            self._path.chmod(0o600)
        except OSError as error:
            log.warning("wake-ups not heard", error=type(error).__name__)
            return False
        return True

    async def pass_on(self) -> None:
        """Telling is enough."""

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()


class Fleet:
    """Many machines: PostgreSQL's NOTIFY, at most one on its way from each process."""

    def __init__(self, database: Database, hosts: Hosts, clock: Clock, about: str = WORK) -> None:
        self._database, self._hosts, self._clock = database, hosts, clock
        self._channel = f"frontdesk_{about}"
        self._told = asyncio.Event()

    def tell(self) -> None:
        self._told.set()

    def close(self) -> None:
        """Its connections end with those who listen."""

    async def pass_on(self) -> None:
        from sqlalchemy import text

        while True:
            await self._told.wait()
            self._told.clear()
            try:
                await self._database.transaction(lambda connection: connection.execute(text(f"NOTIFY {self._channel}")))
            except Exception as error:
                log.warning("wake-up not passed on", error=type(error).__name__)
            await self._clock.sleep(PAUSE_SECONDS)

    async def listen(self, woken: Callable[[], None]) -> None:
        while True:
            try:
                await self._hear_once(woken)
            except Exception as error:
                log.warning("wake-ups not heard", error=type(error).__name__)
            await self._clock.sleep(RECONNECT_SECONDS)

    async def _hear_once(self, woken: Callable[[], None]) -> None:
        def heard(*_: Any) -> None:
            woken()

        connection = await self._hosts.connect()
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _: closed.set())
        try:
            await connection.add_listener(self._channel, heard)
            await closed.wait()
        finally:
            await connection.close()
