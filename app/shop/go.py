"""`/go/<token>`: the way from a card to the shop's own page. Leads only where a token of ours says; waits for nothing."""

from __future__ import annotations

import re
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from app.links import PATH, read_token
from app.shop.clicks import Clicks

_MACHINES = re.compile(
    r"bot|crawl|spider|externalhit|preview|fetch|scan|monitor|curl|wget|python|http-?client", re.IGNORECASE
)
"""Programs that look at links before people do: they are led on and not counted."""

_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
"""Every customer comes by, the shop learns nothing of our address, and no search engine keeps it."""

GONE = "This link is not one of ours, or it is too old. Please go back to the conversation."


def create_routes(key: bytes, clicks: Clicks) -> APIRouter:
    """The route. `key` signed the tokens."""
    router = APIRouter(include_in_schema=False)

    async def go(request: Request) -> Response:
        link = read_token(key, str(request.path_params["token"]))
        if link is None or not link.address.startswith(("https://", "http://")):
            return PlainTextResponse(GONE, HTTPStatus.NOT_FOUND, headers=_HEADERS)
        agent = request.headers.get("user-agent", "")
        if request.method == "GET" and agent and not _MACHINES.search(agent):
            clicks.note(link.mark)
        return RedirectResponse(link.address, HTTPStatus.FOUND, headers=_HEADERS)

    router.add_route(PATH + "{token}", go, methods=["GET", "HEAD"])
    return router
