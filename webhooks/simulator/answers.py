"""How requests are read and answered: bounded bodies in, ASCII JSON out (a lone half of an emoji must not break an answer)."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request
from starlette.responses import JSONResponse

from app.errors import BrokenPayloadError, TooLargeError
from webhooks.simulator.limits import BODY_BYTES_MAX


class AsciiJSON(JSONResponse):
    """JSON with everything beyond ASCII escaped: any text that came in can go out."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":")).encode("ascii")


async def read_body(request: Request, bytes_max: int = BODY_BYTES_MAX) -> bytes:
    """The body, or TooLargeError before more than `bytes_max` of it is kept."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > bytes_max:
            raise TooLargeError("The body is too large.")
    return bytes(body)


async def read_object(request: Request) -> dict[str, Any]:
    """A JSON object; no body at all is an empty one."""
    body = await read_body(request)
    try:
        value = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError) as error:
        raise BrokenPayloadError("The body is not JSON.") from error
    if not isinstance(value, dict):
        raise BrokenPayloadError("The body must be a JSON object.")
    return value
