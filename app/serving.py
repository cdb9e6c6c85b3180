"""Running ASGI apps with uvicorn: our limits, our log, and a clear word when a port is taken."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import Scope
from uvicorn.lifespan.on import LifespanOn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.errors import AppError

STOP_SECONDS = 2
"""How long open requests may go on after the stop; the worker's own end takes up to five more, the database's up to three."""
KEEP_ALIVE_SECONDS = 75
REQUESTS_MAX = 2_000
"""Requests at once; beyond it 503, and Meta comes again."""
HEAD_SECONDS_MAX = 10.0
"""For a request line and its headers: who connects and says nothing would keep one of REQUESTS_MAX places for ever."""
HEAD_BYTES_MAX = 64 * 1024
"""The same in bytes, for uvicorn's fast parser keeps as many as come. Proxies send about two kB."""


_IS_WHOLE = "is_whole"

GARBAGE_FROM = 10_000
"""New objects after which the garbage collector looks at the youngest: an event makes hundreds, nearly all gone without it."""


REFUSED = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 19\r\n%s\r\n"
    b"Service Unavailable"
)


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, which ends connections whose heads come too slowly or without end.

    An app may have a method `refuses(method, url)`: what it refuses is answered with 503 here, at a fraction of what a request costs.
    """

    head_seconds_max = HEAD_SECONDS_MAX
    _refuses: Callable[[bytes, bytes], bool] | None = None
    _is_refused = _has_refused = False
    _timer: asyncio.TimerHandle | None = None
    _in_head = False
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._refuses = getattr(self.config.app, "refuses", None)
        self._await_head(0)

    def data_received(self, data: bytes) -> None:
        self._has_refused = False
        super().data_received(data)
        if self._has_refused and not (self._is_refused or self._in_head):
            return  # a whole request
        # Most heads come whole. After an empty line before a request uvicorn would wait for ever.
        if self._in_head or self.cycle is None or self.cycle.response_complete:
            self._await_head(0 if self._is_refused else len(data))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        self._head_came()
        is_first = self.cycle is None or self.cycle.response_complete
        if is_first and self._refuses is not None and self._refuses(self.parser.get_method(), self.url):
            self._refuse()
            return
        self._unset_keepalive_if_required()
        super().on_headers_complete()
        if (cycle := self.cycle) is not None:
            self.scope["state"][_IS_WHOLE] = lambda: not cycle.more_body

    def on_body(self, body: bytes) -> None:
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._is_refused:
            super().on_message_complete()
            return
        self._is_refused, self._has_refused = False, True
        self._head_came()
        self._unset_keepalive_if_required()
        if not self.transport.is_closing():
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _refuse(self) -> None:
        """Answer now, and read past the body, for which there is as much time as for a head."""
        self._is_refused = self._has_refused = True
        if self.flow.write_paused:  # it sends and reads nothing: answers must not fill the memory
            self.transport.abort()
            return
        stays = self.parser.should_keep_alive()
        self.transport.write(REFUSED % (b"" if stays else b"connection: close\r\n"))
        if not stays:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        super().connection_lost(exc)

    def _await_head(self, came_bytes: int) -> None:
        self._head_bytes += came_bytes
        if self._head_bytes > HEAD_BYTES_MAX:
            self.transport.abort()
        elif self._timer is None:
            self._timer = self.loop.call_later(self.head_seconds_max, self.transport.abort)

    def _head_came(self) -> None:
        self._in_head, self._head_bytes = False, 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def is_whole(scope: Scope) -> bool:
    """Whether the whole body of this request is here already."""
    check = scope.get("state", {}).get(_IS_WHOLE)
    return check is not None and check()


class _Server(uvicorn.Server):
    """Says when it is up."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self.broke_down = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            # What is there now stays for ever: the garbage collector need not look at it again and again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(GARBAGE_FROM, *gc.get_threshold()[1:])
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        """Stop, too, when the app's loops came to an end by themselves: it would take requests and let them wait for ever."""
        self.broke_down = isinstance(self.lifespan, LifespanOn) and self.lifespan.shutdown_event.is_set()
        return await super().on_tick(counter) or self.broke_down

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """An app that holds streams open offers `app.state.end_streams`: cut off by force they would end in an error each."""
        if end_streams := getattr(getattr(self.config.app, "state", None), "end_streams", None):
            end_streams()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Stop, and let `run` return. uvicorn would raise the signal once more then, and end the process before its last words."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def run(app: Any, host: str, port: int, ready: Callable[[], None], proxies: Sequence[str] = ()) -> int:
    """Serve until a signal stops it; 0, 1 when the app broke down, 2 when it could not start. `ready` is called once it answers.

    `proxies`: addresses and networks that are believed about who a visitor is.
    """
    listening = listen(host, port)
    server = _Server(_config(app, proxies), ready)
    try:
        with suppress(SystemExit):  # uvicorn's way to say that the app could not start
            server.run(sockets=[listening])
    finally:
        listening.close()
    if not server.started:
        return 2
    return 1 if server.broke_down else 0


class Background:
    """A second server in a thread of its own, for the demo: it has its own loop and stops with the block."""

    def __init__(self, app: Any, host: str, port: int) -> None:
        self._listening = listen(host, port)
        self._up = threading.Event()
        self._server = _Server(_config(app), self._up.set)
        self._thread = threading.Thread(target=self._server.run, args=([self._listening],), daemon=True)

    def __enter__(self) -> Background:
        self._thread.start()
        if not self._up.wait(10):
            raise AppError("The second server did not start.")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(STOP_SECONDS + 3)
        self._listening.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises AppError in words when it cannot be had."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # The protocol is named because asyncio sends small answers at once (no Nagle) only on such a socket.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name != "nt":  # there it would let two servers share a port, each with a part of the requests
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
    except OSError as error:
        raise AppError(
            f"Port {port} on {host} cannot be used: {error.strerror or error}.", "Choose another with --port."
        ) from error
    return listening


def _config(app: Any, proxies: Sequence[str] = ()) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Protocol,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        ws="none",
        lifespan="on",
        limit_concurrency=REQUESTS_MAX,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
