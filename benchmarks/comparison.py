"""Ours and other bot servers in one run: the same conversation, the same load, the same trouble, one process each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from benchmarks import faults, measure, rivals, servers
from benchmarks.measure import Plan
from benchmarks.rivals import OURS, PEERS, Rival

WINDOWS, WINDOW_SECONDS = 3, 5.0
"""The median of so many windows for each, taken in turn: speed takes about five minutes with all peers."""

CROWD = 256
"""Customers at once, the second time: what gathers work under load gains by it, and nothing else does."""

APART = "Frontdesk, SQLite, web and worker apart"
"""The only one in two processes: what one machine can do with all of its cores."""

HEAD = (
    "server", "events/s", "of Bottender, redis", "CPU µs an event", f"{CROWD} at once: events/s", "CPU µs then", "MB",
    "a repeated delivery is answered twice", "not sent again after one error of Graph", "sessions lost when killed",
    "acknowledged, never answered", "answered twice after kill -9", "saw the old state", "a wrong signature",
)  # fmt: skip

Say = Callable[[str], None]


def run(
    plan: Plan, say: Say, postgres: tuple[str, int] | None, faults_postgres: tuple[str, int] | None
) -> dict[str, Any]:
    """Speed, then trouble. `postgres`: addresses of fresh databases and the server's process id, for ours on PostgreSQL."""
    chosen = [each for each in PEERS if each.is_there]
    for missing in (each for each in PEERS if each not in chosen):
        say(f"{missing.name} is not installed: python -m benchmarks.run --install-peers")
    found: dict[str, Any] = {"speed": speed(plan, [*_ours(postgres), *chosen], say), "faults": {}}
    for rival in [*_ours(faults_postgres), *chosen]:
        say(f"trouble: {rival.name}")
        found["faults"][rival.name] = faults.measure(rival)
    return found


def _ours(postgres: tuple[str, int] | None) -> list[Rival]:
    more = (
        [replace(OURS, name="Frontdesk, PostgreSQL", database=postgres[0], database_pid=postgres[1])]
        if postgres
        else []
    )
    return [OURS, *more]


def speed(plan: Plan, chosen: Sequence[Rival], say: Say) -> dict[str, Any]:
    """All servers are up at once and take turns; a closed loop of 64 customers, then of CROWD, Graph at 0 ms."""
    with ExitStack() as stack:
        boxes = []
        for rival in chosen:
            say(f"starting {rival.name}")
            boxes.append(stack.enter_context(rivals.running(rival)))
        short = replace(
            plan, windows=min(plan.windows, WINDOWS), window_seconds=min(plan.window_seconds, WINDOW_SECONDS)
        )
        say(f"starting {APART}")
        apart = stack.enter_context(servers.frontdesk(APART, roles=("web", "worker")))
        running = [apart, *(box.as_server() for box in boxes)]
        say("speed")
        results = measure.windows(short, running)
        say(f"speed with {CROWD} customers at once")
        crowded = measure.windows(replace(short, customers=CROWD), running)
        for server in running:
            results[server.name] |= {"memory_mb": measure.resident(server), "crowd": crowded[server.name]}
        return results


def rows(found: dict[str, Any]) -> list[tuple[str, ...]]:
    """One line for each server."""
    base = found["speed"].get("Bottender, redis", {}).get("events_per_second", 0.0)
    return [
        (name, *_speed_cells(result, base), *_fault_cells(found["faults"].get(name)))
        for name, result in found["speed"].items()
    ]


def _speed_cells(result: dict[str, Any], base: float) -> tuple[str, ...]:
    rate, crowd = result["events_per_second"], result["crowd"]
    return (
        f"{rate:,.0f}", f"{rate / base:.2f}x" if base else "", _cpu(result), f"{crowd['events_per_second']:,.0f}", _cpu(crowd),
        f"{result['memory_mb']:.0f}",
    )  # fmt: skip


def _cpu(result: dict[str, Any]) -> str:
    cpu = result["cpu_us_per_event"]
    beside = "".join(
        f" + {cpu[name]:.0f} in {says}"
        for name, says in (("redis", "redis"), ("database", "PostgreSQL"))
        if name in cpu
    )
    return f"{result['server_cpu_us_per_event']:.0f}{beside}"


def _fault_cells(counts: dict[str, Any] | None) -> tuple[str, ...]:
    if counts is None:
        return ("",) * 7
    return (
        f"{counts['repeated_answered_twice']} of {faults.REPEATED}",
        f"{counts['never_sent_after_an_error']} of {faults.FAILED}",
        f"{counts['sessions_lost']} of {faults.ASLEEP}",
        f"{counts['never_answered']} of {counts['acknowledged']}",
        f"{counts['answered_twice']} of {counts['in_flight']}",
        f"{counts['old_state_seen']} of {faults.QUICK}",
        counts["wrong_signature"],
    )
