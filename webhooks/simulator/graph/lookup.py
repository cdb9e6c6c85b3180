"""What Graph tells about threads and people: the Conversations API, a customer's profile, the Page itself. Reads only."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from webhooks.simulator.faults import LOOKING_UP
from webhooks.simulator.graph import failures
from webhooks.simulator.graph.calls import Answer, Call, check_rate, refuse
from webhooks.simulator.limits import LOOK_UPS_PER_SECOND_MAX
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.world import Entry, Thread

LISTED_USUALLY = 25
LISTED_MAX = 100
_LIMIT = re.compile(r"messages\.limit\((\d{1,4})\)")


async def list_conversations(sim: Simulator, page_id: str, call: Call) -> Answer:
    """`GET /{page}/conversations?user_id=…&fields=messages{…}`: newest message first, metadata never told."""
    check_rate(sim, page_id, "look-ups", LOOK_UPS_PER_SECOND_MAX)
    sim.sends.look_ups += 1
    customer_id = str(call.values.get("user_id") or "")
    hits = sim.faults.strike(LOOKING_UP, (page_id, customer_id))
    if "lookup_slow" in hits:
        await sim.clock.sleep(hits["lookup_slow"].seconds)
    if "lookup_failed" in hits:
        return refuse(failures.service_trouble())
    thread = sim.world.find_thread((page_id, customer_id))
    if thread is None:
        return Answer(200, {"data": []})
    fields = str(call.values.get("fields") or "")
    return Answer(200, {"data": [_conversation(sim, thread, fields, is_empty="lookup_empty" in hits)]})


def _conversation(sim: Simulator, thread: Thread, fields: str, *, is_empty: bool) -> dict[str, Any]:
    listed: dict[str, Any] = {"id": f"t_{thread.customer_id}"}
    if "participants" in fields:
        listed["participants"] = {"data": [_customer(thread), _page(sim, thread)]}
    if "messages" in fields:
        found = _LIMIT.search(fields)
        most = min(int(found[1]), LISTED_MAX) if found else LISTED_USUALLY
        newest = [] if is_empty else [entry for entry in reversed(thread.entries) if entry.shown][:most]
        listed["messages"] = {"data": [_message(sim, thread, entry) for entry in newest]}
    return listed


def _message(sim: Simulator, thread: Thread, entry: Entry) -> dict[str, Any]:
    ends = (_customer(thread), _page(sim, thread))
    sender, receiver = ends if entry.written_by == "customer" else reversed(ends)
    return {
        "id": entry.mid,
        "created_time": datetime.fromtimestamp(entry.at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "from": sender,
        "to": {"data": [receiver]},
        "message": text_of(entry.message),
    }


def text_of(message: dict[str, Any]) -> str:
    """The words of a message; of a button template its text, of other attachments none."""
    if message.get("text"):
        return str(message["text"])
    attachment = message.get("attachment")
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    return str(payload.get("text") or "") if isinstance(payload, dict) else ""


def _customer(thread: Thread) -> dict[str, str]:
    return {"id": thread.customer_id, "name": thread.name}


def _page(sim: Simulator, thread: Thread) -> dict[str, str]:
    return {"id": thread.page_id, "name": sim.settings.pages[thread.page_id].name}


def get_node(sim: Simulator, page_id: str, call: Call) -> Answer:
    """`GET /{id}`: the Page itself or one of its customers."""
    (node,) = call.path
    if node in ("me", page_id):
        return _get_page(sim, page_id, call)
    thread = sim.world.find_thread((page_id, node))
    if thread is None:
        raise failures.missing_object()
    first, _, last = thread.name.partition(" ")
    known = {
        "first_name": first,
        "last_name": last,
        "name": thread.name,
        "profile_pic": "https://cdn.example/picture.jpg",
    }
    asked = [name.strip() for name in str(call.values.get("fields") or "first_name,last_name,profile_pic").split(",")]
    if any(name not in known and name != "id" for name in asked):
        raise failures.GraphError(100, "This field needs a permission that was not granted.", 2018247)
    return Answer(200, {**{name: known[name] for name in asked if name in known}, "id": node})


def _get_page(sim: Simulator, page_id: str, call: Call) -> Answer:
    name, standing = sim.settings.pages[page_id].name, sim.world.standings[page_id]
    known = {"id": page_id, "name": name, "is_published": standing.is_published}
    asked = [each.strip() for each in str(call.values.get("fields") or "name").split(",")]
    if unknown := [each for each in asked if each not in known]:
        raise failures.unknown_field(unknown[0])
    return Answer(200, {**{each: known[each] for each in asked}, "id": page_id}, usage=standing.usage)
