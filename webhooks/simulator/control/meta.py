"""What Meta and other apps do: they take and pass threads, enforce policies, review templates, post tests."""

from __future__ import annotations

from typing import Any

from app.errors import ConflictError
from webhooks.simulator import items
from webhooks.simulator.control.deeds import open_thread, page_of
from webhooks.simulator.control.orders import ControlOrder, PolicyOrder, RolesOrder, TemplateOrder, TestOrder
from webhooks.simulator.graph.utility import make, told
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.world import INBOX_APP_ID

TEST_PAGE = "0"
"""The dashboard's samples belong to this Page."""
SAMPLES: dict[str, dict[str, Any]] = {
    "messages": {"message": {"mid": "test_message_id", "text": "test_message"}},
    "messaging_postbacks": {"postback": {"mid": "test_message_id", "title": "test_title", "payload": "test_payload"}},
    "message_reads": {"read": {"watermark": "1527459824"}},
    "messaging_optins": {"optin": {"ref": "test_ref"}},
}
SAMPLE_ENDS = {"sender": {"id": "12334"}, "recipient": {"id": "23245"}, "timestamp": "1527459824"}


def control_thread(sim: Simulator, order: ControlOrder) -> dict[str, Any]:
    """Another app takes, passes, asks for or releases the thread; our app hears of it."""
    thread = open_thread(sim, order)
    now_ms = sim.meta_clock.stamp_ms()
    own, app_id = sim.settings.app_id, order.app_id or INBOX_APP_ID
    owner = thread.owner(now_ms)
    if order.control in ("pass", "release") and owner != app_id:
        raise ConflictError("This app does not have the thread.", "It can take it first.")
    what, apps, owner_now = "request_thread_control", dict[str, str | None](requested_owner_app_id=app_id), owner
    match order.control:
        case "request":
            pass
        case "take":
            what, apps, owner_now = "take_thread_control", _hands(owner or None, app_id), app_id
        case "pass":
            target = order.to_app_id or own
            what, apps, owner_now = "pass_thread_control", _hands(app_id, target), target
        case "release":
            what, apps, owner_now = "pass_thread_control", _hands(app_id, None), ""
    if order.control != "request":
        thread.give_to(owner_now)
    is_standby = order.control == "pass" and owner_now != own
    sim.queue(items.control_changed(thread, now_ms, what, apps, order.metadata, standby=is_standby))
    sim.changed(thread)
    return {"page": thread.page_id, "customer": thread.customer_id, "owner_app_id": thread.owner(now_ms)}


def _hands(before: str | None, after: str | None) -> dict[str, str | None]:
    return {"previous_owner_app_id": before, "new_owner_app_id": after}


def enforce_policy(sim: Simulator, order: PolicyOrder) -> dict[str, Any]:
    """Meta warns the Page, blocks its sends, or lets it send again."""
    page_id = page_of(sim, order.page)
    sim.world.things.policy[page_id] = order.action
    values: dict[str, Any] = {"action": order.action}
    if order.action != "unblock":
        values["reason"] = order.reason or "The Page does not follow the platform's policies."
    at_ms = sim.meta_clock.stamp_ms()
    sim.queue(items.of_page(page_id, "messaging_policy_enforcement", at_ms, {"policy_enforcement": values}))
    sim.streams.tell((page_id, ""))
    return {"page": page_id, "policy": order.action}


def change_roles(sim: Simulator, order: RolesOrder) -> dict[str, Any]:
    """Roles of the old protocol."""
    page_id = page_of(sim, order.page)
    at_ms = sim.meta_clock.stamp_ms()
    sim.queue(items.of_page(page_id, "messaging_handovers", at_ms, {"app_roles": order.roles}))
    return {"page": page_id}


def review_template(sim: Simulator, order: TemplateOrder) -> dict[str, Any]:
    """Meta approves or rejects a utility template."""
    page_id = page_of(sim, order.page)
    found = sim.world.things.templates.get((page_id, order.template, order.language))
    if found is None:
        body = [{"type": "BODY", "text": order.text or "An update for you."}]
        found = make(sim, page_id, order.template, order.language, body)
    found.status = order.event
    sim.queue(told(sim, page_id, found, order.reason))
    return {"page": page_id, "template": found.name, "status": found.status}


def post_test(sim: Simulator, order: TestOrder) -> dict[str, Any]:
    """What the test button of Meta's dashboard posts: a sample in the form of a change, of no Page that anybody has."""
    value = {**SAMPLE_ENDS, **SAMPLES.get(order.field, {})}
    sim.queue(items.change(TEST_PAGE, "", order.field, sim.meta_clock.stamp_ms(), value))
    return {"field": order.field}
