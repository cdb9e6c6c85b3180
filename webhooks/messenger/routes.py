"""Meta's door: verification and events. Checks and parses, hands on, answers; never keeps, logs or answers what a body says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from app import tracing
from app.channel import Item, Received
from app.clock import Clock
from app.errors import AppError, BrokenPayloadError, TooLargeError, UnavailableError
from app.log import customer_tag, trace_of
from app.measures import Histogram
from app.tracing import Span
from webhooks.messenger import payload, signature
from webhooks.messenger.account import Account
from webhooks.messenger.limits import BODIES_BYTES_MAX, BODY_BYTES_MAX, BODY_SECONDS_MAX, SMALL_BODY_BYTES, WAITING_MAX
from webhooks.messenger.parse import parse

PATH = "/webhooks/messenger"
_PATH = PATH.encode()
_OK = Response()
"""Without a body: Meta reads none, and head and body would leave in two packets."""
_SIGNATURE = signature.HEADER.lower().encode()
AGAIN_SECONDS = 1
"""When a refused delivery may come again; Meta has a plan of its own, a proxy or script may heed it."""
_LENGTH_CHARS_MAX = 15
"""Longer numbers are too large in any case."""

Take = Callable[[Sequence[Item], datetime], Awaitable[None]]
"""Keeps the items durably before it returns; raises UnavailableError when that cannot be done now."""


@dataclass(slots=True)
class Counts:
    """What came through the door since the start: bodies, but for `items`."""

    accepted: int = 0
    items: int = 0
    forged: int = 0
    broken: int = 0
    too_large: int = 0
    too_slow: int = 0
    unavailable: int = 0
    deletions: int = 0
    deletions_forged: int = 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a body may take to come in, and how many deliveries may wait to be written."""

    body_seconds_max: float = BODY_SECONDS_MAX
    waiting_max: int = WAITING_MAX


class _ForgedError(AppError):
    """A body that no app of ours signed."""

    status = 403


class _TooSlowError(AppError):
    """A body that did not come in time, or not at all."""

    status = 408


def create_routes(door: Door) -> APIRouter:
    """The two routes."""
    router = APIRouter()
    router.add_route(PATH, door.receive, methods=["POST"], include_in_schema=False)
    router.add_api_route(PATH, door.verify, methods=["GET"], response_class=PlainTextResponse, include_in_schema=False)
    return router


def is_post(scope: Scope) -> bool:
    """Whether `Door.answer` may take this request without a router."""
    return bool(scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "POST")


