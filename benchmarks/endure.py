"""What lasts: a soak at half load with memory watched, and an overload with all that it must leave standing.

    python -m benchmarks.endure soak [--minutes 30] [--database sqlite|postgres]
    python -m benchmarks.endure overload [--minutes 5] [--times 3]

Exit code 1 when memory grew, an answer took too long or something was lost.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import measure, processes, servers
from benchmarks.measure import Plan
from benchmarks.servers import Server
from tests.postgres import private_cluster

SHARE = 0.5
"""Of the closed loop's rate, for the soak."""
FLAT_MB_AN_HOUR, FLAT_SHARE = 20.0, 0.05
"""Memory is flat when the second half's line rises less than this, or grew by less than this share in all."""
ACK_SECONDS_MAX = 2.0
NORMAL_AFTER_SECONDS = 60.0
DRAIN_SECONDS_MAX = 900.0
CROWD = 100_000
"""Customers of the overload: who still waits for a reply writes nothing more, so they must be many."""
CONNECTIONS = 1_900
"""Meta opens as many as it needs; beyond 2,000 requests at once the server refuses without looking at them."""
COMES_AGAIN_SECONDS = 20.0
"""Before a refused delivery of the overload comes again: Meta does so at once and then more and more rarely."""
EVERY_SECONDS = 1.0


@dataclass(slots=True)
class Watch:
    """Looks at a server once a second, in a thread: memory, and what it says of its own queue."""

    server: Server
    memory_mb: list[tuple[float, float]] = field(default_factory=list)
    oldest_seconds: list[tuple[float, float]] = field(default_factory=list)
    slowest_ready_seconds: float = 0.0
    began: float = field(default_factory=time.monotonic)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Watch:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            at = time.monotonic() - self.began
            self.memory_mb.append((at, measure.resident(self.server)))
            asked = time.monotonic()
            oldest = oldest_event_seconds(self.server)
            self.slowest_ready_seconds = max(self.slowest_ready_seconds, time.monotonic() - asked)
            if oldest is not None:
                self.oldest_seconds.append((at, oldest))


def oldest_event_seconds(server: Server) -> float | None:
    """How long the oldest unhandled event has waited, by /health/ready; None when it does not say."""
    try:
        told = json.loads(processes.get(server.ports[0], "/health/ready"))
    except (OSError, ValueError):
        return None
    value = told.get("oldest_event_seconds")
    return float(value) if value is not None else None


def slope_an_hour(points: list[tuple[float, float]]) -> float:
    """The rise of the line through the points, for each hour."""
    if len(points) < 2:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return 3600 * sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def soak(plan: Plan, server: Server, minutes: float) -> dict[str, Any]:
    """Half load for so long, customers who come again and new ones, and how memory went."""
    full = measure.load(plan, server, seconds=plan.window_seconds)["events_per_second"]
    rate = max(1.0, round(full * SHARE))
    with Watch(server) as watch:
        result = measure.load(
            plan, server, rate=rate, seconds=minutes * 60, customers=20_000, connections=64, first_customer=200_000
        )
    points = watch.memory_mb
    later = points[len(points) // 2 :]
    grown = (later[-1][1] - later[0][1]) / later[0][1]
    rises = slope_an_hour(later)
    return {
        "minutes": minutes, "rate": rate, "events": result["events"], "refused": result["refused"], "lost": result["lost"],
        "ack_ms": result["ack_ms"], "reply_ms": result["reply_ms"], "mb_begin": points[0][1], "mb_half": later[0][1],
        "mb_end": later[-1][1], "mb_an_hour": round(rises, 1),
        "is_good": (rises < FLAT_MB_AN_HOUR or grown < FLAT_SHARE) and not result["lost"],
    }  # fmt: skip


def overload(plan: Plan, server: Server, minutes: float, times: float) -> dict[str, Any]:
    """An open loop at so many times what a closed loop reached; then how long until an answer takes as long as before."""
    full = measure.load(plan, server, seconds=plan.window_seconds)["events_per_second"]
    calm_rate = max(1.0, round(full * SHARE))
    before = measure.latency(plan, server, calm_rate, 0, seconds=10.0)
    with Watch(server) as watch:
        result = measure.load(
            plan, server, rate=full * times, seconds=minutes * 60, customers=CROWD, connections=CONNECTIONS,
            first_customer=1_000_000, reply_seconds_max=3600.0, refused_pause_seconds=COMES_AGAIN_SECONDS, settles=False,
        )  # fmt: skip
        ended = time.monotonic()
        normal_after = _until_calm(server)
        drained_after = time.monotonic() - ended
    after = measure.latency(plan, server, calm_rate, 0, seconds=10.0)
    unanswered = _unanswered(server)
    return {
        "minutes": minutes, "rate": round(full * times), "capacity": full, "events": result["events"],
        "refused": result["refused"], "ack_ms": result["ack_ms"], "acks_over_two_seconds": result["slow_acks"],
        "slowest_ack_after_seconds": result["slowest_ack_after_seconds"], "reply_ms": result["reply_ms"],
        "slowest_ready_seconds": round(watch.slowest_ready_seconds, 2),
        "oldest_seconds_max": max((value for _, value in watch.oldest_seconds), default=0.0),
        "queue_empty_after_seconds": round(normal_after, 1), "drained_after_seconds": round(drained_after, 1),
        "mb_begin": watch.memory_mb[0][1], "mb_max": max(value for _, value in watch.memory_mb),
        "reply_before_ms": before["reply_ms"], "reply_after_ms": after["reply_ms"], "unanswered": unanswered,
        "is_good": result["ack_ms"]["max"] <= ACK_SECONDS_MAX * 1000 and normal_after <= NORMAL_AFTER_SECONDS and not unanswered,
    }  # fmt: skip


def _until_calm(server: Server) -> float:
    """Seconds until nothing waits for a turn any more."""
    began = time.monotonic()
    while time.monotonic() - began < DRAIN_SECONDS_MAX:
        if oldest_event_seconds(server) == 0:
            break
        time.sleep(0.5)
    return time.monotonic() - began


def _unanswered(server: Server) -> int:
    """Messages that are still open, events that were set aside, and one for events that wait, when all is over, by /health/ready."""
    measure.settle(server)
    told = json.loads(processes.get(server.ports[0], "/health/ready"))
    waits = told["oldest_event_seconds"] > 0
    return waits + told["quarantined"] + sum(int(each) for each in told["outbox"].values())


def _show(found: dict[str, Any]) -> None:
    table = Table("what", "measured")
    for name, value in found.items():
        table.add_row(name.replace("_", " "), f"{value:,}" if isinstance(value, int | float) else str(value))
    Console().print(table)


def main() -> int:
    parser = argparse.ArgumentParser(description="A soak, or an overload.")
    parser.add_argument("what", choices=("soak", "overload"))
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--times", type=float, default=3.0)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        address, pid = "", 0
        if chosen.database == "postgres":
            cluster = stack.enter_context(private_cluster())
            address, pid = cluster.create_database("endure"), cluster.pid
        server = stack.enter_context(servers.frontdesk(chosen.database, address, pid))
        if chosen.what == "soak":
            found = soak(Plan(), server, chosen.minutes or 30.0)
        else:
            found = overload(Plan(), server, chosen.minutes or 5.0, chosen.times)
    _show(found)
    return 0 if found["is_good"] else 1


if __name__ == "__main__":
    sys.exit(main())
