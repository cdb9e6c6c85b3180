"""What a Page shows and receives: its Messenger profile, its subscriptions."""

from __future__ import annotations

from typing import Any

from webhooks.simulator.graph.calls import Answer, Call, check_scope
from webhooks.simulator.graph.failures import bad_parameter, too_many_calls
from webhooks.simulator.graph.fields import check_list, check_text, is_web_address
from webhooks.simulator.limits import (
    GREETING_CHARS_MAX,
    MENU_ITEMS_MAX,
    MENU_TITLE_CHARS_MAX,
    PAYLOAD_CHARS_MAX,
    PROFILE_CALLS_MAX,
    PROFILE_CALLS_MS,
)
from webhooks.simulator.simulator import Simulator

ICE_BREAKERS_MAX = 4
"""M"""
DOMAINS_MAX = 50
"""M"""
COMMANDS_MAX, COMMAND_CHARS_MAX = 100, 256
"""O: Meta's page names no number."""
LOCALES_MAX = 100
"""O: more languages than a shop speaks."""
FIELDS = (
    "get_started", "greeting", "ice_breakers", "persistent_menu", "commands", "whitelisted_domains", "account_linking_url",
)  # fmt: skip


def messenger_profile(sim: Simulator, page_id: str, call: Call) -> Answer:
    """`GET|POST|DELETE /{page}/messenger_profile`."""
    check_scope(sim, page_id, "pages_messaging")
    _count_call(sim, page_id)
    profile = sim.world.profiles[page_id]
    if call.method == "GET":
        asked = [name.strip() for name in str(call.values.get("fields") or ",".join(FIELDS)).split(",")]
        shown = {name: profile[name] for name in asked if name in profile}
        return Answer(200, {"data": [shown] if shown else []})
    if call.method == "DELETE":
        _delete(profile, call.values.get("fields") or [])
    else:
        given = {name: call.values[name] for name in FIELDS if name in call.values}
        _check_profile(given, has_start="get_started" in {**profile, **given})
        profile.update(given)
    sim.streams.tell((page_id, ""))
    return Answer(200, {"result": "success"})


def _count_call(sim: Simulator, page_id: str) -> None:
    calls, now_ms = sim.world.standings[page_id].profile_calls, sim.meta_clock.now_ms()
    while calls and not 0 <= now_ms - calls[0] < PROFILE_CALLS_MS:
        calls.popleft()
    if len(calls) >= PROFILE_CALLS_MAX:
        raise too_many_calls()
    calls.append(now_ms)


def _delete(profile: dict[str, Any], gone: Any) -> None:
    names = [str(name) for name in (gone if isinstance(gone, list) else [gone])]
    left = {name: value for name, value in profile.items() if name not in names}
    if "persistent_menu" in left and "get_started" not in left:
        raise bad_parameter("A persistent menu needs get_started.")
    for name in names:
        profile.pop(name, None)


def _check_profile(given: dict[str, Any], *, has_start: bool) -> None:
    if not given:
        raise bad_parameter("No profile field was given.")
    if "get_started" in given:
        start = given["get_started"]
        check_text(start.get("payload") if isinstance(start, dict) else None, "get_started[payload]", PAYLOAD_CHARS_MAX)
    for each in _localised(given, "greeting"):
        check_text(each.get("text"), "greeting[text]", GREETING_CHARS_MAX)
    for each in _localised(given, "ice_breakers"):
        for starter in check_list(each.get("call_to_actions"), "call_to_actions", 1, ICE_BREAKERS_MAX):
            check_text(starter.get("question"), "question", 80)
            check_text(starter.get("payload"), "payload", PAYLOAD_CHARS_MAX)
    domains = given.get("whitelisted_domains", [])
    if not isinstance(domains, list) or len(domains) > DOMAINS_MAX or not all(map(is_web_address, domains)):
        raise bad_parameter("Param whitelisted_domains must be a list of https addresses.")
    for each in _localised(given, "commands"):
        for command in check_list(each.get("commands"), "commands", 1, COMMANDS_MAX):
            check_text(command.get("name"), "name", COMMAND_CHARS_MAX)
            check_text(command.get("description"), "description", COMMAND_CHARS_MAX)
    for each in _localised(given, "persistent_menu"):
        if not has_start:
            raise bad_parameter("A persistent menu needs get_started.")
        for entry in check_list(each.get("call_to_actions") or [], "call_to_actions", 0, MENU_ITEMS_MAX):
            _check_menu_entry(entry)


def _localised(given: dict[str, Any], name: str) -> list[Any]:
    if name not in given:
        return []
    listed = check_list(given[name], name, 1, LOCALES_MAX)
    if not any(each.get("locale") == "default" for each in listed):
        raise bad_parameter(f"Param {name} needs the locale default.")
    return listed


def _check_menu_entry(entry: dict[str, Any]) -> None:
    check_text(entry.get("title"), "title", MENU_TITLE_CHARS_MAX)
    match entry.get("type"):
        case "postback":
            check_text(entry.get("payload"), "payload", PAYLOAD_CHARS_MAX)
        case "web_url":
            check_text(entry.get("url"), "url", 2_000)
        case _:
            raise bad_parameter("A menu entry is a postback or a web_url.")


def subscribed_apps(sim: Simulator, page_id: str, call: Call) -> Answer:
    """`GET|POST|DELETE /{page}/subscribed_apps`: which events the app wants."""
    check_scope(sim, page_id, "pages_manage_metadata")
    if call.method == "GET":
        chosen = sim.world.fields[page_id]
        listed = sorted(chosen) if chosen is not None else ["messages", "messaging_postbacks"]
        app = {
            "id": sim.world.standings[page_id].token_app_id or sim.settings.app_id,
            "name": "Frontdesk",
            "subscribed_fields": listed,
        }
        return Answer(200, {"data": [app] if listed else []})
    if call.method == "DELETE":
        sim.world.fields[page_id] = frozenset()
        return Answer(200, {"success": True})
    fields = call.values.get("subscribed_fields")
    names = fields if isinstance(fields, list) else str(fields or "").split(",")
    wanted = frozenset(str(name).strip() for name in names if str(name).strip())
    if not wanted:
        raise bad_parameter("Param subscribed_fields is required.")
    sim.world.fields[page_id] = wanted
    return Answer(200, {"success": True})
