"""What the bot hears of: the fields to which app and Page must both be subscribed, and subscribing them. Failures are values.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app.engine.flow import Flow
from webhooks.messenger.graph_api import Caller, Graph, Refused, Told, Unanswered
from webhooks.messenger.routes import PATH

FIELDS = (
    "messages", "messaging_postbacks", "messaging_optins", "messaging_referrals", "message_echoes", "message_deliveries",
    "message_reads", "message_reactions", "message_edits", "messaging_handovers", "standby", "messaging_policy_enforcement",
    "messaging_feedback",
)  # fmt: skip
COMMENTS = "feed"
"""Only a bot that answers comments asks for all that happens on the Page."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What an app or a Page is subscribed to. `callback_url` is the app's alone; `is_new` once this call changed anything."""

    fields: tuple[str, ...]
    callback_url: str = ""
    is_active: bool = True
    is_new: bool = False


Standing = Subscription | None | Refused | Unanswered
"""None: not subscribed at all."""


def fields_for(flow: Flow | None) -> tuple[str, ...]:
    """What a bot with this flow needs to hear of."""
    return (*FIELDS, COMMENTS) if flow is not None and flow.entrances.comments else FIELDS


def callback_url(public_url: str) -> str:
    """Where Meta is to send events; empty where nobody said how we are reached."""
    return f"{public_url}{PATH}" if public_url else ""


# ---- the Page ----------------------------------------------------------------------------------------------


async def find_page(graph: Graph, caller: Caller, page_id: str, app_id: str) -> Standing:
    """To what the Page's token says that our app is subscribed there; without an id, any app that it tells of."""
    return read_page(await graph.ask(caller, f"{page_id}/subscribed_apps"), app_id)


def read_page(answer: Told | Refused | Unanswered, app_id: str) -> Standing:
    if not isinstance(answer, Told):
        return answer
    ours = next((each for each in answer.listed if not app_id or str(each.get("id")) == app_id), None)
    return Subscription(_names(ours.get("subscribed_fields"))) if ours else None


async def subscribe_page(
    graph: Graph, caller: Caller, page_id: str, app_id: str, fields: Collection[str]
) -> Subscription | Refused | Unanswered:
    """The Page tells our app of these fields from now on, and of what it told before: an order replaces the list."""
    found = await find_page(graph, caller, page_id, app_id)
    if isinstance(found, Refused | Unanswered):
        return found
    before = found.fields if found else ()
    if found and not set(fields) - set(before):
        return found
    wanted = tuple(dict.fromkeys((*before, *fields)))
    answer = await graph.order(caller, f"{page_id}/subscribed_apps", subscribed_fields=",".join(wanted))
    return Subscription(wanted, is_new=True) if isinstance(answer, Told) else answer


# ---- the app -----------------------------------------------------------------------------------------------


async def find_app(graph: Graph, caller: Caller, app_id: str) -> Standing:
    """To what the app is subscribed for all its Pages, and at which address."""
    return read_app(await graph.ask(caller, f"{app_id}/subscriptions"))


def read_app(answer: Told | Refused | Unanswered) -> Standing:
    if not isinstance(answer, Told):
        return answer
    kept = next((each for each in answer.listed if each.get("object") == "page"), None)
    if kept is None:
        return None
    return Subscription(
        _names(kept.get("fields")), str(kept.get("callback_url") or ""), is_active=kept.get("active") is not False
    )


async def subscribe_app(
    graph: Graph, caller: Caller, app_id: str, wanted: Subscription, verify_token: str
) -> tuple[Subscription | Refused | Unanswered, str]:
    """The app hears of these fields at this address; beside it the address that it had before, if that was another one.

    Meta calls the address at once: the server has to run. Fields that the app had at the same address stay.
    """
    found = await find_app(graph, caller, app_id)
    if isinstance(found, Refused | Unanswered):
        return found, ""
    is_here = found is not None and found.callback_url.rstrip("/") == wanted.callback_url
    before = found.fields if found is not None and is_here else ()
    if found is not None and is_here and found.is_active and not set(wanted.fields) - set(before):
        return found, ""
    fields = tuple(dict.fromkeys((*before, *wanted.fields)))
    values: Mapping[str, Any] = {
        "object": "page", "callback_url": wanted.callback_url, "verify_token": verify_token, "fields": ",".join(fields),
        "include_values": True,
    }  # fmt: skip
    answer = await graph.order(caller, f"{app_id}/subscriptions", **values)
    moved_from = found.callback_url if found is not None and not is_here else ""
    if not isinstance(answer, Told):
        return answer, moved_from
    return Subscription(fields, wanted.callback_url, is_new=True), moved_from


def _names(listed: Any) -> tuple[str, ...]:
    """Fields come as names or as objects with a name and a version."""
    names = [
        each.get("name") if isinstance(each, dict) else each for each in (listed if isinstance(listed, list) else ())
    ]
    return tuple(str(name) for name in names if name)
