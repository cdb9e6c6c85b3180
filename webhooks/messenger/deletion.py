"""Meta's data deletion callback: a signed wish in, an address and a code out; and the page at that address.

Never keeps, logs or answers whose wish it is.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs

from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.clock import Clock
from app.errors import UnavailableError
from webhooks.messenger.account import Account
from webhooks.messenger.limits import BODY_SECONDS_MAX, SIGNED_REQUEST_CHARS_MAX
from webhooks.messenger.routes import PATH as WEBHOOK
from webhooks.messenger.routes import Counts
from webhooks.messenger.signed_request import Wish, read_wish
from webhooks.messenger.status_page import render_status

PATH = f"{WEBHOOK}/data-deletion"
_FIELD = "signed_request"
_FORM_BYTES_MAX = 3 * SIGNED_REQUEST_CHARS_MAX
"""Every character of a form may be written as three."""
FIELDS_MAX = 20
"""Meta's form has one."""
_CODE = re.compile(r"[A-Z0-9]{8,40}")


@dataclass(frozen=True, slots=True)
class Deletion:
    """What the routes need. `forget` erases this person of those Pages, durably, and gives the code of the wish; `find_state` what
    became of a code's wish: received, done, nothing; None where there is none. Both raise UnavailableError."""

    account: Account
    clock: Clock
    counts: Counts
    forget: Callable[[str, frozenset[str]], Awaitable[str]]
    find_state: Callable[[str], Awaitable[str | None]]
    public_url: str = ""


def create_routes(deletion: Deletion) -> APIRouter:
    """The callback and its status page."""
    router = APIRouter(include_in_schema=False)

    async def ask(request: Request) -> Response:
        return await _ask(deletion, request)

    async def status(request: Request) -> Response:
        return await _status(deletion, request)

    router.add_route(PATH, ask, methods=["POST"])
    router.add_route(f"{PATH}/{{code}}", status, methods=["GET"])
    return router


async def _ask(deletion: Deletion, request: Request) -> Response:
    form = await _read_form(request)
    if form is None:
        return _refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if (signed := _find_field(form)) is None:
        return _refuse(HTTPStatus.BAD_REQUEST)
    wish = read_wish(signed, deletion.account.signers(), deletion.clock.now())
    if wish is None:
        deletion.counts.deletions_forged += 1
        return _refuse(HTTPStatus.FORBIDDEN)
    return await _carry_out(deletion, wish, request)


def _find_field(form: str) -> str | None:
    """The one field that counts; None unless it is there exactly once."""
    try:
        found = parse_qs(form, max_num_fields=FIELDS_MAX).get(_FIELD, [])
    except ValueError:
        return None
    return found[0] if len(found) == 1 else None


async def _carry_out(deletion: Deletion, wish: Wish, request: Request) -> Response:
    try:
        code = await deletion.forget(wish.user_id, wish.pages)
    except UnavailableError:
        return _refuse(HTTPStatus.SERVICE_UNAVAILABLE)
    deletion.counts.deletions += 1
    home = deletion.public_url or str(request.base_url).rstrip("/")
    return JSONResponse({"url": f"{home}{PATH}/{code}", "confirmation_code": code})


async def _status(deletion: Deletion, request: Request) -> Response:
    code = str(request.path_params["code"])
    try:
        state = await deletion.find_state(code) if _CODE.fullmatch(code) else None
    except UnavailableError:
        return _refuse(HTTPStatus.SERVICE_UNAVAILABLE)
    return render_status(state, code, request.headers.get("accept-language", ""))


async def _read_form(request: Request) -> str | None:
    """The body as text; None when it is too large, or does not come in time."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _FORM_BYTES_MAX:
                    return None
    except (TimeoutError, ClientDisconnect):
        return None
    return body.decode("utf-8", "replace")


def _refuse(status: HTTPStatus) -> Response:
    close = {"Connection": "close"} if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else None
    return PlainTextResponse(status.phrase, status, headers=close)
