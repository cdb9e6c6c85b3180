"""What the app asks and orders with its own token, `id|secret`: about a Page's token, about itself, its subscription."""

from __future__ import annotations

from typing import Any

from webhooks.simulator.graph import failures
from webhooks.simulator.graph.calls import Answer, Call
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.standing import PageStanding, Subscription


async def answer(sim: Simulator, call: Call) -> Answer:
    """One call of the app; raises GraphError for what Meta refuses."""
    match call.method, call.path:
        case "GET", ("debug_token",):
            return _debug_token(sim, str(call.values.get("input_token") or ""))
        case "GET", (app_id,) if app_id in (sim.settings.app_id, "app"):
            return _get_app(sim, call)
        case "GET", (app_id, "subscriptions") if app_id == sim.settings.app_id:
            return Answer(200, {"data": _subscriptions(sim)})
        case "POST", (app_id, "subscriptions") if app_id == sim.settings.app_id:
            return await _subscribe(sim, call)
        case _:
            raise failures.missing_object()


def _debug_token(sim: Simulator, token: str) -> Answer:
    page_id = sim.world.find_page_by_token(token)
    if page_id is None:
        error = {"code": 190, "message": "Malformed access token"}
        return Answer(200, {"data": {"is_valid": False, "scopes": [], "error": error}})
    standing = sim.world.standings[page_id]
    known: dict[str, Any] = {
        "app_id": standing.token_app_id or sim.settings.app_id,
        "type": "PAGE",
        "application": "Frontdesk",
        "is_valid": not standing.is_dead(sim.meta_clock.now_ms()),
        "expires_at": standing.token_dies_ms // 1000,
        "data_access_expires_at": standing.data_dies_ms // 1000,
        "profile_id": page_id,
        "scopes": list(standing.scopes),
    }
    return Answer(200, {"data": {**known, **_death(standing, sim.meta_clock.now_ms())}})


def _death(standing: PageStanding, now_ms: int) -> dict[str, Any]:
    if not standing.is_dead(now_ms):
        return {}
    subcode = 460 if standing.is_revoked else 463
    return {"error": {"code": 190, "subcode": subcode, "message": "Error validating access token."}}


def _get_app(sim: Simulator, call: Call) -> Answer:
    app = sim.world.app
    known = {
        "id": sim.settings.app_id, "name": "Frontdesk", "privacy_policy_url": app.privacy_policy_url,
        "data_deletion_url": app.data_deletion_url,
    }  # fmt: skip
    asked = [name.strip() for name in str(call.values.get("fields") or "name").split(",")]
    if unknown := [name for name in asked if name not in known or name in app.unknown_fields]:
        raise failures.unknown_field(unknown[0])
    return Answer(200, {**{name: known[name] for name in asked if known[name]}, "id": sim.settings.app_id})


def _subscriptions(sim: Simulator) -> list[dict[str, Any]]:
    kept = sim.world.app.subscription
    if kept is None:
        return []
    fields = [{"name": name, "version": "v26.0"} for name in sorted(kept.fields)]
    return [{"object": "page", "callback_url": kept.callback_url, "active": kept.is_active, "fields": fields}]


async def _subscribe(sim: Simulator, call: Call) -> Answer:
    """The address is called at once: it must answer with the challenge."""
    fields = call.values.get("fields")
    names = fields if isinstance(fields, list) else str(fields or "").split(",")
    wanted = frozenset(str(name).strip() for name in names if str(name).strip())
    address = str(call.values.get("callback_url") or "")
    if call.values.get("object") != "page" or not wanted or not address.startswith("http"):
        raise failures.bad_parameter("Params object, callback_url and fields are required.")
    if await sim.postman.find_trouble(address, str(call.values.get("verify_token") or "")):
        raise failures.unverified_callback()
    sim.world.app.subscription = Subscription(address, wanted)
    return Answer(200, {"success": True})
