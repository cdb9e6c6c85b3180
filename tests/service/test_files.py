"""Files that customers sent: from everybody's addresses only, up to a size, never behind a redirect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.clock import Clock
from app.service.files import Files, NoFileError


@asynccontextmanager
async def host(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that says this to every request: its address, and the requests."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


def answered(body: bytes, status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{more}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


async def nowhere(name: str, port: int) -> list[str]:
    return ["10.0.0.1"]


@pytest.mark.parametrize(
    "address",
    [
        "http://cdn.example/a.png",
        "https://cdn.example:8443/a.png",
        "https://user:pass@cdn.example/a.png",
        "https://cdn.example/a.png",
        "https://10.0.0.1/a.png",
        "file:///etc/passwd",
        "https:///a.png",
        "https://[::1/a",
        "",
    ],
)
async def test_what_is_not_everybodys_is_not_asked(address: str) -> None:
    with pytest.raises(NoFileError):
        await Files(Clock(), resolve=nowhere).fetch(address)


async def test_a_trusted_origin_is_asked_once_and_nothing_beside_it() -> None:
    async with host(answered(b"bytes")) as (origin, asked):
        files = Files(Clock(), (origin,))
        assert await files.fetch(f"{origin}/a") == b"bytes"
        assert await files.fetch(f"{origin}/a") == b"bytes"
        assert len(asked) == 1
        assert b"cookie" not in asked[0].lower()
        with pytest.raises(NoFileError):
            await files.fetch(f"{origin}0/a")


@pytest.mark.parametrize(
    "answer",
    [
        answered(b"", "302 Found", "Location: http://127.0.0.1/\r\n"),
        answered(b"x", "404 Not Found"),
        answered(b"x" * 2_000),
        b"no http",
    ],
)
async def test_redirects_failures_and_what_is_too_large_are_no_files(answer: bytes) -> None:
    async with host(answer) as (origin, _):
        with pytest.raises(NoFileError):
            await Files(Clock(), (origin,), bytes_max=1_000).fetch(f"{origin}/a")
