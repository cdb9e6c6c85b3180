"""What is posted to owners' addresses: signed as the convention says, and only to addresses that everybody can reach."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import socket
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from app.service.post import Answer, Poster
from app.service.signing import secret_of, sign


def test_a_signature_is_that_of_the_conventions_own_example() -> None:
    """The vector of https://docs.svix.com and of the convention's libraries."""
    at = datetime.fromtimestamp(1_614_265_330, UTC)
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = sign([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_while_a_secret_is_changed_both_sign() -> None:
    secrets = [secret_of(b"key", "hook", salt) for salt in ("new", "old")]
    headers = sign(secrets, "m1", datetime.fromtimestamp(5, UTC), b"{}")
    raw = [b64decode(each.removeprefix("whsec_")) for each in secrets]
    made = [b64encode(hmac.new(each, b"m1.5.{}", hashlib.sha256).digest()).decode() for each in raw]
    assert headers["webhook-signature"] == f"v1,{made[0]} v1,{made[1]}"
    assert len(set(secrets)) == 2
    assert all(24 <= len(each) <= 64 for each in raw), "the convention asks for 24 to 64 bytes"


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x", "https://", "https://user:pw@hooks.example/", "https://hooks.example:25/", "ftp://hooks.example/",
        "https://hooks.example/a b", "https://hooks.example:99999/", "javascript:alert(1)", "https://hooks.example/#x",
        "https://hooks.example/" + "x" * 1_000, "https://hööks.example/", "https://hooks.example/\n", "https://[::1",
    ],
)  # fmt: skip
async def test_an_address_that_is_written_wrongly_is_not_told(url: str) -> None:
    async def never(host: str, port: int) -> list[str]:
        raise AssertionError(host)

    poster = Poster(resolve=never)
    assert not poster.is_fit(url)
    assert (await poster.post(url, b"{}", {})).why in ("address", "unreachable")


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::ffff:169.254.169.254"], []])
async def test_a_host_that_leads_inside_is_not_told(found: list[str]) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return found

    poster = Poster(resolve=resolve)
    assert poster.is_fit("https://hooks.example:8443/x?y=1")
    assert await poster.post("https://hooks.example/x", b"{}", {}) == Answer(None, "address")


@asynccontextmanager
async def receiver(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers so; its origin, and what it got."""
    got: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        got.append(head + await reader.readexactly(size))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", got


@pytest.mark.parametrize(
    ("answer", "came"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204)),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", Answer(500, "refused")),
        (b"HTTP/1.1 429 Oh\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n", Answer(429, "refused", 30.0)),
        (b"HTTP/1.1 302 Oh\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", Answer(302, "refused")),
        (b"nonsense\r\n\r\n", Answer(None, "unreachable")),
        (b"", Answer(None, "unreachable")),
    ],
)
async def test_every_answer_is_a_value(answer: bytes, came: Answer) -> None:
    async with receiver(answer) as (origin, got):
        assert await Poster(trusted=[origin]).post(f"{origin}/in", b'{"a":1}', {"webhook-id": "m1"}) == came
    assert got[0].startswith(b"POST /in HTTP/1.1\r\n")
    assert got[0].endswith(b'\r\n\r\n{"a":1}')
    assert b"webhook-id: m1" in got[0]


async def test_who_does_not_answer_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        origin = f"http://127.0.0.1:{silent.getsockname()[1]}"
        poster = Poster(trusted=[origin], seconds_max=0.1)
        assert await poster.post(origin, b"{}", {}) == Answer(None, "slow")
