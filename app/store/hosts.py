"""Which servers a PostgreSQL address names, and a connection to the one of them that takes writes. Knows no table."""

from __future__ import annotations

import re
import socket
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

CONNECT_SECONDS = 5.0
"""For all of them together: Meta waits so long for an answer."""
KEEPALIVE = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 4_000}
"""A machine that lost its power says no good-bye: a connection that waits for it ends after so many milliseconds, one that only
listens after some ten seconds. By names that not every system has."""
PORT = "5432"

_NETLOC = re.compile(r"(?P<before>[\w+]+://(?:[^:/]*(?::[^@]*)?@)?)(?P<hosts>[^/?]*)(?P<after>.*)", re.DOTALL)
_HOST = re.compile(r"(?:\[(?P<ipv6>[^\]]+)\]|(?P<name>[^\[\]:]+))(?::(?P<port>\d+))?")


def read(address: str) -> URL:
    """An address in any form that libpq, asyncpg or SQLAlchemy have for several servers; these then as `?host=a,b&port=1,2`.

    Raises ArgumentError for what is no address.
    """
    try:
        url = make_url(address)
    except ValueError:  # SQLAlchemy takes `1,b:2` of `a:1,b:2` for a port
        found = _NETLOC.fullmatch(address)
        if found is None or "," not in found["hosts"]:
            raise ArgumentError("no address") from None
        return _spread(make_url(found["before"] + found["after"]), found["hosts"].split(","))
    if url.get_backend_name() != "postgresql":
        return url
    if "," in (url.host or ""):
        host = f"[{url.host}]" if "]" in str(url.host) else str(url.host)
        return _spread(url, f"{host}:{url.port or PORT}".split(","))
    named = _listed(url, "host")
    return _spread(url, named) if len(named) > 1 else url


def _spread(url: URL, named: list[str]) -> URL:
    found = [_HOST.fullmatch(each) for each in named]
    ports = _listed(url, "port") or [PORT]
    ports = ports * len(named) if len(ports) == 1 else ports
    if None in found or len(ports) != len(named):
        raise ArgumentError("no list of hosts")
    pairs = [
        (each["ipv6"] or each["name"], each["port"] or port) for each, port in zip(found, ports, strict=True) if each
    ]
    query = {
        "target_session_attrs": "read-write",
        **url.query,
        "host": ",".join(host for host, _ in pairs),
        "port": ",".join(port for _, port in pairs),
    }
    return url.set(query=query)._replace(host=None, port=None)


def _listed(url: URL, name: str) -> list[str]:
    given = url.query.get(name, "")
    return [each for part in ((given,) if isinstance(given, str) else given) for each in part.split(",") if each]


def one_by_one(url: URL) -> list[URL]:
    """An address for each server of one that was read here."""
    hosts, ports = _listed(url, "host"), _listed(url, "port")
    if len(hosts) < 2:
        return [url]
    return [
        url.set(query={**url.query, "host": f"[{host}]" if ":" in host else host, "port": port})
        for host, port in zip(hosts, ports, strict=True)
    ]


class Hosts:
    """Connections to whichever server takes writes now. `addresses`: one for each, as the driver reads them."""

    def __init__(self, addresses: list[str]) -> None:
        self._addresses = addresses

    async def connect(self, **settings: str) -> Any:
        """A connection of asyncpg. Raises the last one's error when no server will do; each has its share of the time,
        so that one whose machine is gone, and which says nothing, does not use up all of it."""
        import asyncpg

        passed_over = (
            OSError, TimeoutError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError,
            asyncpg.TargetServerAttributeNotMatched,
        )  # fmt: skip
        refused: Exception | None = None
        seconds = CONNECT_SECONDS / len(self._addresses)
        for address in tuple(self._addresses):
            try:
                connection = await asyncpg.connect(address, timeout=seconds, server_settings=settings)
            except passed_over as error:
                refused = error
                continue
            # Asked first from now on: after a failover not every connection waits for the one that is gone.
            self._addresses = [address, *(each for each in self._addresses if each != address)]
            _keep_alive(connection)
            return connection
        assert refused is not None
        raise refused


def _keep_alive(connection: Any) -> None:
    taken = connection._transport.get_extra_info("socket")  # asyncpg has no public way to it
    if taken.family not in (socket.AF_INET, socket.AF_INET6):
        return
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE.items():
        if (option := getattr(socket, name, None)) is not None:
            taken.setsockopt(socket.IPPROTO_TCP, option, value)
