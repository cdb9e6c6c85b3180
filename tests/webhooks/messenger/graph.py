"""A local server that plays Graph on a real socket: it answers with whatever bytes the test says, and keeps what came."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

import orjson


def answer(status: int, body: bytes | dict[str, object] | list[object], extra: str = "") -> bytes:
    """A whole HTTP answer."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n{extra}\r\n".encode() + content


@dataclass(frozen=True)
class Came:
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode(), strict_parsing=True).items()}


@dataclass
class Graph:
    """`reply` is sent as it is; then the connection is closed if `hang_up`, or reset if `reset`; `silent` says nothing at all."""

    reply: bytes = answer(200, {"recipient_id": "20002", "message_id": "m_b1"})
    hang_up: bool = False
    reset: bool = False
    silent: bool = False
    wait_seconds: float = 0.0
    came: list[Came] = field(default_factory=list)
    connections: int = 0
    url: str = ""
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> Graph:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v26.0"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.connections += 1
        try:
            while await self._serve_one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Read one request and answer it; whether the connection stays open."""
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = dict(self._split(line) for line in lines)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        method, target, _ = first.split(" ")
        self.came.append(Came(method, target, headers, body))
        await asyncio.sleep(self.wait_seconds)
        if self.silent:
            return await reader.read() != b""
        if not self.reset:
            writer.write(self.reply)
            await writer.drain()
        if self.reset:
            writer.transport.abort()
        return not (self.hang_up or self.reset)

    @staticmethod
    def _split(line: str) -> tuple[str, str]:
        name, value = line.split(": ", 1)
        return name.lower(), value
