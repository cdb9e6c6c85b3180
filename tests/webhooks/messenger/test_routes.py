"""Meta's door: what is let in, what is refused, and what each costs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from app.channel import Ignored, Item, Received, Unreadable
from app.clock import Clock
from app.errors import UnavailableError
from tests.webhooks.messenger.kit import ACCOUNT, BODIES, PAGE, SECRET, say, wrap
from webhooks.messenger.account import Account, Page
from webhooks.messenger.limits import BODIES_BYTES_MAX, BODY_BYTES_MAX
from webhooks.messenger.routes import PATH, Bounds, Counts, Door, create_routes
from webhooks.messenger.signature import sign

BODY = json.dumps(wrap(say("something private"))).encode()
KNOCK = {"hub.mode": "subscribe", "hub.verify_token": "verify me", "hub.challenge": "1158201444"}


class House:
    """What stands behind the door: it keeps the items, or cannot."""

    def __init__(self, account: Account = ACCOUNT) -> None:
        self.kept: list[Item] = []
        self.is_away = False
        self.counts = Counts()
        self.app = FastAPI()
        self.app.include_router(
            create_routes(Door(account, self.take, Clock(), self.counts, Bounds(body_seconds_max=0.3)))
        )

    async def take(self, items: Sequence[Item], received_at: datetime) -> None:
        assert received_at.tzinfo is not None
        if self.is_away:
            raise UnavailableError("database is locked: /var/lib/secret.db")
        self.kept.extend(items)

    def visitor(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://bot")

    async def post(self, body: bytes, *signatures: str) -> httpx.Response:
        headers = [("X-Hub-Signature-256", each) for each in signatures]
        async with self.visitor() as visitor:
            return await visitor.post(PATH, content=body, headers=headers)


# ---- verification -------------------------------------------------------------------------------------------


async def test_the_right_token_gets_its_challenge_back_as_plain_text() -> None:
    async with House().visitor() as visitor:
        answer = await visitor.get(PATH, params=KNOCK)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.verify_token": ""}, {"hub.verify_token": "verify m"}, {"hub.verify_token": "verify mé"}, {"hub.mode": "unsubscribe"},
        {"hub.verify_token": "😀" * 50}, {"hub.mode": ""},
    ],
)  # fmt: skip
async def test_a_wrong_knock_is_refused(changed: dict[str, str]) -> None:
    async with House().visitor() as visitor:
        answer = await visitor.get(PATH, params=KNOCK | changed)
        nothing = await visitor.get(PATH)
    assert (answer.status_code, nothing.status_code) == (403, 403)
    assert "1158201444" not in answer.text


async def test_without_a_token_of_our_own_nobody_is_verified() -> None:
    async with House(Account("4242", (SECRET,), "", {})).visitor() as visitor:
        assert (await visitor.get(PATH, params=KNOCK | {"hub.verify_token": ""})).status_code == 403


# ---- events -------------------------------------------------------------------------------------------------


async def test_a_genuine_body_is_taken_and_acknowledged() -> None:
    house = House()
    answer = await house.post(BODY, sign(BODY, SECRET))
    assert (answer.status_code, answer.text) == (200, "")
    [item] = house.kept
    assert isinstance(item, Received)
    assert house.counts == Counts(accepted=1, items=1)


@pytest.mark.parametrize(
    "signatures",
    [
        (),
        ("",),
        (sign(BODY, b"another"),),
        (sign(BODY + b" ", SECRET),),
        (sign(BODY, SECRET)[:-1],),
        (sign(BODY, SECRET),) * 2,
    ],
)
async def test_a_forged_body_is_refused_and_nothing_is_kept_or_told(
    signatures: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    house = House()
    with caplog.at_level(logging.DEBUG):
        answer = await house.post(BODY, *signatures)
    assert answer.status_code == 403
    assert house.kept == []
    assert house.counts == Counts(forged=1)
    for told in (answer.text, str(answer.headers), caplog.text):
        assert "private" not in told
        assert sign(BODY, SECRET)[7:] not in told


async def test_an_old_signature_kind_is_no_signature() -> None:
    house = House()
    async with house.visitor() as visitor:
        answer = await visitor.post(PATH, content=BODY, headers={"X-Hub-Signature": "sha1=" + "0" * 40})
    assert answer.status_code == 403


@pytest.mark.parametrize("body", [b"", b"{", b"hub=1", b"\xff"])
async def test_what_is_no_json_for_any_reader_is_a_bad_request(body: bytes) -> None:
    house = House()
    assert (await house.post(body, sign(body, SECRET))).status_code == 400
    assert house.counts == Counts(broken=1)


async def test_a_body_that_nests_too_deep_is_kept_and_acknowledged() -> None:
    house = House()
    body = b"[" * 5_000 + b"]" * 5_000
    assert (await house.post(body, sign(body, SECRET))).status_code == 200
    assert isinstance(house.kept[0], Unreadable)


async def test_while_the_database_is_away_meta_is_asked_to_come_again() -> None:
    house = House()
    house.is_away = True
    answer = await house.post(BODY, sign(BODY, SECRET))
    assert answer.status_code == 503
    assert "secret" not in answer.text
    assert house.counts == Counts(unavailable=1)
    house.is_away = False
    assert (await house.post(BODY, sign(BODY, SECRET))).status_code == 200
    assert len(house.kept) == 1


@pytest.mark.parametrize("path", sorted(BODIES.glob("*.json")), ids=lambda path: path.stem)
async def test_every_kind_of_body_is_acknowledged(path: object) -> None:
    house = House()
    body = json.dumps(json.loads(path.read_text())).encode()  # type: ignore[attr-defined]
    assert (await house.post(body, sign(body, SECRET))).status_code == 200
    assert house.counts.items == len(house.kept) > 0
    assert not any(isinstance(each, Unreadable) for each in house.kept)


async def test_a_thousand_items_in_one_body_are_taken() -> None:
    house = House()
    body = json.dumps(wrap(*(say("x" * 500, mid=f"m_{number}") for number in range(1000)))).encode()
    assert len(body) < BODY_BYTES_MAX
    assert (await house.post(body, sign(body, SECRET))).status_code == 200
    assert len(house.kept) == 1000


async def test_one_apps_secret_cannot_speak_for_another_apps_page() -> None:
    pages = {PAGE: Page(PAGE, "t"), "10003": Page("10003", "t", app_secrets=(b"own",))}
    house = House(Account("4242", (SECRET,), "v", pages))
    assert (await house.post(BODY, sign(BODY, b"own"))).status_code == 200
    assert isinstance(house.kept.pop(), Unreadable)
    await house.post(BODY, sign(BODY, SECRET))
    assert isinstance(house.kept.pop(), Received)


async def test_a_test_from_the_dashboard_is_only_counted() -> None:
    house = House()
    body = (BODIES / "dashboard_test.json").read_bytes()
    assert (await house.post(body, sign(body, SECRET))).status_code == 200
    assert isinstance(house.kept[0], Ignored)


# ---- over sockets -------------------------------------------------------------------------------------------


class Served(House):
    port = 0

    async def say(self, *chunks: bytes, wait_seconds: float = 0.0) -> bytes:
        """What comes back for these bytes on a fresh connection; the sender stops when the answer is there."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            async with asyncio.timeout(5), asyncio.TaskGroup() as group:
                answer = group.create_task(reader.readuntil(b"\r\n\r\n"))
                for chunk in chunks:
                    if answer.done():
                        break
                    with contextlib.suppress(ConnectionError):
                        writer.write(chunk)
                        await writer.drain()
                    await asyncio.sleep(wait_seconds)
            return answer.result()
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    house = Served()
    config = uvicorn.Config(house.app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        house.port = listening.getsockname()[1]
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listening]))
            yield house
            server.should_exit = True


