"""Fetches files of the public web: product feeds to a file, pictures for a look. Only from addresses that everybody can reach."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

import httpx

from app.service.addresses import Allowed, is_public
from app.service.client import RefusedCallError, Resolve, resolve

FEED_BYTES_MAX = 200 * 1024 * 1024
"""A feed: 100,000 products take 50 to 100 MB."""
FEED_SECONDS_MAX = 300.0
"""Slow shops make their feed while it is fetched."""
IMAGE_BYTES_MAX = 8 * 1024 * 1024
"""Meta's limit for a picture on a card."""
IMAGE_SECONDS_MAX = 15.0
REDIRECTS_MAX = 3
"""Shops keep their feeds with others; each step is looked at like the first."""

SAME, NEW = "same", "new"

_SIGNS = {
    b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF87a": "image/gif", b"GIF89a": "image/gif",
}  # fmt: skip
"""How pictures that Messenger shows begin."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of asking: `result` is new, same, or empty with `why`. `marks`: what to ask with the next time."""

    result: str
    why: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Downloads:
    """Fetches over https. `allowed`: only these hosts, one that is played by another address included; None for any that is public."""

    allowed: tuple[Allowed, ...] | None = None
    resolve: Resolve = resolve
    seconds_max: float = FEED_SECONDS_MAX

    async def fetch(
        self, url: str, into: BinaryIO, marks: Mapping[str, str], bytes_max: int = FEED_BYTES_MAX
    ) -> Fetched:
        """The file at an address, written to `into`, unless it is what the marks are of. Never raises but for a cancellation."""
        asked = {"if-none-match": marks.get("etag", ""), "if-modified-since": marks.get("modified", "")}
        headers = {name: value for name, value in asked.items() if value}
        try:
            async with asyncio.timeout(self.seconds_max), self._answer("GET", url, headers) as response:
                if response.status_code == httpx.codes.NOT_MODIFIED:
                    return Fetched(SAME, marks=marks)
                if not response.is_success:
                    return Fetched("", f"It answered {response.status_code}.")
                size = 0
                async for piece in response.aiter_raw():
                    size += len(piece)
                    if size > bytes_max:
                        return Fetched("", f"It has more than {bytes_max // 1024 // 1024} MB.")
                    into.write(piece)
                return Fetched(NEW, marks=_marks_of(response))
        except RefusedCallError as error:
            return Fetched("", f"{error}.")
        except (TimeoutError, httpx.HTTPError, OSError, ValueError) as error:
            return Fetched("", f"It could not be fetched ({type(error).__name__}).")

    async def look_at_picture(self, url: str) -> str:
        """What is wrong with a picture for a card; empty if nothing is. Only its beginning is read."""
        if not url.startswith("https://"):
            return "its address does not begin with https://"
        try:
            async with asyncio.timeout(self.seconds_max), self._answer("GET", url, {}) as response:
                if not response.is_success:
                    return f"it answered {response.status_code}"
                return await _judge_picture(response)
        except RefusedCallError as error:
            return str(error)
        except (TimeoutError, httpx.HTTPError, OSError, ValueError) as error:
            return f"it could not be fetched ({type(error).__name__})"

    @asynccontextmanager
    async def _answer(self, method: str, url: str, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        """The answer behind at most REDIRECTS_MAX others."""
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=30.0) as client:
            for _ in range(REDIRECTS_MAX + 1):
                pinned, extra, host = await self._pinned(url)
                sent = {**headers, **extra, "Accept-Encoding": "identity"}
                request = client.build_request(method, pinned, headers=sent, extensions={"sni_hostname": host})
                response = await client.send(request, stream=True)
                try:
                    if not response.has_redirect_location:
                        yield response
                        return
                    url = urljoin(url, response.headers["location"])
                finally:
                    await response.aclose()
        raise RefusedCallError(f"It leads on more than {REDIRECTS_MAX} times")

    async def _pinned(self, url: str) -> tuple[httpx.URL, dict[str, str], str]:
        """The address to connect to, looked up and checked now, with the name that it goes by."""
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port or 443
        entry = next((each for each in self.allowed or () if (each.host, each.port) == (host, port)), None)
        if parts.scheme != "https" or not host or parts.username:
            raise RefusedCallError("It is no plain https address")
        if self.allowed is not None and entry is None:
            raise RefusedCallError(f"{host} is not in FRONTDESK_CALL_HOSTS")
        if entry is not None and entry.played_by:
            return (
                httpx.URL(entry.played_by + url.removeprefix(f"https://{parts.netloc}")),
                {"Host": parts.netloc},
                host,
            )
        addresses = await self.resolve(host, port)
        if not addresses or not all(is_public(each) for each in addresses):
            raise RefusedCallError(f"{host} has no address that everybody can reach")
        return httpx.URL(url).copy_with(host=addresses[0]), {"Host": parts.netloc}, host


def _marks_of(response: httpx.Response) -> dict[str, str]:
    named = {"etag": "etag", "modified": "last-modified"}
    return {name: response.headers[header] for name, header in named.items() if header in response.headers}


async def _judge_picture(response: httpx.Response) -> str:
    told = response.headers.get("content-length", "")
    if told.isdecimal() and int(told) > IMAGE_BYTES_MAX:
        return f"it has more than {IMAGE_BYTES_MAX // 1024 // 1024} MB"
    start, size = b"", 0
    async for piece in response.aiter_raw():
        start, size = (start + piece)[:16], size + len(piece)
        if size > IMAGE_BYTES_MAX:
            return f"it has more than {IMAGE_BYTES_MAX // 1024 // 1024} MB"
        if told and len(start) >= 16:
            break
    return "" if any(start.startswith(sign) for sign in _SIGNS) else "it is no JPEG, PNG or GIF"
