"""Makes one request to a service that the operator allows. Follows no redirect, keeps no cookie, logs no value."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import structlog

from app.engine.calls import saved
from app.service.addresses import Allowed, is_public

log = structlog.get_logger()

ANSWER_BYTES_MAX = 64 * 1024
"""An order or a price is a few hundred bytes; more is no answer for a chat."""
TOTAL_SECONDS_MAX = 10.0
"""Longer than this no customer waits for a word."""

Resolve = Callable[[str, int], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the turn left it. A header is a list of texts and `{"secret": NAME}`. `save`: slot -> path in the answer."""

    method: str
    url: str
    headers: Mapping[str, list[Any]] = field(default_factory=dict)
    body: Any = None
    save: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended: ok, not_found, failed or slow; and what was saved."""

    result: str
    values: dict[str, Any] = field(default_factory=dict)


FAILED = Outcome("failed")


class RefusedCallError(Exception):
    """The request may not be made. The message names a host or a secret, never a value."""


async def resolve(host: str, port: int) -> list[str]:
    """Every address of that host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


@dataclass(frozen=True, slots=True)
class Service:
    """Makes requests to the allowed hosts with the operator's secrets."""

    allowed: tuple[Allowed, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    resolve: Resolve = resolve
    seconds_max: float = TOTAL_SECONDS_MAX

    async def perform(self, request: Request) -> Outcome:
        """The outcome; never raises but for a cancellation."""
        try:
            async with asyncio.timeout(self.seconds_max):
                return await self._perform(request)
        except (TimeoutError, httpx.TimeoutException):
            return Outcome("slow")
        except RefusedCallError as error:
            log.error("call refused", reason=str(error))
        except Exception as error:
            # The border to the outside: whatever a service does is a result for the flow.
            log.warning("call failed", error=type(error).__name__)
        return FAILED

    async def _perform(self, request: Request) -> Outcome:
        parts = urlsplit(request.url)
        host, port = parts.hostname or "", parts.port or 443
        entry = next((each for each in self.allowed if (each.host, each.port) == (host, port)), None)
        if entry is None or parts.scheme != "https":
            raise RefusedCallError(f"{host} is not in FRONTDESK_CALL_HOSTS")
        if entry.played_by:
            pinned = httpx.URL(entry.played_by + request.url.removeprefix(f"https://{parts.netloc}"))
        else:
            pinned = httpx.URL(request.url).copy_with(host=await self._address(host, port))
        headers = {name: self._header(value) for name, value in request.headers.items()}
        headers |= {"Host": parts.netloc, "Accept": "application/json", "Accept-Encoding": "identity"}
        content = None
        if request.body is not None:
            content, headers["Content-Type"] = orjson.dumps(request.body), "application/json"
        async with (
            httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=self.seconds_max) as client,
            client.stream(
                request.method, pinned, headers=headers, content=content, extensions={"sni_hostname": host}
            ) as response,
        ):
            return await _read(response, request.save)

    async def _address(self, host: str, port: int) -> str:
        """The address to connect to; every one of the host must be fit, so that no answer of a name server slips by."""
        addresses = await self.resolve(host, port)
        if not addresses or not all(is_public(each) for each in addresses):
            raise RefusedCallError(f"{host} has no address that everybody can reach")
        return addresses[0]

    def _header(self, parts: list[Any]) -> str:
        return "".join(part if isinstance(part, str) else self._secret(str(part["secret"])) for part in parts)

    def _secret(self, name: str) -> str:
        if name not in self.secrets:
            raise RefusedCallError(f"FRONTDESK_CALL_SECRET_{name} is not set")
        return self.secrets[name]


async def _read(response: httpx.Response, save: Mapping[str, str]) -> Outcome:
    if response.status_code in (404, 410):
        return Outcome("not_found")
    if not response.is_success:
        return FAILED
    body = b""
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > ANSWER_BYTES_MAX:
            return FAILED
    return Outcome("ok", saved(orjson.loads(body), save)) if save else Outcome("ok")
