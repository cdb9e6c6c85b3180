"""The names and pictures under which a Page writes."""

from __future__ import annotations

from webhooks.simulator.graph import failures
from webhooks.simulator.graph.calls import Answer, Call
from webhooks.simulator.graph.fields import check_text, is_web_address
from webhooks.simulator.limits import PERSONA_NAME_CHARS_MAX, PERSONAS_MAX
from webhooks.simulator.simulator import Simulator


def personas(sim: Simulator, page_id: str, call: Call) -> Answer:
    """`GET|POST /{page}/personas`."""
    kept = sim.world.standings[page_id].personas
    if call.method == "GET":
        return Answer(200, {"data": [{"id": persona_id, **persona} for persona_id, persona in kept.items()]})
    name, picture = call.values.get("name"), call.values.get("profile_picture_url")
    check_text(name, "name", PERSONA_NAME_CHARS_MAX)
    if not is_web_address(picture):
        raise failures.bad_parameter("Param profile_picture_url must be a web address.")
    if len(kept) >= PERSONAS_MAX:
        raise failures.bad_parameter("This Page has too many personas.")
    persona_id = sim.world.new_id()
    kept[persona_id] = {"name": str(name), "profile_picture_url": str(picture)}
    return Answer(200, {"id": persona_id})


def delete(sim: Simulator, page_id: str, persona_id: str) -> Answer:
    """`DELETE /{persona}`."""
    if sim.world.standings[page_id].personas.pop(persona_id, None) is None:
        raise failures.missing_object()
    return Answer(200, {"success": True})