def head(*lines: str) -> bytes:
    return "\r\n".join((f"POST {PATH} HTTP/1.1", "Host: bot", *lines, "", "")).encode()


def signature(body: bytes) -> str:
    return f"X-Hub-Signature-256: {sign(body, SECRET)}"


def chunk(part: bytes) -> bytes:
    return f"{len(part):x}\r\n".encode() + part + b"\r\n"


async def test_a_body_in_pieces_and_a_chunked_body_are_read_whole(served: Served) -> None:
    pieces = [BODY[start : start + 40] for start in range(0, len(BODY), 40)]
    whole = head(signature(BODY), f"Content-Length: {len(BODY)}")
    assert b" 200 " in await served.say(whole, *pieces)
    chunked = head(signature(BODY), "Transfer-Encoding: chunked")
    assert b" 200 " in await served.say(chunked, *map(chunk, pieces), b"0\r\n\r\n")
    assert len(served.kept) == 2


async def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(served: Served) -> None:
    assert b" 413 " in await served.say(head("Content-Length: 1048577"))
    assert b" 413 " in await served.say(head(f"Content-Length: {10**17}"))
    assert served.counts == Counts(too_large=2)


async def test_only_so_many_deliveries_wait_to_be_written_and_the_others_are_told_at_once() -> None:
    house, written = House(), asyncio.Event()

    async def take(items: Sequence[Item], received_at: datetime) -> None:
        await written.wait()
        await house.take(items, received_at)

    house.app = FastAPI()
    door = Door(ACCOUNT, take, Clock(), house.counts, Bounds(waiting_max=2))
    house.app.include_router(create_routes(door))
    assert not door.refuses(b"POST", PATH.encode())
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(house.post(BODY, sign(BODY, SECRET))) for _ in range(2)]
        await asyncio.sleep(0.05)
        by_the_server = [
            door.refuses(*each) for each in ((b"POST", PATH.encode()), (b"GET", PATH.encode()), (b"POST", b"/"))
        ]
        refused = await house.post(BODY, sign(BODY, SECRET))
        forged = await house.post(BODY, sign(BODY, b"another"))
        written.set()
    assert [each.result().status_code for each in waiting] == [200, 200]
    assert by_the_server == [True, False, False]
    assert (refused.status_code, refused.headers["Retry-After"], forged.status_code) == (503, "1", 503)
    assert (await house.post(BODY, sign(BODY, SECRET))).status_code == 200, "there is room again"
    assert house.counts == Counts(accepted=3, items=3, unavailable=3)


