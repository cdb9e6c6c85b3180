"""What every answer carries, and what no strange site may ask for: headers, and the check of where a request comes from.

A browser says by itself who sends a request (Sec-Fetch-Site, Origin; pages cannot change them). Whoever changes something must come
from our own pages: https://owasp.org/www-project-cheat-sheets (Cross-Site Request Forgery), "fetch metadata" and "verifying origin".
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.pages.failures import answer_bug

log = structlog.get_logger()

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; frame-src 'none'; object-src 'none'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere, in nobody's frame."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
"""Where an answer says nothing of its own. What may be kept by a browser says so itself (`statics`)."""
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
MACHINES = ("/webhooks/", "/api/")
"""Paths that only machines post to: they sign what they send, or name a key with it. No cookie counts there."""


class Guard:
    """ASGI: refuses what a strange site asks for with 403, adds the headers, answers what broke without saying how.

    `public_url`: how browsers name us, if it is known.
    """

    def __init__(self, app: ASGIApp, public_url: str = "") -> None:
        self._app = app
        self._host = urlsplit(public_url).netloc
        self._https = public_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                self._add_headers(MutableHeaders(scope=message))
            await send(message)

        if is_foreign(scope["method"], scope["path"], Headers(scope=scope), self._host):
            log.warning("request from another site refused", room=scope["path"][1:].partition("/")[0][:20])
            refused = PlainTextResponse("This request did not come from our own pages.", 403)
            await refused(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            # The border of the web side. Half an answer cannot be taken back: the server breaks the connection off.
            answer = answer_bug(Request(scope), error)
            if begun:
                raise
            await answer(scope, receive, send_with_headers)

    def _add_headers(self, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self._https:
            headers.setdefault("strict-transport-security", STRICT_TRANSPORT)


def is_foreign(method: str, path: str, headers: Headers, public_host: str) -> bool:
    """Whether a request changes something and does not come from a page of ours.

    One with a key is a program's: no page of another site can make a browser send it. A password that a proxy asks for is no key:
    browsers send it along with everything.
    """
    if method in SAFE_METHODS or path.startswith(MACHINES) or _has_key(headers):
        return False
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site != "same-origin":
        return True
    if origin is not None:
        return urlsplit(origin).netloc not in _own(headers, public_host)
    return site is None


def _has_key(headers: Headers) -> bool:
    return headers.get("authorization", "")[:7].lower() == "bearer "


def _own(headers: Headers, public_host: str) -> Iterable[str]:
    return [host for host in (headers.get("host", ""), public_host) if host]
