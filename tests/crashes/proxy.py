"""Between a server and PostgreSQL: passes everything on, and breaks connections in the very moment of a commit.

Half of the cuts come before PostgreSQL hears of the commit, half of them when it has answered and nobody hears it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.ports import free_port

COMMIT = b"COMMIT"
CHUNK = 65_536


@dataclass
class Proxy:
    """`share` of the commits lose their connection."""

    target: int
    chance: random.Random
    port: int = field(default_factory=free_port)
    share: float = 0.0
    unheard: int = 0
    unanswered: int = 0

    @property
    def cuts(self) -> int:
        return self.unheard + self.unanswered

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            behind, to_behind = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        committing = asyncio.Event()
        pumps = [
            asyncio.create_task(self._ask(reader, to_behind, committing)),
            asyncio.create_task(self._answer(behind, writer, committing)),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for each in (*pumps, writer, to_behind):
            each.cancel() if isinstance(each, asyncio.Task) else each.transport.abort()
        await asyncio.gather(*pumps, return_exceptions=True)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, committing: asyncio.Event) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                if COMMIT in data and self.chance.random() < self.share:
                    if self.chance.random() < 0.5:
                        self.unheard += 1
                        return
                    committing.set()
                writer.write(data)
                await writer.drain()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, committing: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                if committing.is_set():
                    self.unanswered += 1
                    return
                writer.write(data)
                await writer.drain()


@asynccontextmanager
async def between(target: int, chance: random.Random) -> AsyncIterator[Proxy]:
    proxy = Proxy(target, chance)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", proxy.port)
    try:
        yield proxy
    finally:
        server.close()
