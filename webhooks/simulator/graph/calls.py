"""One Graph call in, one answer out, whether it came alone or in a batch. Never touches HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from webhooks.messenger.signature import appsecret_proof
from webhooks.simulator.graph import failures
from webhooks.simulator.graph.failures import GraphError
from webhooks.simulator.items import Webhook
from webhooks.simulator.simulator import Simulator

JSON_STARTS = ("{", "[", '"')


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `path` is what follows the version; `values` are query, form and JSON together, their JSON texts read.

    `origin`: where this Messenger was reached, for the addresses of what it keeps.
    """

    method: str
    path: tuple[str, ...]
    values: Mapping[str, Any]
    token: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back. `drop`: the connection ends instead, by a reset or silently. `after`: webhooks that follow the answer.

    `usage`: how much of the Page's calls is used up, in percent, where Meta tells it.
    """

    status: int
    body: Any
    drop: Literal["", "reset", "silent"] = ""
    after: tuple[Webhook, ...] = ()
    usage: int = 0


def read_values(pairs: Mapping[str, Any]) -> dict[str, Any]:
    """Form fields hold JSON as text: read it, except in the token and the proof."""
    return {
        name: value if name in {"access_token", "appsecret_proof"} else _read_text(value)
        for name, value in pairs.items()
    }


def _read_text(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(JSON_STARTS):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def refuse(error: GraphError) -> Answer:
    return Answer(error.http_status, error.body())


def page_of(sim: Simulator, call: Call) -> str:
    """The Page whose token was given, while it is alive; the proof is checked when there is one."""
    page_id = sim.world.find_page_by_token(call.token)
    if page_id is None:
        raise failures.dead_token()
    standing = sim.world.standings[page_id]
    if standing.is_dead(sim.meta_clock.now_ms()):
        raise failures.dead_token(460 if standing.is_revoked else 463)
    _check_proof(call, sim.settings.pages[page_id].app_secret or sim.settings.app_secret)
    return page_id


def is_app(sim: Simulator, call: Call) -> bool:
    """Whether the app itself asks: by its id and its secret."""
    if call.token != f"{sim.settings.app_id}|{sim.settings.app_secret}":
        return False
    _check_proof(call, sim.settings.app_secret)
    return True


def _check_proof(call: Call, secret: str) -> None:
    proof = call.values.get("appsecret_proof")
    if proof is not None and proof != appsecret_proof(call.token, secret.encode()):
        raise failures.bad_proof()


def check_scope(sim: Simulator, page_id: str, scope: str) -> None:
    """A token does what its owner was granted."""
    if scope not in sim.world.standings[page_id].scopes:
        raise failures.missing_scope(scope)


def check_own(page_id: str, named: str) -> None:
    """A token speaks for its own Page only."""
    if named not in ("me", page_id):
        raise failures.missing_object()


def check_rate(sim: Simulator, page_id: str, kind: str, calls_max: int) -> None:
    """Refuse the call that is one too many in this second, where the settings ask for it."""
    if not sim.settings.enforce_rates:
        return
    second = int(sim.clock.monotonic())
    last, calls = sim.calls_in_second.get((page_id, kind), (second, 0))
    calls = calls + 1 if last == second else 1
    sim.calls_in_second[page_id, kind] = (second, calls)
    if calls > calls_max:
        raise failures.too_many_calls()
