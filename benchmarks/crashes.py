"""`kill -9` at random moments under load, fifty times, on both databases, with and without echoes. Prints what it counted.

    python -m benchmarks.crashes [--kills 50] [--database sqlite postgres] [--trouble none no-echo blind] [--processes 1]
    python -m benchmarks.crashes --blow restart-postgres cut crowd ...    something else than a kill; most need PostgreSQL
    unshare -n python -m benchmarks.crashes --database postgres --blow gone ...   PostgreSQL's machine falls silent; only as root
    python -m benchmarks.crashes --steps                                  killed at each named step instead
    python -m benchmarks.crashes --migrations                             each migration killed at every statement

Exit code 1 if an acknowledged event was lost, a session moved twice, a reply came out of order, or more copies than allowed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.crashes import vanish
from tests.crashes.blows import BLOWS, FAILOVERS, OF_POSTGRES
from tests.crashes.cutting import cut_everywhere, cutter
from tests.crashes.kit import Counts, Plan, run_kills
from tests.crashes.steps import run_steps
from tests.postgres import Cluster, Pair, private_cluster, private_pair

GONE = "gone"
"""Needs a network of its own."""

MAY_LOSE = "failover-behind"
"""Its numbers are shown and not judged: a standby that commits do not wait for has not everything."""

MAY_LOSE_SECONDS = 30.0
"""So long the run waits at its end for answers that will not come."""

COPIES_MAX = 2
"""Beyond the first; only where neither echo nor look-up can tell (reliability: at most two extra copies)."""

GRACE_SECONDS = 5
"""Instead of ninety, so that a run without echoes and look-ups ends on the same day."""


WIDTH = 210
"""Columns that the table needs; in a file it may have them."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """How much Meta tells about what it took."""

    says: str
    echoes: bool
    look_ups: bool
    copies_max: int


TROUBLES = {
    "none": Trouble("echoes and look-ups", echoes=True, look_ups=True, copies_max=0),
    "no-look-up": Trouble("echoes only", echoes=True, look_ups=False, copies_max=0),
    "no-echo": Trouble("look-ups only", echoes=False, look_ups=True, copies_max=0),
    "blind": Trouble("neither", echoes=False, look_ups=False, copies_max=COPIES_MAX),
}


def is_broken(counts: Counts, trouble: Trouble) -> bool:
    """Whether a guarantee was broken."""
    wrong = counts.lost or counts.doubled or counts.out_of_order or counts.broken
    return bool(wrong or counts.copies_max > trouble.copies_max)


def make_pair(blow: str) -> AbstractContextManager[Pair]:
    """PostgreSQL with a standby, for a blow that needs one."""
    return private_pair(hosts=vanish.HOSTS) if blow == GONE else private_pair(synchronous=FAILOVERS[blow])


def run_one(
    cluster: Cluster | None, database_url: str, trouble: Trouble, blow: str, chosen: argparse.Namespace
) -> Counts:
    """One run of blows in a new folder."""
    blind = not (trouble.echoes or trouble.look_ups)
    settings = {"FRONTDESK_ECHO_GRACE_SECONDS": str(GRACE_SECONDS)} if blind else {}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="frontdesk-crash-"))
        pair = stack.enter_context(make_pair(blow)) if blow in FAILOVERS else None
        if pair:
            pair.primary.create_database("crash")
            database_url = pair.address("crash")
        plan = Plan(
            folder=Path(folder),
            database_url=database_url or f"sqlite+aiosqlite:///{folder}/crash.db",
            kills=chosen.kills,
            blow=(blow,),
            processes=chosen.processes,
            echoes=trouble.echoes,
            look_ups=trouble.look_ups,
            seed=chosen.seed,
            settings=settings,
            settle_seconds_max=MAY_LOSE_SECONDS if blow == MAY_LOSE else Plan.settle_seconds_max,
        )
        return asyncio.run(run_kills(plan, cluster, pair))


@dataclass(frozen=True, slots=True)
class Row:
    """One run. `strikes`: what happened to the servers."""

    database: str
    strikes: str
    trouble: Trouble
    counts: Counts


def table_of(rows: list[Row]) -> Table:
    """All runs, one row each."""
    table = Table(
        "database", "what strikes", "times", "Meta tells by", "acknowledged", "lost", "moved twice", "out of order", "copies",
        "most", "slowest start s", "settled after s", "slowest webhook s", "answers again after s",
    )  # fmt: skip
    for row in rows:
        counts = row.counts
        figures = (
            counts.acknowledged, counts.lost, counts.doubled, counts.out_of_order, counts.copies,
            counts.copies_max, counts.slowest_start_seconds, counts.settled_after_seconds,
            counts.slowest_webhook_seconds, round(max(counts.resumed, default=0.0), 1) or "",
        )  # fmt: skip
        known = (row.database, row.strikes, str(counts.kills), row.trouble.says)
        table.add_row(*known, *(str(figure) for figure in figures))
    return table


def run_all(chosen: argparse.Namespace, cluster: Cluster | None) -> Iterator[Row]:
    """Every row that was asked for."""
    for database in chosen.database:
        for blow in ("steps",) if chosen.steps else chosen.blow:
            if database == "sqlite" and blow in OF_POSTGRES:
                continue
            for name in ("none",) if chosen.steps else chosen.trouble:
                url = cluster.create_database(f"crash_{time.time_ns()}") if cluster and database == "postgres" else ""
                if chosen.steps:
                    yield Row(database, "each step", TROUBLES[name], run_each_step(url))
                else:
                    yield Row(database, blow, TROUBLES[name], run_one(cluster, url, TROUBLES[name], blow, chosen))


def run_each_step(database_url: str) -> Counts:
    """Killed at each named step, in a new folder."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-crash-") as folder:
        return asyncio.run(run_steps(Path(folder), database_url or f"sqlite+aiosqlite:///{folder}/crash.db")).counts


