"""One command that measures everything and prints a table. Figures are taken, never asserted.

python -m benchmarks.run [--quick] [--only NAME ...] [--write-readme] [--install-peers]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from benchmarks import comparison, machine, matrix, measure, report, rivals, servers, turn
from benchmarks.conversation import BATCH_ITEMS
from benchmarks.measure import Plan
from benchmarks.processes import ROOT
from tests.postgres import Cluster, find_tools, private_cluster

RESULTS = ROOT / "benchmarks" / "results" / "latest.json"

HALF = 0.5
ISSUE_RATE = 100.0
ISSUE_GRAPH_MS = 50

PEER_CUSTOMERS = (4, 8, 16, 32)
"""httpx's pool slows down with every open connection, so the script's best number at once is looked for."""


@dataclass(slots=True)
class Run:
    """What one run needs and what came of it."""

    plan: Plan
    say: Callable[[str], None]
    stack: ExitStack
    results: dict[str, Any] = field(default_factory=dict)
    cluster: Cluster | None = None
    databases: int = 0

    def new_database(self) -> tuple[str, int]:
        """A fresh PostgreSQL database and its server's process id; the server starts at first need."""
        if self.cluster is None:
            self.say("starting PostgreSQL")
            self.cluster = self.stack.enter_context(private_cluster())
        self.databases += 1
        return self.cluster.create_database(f"bench_{self.databases}"), self.cluster.pid


def ceilings(run: Run) -> None:
    """What generator and sink can do together when the sink itself acknowledges and replies."""
    with ExitStack() as stack:
        place = stack.enter_context(servers.folder())
        sink, port = servers.start_sink(stack, place)
        mirror = servers.Server("harness", (port,), port, {"sink": sink.pid})
        run.results["harness"] = measure.load(run.plan, mirror, wait_for="mirror", seconds=run.plan.window_seconds)
        run.results["sink"] = {
            items: measure.load(run.plan, mirror, wait_for="ack", graph_items=items, seconds=run.plan.window_seconds)
            for items in (1, BATCH_ITEMS)
        }


def rates(run: Run) -> None:
    """Saturation: all servers take turns in one run."""
    with ExitStack() as stack:
        rivals = [servers.bare_route(), servers.afternoon(), servers.afternoon(in_tasks=True)]
        rivals.append(servers.frontdesk("SQLite"))
        if find_tools():
            rivals.append(servers.frontdesk("PostgreSQL", *run.new_database()))
        running = [stack.enter_context(each) for each in rivals]
        run.results["rates"] = measure.windows(run.plan, running)
        run.results["start_seconds"] = {each.name: each.start_seconds for each in running if each.start_seconds}
        run.say("echoes sent back")
        run.results["echoes"] = {each.name: measure.with_echoes(run.plan, each) for each in running[3:]}
    with servers.afternoon() as script:
        run.results["afternoon_best"] = measure.best_of(run.plan, script, PEER_CUSTOMERS)


def latencies(run: Run) -> None:
    """End to end at 100 events/s with a slow Graph, and at half of what each database carries."""
    found: dict[str, Any] = {}
    for name in ("SQLite", "PostgreSQL") if find_tools() else ("SQLite",):
        run.say(f"latency, {name}")
        database = run.new_database() if name == "PostgreSQL" else ("", 0)
        with servers.frontdesk(name, *database) as server:
            found[name] = {"slow_graph": measure.latency(run.plan, server, ISSUE_RATE, ISSUE_GRAPH_MS)}
            full = measure.load(run.plan, server, seconds=run.plan.window_seconds)["events_per_second"]
            found[name]["half_load"] = measure.latency(run.plan, server, round(full * HALF), 0)
    with servers.afternoon() as script:
        run.say("latency, afternoon script")
        found["afternoon script"] = {"slow_graph": measure.latency(run.plan, script, ISSUE_RATE, ISSUE_GRAPH_MS)}
    run.results["latencies"] = found


def memories(run: Run) -> None:
    """Resident memory after many customers."""
    with servers.frontdesk("SQLite") as server:
        run.results["memory"] = measure.memory(run.plan, server)


def variants(run: Run) -> None:
    """Web and worker apart, two processes on PostgreSQL, more customers at once, slow Graph at saturation."""
    found: dict[str, Any] = {}
    wanted: list[tuple[str, bool, tuple[str, ...]]] = [("SQLite, web and worker apart", False, ("web", "worker"))]
    if find_tools():
        wanted.append(("PostgreSQL, web and worker apart", True, ("web", "worker")))
        wanted.append(("PostgreSQL, two processes", True, ("all", "all")))
    for name, on_postgres, roles in wanted:
        run.say(name)
        database = run.new_database() if on_postgres else ("", 0)
        with servers.frontdesk(name, *database, roles=roles) as server:
            found[name] = measure.windows(run.plan, [server])[name]
    with servers.frontdesk("SQLite") as server:
        run.say("SQLite, 256 customers at once")
        found["SQLite, 256 customers at once"] = measure.load(
            run.plan, server, seconds=run.plan.window_seconds, customers=256
        )
    run.results["variants"] = found


def turns(run: Run) -> None:
    """The engine alone."""
    run.results["turn"] = turn.measure()


def peers(run: Run) -> None:
    """Other bot servers beside ours, in speed and in trouble; those that are installed."""
    fresh = [run.new_database() if find_tools() else None for _ in range(2)]
    run.results["peers"] = comparison.run(run.plan, run.say, *fresh)


def places(run: Run) -> None:
    """Both databases, one process and several, Graph at 0 and 50 ms."""
    run.results["matrix"] = matrix.run(run.plan, run.say, run.new_database if find_tools() else None)


PARTS: dict[str, Callable[[Run], None]] = {
    "ceilings": ceilings, "turn": turns, "rates": rates, "latency": latencies, "memory": memories, "variants": variants,
    "matrix": places,
    "peers": peers,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure everything and print a table.")
    parser.add_argument(
        "--quick", action="store_true", help="short windows: tries the harness, gives no figures to quote"
    )
    parser.add_argument("--only", nargs="+", choices=list(PARTS), help="only these parts")
    parser.add_argument(
        "--install-peers", action="store_true", help="install other bot servers for the part peers, and end"
    )
    parser.add_argument("--write-readme", action="store_true", help="put the table into benchmarks/README.md")
    chosen = parser.parse_args()
    console = Console(stderr=True)
    if chosen.install_peers:
        rivals.install(console.print)
        return
    with ExitStack() as stack:
        run = Run(Plan.quick() if chosen.quick else Plan(), lambda text: console.print(f"[dim]{text} …[/]"), stack)
        run.results |= {
            "machine": machine.describe(),
            "taken_on": datetime.now(UTC).date().isoformat(),
            "quick": chosen.quick,
        }
        for name, part in PARTS.items():
            if not chosen.only or name in chosen.only:
                run.say(name)
                part(run)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(run.results, indent=2))
    report.show(run.results)
    if chosen.write_readme:
        report.write_readme(run.results)


if __name__ == "__main__":
    main()
