"""Posts to an address that an owner or a browser gave us: checked before each try, no redirect followed, no answer kept. Logs none."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

import httpx

from app.service.addresses import is_public
from app.service.client import Resolve, resolve

SECONDS_MAX = 15.0
"""Who takes a webhook is to answer at once and work later."""
URL_CHARS_MAX = 1_000
PORTS_LOW_MAX = 1024
"""Below it are the ports of other services than the web's: mail, databases' older ones."""
RETRY_AFTER_SECONDS_MAX = 3_600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` that came back, or None; `why` it was no success: slow, unreachable, address, refused. `wait_seconds`, if it said so."""

    status: int | None
    why: str = ""
    wait_seconds: float = 0.0

    @property
    def is_ok(self) -> bool:
        return not self.why


@dataclass(frozen=True, slots=True)
class Poster:
    """Posts. `trusted` are origins on this machine that may be asked all the same, for tests."""

    trusted: Sequence[str] = ()
    resolve: Resolve = resolve
    seconds_max: float = SECONDS_MAX

    def is_fit(self, url: str) -> bool:
        """Whether an address may be told at all, by how it is written: whom it leads to is checked before each try."""
        return self._parts(url) is not None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """What came of it; never raises but for a cancellation."""
        try:
            async with asyncio.timeout(self.seconds_max):
                return await self._post(url, body, headers)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(None, "slow")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            return Answer(None, "unreachable")

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        parts = self._parts(url)
        if parts is None or not parts.hostname:
            return Answer(None, "address")
        pinned = httpx.URL(url)
        if not self._is_trusted(parts):
            addresses = await self.resolve(parts.hostname, parts.port or 443)
            # Every one of them must be everybody's, so that no answer of a name server slips by.
            if not addresses or not all(is_public(each) for each in addresses):
                return Answer(None, "address")
            pinned = pinned.copy_with(host=addresses[0])
        sent = {"Content-Type": "application/json", **headers, "Host": parts.netloc, "Accept-Encoding": "identity"}
        async with (
            httpx.AsyncClient(
                verify=_tls(), trust_env=False, follow_redirects=False, timeout=self.seconds_max
            ) as client,
            client.stream(
                "POST", pinned, content=body, headers=sent, extensions={"sni_hostname": parts.hostname}
            ) as came,
        ):
            # What it says besides is not read: nobody here wants it, and it may be endless.
            return _answer(came)

    def _parts(self, url: str) -> SplitResult | None:
        try:
            parts = urlsplit(url)
            port = parts.port or 443
        except ValueError:
            return None
        if len(url) > URL_CHARS_MAX or not url.isascii() or not url.isprintable() or " " in url or not parts.hostname:
            return None
        if self._is_trusted(parts):
            return parts
        plain = parts.scheme == "https" and not parts.username and not parts.password and not parts.fragment
        return parts if plain and (port == 443 or port >= PORTS_LOW_MAX) else None

    def _is_trusted(self, parts: SplitResult) -> bool:
        return f"{parts.scheme}://{parts.netloc}" in self.trusted


@cache
def _tls() -> ssl.SSLContext:
    """Made once: reading all certificates takes longer than the whole request."""
    return httpx.create_ssl_context(trust_env=False)


def _answer(came: httpx.Response) -> Answer:
    if came.is_success:
        return Answer(came.status_code)
    written = came.headers.get("retry-after", "")
    wait = min(float(written), RETRY_AFTER_SECONDS_MAX) if written.isdecimal() and len(written) < 8 else 0.0
    return Answer(came.status_code, "refused", wait)
