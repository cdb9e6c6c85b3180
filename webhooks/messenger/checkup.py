"""Asks everything about a Page and the app that a check-up needs to know, all at once. Judges nothing; failures are values."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from app.clock import Clock
from webhooks.messenger import subscriptions
from webhooks.messenger.graph_api import Caller, Graph, Refused, Result, Told, Unanswered, find_personas, find_profile
from webhooks.messenger.http import Answer, Ask, Client, create_url, request
from webhooks.messenger.limits import ANSWER_BYTES_MAX, SETUP_SECONDS_MAX

PRIVACY_FIELD = "privacy_policy_url"
"""In Meta's own SDK among the fields of an app."""
DELETION_FIELD = "data_deletion_url"
"""A guess: no page and no SDK that was read names such a field. An unknown field fails the whole call, so it is asked for alone."""
CHALLENGE = "1158201444"


@dataclass(frozen=True, slots=True)
class Who:
    """A Page, who asks about it, and our app: its id and its own token. Neither where the Page belongs to another app."""

    page_id: str
    caller: Caller
    app_id: str
    app: Caller | None = None


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What Graph tells of one Page. `token`: what the app learns of the Page's token, None where we are not that app."""

    page_id: str
    me: Result
    page: Result
    subscribed: subscriptions.Standing
    profile: Mapping[str, Any] | Refused | Unanswered
    personas: Mapping[str, str] | Refused | Unanswered
    token: Result | None
    skew_seconds: float | None


@dataclass(frozen=True, slots=True)
class Callback:
    """How our own address answered Meta's question: its status and whether the challenge came back; 0 if nothing answered."""

    status: int
    is_challenge: bool


@dataclass(frozen=True, slots=True)
class AppFacts:
    """What Graph tells of the app, and what our address answers. None: not asked, because a setting for it is missing."""

    subscribed: subscriptions.Standing
    privacy: Result | None = None
    deletion: Result | None = None
    callback: Callback | None = None


async def ask_page(graph: Graph, who: Who, clock: Clock) -> PageFacts:
    """Every question about one Page."""
    caller, page_id, app = who.caller, who.page_id, who.app
    async with asyncio.TaskGroup() as group:
        me = group.create_task(_ask_me(graph, caller, clock))
        page = group.create_task(graph.ask(caller, page_id, fields="id,name,is_published"))
        subscribed = group.create_task(subscriptions.find_page(graph, caller, page_id, who.app_id))
        profile = group.create_task(find_profile(graph, caller, page_id))
        personas = group.create_task(find_personas(graph, caller, page_id))
        token = group.create_task(graph.ask(app, "debug_token", input_token=caller.token)) if app else None
    return PageFacts(
        page_id,
        me.result()[0],
        page.result(),
        subscribed.result(),
        profile.result(),
        personas.result(),
        token.result() if token else None,
        me.result()[1],
    )


async def ask_app(graph: Graph, caller: Caller | None, app_id: str) -> AppFacts:
    """Every question about the app."""
    if caller is None:
        return AppFacts(Unanswered("The app's id and secret are not set."))
    async with asyncio.TaskGroup() as group:
        subscribed = group.create_task(subscriptions.find_app(graph, caller, app_id))
        privacy = group.create_task(graph.ask(caller, app_id, fields=PRIVACY_FIELD))
        deletion = group.create_task(graph.ask(caller, app_id, fields=DELETION_FIELD))
    return AppFacts(subscribed.result(), privacy.result(), deletion.result())


async def ask_callback(client: Client, address: str, verify_token: str) -> Callback:
    """Ask our own address, from here, what Meta would ask it."""
    query = {"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": CHALLENGE}
    asked = Ask("GET", create_url(address, query), {"Accept-Encoding": "identity"})
    answer = await request(client, asked, ANSWER_BYTES_MAX, SETUP_SECONDS_MAX)
    if not isinstance(answer, Answer):
        return Callback(0, is_challenge=False)
    return Callback(answer.status, answer.body.decode("utf-8", "replace") == CHALLENGE)


async def _ask_me(graph: Graph, caller: Caller, clock: Clock) -> tuple[Result, float | None]:
    """Who the token is, and how far Meta's clock is ahead of ours."""
    answer = await graph.ask(caller, "me", fields="id,name")
    now = clock.now()
    headers = answer.headers if isinstance(answer, Told | Refused) else {}
    return answer, _skew_seconds(headers.get("date", ""), now)


def _skew_seconds(date: str, now: datetime) -> float | None:
    try:
        return (parsedate_to_datetime(date) - now).total_seconds()
    except (ValueError, TypeError):
        return None
