"""Conversation routing: which app owns a thread. Our app is the Page's default app."""

from __future__ import annotations

from webhooks.simulator.graph import failures
from webhooks.simulator.graph.calls import Answer, Call
from webhooks.simulator.limits import WINDOW_MS
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.world import Thread

CONTROLS = (
    "pass_thread_control",
    "take_thread_control",
    "release_thread_control",
    "request_thread_control",
    "extend_thread_control",
)


def change(sim: Simulator, page_id: str, call: Call) -> Answer:
    """`POST /{page}/…_thread_control` by our app."""
    recipient = call.values.get("recipient")
    thread = _find(sim, page_id, recipient.get("id") if isinstance(recipient, dict) else None)
    owner = thread.owner(sim.meta_clock.now_ms())
    control = call.path[1]
    if control in ("pass_thread_control", "release_thread_control") and owner not in ("", sim.settings.app_id):
        raise failures.foreign_thread()
    match control:
        case "pass_thread_control":
            target = call.values.get("target_app_id")
            if not target:
                raise failures.bad_parameter("Param target_app_id is required.")
            thread.owner_app_id = str(target)
        case "take_thread_control":
            thread.owner_app_id = sim.settings.app_id
        case "release_thread_control":
            thread.owner_app_id = ""
        case _:
            pass
    sim.changed(thread)
    return Answer(200, {"success": True})


def get_owner(sim: Simulator, page_id: str, call: Call) -> Answer:
    """`GET /{page}/thread_owner?recipient=…`."""
    thread = _find(sim, page_id, call.values.get("recipient"))
    owner = thread.owner(sim.meta_clock.now_ms())
    if not owner:
        return Answer(200, {"data": []})
    expires_s = ((thread.customer_at_ms or 0) + WINDOW_MS) // 1000
    return Answer(200, {"data": [{"thread_owner": {"app_id": owner, "expiration": expires_s}}]})


def _find(sim: Simulator, page_id: str, customer_id: object) -> Thread:
    if isinstance(customer_id, dict):
        customer_id = customer_id.get("id")
    thread = sim.world.find_thread((page_id, str(customer_id)))
    if thread is None:
        raise failures.unknown_customer()
    return thread
