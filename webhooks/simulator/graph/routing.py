"""Conversation routing: which app owns a thread. Our app is the Page's default app."""

from __future__ import annotations

from typing import Any

from webhooks.simulator.graph import failures
from webhooks.simulator.graph.calls import Answer, Call
from webhooks.simulator.graph.fields import check_object, check_text
from webhooks.simulator.limits import CONTROL_METADATA_CHARS_MAX, EXTENSION_SECONDS_MAX
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.world import Thread

CONTROLS = (
    "pass_thread_control",
    "take_thread_control",
    "release_thread_control",
    "request_thread_control",
    "extend_thread_control",
)
OWNERS_ONLY = ("pass_thread_control", "release_thread_control", "extend_thread_control")


def change(sim: Simulator, page_id: str, call: Call) -> Answer:
    """`POST /{page}/…_thread_control` by our app."""
    recipient = call.values.get("recipient")
    thread = _find(sim, page_id, recipient.get("id") if isinstance(recipient, dict) else None)
    owner = thread.owner(sim.meta_clock.now_ms())
    control = call.path[1]
    check_text(call.values.get("metadata") or None, "metadata", CONTROL_METADATA_CHARS_MAX, required=False)
    if control in OWNERS_ONLY and owner not in ("", sim.settings.app_id):
        raise failures.foreign_thread()
    match control:
        case "pass_thread_control":
            thread.give_to(_target(call.values.get("target_app_id"), "target_app_id"))
        case "take_thread_control":
            thread.give_to(sim.settings.app_id)
        case "release_thread_control":
            thread.give_to("")
        case "extend_thread_control":
            _extend(sim, thread, call.values.get("duration"))
        case _:
            pass
    sim.changed(thread)
    return Answer(200, {"success": True})


def _target(value: Any, name: str) -> str:
    if not value:
        raise failures.bad_parameter(f"Param {name} is required.")
    return str(value)


def _extend(sim: Simulator, thread: Thread, duration: Any) -> None:
    """Keep the thread for so many seconds, whatever the customer does."""
    if not str(duration or "").isdecimal() or not 1 <= int(duration) <= EXTENSION_SECONDS_MAX:
        raise failures.bad_parameter(f"Param duration must be from 1 to {EXTENSION_SECONDS_MAX} seconds.")
    thread.give_to(sim.settings.app_id)
    thread.owner_until_ms = sim.meta_clock.now_ms() + int(duration) * 1000


def check_inline(given: Any) -> None:
    """`thread_control` of a send."""
    if given is None:
        return
    control = check_object(given, "thread_control")
    check_text(control.get("metadata") or None, "thread_control[metadata]", CONTROL_METADATA_CHARS_MAX, required=False)
    match control.get("control_type"):
        case "pass":
            _target(control.get("app_id"), "thread_control[app_id]")
        case "release":
            pass
        case _:
            raise failures.bad_parameter("Param control_type must be pass or release.")


def apply_inline(thread: Thread, given: Any) -> None:
    """Once the message is delivered; `check_inline` has taken it."""
    if given is not None:
        thread.give_to(str(given["app_id"]) if given["control_type"] == "pass" else "")


def get_owner(sim: Simulator, page_id: str, call: Call) -> Answer:
    """`GET /{page}/thread_owner?recipient=…`."""
    thread = _find(sim, page_id, call.values.get("recipient"))
    owner = thread.owner(sim.meta_clock.now_ms())
    if not owner:
        return Answer(200, {"data": []})
    expires_s = thread.owned_until_ms() // 1000
    return Answer(200, {"data": [{"thread_owner": {"app_id": owner, "expiration": expires_s}}]})


def _find(sim: Simulator, page_id: str, customer_id: object) -> Thread:
    if isinstance(customer_id, dict):
        customer_id = customer_id.get("id")
    thread = sim.world.find_thread((page_id, str(customer_id)))
    if thread is None:
        raise failures.unknown_customer()
    return thread