def cut_migrations(cluster: Cluster | None, databases: list[str]) -> int:
    """Each statement of all migrations, on each database; 1 if something was left of one, or a row was lost."""
    wrong: list[str] = []
    with cutter() as program, tempfile.TemporaryDirectory(prefix="frontdesk-crash-") as folder:
        for database in databases:
            file = f"sqlite+aiosqlite:///{folder}/cut.db"
            url = cluster.create_database("cut") if cluster and database == "postgres" else file
            cuts = asyncio.run(cut_everywhere(program, url))
            print(f"{database}: {cuts.kills} kills, {len(cuts.wrong)} wrong", *cuts.wrong, sep="\n", flush=True)
            wrong += cuts.wrong
    return 1 if wrong else 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Strike the server under load and count what customers would notice.")
    parser.add_argument("--kills", type=int, default=50, help="how often it strikes")
    parser.add_argument("--blow", nargs="+", choices=list(BLOWS), default=["kill"], help="what strikes")
    parser.add_argument("--steps", action="store_true", help="killed at each named step of an event's way, once")
    parser.add_argument("--migrations", action="store_true", help="migrations killed at each of their statements")
    parser.add_argument("--database", nargs="+", choices=("sqlite", "postgres"), default=["sqlite", "postgres"])
    parser.add_argument("--trouble", nargs="+", choices=list(TROUBLES), default=["none", "blind"])
    parser.add_argument("--processes", type=int, default=1, help="so many servers on one database (PostgreSQL only)")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    chosen = parser.parse_args()
    if chosen.processes > 1 and "sqlite" in chosen.database:
        parser.error("several processes need PostgreSQL: add --database postgres")
    return chosen


def main() -> None:
    chosen = read_arguments()
    rows: list[Row] = []
    if GONE in chosen.blow:
        vanish.prepare()
    with ExitStack() as stack:
        cluster = stack.enter_context(private_cluster()) if "postgres" in chosen.database else None
        if chosen.migrations:
            sys.exit(cut_migrations(cluster, chosen.database))
        for row in run_all(chosen, cluster):
            rows.append(row)
            Console(stderr=True, width=WIDTH).print(table_of(rows[-1:]))
    Console(width=WIDTH).print(table_of(rows), f"seed {chosen.seed}")
    broken = [row.counts for row in rows if row.strikes != MAY_LOSE and is_broken(row.counts, row.trouble)]
    for counts in broken:
        print(*counts.broken, *counts.story, counts.log_end, sep="\n", file=sys.stderr)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
