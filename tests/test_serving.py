"""Serving: a server whose app broke down stops; who connects and does not come to the point is cut off."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from app.serving import Protocol, _config, listen, run
from tests.ports import free_port


def test_a_server_whose_loops_broke_down_stops_instead_of_letting_everybody_wait(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as loops:
            loops.create_task(_break_down())
            yield

    with caplog.at_level(logging.CRITICAL):
        assert run(FastAPI(lifespan=lifespan), "127.0.0.1", free_port(), lambda: None) == 1


class Hasty(Protocol):
    head_seconds_max = 0.3


@pytest.fixture
def hasty() -> Iterator[int]:
    """The port of a server that waits 0.3 s for a head."""
    app = FastAPI()
    app.add_api_route("/", lambda: "ok")
    yield from _served(uvicorn.Config(app, http=Hasty, lifespan="off", log_config=None))


def _served(config: uvicorn.Config) -> Iterator[int]:
    server, listening = uvicorn.Server(config), listen("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join(10)
    listening.close()


class Full(FastAPI):
    """Refuses every post to one address."""

    def refuses(self, method: bytes, url: bytes) -> bool:
        return (method, url) == (b"POST", b"/full")


@pytest.fixture
def full() -> Iterator[int]:
    app = Full()
    app.add_api_route("/", lambda: "ok")
    app.add_api_route("/slow", _answer_slowly)
    yield from _served(uvicorn.Config(app, http=Hasty, lifespan="off", log_config=None, timeout_keep_alive=1))


async def _answer_slowly() -> str:
    await asyncio.sleep(1.5)
    return "ok"


POST = b"POST /full HTTP/1.1\r\nhost: here\r\ncontent-length: 5\r\n"


@pytest.mark.parametrize("parts", [(b"\r\nhello",), (b"\r\n", b"hello"), (b"\r\nhe", b"llo")])
def test_what_an_app_refuses_is_refused_at_once_and_the_connection_stays(full: int, parts: tuple[bytes, ...]) -> None:
    with socket.create_connection(("127.0.0.1", full), timeout=5) as caller:
        for _ in range(2):
            first, *more = parts
            caller.sendall(POST + first)
            answer = caller.recv(1_000)
            assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
            assert answer.endswith(b"\r\n\r\nService Unavailable")
            for part in more:
                caller.sendall(part)
            time.sleep(0.6)  # longer than it waits for a head
        caller.sendall(HEAD + b"\r\n")
        assert caller.recv(1_000).startswith(b"HTTP/1.1 200")


def test_a_large_refused_body_is_read_past(full: int) -> None:
    with socket.create_connection(("127.0.0.1", full), timeout=5) as caller:
        caller.sendall(POST.replace(b": 5", b": 400000") + b"\r\n" + b"x" * 400_000)
        assert caller.recv(1_000).startswith(b"HTTP/1.1 503")
        caller.sendall(HEAD + b"\r\n")
        assert caller.recv(1_000).startswith(b"HTTP/1.1 200")


def test_refusals_leave_no_timer_behind_that_ends_a_later_request(full: int) -> None:
    with socket.create_connection(("127.0.0.1", full), timeout=5) as caller:
        caller.sendall(2 * (POST + b"\r\nhello") + HEAD.replace(b"/", b"/slow", 1) + b"\r\n")
        answers = b""
        while answers.count(b"HTTP/1.1") < 3:
            more = caller.recv(1_000)
            assert more, answers
            answers += more
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"503", b"503", b"200"]


def test_who_reads_no_answers_does_not_fill_the_memory(full: int) -> None:
    many = 200_000 * (POST + b"\r\nhello")
    with socket.create_connection(("127.0.0.1", full), timeout=5) as caller, pytest.raises(ConnectionError):
        caller.sendall(many)


def test_a_refused_body_that_never_ends_is_cut_off(full: int) -> None:
    with socket.create_connection(("127.0.0.1", full), timeout=5) as caller:
        caller.sendall(POST + b"\r\nhe")
        assert caller.recv(1_000).startswith(b"HTTP/1.1 503")
        assert _rest_of(caller) == b""


def test_who_wants_no_second_request_is_refused_and_left(full: int) -> None:
    with socket.create_connection(("127.0.0.1", full), timeout=5) as caller:
        caller.sendall(POST + b"connection: close\r\n\r\nhello")
        assert b"connection: close" in caller.recv(1_000)
        assert _rest_of(caller) == b""


def test_behind_a_request_under_way_the_next_is_taken_by_the_app(full: int) -> None:
    with socket.create_connection(("127.0.0.1", full), timeout=5) as caller:
        caller.sendall(HEAD + b"\r\n" + POST + b"\r\nhello")
        answers = b""
        while answers.count(b"HTTP/1.1") < 2:
            answers += caller.recv(1_000)
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"404"]


HEAD = b"GET / HTTP/1.1\r\nhost: here\r\n"


@pytest.mark.parametrize("said", [b"", b"GET / HT", HEAD, b"\r\n"])
def test_who_does_not_finish_a_head_is_cut_off(hasty: int, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", hasty), timeout=5) as caller:
        caller.sendall(said)
        assert _rest_of(caller) == b""


@pytest.mark.parametrize("said", [b"G", b"\r\n"])
def test_a_second_head_is_no_exception(hasty: int, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", hasty), timeout=5) as caller:
        caller.sendall(HEAD + b"\r\n")
        assert caller.recv(1_000).startswith(b"HTTP/1.1 200")
        caller.sendall(said)
        assert _rest_of(caller) == b""


def test_a_connection_that_is_quiet_between_two_requests_stays(hasty: int) -> None:
    with socket.create_connection(("127.0.0.1", hasty), timeout=5) as caller:
        for _ in range(2):
            caller.sendall(HEAD + b"\r\n")
            assert caller.recv(1_000).startswith(b"HTTP/1.1 200")
            time.sleep(0.6)


def test_a_head_without_end_is_cut_off(hasty: int) -> None:
    with socket.create_connection(("127.0.0.1", hasty), timeout=5) as caller, suppress(ConnectionError):
        caller.sendall(HEAD)
        for _ in range(1_000):
            caller.sendall(b"x-more: " + b"a" * 10_000 + b"\r\n")
        raise AssertionError("ten megabytes of headers were taken")


@pytest.mark.parametrize(
    ("proxies", "seen"), [((), "127.0.0.1"), (("10.0.0.0/8",), "127.0.0.1"), (("127.0.0.0/8",), "203.0.113.7")]
)
def test_only_a_proxy_that_is_named_is_believed_about_visitors(proxies: tuple[str, ...], seen: str) -> None:
    app = FastAPI()
    app.add_route("/", _tell_client)
    server, listening = uvicorn.Server(_config(app, proxies)), listen("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    with socket.create_connection(listening.getsockname(), 5) as caller:
        caller.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.7\r\n\r\n"
        )
        answer = _rest_of(caller)
    server.should_exit = True
    thread.join(10)
    listening.close()
    assert answer.endswith(seen.encode())


async def _tell_client(request: Request) -> PlainTextResponse:
    assert request.client
    return PlainTextResponse(request.client.host)


def _rest_of(caller: socket.socket) -> bytes:
    try:
        return caller.recv(1_000)
    except ConnectionError:
        return b""


async def _break_down() -> None:
    await asyncio.sleep(0.05)
    raise RuntimeError
