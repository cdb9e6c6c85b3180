"""The client: which addresses it takes, and what it makes of answers over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from app.service.addresses import is_public, read_allowed
from app.service.client import ANSWER_BYTES_MAX, Outcome, Request, Service
from app.worker.calling import may_be_made

URL = "https://api.shop.example/x?y=1"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_everybodys_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::6810:84e5"])
def test_a_public_address_is_taken(address: str) -> None:
    assert is_public(address)


async def test_a_host_with_one_private_address_among_others_is_not_called() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["93.184.215.14", "10.0.0.1"]

    assert await Service(read_allowed(["api.shop.example"]), resolve=resolve).perform(Request("GET", URL)) == Outcome(
        "failed"
    )


async def test_a_host_that_is_not_on_the_list_is_not_even_looked_up() -> None:
    looked_up: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return []

    service = Service(read_allowed(["other.example"]), resolve=resolve)
    assert (await service.perform(Request("GET", URL))).result == "failed"
    assert looked_up == []


Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def shop(answer: Answer) -> AsyncIterator[Service]:
    served: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        served.append(asyncio.current_task())
        with suppress(OSError):
            await answer(writer)
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        allowed = read_allowed([f"api.shop.example=http://127.0.0.1:{port}"])
        yield Service(allowed, {"SHOP": "s"}, seconds_max=0.5)
        await asyncio.gather(*(task for task in served if task))


def answering(status: str, body: bytes = b"", more: str = "") -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return answer


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (answering("200 OK", b'{"a": {"b": 3}}'), Outcome("ok", {"b": 3})),
        (answering("200 OK", b'{"a": [1]}'), Outcome("ok")),
        (answering("404 Not Found"), Outcome("not_found")),
        (answering("410 Gone"), Outcome("not_found")),
        (answering("500 Oops"), Outcome("failed")),
        (answering("302 Found", more="Location: https://api.shop.example/other\r\n"), Outcome("failed")),
        (answering("200 OK", b"<html>"), Outcome("failed")),
        (answering("200 OK", b'"' + b"x" * ANSWER_BYTES_MAX + b'"'), Outcome("failed")),
        (answering("200 OK", b"[" * 50_000), Outcome("failed")),
    ],
)
async def test_every_answer_has_its_result(answer: Answer, outcome: Outcome) -> None:
    async with shop(answer) as service:
        assert await service.perform(Request("GET", URL, save={"b": "a.b"})) == outcome


async def test_a_service_that_does_not_answer_in_time_is_slow() -> None:
    async def late(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.8)

    async with shop(late) as service:
        assert (await service.perform(Request("GET", URL))).result == "slow"


async def test_a_call_whose_secret_is_missing_is_not_made() -> None:
    async with shop(answering("200 OK", b"{}")) as service:
        assert (await service.perform(Request("GET", URL, {"X": [{"secret": "SHOP"}]}))).result == "ok"
        assert (await service.perform(Request("GET", URL, {"X": [{"secret": "OTHER"}]}))).result == "failed"


@pytest.mark.parametrize(
    ("method", "tries", "may"), [("GET", 1, True), ("POST", 0, True), ("POST", 1, False), ("GET", 3, False)]
)
def test_only_a_call_that_just_asks_is_made_again_after_a_crash(method: str, tries: int, may: bool) -> None:
    assert may_be_made(method, tries) is may
