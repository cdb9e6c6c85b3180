"""The Graph API over HTTP: JSON or form in, Meta's JSON out, connections that break on order."""

from __future__ import annotations

import json
import re
import socket
import struct
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask

from app.errors import TooLargeError
from webhooks.simulator.answers import AsciiJSON, read_body
from webhooks.simulator.graph import failures
from webhooks.simulator.graph.calls import Answer, Call, read_values, refuse
from webhooks.simulator.graph.dispatch import answer, answer_batch, split_path
from webhooks.simulator.graph.uploads import read_form
from webhooks.simulator.graph.usage import usage_headers
from webhooks.simulator.items import Webhook
from webhooks.simulator.limits import UPLOAD_BYTES_MAX
from webhooks.simulator.simulator import Simulator

TRANSPORT = "frontdesk.transport"
"""Where the application leaves the connection in the scope, so that it can be broken."""
FORM_BYTES_MAX = 64 * 1024
"""O: what an upload's form holds beside the file."""
_VERSION = re.compile(r"v\d{1,3}\.\d{1,2}")
router = APIRouter()


@router.api_route("/{version}/", methods=["POST"])
@router.api_route("/{version}", methods=["POST"])
@router.api_route("/{version}/{path:path}", methods=["GET", "POST", "DELETE"])
async def graph(request: Request, version: str, path: str = "") -> Response:
    """Any Graph call under any version."""
    if not _VERSION.fullmatch(version):
        return AsciiJSON(failures.missing_object().body(), 404)
    sim: Simulator = request.app.state.simulator
    try:
        values = await _read(request)
    except failures.GraphError as error:
        return _respond(request, sim, refuse(error))
    token = _token(request, values)
    if not path:
        return _respond(request, sim, await answer_batch(sim, values, token), token)
    origin = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return _respond(
        request, sim, await answer(sim, Call(request.method, split_path(path), values, token, origin)), token
    )


async def _read(request: Request) -> dict[str, Any]:
    """Query, then form or JSON, all in one."""
    values: dict[str, Any] = dict(request.query_params)
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("multipart/form-data"):
        return read_values({**values, **read_form(content_type, await _read_large(request))})
    body = await read_body(request)
    if not body:
        return read_values(values)
    if content_type.startswith("application/json"):
        values.update(_read_json(body))
        return values
    try:
        values.update(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError as error:
        raise failures.bad_parameter("The form is not UTF-8.") from error
    return read_values(values)


async def _read_large(request: Request) -> bytes:
    try:
        return await read_body(request, UPLOAD_BYTES_MAX + FORM_BYTES_MAX)
    except TooLargeError as error:
        raise failures.known(100, 2018109) from error


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise failures.bad_parameter("The body is not JSON.") from error
    if not isinstance(value, dict):
        raise failures.bad_parameter("The body is not an object.")
    return value


def _token(request: Request, values: dict[str, Any]) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("bearer", "oauth") and given:
        return given.strip()
    return str(values.get("access_token") or "")


def _respond(request: Request, sim: Simulator, given: Answer, token: str = "") -> Response:
    if given.drop:
        _break(request, is_reset=given.drop == "reset")
        return Response(status_code=500)
    after = BackgroundTask(_queue, sim, given.after) if given.after else None
    headers = {"Date": format_datetime(sim.meta_clock.now(), usegmt=True)}
    if given.usage:
        headers["X-Page-Usage"] = json.dumps({"call_count": given.usage, "total_time": 1, "total_cputime": 1})
    return AsciiJSON(given.body, given.status, {**headers, **usage_headers(sim, token)}, background=after)


async def _queue(sim: Simulator, webhooks: tuple[Webhook, ...]) -> None:
    for webhook in webhooks:
        sim.queue(webhook)


def _break(request: Request, *, is_reset: bool) -> None:
    """End the connection without an answer, by a TCP reset or a plain end. Without a known server the answer is a bare 500."""
    transport = request.scope.get(TRANSPORT)
    if transport is None:
        return
    plug = transport.get_extra_info("socket")
    if is_reset and plug is not None:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