async def test_while_too_many_large_bodies_come_in_only_small_ones_are_taken() -> None:
    """Nobody has signed what is still coming in: it must not fill the memory."""
    house = House()
    door = Door(ACCOUNT, house.take, Clock(), house.counts)
    piece, answers = b" " * (BODY_BYTES_MAX - 1), list[int]()

    async def post(first: bytes, *, is_last: bool) -> None:
        waiting = [{"type": "http.request", "body": first, "more_body": not is_last}]

        async def receive() -> dict[str, Any]:
            return waiting.pop() if waiting else await asyncio.Event().wait() or {}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answers.append(message["status"])

        signed = [(b"x-hub-signature-256", sign(first, SECRET).encode())]
        await door.answer({"type": "http", "headers": signed, "method": "POST", "path": PATH}, receive, send)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(post(piece, is_last=False)) for _ in range(BODIES_BYTES_MAX // BODY_BYTES_MAX + 1)]
        await asyncio.sleep(0.01)
        await post(b"  " + piece[:-2], is_last=True)
        await post(BODY, is_last=True)
        for task in tasks:
            task.cancel()
    await post(b"[]" + piece[:-2], is_last=True)
    assert answers == [503, 503, 200, 200], "one too many, one more, a small one, and a large one when they are gone"


async def test_a_chunked_body_is_refused_when_it_grows_too_large(served: Served) -> None:
    part = chunk(b" " * 65_536)
    assert b" 413 " in await served.say(head("Transfer-Encoding: chunked"), *[part] * 17)
    assert served.counts.too_large == 1


async def test_a_body_of_the_largest_size_is_read(served: Served) -> None:
    body = BODY + b" " * (BODY_BYTES_MAX - len(BODY))
    assert b" 200 " in await served.say(head(signature(body), f"Content-Length: {len(body)}"), body)


async def test_a_body_that_does_not_come_in_time_is_given_up(served: Served) -> None:
    assert b" 408 " in await served.say(head("Content-Length: 100"), b"{")
    drops = [BODY[index : index + 1] for index in range(20)]
    assert b" 408 " in await served.say(head("Content-Length: 100"), *drops, wait_seconds=0.05)
    assert served.counts == Counts(too_slow=2)


async def test_a_sender_who_goes_away_in_the_middle_harms_nobody(served: Served) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(head("Content-Length: 100") + b"{")
    await writer.drain()
    writer.close()
    await asyncio.sleep(0.05)
    assert b" 200 " in await served.say(head(signature(BODY), f"Content-Length: {len(BODY)}"), BODY)
