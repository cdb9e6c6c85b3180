"""What a browser brings along and is given: cookies, its address, what kind of browser it is."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

SESSION, DEVICE, BEGUN = "frontdesk", "frontdesk-device", "frontdesk-openid"
HOST_ONLY = "__Host-"
"""Browsers take a cookie of such a name only over https, for this host and every path: no other host can plant one."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
DEVICE_SECONDS = 180 * 24 * 3600
BEGUN_SECONDS = 600
"""How long signing in at a provider may take."""
DEVICE_CHARS_MAX = 60
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
"""In this order: each calls itself by the names of those behind it too."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands at the door. `device` is for people to recognise it; `known_device` what the device cookie holds."""

    address: str
    device: str
    known_device: str = ""


def read_visitor(request: Request) -> Visitor:
    address = request.client.host if request.client else ""
    device = describe_device(request.headers.get("user-agent", ""))
    return Visitor(address, device, request.cookies.get(_name(request, DEVICE), ""))


def describe_device(agent: str) -> str:
    """`Firefox, Windows` from a User-Agent header; what is unknown stays away."""
    names = [next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, names))[:DEVICE_CHARS_MAX]


def network_of(address: str) -> str:
    """What counts as one address: a household has 2^64 of the longer kind."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed)


def is_secure(request: Request) -> bool:
    """Whether this browser speaks https: to us, or to a proxy before us that need not be trusted for it."""
    if request.url.scheme == "https":
        return True
    public_url: str = request.app.state.access.terms.public_url
    return public_url.startswith("https://") and request.url.hostname not in LOOPBACK


def read_session(request: Request) -> str:
    """The token of the session cookie, or nothing."""
    return request.cookies.get(_name(request, SESSION), "")


def give_session(request: Request, response: Response, token: str, seconds: int) -> None:
    _give(request, response, SESSION, token, seconds)


def take_session(request: Request, response: Response) -> None:
    _give(request, response, SESSION, "", 0)


def give_device(request: Request, response: Response, mark: str) -> None:
    _give(request, response, DEVICE, mark, DEVICE_SECONDS)


def read_begun(request: Request) -> str:
    """What was kept while the browser was at the provider's."""
    return request.cookies.get(_name(request, BEGUN), "")


def give_begun(request: Request, response: Response, packed: str) -> None:
    _give(request, response, BEGUN, packed, BEGUN_SECONDS)


def take_begun(request: Request, response: Response) -> None:
    _give(request, response, BEGUN, "", 0)


def _give(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        _name(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def _name(request: Request, name: str) -> str:
    return f"{HOST_ONLY}{name}" if is_secure(request) else name


def own_address(request: Request, public_url: str) -> str:
    """How people reach us: the setting, else what this browser typed."""
    parts = urlsplit(str(request.url))
    return public_url or f"{parts.scheme}://{parts.netloc}"
