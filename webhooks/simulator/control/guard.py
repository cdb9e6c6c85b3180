"""Who may move the simulator: this machine, and no web page of somebody else's."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request

from app.errors import NotAllowedError

HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def check_caller(request: Request) -> None:
    """Raises NotAllowedError unless the caller is on this machine and asks for it by a local name.

    The name is checked because a foreign page may point its own name at 127.0.0.1; Origin and Sec-Fetch-Site
    because it may simply post here.
    """
    if request.client is None or not _is_loopback(request.client.host):
        raise NotAllowedError("The simulator's controls answer this machine only.")
    host = request.headers.get("host", "")
    if _name(f"//{host}") not in HOSTS:
        raise NotAllowedError(
            "The simulator's controls answer to localhost only.", "Open http://localhost with its port."
        )
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        raise NotAllowedError("The simulator's controls do not answer other web pages.")
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise NotAllowedError("The simulator's controls do not answer other web pages.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