class Door:
    """What both routes need, worked out once. `counts` and `seconds` are counted up in place, for health and metrics.

    `is_whole` says whether the server holds the whole body of a request already: then nobody has to watch the clock.
    """

    def __init__(
        self,
        account: Account,
        take: Take,
        clock: Clock,
        counts: Counts | None = None,
        bounds: Bounds | None = None,
        *,
        is_whole: Callable[[Scope], bool] = lambda _: False,
    ) -> None:
        signers = account.signers()
        self._secrets = [secret for secret, _ in signers]
        self._pages_of_secret = [pages for _, pages in signers]
        self._app_id = account.app_id
        self._verify_token = account.verify_token.encode()
        self._take = take
        self._clock = clock
        self._counts = Counts() if counts is None else counts
        self._bounds = Bounds() if bounds is None else bounds
        self._is_whole = is_whole
        self._coming_bytes = self._waiting = 0
        self.seconds = Histogram()

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`receive` as an ASGI app: the way past routers and middlewares."""
        response = await self._answer(scope, receive)
        await response(scope, receive, send)

    def refuses(self, method: bytes, url: bytes) -> bool:
        """Whether this request would be refused without a look at it, because too many wait. It is counted as refused then."""
        if self._waiting < self._bounds.waiting_max or method != b"POST" or url != _PATH:
            return False
        self._counts.unavailable += 1
        return True

    async def verify(self, request: Request) -> Response:
        """Meta asks whether this address is ours: the challenge back for the right token."""
        query = request.query_params
        token = query.get("hub.verify_token", "").encode("utf-8", "replace")
        is_right = compare_digest(token, self._verify_token) and bool(self._verify_token)
        if not is_right or query.get("hub.mode") != "subscribe":
            return PlainTextResponse("forbidden", 403)
        return PlainTextResponse(query.get("hub.challenge", ""), headers={"X-Content-Type-Options": "nosniff"})

    async def receive(self, request: Request) -> Response:
        """Events: 200 once they are durable."""
        return await self._answer(request.scope, request.receive)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        started = self._clock.monotonic()
        try:
            await self._receive(scope, receive)
        except (_ForgedError, _TooSlowError, BrokenPayloadError, TooLargeError, UnavailableError) as error:
            self._count(error)
            return PlainTextResponse(HTTPStatus(error.status).phrase, error.status, headers=_headers(error))
        self.seconds.observe(self._clock.monotonic() - started)
        return _OK

    async def _receive(self, scope: Scope, receive: Receive) -> None:
        if self._waiting >= self._bounds.waiting_max:  # before any work on it, or refusing would cost as much as taking
            raise UnavailableError("Too many deliveries wait to be written.")
        body = await self._read_body(scope, receive)
        signer = signature.find_signer(body, _find_only(scope, _SIGNATURE), self._secrets)
        if signer is None:
            raise _ForgedError("The signature is missing or wrong.")
        received_at = self._clock.now()
        items = parse(payload.read(body), received_at, self._app_id, self._pages_of_secret[signer])
        if items:
            started = self._clock.monotonic()
            await self._keep(items, received_at)
            if tracing.is_on():
                _tell(items, received_at, self._clock.monotonic() - started)
        self._counts.accepted += 1
        self._counts.items += len(items)

    async def _keep(self, items: Sequence[Item], received_at: datetime) -> None:
        self._waiting += 1
        try:
            await self._take(items, received_at)
        finally:
            self._waiting -= 1

    async def _read_body(self, scope: Scope, receive: Receive) -> bytes:
        """The raw body, piece by piece, so that nobody makes us hold more than BODY_BYTES_MAX or wait too long."""
        length = _find_only(scope, b"content-length") or b""
        if length.isdigit() and (len(length) > _LENGTH_CHARS_MAX or int(length) > BODY_BYTES_MAX):
            raise TooLargeError("The body is too large.")
        if self._is_whole(scope):
            return await self._gather(receive)
        try:
            async with asyncio.timeout(self._bounds.body_seconds_max):
                return await self._gather(receive)
        except TimeoutError:
            raise _TooSlowError("The body came too slowly.") from None

    async def _gather(self, receive: Receive) -> bytes:
        chunks, size, more = [], 0, True
        try:
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _TooSlowError("The body did not come.")
                chunk, more = message.get("body", b""), message.get("more_body", False)
                size += len(chunk)
                self._coming_bytes += len(chunk)
                if size > BODY_BYTES_MAX:
                    raise TooLargeError("The body is too large.")
                if size > SMALL_BODY_BYTES and self._coming_bytes > BODIES_BYTES_MAX:
                    raise UnavailableError("Too many large bodies are coming in.")
                chunks.append(chunk)
            return b"".join(chunks)
        finally:
            self._coming_bytes -= size

    def _count(self, error: AppError) -> None:
        counts = self._counts
        match error:
            case _ForgedError():
                counts.forged += 1
            case BrokenPayloadError():
                counts.broken += 1
            case TooLargeError():
                counts.too_large += 1
            case _TooSlowError():
                counts.too_slow += 1
            case UnavailableError():
                counts.unavailable += 1


def _headers(error: AppError) -> dict[str, str] | None:
    match error:
        case TooLargeError() | _TooSlowError():
            return {"Connection": "close"}
        case UnavailableError():
            return {"Retry-After": str(AGAIN_SECONDS)}
    return None


def _tell(items: Sequence[Item], received_at: datetime, seconds: float) -> None:
    """Tell who listens of the events that are durable now."""
    for item in items:
        if isinstance(item, Received):
            says = {"page": item.page_id, "kind": type(item.event).__name__}
            if item.customer_id:
                says["customer"] = customer_tag(f"{item.page_id}/{item.customer_id}")
            tracing.tell(Span("webhook", trace_of(item.key), received_at, seconds, says))


def _find_only(scope: Scope, wanted: bytes) -> bytes | None:
    """The header's bytes as they came; None unless it came exactly once."""
    found = [value for name, value in scope["headers"] if name == wanted]
    return found[0] if len(found) == 1 else None
