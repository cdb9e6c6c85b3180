"""Fetches files that customers sent from where the channel keeps them: checked addresses only, no redirects, up to a size.

What was fetched is kept in memory for a while: a video is asked for in pieces.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import structlog

from app.clock import Clock
from app.service.addresses import is_public
from app.service.client import Resolve, resolve

log = structlog.get_logger()

FILE_BYTES_MAX = 25 * 1024 * 1024
"""Messenger's own limit for what is sent through it."""
SECONDS_MAX = 20.0
KEPT_BYTES_MAX = 64 * 1024 * 1024
KEPT_SECONDS = 600.0
AT_ONCE_MAX = 4
"""Files under way at once: each may fill FILE_BYTES_MAX of memory."""


class NoFileError(Exception):
    """It cannot be had. The message says why, without the address."""


@dataclass(slots=True)
class Files:
    """Fetches files. `trusted` are origins on this machine that may be asked all the same: the local Messenger's."""

    clock: Clock
    trusted: Sequence[str] = ()
    resolve: Resolve = resolve
    bytes_max: int = FILE_BYTES_MAX
    _kept: OrderedDict[str, tuple[float, bytes]] = field(default_factory=OrderedDict)
    _free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE_MAX))

    async def fetch(self, address: str) -> bytes:
        """The file at that address. Raises NoFileError."""
        self._forget_old()
        if found := self._kept.get(address):
            return found[1]
        try:
            async with self._free, asyncio.timeout(SECONDS_MAX):
                data = await self._fetch(address)
        except NoFileError as error:
            log.warning("file not fetched", reason=str(error))
            raise
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError, ValueError) as error:
            log.warning("file not fetched", error=type(error).__name__)
            raise NoFileError("it cannot be reached") from None
        self._keep(address, data)
        return data

    async def _fetch(self, address: str) -> bytes:
        parts = urlsplit(address)
        url, sni = httpx.URL(address), parts.hostname or ""
        if f"{parts.scheme}://{parts.netloc}" not in self.trusted:
            if parts.scheme != "https" or parts.username or not parts.hostname or parts.port not in (None, 443):
                raise NoFileError("its address is none that everybody can reach")
            url = url.copy_with(host=await self._address(parts.hostname))
        headers = {"Host": parts.netloc, "Accept-Encoding": "identity"}
        async with (
            httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=SECONDS_MAX) as client,
            client.stream("GET", url, headers=headers, extensions={"sni_hostname": sni}) as response,
        ):
            if response.status_code != 200:
                raise NoFileError(f"its host answered {response.status_code}")
            return await self._read(response)

    async def _read(self, response: httpx.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for piece in response.aiter_raw():
            size += len(piece)
            if size > self.bytes_max:
                raise NoFileError("it is too large")
            parts.append(piece)
        return b"".join(parts)

    async def _address(self, host: str) -> str:
        """The address to connect to; every one of the host must be everybody's, so that no answer of a name server slips by."""
        addresses = await self.resolve(host, 443)
        if not addresses or not all(is_public(each) for each in addresses):
            raise NoFileError("its host has no address that everybody can reach")
        return addresses[0]

    def _keep(self, address: str, data: bytes) -> None:
        self._kept[address] = (self.clock.monotonic(), data)
        while sum(len(each) for _, each in self._kept.values()) > KEPT_BYTES_MAX:
            self._kept.popitem(last=False)

    def _forget_old(self) -> None:
        until = self.clock.monotonic() - KEPT_SECONDS
        for address in [address for address, (at, _) in self._kept.items() if at < until]:
            del self._kept[address]
