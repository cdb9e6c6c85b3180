"""Templates of utility messages: made, listed, taken away, and filled in when one is sent."""

from __future__ import annotations

import re
from typing import Any

from webhooks.simulator import items
from webhooks.simulator.graph import failures
from webhooks.simulator.graph.calls import Answer, Call
from webhooks.simulator.graph.fields import check_list, check_object, check_text
from webhooks.simulator.items import Webhook
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.things import UtilityTemplate

NAME_CHARS_MAX = 512
"""O: Meta names no limit for Messenger."""
COMPONENTS_MAX = 4
"""O: header, body, footer, buttons."""
PARAMETERS_MAX = 50
"""O"""
TEMPLATES_MAX = 250
"""O: templates of all Pages."""
_HOLE = re.compile(r"\{\{ *(\w+) *\}\}")


def message_templates(sim: Simulator, page_id: str, call: Call) -> Answer:
    """`GET|POST|DELETE /{page}/message_templates`. A new one is approved at once; the webhook says so after the answer."""
    templates = sim.world.things.templates
    name = call.values.get("name")
    if call.method == "GET":
        own = [each for key, each in templates.items() if key[0] == page_id and name in (None, each.name)]
        return Answer(200, {"data": [_describe(each) for each in own]})
    check_text(name, "name", NAME_CHARS_MAX)
    if call.method == "DELETE":
        for key in [key for key in templates if key[:2] == (page_id, name)]:
            del templates[key]
        return Answer(200, {"success": True})
    check_text(call.values.get("language"), "language", 20)
    if call.values.get("category") != "UTILITY":
        raise failures.bad_parameter("Param category must be UTILITY.")
    components = check_list(call.values.get("components"), "components", 1, COMPONENTS_MAX)
    made = make(sim, page_id, str(name), call.values["language"], components)
    made.status = "APPROVED"
    body = {"id": made.template_id, "status": "PENDING", "category": "UTILITY"}
    return Answer(200, body, after=(told(sim, page_id, made, ""),))


def make(sim: Simulator, page_id: str, name: str, language: str, components: list[dict[str, Any]]) -> UtilityTemplate:
    """A new template, still to be reviewed; of two with the same name and language the later one counts."""
    if len(sim.world.things.templates) >= TEMPLATES_MAX:
        raise failures.bad_parameter("There are too many templates.")
    made = UtilityTemplate(sim.world.new_id(), name, language, components)
    sim.world.things.templates[page_id, name, language] = made
    return made


def told(sim: Simulator, page_id: str, template: UtilityTemplate, reason: str) -> Webhook:
    """Meta says what became of the review."""
    value: dict[str, Any] = {
        "event": template.status,
        "message_template_id": int(template.template_id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }
    if reason:
        value["reason"] = reason
    return items.change(page_id, "", "message_template_status_update", sim.meta_clock.stamp_ms(), value)


def _describe(template: UtilityTemplate) -> dict[str, Any]:
    return {
        "id": template.template_id,
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": "UTILITY",
        "components": template.components,
    }


def fill(sim: Simulator, page_id: str, given: Any) -> str:
    """The words that the customer reads; GraphError for a template that may not be sent or whose holes do not fit."""
    given = check_object(given, "message[template]")
    language = check_object(given.get("language"), "template[language]").get("code")
    found = sim.world.things.templates.get((page_id, str(given.get("name")), str(language)))
    if found is None or found.status != "APPROVED":
        raise failures.bad_parameter("There is no approved template of this name and language.")
    values = _read_values(given.get("components") or [])
    lines = [str(each.get("text")) for each in found.components if each.get("text")]
    holes = [hole for line in lines for hole in _HOLE.findall(line)]
    if set(holes) != set(values):
        raise failures.bad_parameter("The parameters do not fit the holes of the template.")
    return "\n".join(_HOLE.sub(lambda hole: values[hole[1]], line) for line in lines)


def _read_values(components: Any) -> dict[str, str]:
    """Named parameters by their names, the others by their place, counted through all components from 1."""
    values: dict[str, str] = {}
    for component in check_list(components, "template[components]", 0, COMPONENTS_MAX):
        for each in check_list(component.get("parameters") or [], "components[parameters]", 0, PARAMETERS_MAX):
            check_text(each.get("text"), "parameters[text]", 1_000)
            values[str(each.get("parameter_name") or len(values) + 1)] = each["text"]
    return values
