"""The one HTTP client, and requests whose failures are values. Never knows what it carries; nothing else imports httpx.

httpx's own pool costs more the more connections are open, so it runs on aiohttp's. That transport reports a connection which broke
in the middle of a request as one that was never made; the exception behind it tells them apart, and so it decides here.

What httpx's client adds to its transport (cookies, redirects, sign-in) is not wanted here and cost a third of a request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from app.values import value
from webhooks.messenger.limits import CONNECT_SECONDS_MAX, CONNECTIONS_MAX, IDLE_SECONDS_MAX, SEND_SECONDS_MAX

Client = httpx.AsyncBaseTransport

_TIMEOUTS = {"connect": CONNECT_SECONDS_MAX, "pool": CONNECT_SECONDS_MAX}
"""The rest is within the time of the whole."""
_NEVER_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


@value
class Ask:
    """One request to make."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


@value
class Answer:
    """A whole answer. The names of `headers` are lower-case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class NotSent:
    """No connection came about: not a byte of the request has left."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The request left, or may have; no whole answer came."""

    reason: str


def create_client() -> Client:
    """The client that every request shares; closed by `await client.aclose()`. May be made outside the event loop.

    No redirects, no proxy from the environment, no cookies kept.
    """
    return AiohttpTransport(client=_create_session, trust_env=False)


def _create_session() -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=CONNECTIONS_MAX, keepalive_timeout=IDLE_SECONDS_MAX)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)


def create_url(address: str, query: Mapping[str, str] | None = None) -> httpx.URL:
    """An address, read once for many requests."""
    return httpx.URL(address, params=query) if query else httpx.URL(address)


async def request(
    client: Client, ask: Ask, answer_bytes_max: int, seconds_max: float = SEND_SECONDS_MAX
) -> Answer | NotSent | Lost:
    """Send one request and read its whole answer, within the limits. Never raises for what the outside does."""
    extensions = {"timeout": _TIMEOUTS}
    outgoing = httpx.Request(ask.method, ask.url, headers=ask.headers, content=ask.body, extensions=extensions)
    try:
        async with asyncio.timeout(seconds_max):
            return await _exchange(client, outgoing, answer_bytes_max)
    except TimeoutError:
        return Lost("no answer in time")
    except httpx.HTTPError as error:
        if isinstance(error.__cause__, _NEVER_CONNECTED):
            return NotSent("no connection")
        return Lost("the connection broke")
    except (httpx.InvalidURL, httpx.StreamError, aiohttp.ClientError, OSError):
        return Lost("the exchange broke")


async def _exchange(client: Client, outgoing: httpx.Request, answer_bytes_max: int) -> Answer | Lost:
    response = await client.handle_async_request(outgoing)
    assert isinstance(response.stream, httpx.AsyncByteStream)
    try:
        chunks, size = [], 0
        async for chunk in response.stream:
            size += len(chunk)
            if size > answer_bytes_max:
                return Lost("the answer is too long")
            chunks.append(chunk)
        return Answer(response.status_code, b"".join(chunks), response.headers)
    finally:
        await response.aclose()
