"""Which Graph call is meant, and the batch of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from webhooks.simulator.graph import app_calls, failures, lookup, personas, profile, routing, utility
from webhooks.simulator.graph.calls import Answer, Call, check_own, check_scope, is_app, page_of, read_values, refuse
from webhooks.simulator.graph.failures import GraphError
from webhooks.simulator.graph.send import send
from webhooks.simulator.graph.uploads import upload
from webhooks.simulator.items import Webhook
from webhooks.simulator.limits import BATCH_MAX
from webhooks.simulator.simulator import Simulator


async def answer(sim: Simulator, call: Call) -> Answer:
    """The answer to one call; a refusal is an answer too."""
    try:
        if is_app(sim, call):
            return await app_calls.answer(sim, call)
        return await _answer(sim, page_of(sim, call), call)
    except GraphError as error:
        return refuse(error)


async def _answer(sim: Simulator, page_id: str, call: Call) -> Answer:
    match call.method, call.path:
        case "GET", (_,):
            return lookup.get_node(sim, page_id, call)
        case "DELETE", (persona_id,):
            return personas.delete(sim, page_id, persona_id)
        case _, (named, _):
            check_own(page_id, named)
        case _:
            raise failures.missing_object()
    match call.method, call.path[1]:
        case "POST", "messages":
            check_scope(sim, page_id, "pages_messaging")
            return await send(sim, page_id, call)
        case "GET", "conversations":
            return await lookup.list_conversations(sim, page_id, call)
        case "GET", "thread_owner":
            return routing.get_owner(sim, page_id, call)
        case "POST", control if control in routing.CONTROLS:
            return routing.change(sim, page_id, call)
        case _, "messenger_profile":
            return profile.messenger_profile(sim, page_id, call)
        case _, "subscribed_apps":
            return profile.subscribed_apps(sim, page_id, call)
        case "GET" | "POST", "personas":
            return personas.personas(sim, page_id, call)
        case _:
            return _answer_about_things(sim, page_id, call)


def _answer_about_things(sim: Simulator, page_id: str, call: Call) -> Answer:
    match call.method, call.path[1]:
        case "POST", "message_attachments":
            return upload(sim, call)
        case _, "message_templates":
            return utility.message_templates(sim, page_id, call)
        case _:
            raise failures.missing_object()


async def answer_batch(sim: Simulator, values: Mapping[str, Any], token: str) -> Answer:
    """`POST /`: up to 50 calls at once. Null stands for one whose answer was lost; one bad item harms no other."""
    listed = values.get("batch")
    if not isinstance(listed, list) or not listed:
        return refuse(failures.bad_parameter("Param batch must be a list of requests."))
    if len(listed) > BATCH_MAX:
        return refuse(failures.bad_parameter(f"Too many requests in batch message. Maximum batch size is {BATCH_MAX}."))
    if sim.world.find_page_by_token(token) is None and not any(
        isinstance(each, dict) and "access_token" in each for each in listed
    ):
        return refuse(failures.dead_token())
    sim.sends.batches += 1
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_answer_item(sim, each, token)) for each in listed]
    answers = [task.result() for task in tasks]
    after: tuple[Webhook, ...] = tuple(webhook for each in answers for webhook in each.after)
    return Answer(200, [_as_item(each) for each in answers], after=after)


async def _answer_item(sim: Simulator, item: Any, token: str) -> Answer:
    if not isinstance(item, dict) or not isinstance(item.get("relative_url"), str):
        return refuse(failures.bad_parameter("A request of the batch has no relative_url."))
    url = urlsplit(item["relative_url"].lstrip("/"))
    values: dict[str, Any] = dict(parse_qsl(url.query))
    if isinstance(item.get("body"), str):
        values.update(parse_qsl(item["body"], keep_blank_values=True))
    own = values.get("access_token") or item.get("access_token") or token
    call = Call(str(item.get("method") or "GET").upper(), split_path(url.path), read_values(values), str(own))
    return await answer(sim, call)


def split_path(path: str) -> tuple[str, ...]:
    """The parts of a path without its version."""
    parts = tuple(part for part in path.split("/") if part)
    return parts[1:] if parts and parts[0].startswith("v") and parts[0][1:].replace(".", "", 1).isdecimal() else parts


def _as_item(each: Answer) -> dict[str, Any] | None:
    if each.drop:
        return None
    return {"code": each.status, "headers": [], "body": json.dumps(each.body)}
