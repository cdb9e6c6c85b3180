"""`/go/<token>`: the way from a card to the shop's own page. Leads only where a token of ours says; waits for nothing."""

from __future__ import annotations

import re
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from app.links import PATH, read_token
from app.shop.clicks import Clicks

_NAMED = (
    r"facebookexternalhit|facebookcatalog|facebookplatform|facebot|meta-external\w*|meta-webindexer|whatsapp|telegrambot|twitterbot|"
    r"slackbot[\w-]*|slack-imgproxy|discordbot|linkedinbot|skypeuripreview|bitlybot|pinterestbot|snapchat-?proxy|"
    r"google-[\w-]+|googleother[\w-]*|mediapartners-google|apis-google|adsbot[\w-]*|applebot[\w-]*|bingpreview|duckduckbot|"
    r"yandex\w*|baiduspider[\w-]*|bytespider|petalbot|semrushbot[\w-]*|ahrefs\w*|mj12bot|gptbot|claudebot|ccbot|perplexitybot|"
    r"headlesschrome|phantomjs|lighthouse|chrome-lighthouse|pingdom[\w.]*|uptimerobot|statuscake|site24x7|datadog\w*|"
    r"curl|wget|libwww-perl|python-\w+|python|aiohttp|httpx|requests|okhttp|go-http-client|java|apache-httpclient|axios|node-fetch|"
    r"undici|guzzlehttp|ruby|postmanruntime|insomnia|barracuda\w*|proofpoint\w*|mimecast\w*"
)
_KINDS = (
    r"[\w-]*[a-z](?:bot|crawler|spider|fetcher|scanner)|bot|crawler|spider|crawl|fetch|fetcher|scanner|preview|monitor"
)
_MACHINES = re.compile(rf"(?<![\w-])(?:{_NAMED}|{_KINDS})(?![\w-])", re.IGNORECASE)
"""Programs that look at links before people do, by whole words: they are led on and not counted."""

_PHONES = re.compile(r"(?<![\w-])cubot(?![\w-])", re.IGNORECASE)
"""Makers of phones whose names end like a program's."""

_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
"""Every customer comes by, the shop learns nothing of our address, and no search engine keeps it."""

GONE = "This link is not one of ours, or it is too old. Please go back to the conversation."


def is_machine(agent: str) -> bool:
    """Whether this is no person's browser, as far as it says."""
    return not agent or _MACHINES.search(_PHONES.sub("", agent)) is not None


def create_routes(key: bytes, clicks: Clicks) -> APIRouter:
    """The route. `key` signed the tokens."""
    router = APIRouter(include_in_schema=False)

    async def go(request: Request) -> Response:
        link = read_token(key, str(request.path_params["token"]))
        if link is None or not link.address.startswith(("https://", "http://")):
            return PlainTextResponse(GONE, HTTPStatus.NOT_FOUND, headers=_HEADERS)
        agent = request.headers.get("user-agent", "")
        if request.method == "GET" and not is_machine(agent):
            clicks.note(link.mark)
        return RedirectResponse(link.address, HTTPStatus.FOUND, headers=_HEADERS)

    router.add_route(PATH + "{token}", go, methods=["GET", "HEAD"])
    return router
