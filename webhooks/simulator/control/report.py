"""What happened so far, counted: webhooks, sends, copies, order per customer. Reads only."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from typing import Any

from webhooks.simulator.graph.lookup import text_of
from webhooks.simulator.limits import REPORT_CUSTOMERS_MAX
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.world import Thread

WORDS_MAX = 30
"""O: so many first words of an answer are tried as the bot's own before the customer's."""


def report(sim: Simulator, *, with_customers: bool = True) -> dict[str, Any]:
    """Counts, and one line for each customer where they are wanted."""
    totals = _totals(sim)
    return {**totals, **_customers(sim)} if with_customers else totals


def _customers(sim: Simulator) -> dict[str, Any]:
    threads = list(islice(reversed(sim.world.threads.values()), REPORT_CUSTOMERS_MAX))
    lines = {f"{thread.page_id}/{thread.customer_id}": _line(thread) for thread in threads}
    return {
        "duplicates": sum(line["duplicates"] for line in lines.values()),
        "overlaps": sum(line["overlaps"] for line in lines.values()),
        "order_violations": sum(line["order_violations"] for line in lines.values()),
        "customers": lines,
    }


def _totals(sim: Simulator) -> dict[str, Any]:
    return {
        "handshake": sim.postman.handshake,
        "webhooks": {**asdict(sim.postman.counts), "waiting": sim.postman.waiting()},
        "sends": asdict(sim.sends),
        "faults": {"struck": dict(sim.faults.struck), "active": sim.faults.describe()},
        "clock": sim.meta_clock.now().isoformat(),
    }


def _line(thread: Thread) -> dict[str, Any]:
    return {
        "said": thread.said,
        "got": thread.got,
        "duplicates": sum(copies - 1 for copies in thread.copies.values()),
        "copied": [metadata for metadata, copies in thread.copies.items() if copies > 1],
        "overlaps": thread.overlaps,
        "order_violations": order_violations(thread),
        "arrived": [text_of(entry.message) for entry in thread.entries if entry.written_by == "bot"],
    }


def order_violations(thread: Thread) -> int:
    """How often a bot's message that ends in something the customer said came after an answer to something said later.

    Only texts that the customer said once count; what the answer shows is all that is known of order here.
    """
    said: dict[str, int] = {}
    repeated: set[str] = set()
    for place, entry in enumerate(entry for entry in thread.entries if entry.written_by == "customer"):
        text = text_of(entry.message)
        repeated |= {text} & said.keys()
        said[text] = place
    violations, furthest = 0, -1
    for entry in thread.entries:
        place_answered = _answered(text_of(entry.message), said, repeated) if entry.written_by == "bot" else None
        if place_answered is not None:
            violations += place_answered < furthest
            furthest = max(furthest, place_answered)
    return violations


def _answered(text: str, said: dict[str, int], repeated: set[str]) -> int | None:
    rest = text
    for _ in range(WORDS_MAX):
        if rest in said and rest not in repeated:
            return said[rest]
        _, space, rest = rest.partition(" ")
        if not space:
            return None
    return None
