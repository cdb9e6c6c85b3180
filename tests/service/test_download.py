"""Fetching feeds and looking at pictures, over real sockets: what is taken, what is refused, and what costs nothing the second time."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from app.service.addresses import read_allowed
from app.service.download import Downloads, Fetched

URL = "https://shop.example/feed.csv"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100

Answer = Callable[[str], bytes]
"""The head of a request to the whole answer."""


@asynccontextmanager
async def shop(answer: Answer) -> AsyncIterator[Downloads]:
    served: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(asyncio.current_task())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        with suppress(OSError):
            writer.write(answer(head))
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield Downloads(
            read_allowed([f"{name}=http://127.0.0.1:{port}" for name in ("shop.example", "cdn.example")]), seconds_max=2
        )
        await asyncio.gather(*(task for task in served if task))


def answer(status: str, body: bytes = b"", **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n".encode() + body


async def fetch(
    by: Answer, marks: dict[str, str] | None = None, url: str = URL, bytes_max: int = 1_000
) -> tuple[Fetched, bytes]:
    into = io.BytesIO()
    async with shop(by) as downloads:
        fetched = await downloads.fetch(url, into, marks or {}, bytes_max)
    return fetched, into.getvalue()


async def test_a_file_comes_with_what_to_ask_with_the_next_time() -> None:
    fetched, body = await fetch(
        lambda _: answer("200 OK", b"id,title", ETag='"1"', Last_Modified="Tue, 01 Dec 2026 10:00:00 GMT")
    )
    assert (fetched.result, body) == ("new", b"id,title")
    assert dict(fetched.marks) == {"etag": '"1"', "modified": "Tue, 01 Dec 2026 10:00:00 GMT"}


async def test_what_has_not_changed_is_not_sent_again() -> None:
    heads: list[str] = []

    def by(head: str) -> bytes:
        heads.append(head)
        return answer("304 Not Modified")

    fetched, _ = await fetch(by, {"etag": '"1"'})
    assert (fetched.result, dict(fetched.marks)) == ("same", {"etag": '"1"'})
    assert 'if-none-match: "1"' in heads[0].lower()
    assert "host: shop.example" in heads[0].lower()


async def test_a_feed_that_is_kept_elsewhere_is_followed_and_a_circle_is_not() -> None:
    def by(head: str) -> bytes:
        return (
            answer("200 OK", b"here") if "/other" in head else answer("302 Found", Location="https://cdn.example/other")
        )

    assert (await fetch(by))[1] == b"here"
    fetched, _ = await fetch(lambda _: answer("302 Found", Location=URL))
    assert "leads on more than 3 times" in fetched.why


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("http://shop.example/feed.csv", "no plain https address"),
        ("https://evil.example/feed.csv", "evil.example is not in FRONTDESK_CALL_HOSTS"),
        ("https://user@shop.example/feed.csv", "no plain https address"),
        ("file:///etc/passwd", "no plain https address"),
    ],
)
async def test_it_leads_nowhere_that_it_may_not_go(target: str, why: str) -> None:
    assert why in (await fetch(lambda _: answer("200 OK"), url=target))[0].why
    assert why in (await fetch(lambda _: answer("302 Found", Location=target)))[0].why


async def test_what_is_too_large_missing_or_silent_is_not_taken() -> None:
    assert "more than" in (await fetch(lambda _: answer("200 OK", b"x" * 1_001)))[0].why
    assert (await fetch(lambda _: answer("404 Not Found")))[0].why == "It answered 404."
    assert "could not be fetched" in (await fetch(lambda _: b"nonsense\r\n\r\n"))[0].why


async def test_a_name_that_leads_into_a_private_network_is_refused() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["93.184.215.14", "169.254.169.254"]

    fetched = await Downloads(read_allowed(["shop.example"]), resolve=resolve).fetch(URL, io.BytesIO(), {})
    assert "no address that everybody can reach" in fetched.why
    assert "no address" in await Downloads(resolve=resolve).look_at_picture("https://shop.example/1.jpg")


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (answer("200 OK", PNG), ""),
        (answer("200 OK", b"\xff\xd8\xff" + b"x" * 100), ""),
        (answer("200 OK", b"<html>" + b"x" * 100), "it is no JPEG, PNG or GIF"),
        (answer("200 OK", b"RIFFxxxxWEBP" + b"x" * 100), "it is no JPEG, PNG or GIF"),
        (answer("404 Not Found"), "it answered 404"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + PNG, "it has more than 8 MB"),
    ],
)
async def test_a_picture_is_judged_by_how_it_begins_and_how_large_it_is(reply: bytes, why: str) -> None:
    async with shop(lambda _: reply) as downloads:
        assert await downloads.look_at_picture("https://shop.example/1.jpg") == why


async def test_a_picture_without_https_is_none() -> None:
    assert await Downloads().look_at_picture("http://shop.example/1.jpg") == "its address does not begin with https://"
