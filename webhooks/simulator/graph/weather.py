"""What the ordered faults make of a send. Never orders one."""

from __future__ import annotations

from webhooks.simulator.faults import Fault
from webhooks.simulator.graph import failures
from webhooks.simulator.graph.calls import Answer, refuse
from webhooks.simulator.graph.failures import GraphError

BY_KIND = {
    "rate_limit": (4, 2018354),
    "token_expired": (190, 460),
    "window_closed": (10, 2018278),
    "page_restricted": (10, 1893063),
    "person_blocked": (551, 1545041),
}
"""Faults that refuse with one error."""


def refuse_by_weather(hits: dict[str, Fault]) -> Answer | None:
    """What comes instead of a delivery, if anything does."""
    if "reset" in hits and not hits["reset"].delivered:
        return Answer(0, None, drop="reset")
    if "http_500" in hits and not hits["http_500"].delivered:
        return refuse(failures.service_trouble())
    for kind, codes in BY_KIND.items():
        if kind in hits:
            return refuse(failures.known(*codes))
    for kind in ("graph_error", "error"):
        if kind in hits and not hits[kind].delivered:
            return refuse(ordered_error(hits[kind]))
    return None


def answer_by_weather(hits: dict[str, Fault]) -> Answer | None:
    """What is answered although the message was delivered, if it is not a success."""
    if "lost_answer" in hits or "reset" in hits:
        return Answer(0, None, drop="reset" if "reset" in hits else "silent")
    if "http_500" in hits:
        return refuse(failures.unknown_outcome())
    for kind in ("graph_error", "error"):
        if kind in hits:
            return refuse(ordered_error(hits[kind]))
    return None


def ordered_error(fault: Fault) -> GraphError:
    """`graph_error`: as the table has it; `error`: with any status."""
    if fault.kind == "graph_error":
        return failures.known(fault.code, fault.subcode)
    return GraphError(fault.code, "Ordered by the fault panel.", fault.subcode, fault.status)
