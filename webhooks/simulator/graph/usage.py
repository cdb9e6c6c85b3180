"""How much of Meta's limits is used up, as the headers of an answer say it. Only while that is ordered."""

from __future__ import annotations

import json

from webhooks.simulator.faults import USAGE
from webhooks.simulator.simulator import Simulator


def usage_headers(sim: Simulator, token: str) -> dict[str, str]:
    """X-App-Usage, X-Page-Usage and X-Business-Use-Case-Usage in percent; the last with the minutes until calls are taken again."""
    page_id = sim.world.find_page_by_token(token) or ""
    fault = sim.faults.strike(USAGE, (page_id, "")).get("usage")
    if fault is None:
        return {}
    shares = {"call_count": fault.percent, "total_time": fault.percent, "total_cputime": fault.percent}
    by_use = {page_id: [{"type": "messenger", **shares, "estimated_time_to_regain_access": fault.minutes}]}
    return {
        "X-App-Usage": json.dumps(shares),
        "X-Page-Usage": json.dumps(shares),
        "X-Business-Use-Case-Usage": json.dumps(by_use),
    }
