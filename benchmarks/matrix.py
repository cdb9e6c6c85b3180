"""Closed and open loop on both databases, one process and several, Graph at 0 and 50 ms; and what too many processes cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from benchmarks import measure, processes, servers
from benchmarks.measure import Plan
from benchmarks.servers import Server

GRAPH_MS = 50
SLOW_CUSTOMERS = 256
"""With a slow Graph each customer waits longer: more of them keep the server busy."""
OPEN_SHARE = 0.5
OPEN_SECONDS, CLOSED_SECONDS = 8.0, 5.0

NewDatabase = Callable[[], tuple[str, int]]

ON_SQLITE = (("SQLite, 1 process", ("all",)), ("SQLite, web and worker", ("web", "worker")))
ON_POSTGRES = tuple((f"PostgreSQL, {count} process{'es' * (count > 1)}", ("all",) * count) for count in (1, 2, 4))
TWO, FOUR = ON_POSTGRES[1][0], ON_POSTGRES[2][0]

HEAD = (
    "where", "closed loop, Graph 0 ms: events/s", "CPU µs an event", "closed loop, Graph 50 ms: events/s", "open loop at",
    "Graph 50 ms: ack p50 / p99 ms", "reply p50 / p99 ms", "refused, lost",
)  # fmt: skip


def run(plan: Plan, say: Callable[[str], None], new_database: NewDatabase | None) -> dict[str, Any]:
    """Every place one after the other, then two and four processes in turn."""
    found: dict[str, Any] = {}
    for name, roles, on_postgres in _places(new_database is not None):
        say(name)
        database = new_database() if new_database and on_postgres else ("", 0)
        with servers.frontdesk(name, *database, roles=roles) as server:
            found[name] = _at(plan, server)
    return {"places": found, "crowd": _crowd(plan, say, new_database) if new_database else {}}


def _places(with_postgres: bool) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    yield from ((name, roles, False) for name, roles in ON_SQLITE)
    if with_postgres:
        yield from ((name, roles, True) for name, roles in ON_POSTGRES)


def _at(plan: Plan, server: Server) -> dict[str, Any]:
    seconds = min(plan.window_seconds, CLOSED_SECONDS)
    closed = measure.load(plan, server, seconds=seconds)
    processes.get(server.sink_port, f"/_set?delay_ms={GRAPH_MS}")
    slow = measure.load(plan, server, seconds=seconds, customers=SLOW_CUSTOMERS, first_customer=40_000)
    rate = max(1.0, round(closed["events_per_second"] * OPEN_SHARE))
    short = min(plan.latency_seconds, OPEN_SECONDS)
    opened = measure.latency(plan, server, rate, GRAPH_MS, seconds=short)
    return {"closed": closed, "slow": slow, "open": opened, "start_seconds": server.start_seconds}


def _crowd(plan: Plan, say: Callable[[str], None], new_database: NewDatabase) -> dict[str, Any]:
    """Both are up at once, each on its own database, and take turns: what four processes lose against two shows."""
    say("two and four processes in turn")
    with ExitStack() as stack:
        both = [
            stack.enter_context(servers.frontdesk(name, *new_database(), roles=("all",) * count))
            for name, count in ((TWO, 2), (FOUR, 4))
        ]
        return measure.windows(plan, both)


def rows(found: dict[str, Any]) -> list[tuple[str, ...]]:
    """One line for each place."""
    return [_row(name, each) for name, each in found["places"].items()]


def _row(name: str, each: dict[str, Any]) -> tuple[str, ...]:
    closed, slow, opened = each["closed"], each["slow"], each["open"]
    database = closed["cpu_us_per_event"].get("database")
    windows = (closed, slow, opened)
    return (
        name,
        f"{closed['events_per_second']:,.0f}",
        f"{closed['server_cpu_us_per_event']:.0f}" + (f" + {database:.0f} in PostgreSQL" if database else ""),
        f"{slow['events_per_second']:,.0f}",
        f"{opened['rate']:.0f}/s",
        _times(opened["ack_ms"]),
        _times(opened["reply_ms"]),
        f"{sum(one['refused'] for one in windows)}, {sum(one['lost'] for one in windows)}",
    )


def _times(values: dict[str, float]) -> str:
    return f"{values['p50']:.1f} / {values['p99']:.1f}" if values else ""


def facts(found: dict[str, Any]) -> Iterator[str]:
    """What four processes are worth against two, and how long a start takes."""
    rates = {name: result["events_per_second"] for name, result in found["crowd"].items()}
    if rates.get(TWO):
        share = rates[FOUR] / rates[TWO]
        yield f"Four processes reach {share:.0%} of the events/s of two, on the same cores, in turn (at least 85 % is the goal)."
    for name, each in found["places"].items():
        yield f"Start to ready, {name}: {each['start_seconds']} s, first migration included."
