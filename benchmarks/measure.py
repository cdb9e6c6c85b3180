"""The measurements themselves: windows in turn, latencies, memory, ceilings. Gives plain values; prints nothing."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import machine, processes
from benchmarks.processes import ROOT
from benchmarks.servers import Server

LATENCY_CUSTOMERS = 500
"""So many that the open loop finds one without an open reply even while a disk stalls, at every rate used here."""

KNOWN = {"customers": LATENCY_CUSTOMERS, "first_customer": 50_000}

WARM_UP_SECONDS_MAX = 60.0
SETTLE_SECONDS_MAX = 30.0


@dataclass(slots=True)
class Plan:
    """How long and how often; `quick` is for trying the harness, not for figures."""

    windows: int = 5
    window_seconds: float = 8.0
    latency_seconds: float = 30.0
    customers: int = 64
    memory_customers: int = 10_000
    runs: int = 0

    @staticmethod
    def quick() -> Plan:
        return Plan(windows=2, window_seconds=2.0, latency_seconds=5.0, memory_customers=1_000)


def load(plan: Plan, server: Server, *, settles: bool = True, **order: Any) -> dict[str, Any]:
    """One run of the load generator against `server`. `settles`: wait until nothing more arrives."""
    plan.runs += 1
    order = {
        "ports": list(server.ports),
        "sink_port": server.sink_port,
        "pids": server.pids,
        "path": server.path,
        **order,
    }
    order.setdefault("customers", plan.customers)
    order.setdefault("connections", min(plan.customers, order["customers"]))
    order["mark"] = f"r{plan.runs}_"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", json.dumps(order)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The load generator stopped:\n{done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    result["server_cpu_us_per_event"] = of_server(server, result["cpu_us_per_event"])
    result["server_busy"] = of_server(server, result["busy"])
    if server.sink_port and settles:
        settle(server)
    return result


def of_server(server: Server, figures: dict[str, float]) -> float:
    """The sum over the server's own processes, without generator, sink and database server."""
    return round(float(sum(value for name, value in figures.items() if server.pids.get(name) in server.own_pids)), 2)


def settle(server: Server) -> None:
    """Wait until nothing more arrives at the sink: a window must not pay for the one before."""
    before, began = -1, time.monotonic()
    while time.monotonic() - began < SETTLE_SECONDS_MAX:
        now = json.loads(processes.get(server.sink_port, "/_report"))["sends"]
        if now == before:
            return
        before = now
        time.sleep(0.3)


def windows(plan: Plan, servers: Sequence[Server]) -> dict[str, dict[str, Any]]:
    """Saturation of each server: the servers take turns, and the median of each figure over all rounds is given."""
    rounds: dict[str, list[dict[str, Any]]] = {server.name: [] for server in servers}
    for _ in range(plan.windows):
        for server in servers:
            wait_for = "reply" if server.sink_port else "ack"
            rounds[server.name].append(load(plan, server, seconds=plan.window_seconds, wait_for=wait_for))
    return {name: median_of(results) for name, results in rounds.items()}


def median_of(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Figure by figure the median; counts of what went wrong are added up, and every rate is kept."""
    middle: dict[str, Any] = {}
    for name, first in results[0].items():
        values = [result[name] for result in results]
        if name in ("refused", "lost", "other_messages", "events"):
            middle[name] = sum(values)
        elif isinstance(first, dict):
            # A window in which nothing came back has no times.
            middle[name] = median_of(there) if (there := [each for each in values if each]) else {}
        else:
            middle[name] = round(statistics.median(values), 2)
    if "events_per_second" in middle:
        middle["all_rates"] = [result["events_per_second"] for result in results]
    return middle


def latency(plan: Plan, server: Server, rate: float, graph_delay_ms: int, seconds: float = 0.0) -> dict[str, Any]:
    """Open loop at `rate` events/s with a Graph that answers after `graph_delay_ms`. A reply is timed when its request arrives.

    Every customer has been through the conversation once before: a first message is preceded by the disclosure, and would wait for it.
    """
    load(
        plan,
        server,
        conversations_max=LATENCY_CUSTOMERS,
        connections=plan.customers,
        seconds=WARM_UP_SECONDS_MAX,
        **KNOWN,
    )
    processes.get(server.sink_port, f"/_set?delay_ms={graph_delay_ms}")
    try:
        order = {
            "rate": rate,
            "seconds": seconds or plan.latency_seconds,
            "connections": plan.customers,
            "warm_up_seconds": 2.0,
        }
        result = load(plan, server, **order, **KNOWN)
    finally:
        processes.get(server.sink_port, "/_set?delay_ms=0")
    return result | {"rate": rate, "graph_delay_ms": graph_delay_ms}


def memory(plan: Plan, server: Server) -> dict[str, Any]:
    """Resident memory when idle, and after many customers have gone through the whole conversation."""
    before = resident(server)
    result = load(
        plan, server, customers=plan.memory_customers, conversations_max=plan.memory_customers, connections=plan.customers,
        first_customer=1_000_000, seconds=600.0, warm_up_seconds=0.0,
    )  # fmt: skip
    after = resident(server)
    return {"customers": plan.memory_customers, "events": result["events"], "idle_mb": before, "after_mb": after}


def resident(server: Server) -> float:
    """VmRSS of the server's own processes, in MB."""
    return round(sum(machine.memory_megabytes(pid) for pid in server.own_pids), 1)


def with_echoes(plan: Plan, server: Server) -> dict[str, Any]:
    """Saturation while the sink sends a signed echo of every message back, as Meta does when an app subscribes to echoes."""
    processes.get(server.sink_port, f"/_set?echo_port={server.ports[0]}")
    try:
        return load(plan, server, seconds=plan.window_seconds)
    finally:
        settle(server)
        processes.get(server.sink_port, "/_set?echo_port=0")


def best_of(plan: Plan, server: Server, customers: Sequence[int]) -> dict[str, Any]:
    """The best rate of a server over several numbers of customers at once, one window each."""
    results = [
        load(plan, server, seconds=plan.window_seconds, customers=each) | {"customers": each} for each in customers
    ]
    return max(results, key=lambda result: result["events_per_second"])
