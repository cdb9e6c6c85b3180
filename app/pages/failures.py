"""What a person, or a program, is shown when something is refused or broken: plain words and a number, never how it came (S38)."""

from __future__ import annotations

import math
from urllib.parse import quote

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.chance import Chance
from app.errors import AppError, ElsewhereFirstError, NotSignedInError, TooManyError
from app.pages.frame import render, words

log = structlog.get_logger()

SIGN_IN = "/sign-in"
API = "/api/"
"""Where programs ask: they get everything as JSON."""
SAID = (400, 401, 403, 404, 409, 413, 429, 503)
"""Statuses that have words of their own (`failure.<status>`); all others say `failure.500`."""


def add_handlers(app: FastAPI) -> None:
    """Answer every refusal of this application from here; what nobody foresaw is answered by the guard around it."""
    app.add_exception_handler(AppError, _answer_ours)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(RequestValidationError, _answer_invalid)


def safe_next(wanted: str) -> str:
    """`wanted` if it is a path of our own, else an empty text: nobody is sent elsewhere after signing in (S17)."""
    is_path = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_path and wanted.isprintable() and "\\" not in wanted and len(wanted) < 2_000 else ""


async def _answer_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    if request.url.path.startswith(API):
        return _answer_program(error)
    if wants_page(request):
        if isinstance(error, NotSignedInError):
            return _send_to(request, SIGN_IN)
        if isinstance(error, ElsewhereFirstError):
            return _send_to(request, error.path)
    return _answer(request, error.status, str(error))


def _answer_program(error: AppError) -> Response:
    """What was not done, why, and what to do about it."""
    code = getattr(error, "code", "") or _CODES.get(error.status, "")
    headers = {}
    if isinstance(error, TooManyError):
        headers["Retry-After"] = str(math.ceil(error.wait_seconds))
    if isinstance(error, NotSignedInError):
        headers["WWW-Authenticate"] = "Bearer"
    return _as_json(error.status, code, error.message, error.hint, headers=headers)


_CODES = {
    400: "bad_request", 401: "no_key", 403: "not_allowed", 404: "not_found", 405: "no_such_method", 409: "conflict",
    413: "too_large", 429: "too_many", 503: "unavailable",
}  # fmt: skip


def _as_json(
    status: int, code: str, message: str, hint: str = "", *, number: str = "", headers: dict[str, str] | None = None
) -> Response:
    body = {"error": {"code": code, "message": message, "hint": hint, "number": number}}
    return JSONResponse(body, status, headers)


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _answer(request, error.status_code, "", dict(error.headers or {}))


async def _answer_invalid(request: Request, error: Exception) -> Response:
    """What was wrong is not repeated: it is what somebody wrote."""
    assert isinstance(error, RequestValidationError)
    places = ", ".join(sorted({".".join(str(part) for part in each["loc"]) for each in error.errors()}))
    return _answer(request, 400, f"Wrong or missing: {places}.")


def answer_bug(request: Request, error: Exception) -> Response:
    """Logged with a number, which is all that is told."""
    number = Chance().new_id()[:8]
    log.error("a request failed", number=number, error=type(error).__name__, exc_info=error)
    return _answer(request, 500, "", number=number)


def wants_page(request: Request) -> bool:
    """Whether a person looks at the answer: a browser asks for HTML."""
    return "text/html" in request.headers.get("accept", "") or "hx-request" in request.headers


def _send_to(request: Request, path: str) -> Response:
    """To another page and then back here. A part of a page cannot be sent away: htmx is told to change the whole address."""
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": path})
    here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    back = f"?next={quote(here)}" if request.method == "GET" and safe_next(here) else ""
    return RedirectResponse(f"{path}{back}", 303)


def _answer(
    request: Request, status: int, message: str, headers: dict[str, str] | None = None, *, number: str = ""
) -> Response:
    if request.url.path.startswith(API) or not wants_page(request):
        said = message or words(request)(_key(status))
        return _as_json(status, _CODES.get(status, "fault"), said, number=number, headers=headers)
    page = render(request, "pages/failure.html", status=status, key=_key(status), message=message, number=number)
    page.headers.update(headers or {})
    return page


def _key(status: int) -> str:
    return f"failure.{status if status in SAID else 500}"
