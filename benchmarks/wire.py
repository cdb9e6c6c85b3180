"""HTTP/1.1 over raw asyncio protocols, as cheap as Python gets. Never meant for anything but loopback and known peers.

A library's HTTP server or client would cost more than what is measured here. Requests and answers have a body with a
`content-length` or in chunks; one request at a time per connection, kept alive.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import cast

BODY_BYTES_MAX = 8 * 1024 * 1024
"""More than any batch of fifty messages; beyond it a peer is broken and the connection is closed."""

HEAD_END = b"\r\n\r\n"


class BrokenPeerError(Exception):
    """The other side does not speak the HTTP that is understood here."""


def split(buffer: bytes) -> tuple[bytes, bytes, bytes] | None:
    """The first whole message in `buffer` as (head, body, rest); None while bytes are missing."""
    end = buffer.find(HEAD_END)
    if end < 0:
        return None
    head, start = buffer[:end], end + 4
    lower = head.lower()
    at = lower.find(b"\r\ncontent-length:")
    if at < 0:
        return _split_chunks(head, buffer, start) if b"chunked" in lower else (head, b"", buffer[start:])
    length = int(lower[at + 17 :].split(b"\r\n", 1)[0])
    if length > BODY_BYTES_MAX:
        raise BrokenPeerError(f"a body of {length} bytes")
    if len(buffer) < start + length:
        return None
    return head, buffer[start : start + length], buffer[start + length :]


def _split_chunks(head: bytes, buffer: bytes, start: int) -> tuple[bytes, bytes, bytes] | None:
    parts: list[bytes] = []
    while (line_end := buffer.find(b"\r\n", start)) >= 0:
        size = int(buffer[start:line_end].split(b";")[0], 16)
        chunk_start = line_end + 2
        if len(buffer) < chunk_start + size + 2:
            return None
        if size == 0:
            return head, b"".join(parts), buffer[chunk_start + 2 :]
        parts.append(buffer[chunk_start : chunk_start + size])
        start = chunk_start + size + 2
    return None


def answer(body: bytes, status: bytes = b"200 OK") -> bytes:
    """The bytes of one answer with a JSON body."""
    return b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (status, len(body), body)


class ServerSide(asyncio.Protocol):
    """One accepted connection; calls `take(connection, target, body)` for each request, `target` as b"POST /path"."""

    def __init__(self, take: Callable[[ServerSide, bytes, bytes], None]) -> None:
        self._take = take
        self._buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio.Transport.
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        while (message := split(self._buffer)) is not None:
            head, body, self._buffer = message
            method, path, _ = head.split(b" ", 2)
            self._take(self, method + b" " + path, body)

    def write(self, data: bytes) -> None:
        """Send bytes, unless the other side has gone."""
        if self.transport is not None:
            self.transport.write(data)


class ClientSide(asyncio.Protocol):
    """One kept connection of a `Pool`; calls `done(status)` when an answer is whole, 0 if the connection breaks."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._buffer = b""
        self._done: Callable[[int], None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio.Transport.
        self._transport = cast("asyncio.Transport", transport)

    def request(self, data: bytes, done: Callable[[int], None]) -> None:
        """Send one request; the connection must be idle."""
        self._done = done
        if self._transport is None:
            self._finish(0)
        else:
            self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        message = split(self._buffer)
        if message is None:
            return
        self._buffer = message[2]
        self._finish(int(message[0][9:12]))
        self._pool.give_back(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._pool.drop(self)
        self._finish(0)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _finish(self, status: int) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(status)


class Pool:
    """Kept connections to one address, at most `size`; requests beyond that wait their turn.

    The connection that has been idle longest is used next: then a server that closes idle ones finds none.
    """

    def __init__(self, port: int, size: int) -> None:
        self.port = port
        self._size = size
        self._idle: deque[ClientSide] = deque()
        self._open: set[ClientSide] = set()
        self._waiting: deque[tuple[bytes, Callable[[int], None]]] = deque()

    async def fill(self) -> None:
        """Open connections up to the size."""
        loop = asyncio.get_running_loop()
        while len(self._open) < self._size:
            _, side = await loop.create_connection(lambda: ClientSide(self), "127.0.0.1", self.port)
            self._open.add(side)
            self.give_back(side)

    def request(self, data: bytes, done: Callable[[int], None]) -> None:
        """Send one request on an idle connection, or as soon as there is one."""
        if self._idle:
            self._idle.popleft().request(data, done)
        else:
            self._waiting.append((data, done))

    def give_back(self, side: ClientSide) -> None:
        """This connection is free: the request that waits longest gets it."""
        if self._waiting:
            side.request(*self._waiting.popleft())
        else:
            self._idle.append(side)

    def drop(self, side: ClientSide) -> None:
        """This connection is gone."""
        self._open.discard(side)
        if side in self._idle:
            self._idle.remove(side)

    @property
    def missing(self) -> int:
        """How many connections the other side has closed."""
        return self._size - len(self._open)

    def close(self) -> None:
        for side in tuple(self._open):
            side.close()
