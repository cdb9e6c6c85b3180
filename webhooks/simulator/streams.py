"""Tells open chat pages and waiting tests which threads changed. Holds keys only, never what was said."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import ConflictError
from webhooks.simulator.limits import STREAMS_MAX
from webhooks.simulator.world import Key


class Stream:
    """One listener: the threads that changed since it last looked, each once."""

    def __init__(self) -> None:
        self._changed: dict[Key, None] = {}
        self._woken = asyncio.Event()

    def tell(self, key: Key) -> None:
        self._changed[key] = None
        self._woken.set()

    async def wait(self, seconds: float) -> list[Key]:
        """What changed; empty when nothing did for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return []
        self._woken.clear()
        changed, self._changed = list(self._changed), {}
        return changed


class Streams:
    """Every listener."""

    def __init__(self) -> None:
        self._open: set[Stream] = set()
        self.stopped = asyncio.Event()

    def tell(self, key: Key) -> None:
        for stream in self._open:
            stream.tell(key)

    @contextmanager
    def listen(self) -> Iterator[Stream]:
        if len(self._open) >= STREAMS_MAX:
            raise ConflictError("Too many chat pages are open.", "Close some of them.")
        stream = Stream()
        self._open.add(stream)
        try:
            yield stream
        finally:
            self._open.discard(stream)
