"""`kill -9` at random moments under load, fifty times, on both databases, with and without echoes. Prints what it counted.

    python -m benchmarks.crashes [--kills 50] [--database sqlite postgres] [--trouble none no-echo blind] [--processes 1]

Exit code 1 if an acknowledged event was lost, a session moved twice, a reply came out of order, or more copies than allowed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.crashes.kit import Counts, Plan, run_kills
from tests.postgres import private_cluster

COPIES_MAX = 2
"""Beyond the first; only where neither echo nor look-up can tell (reliability: at most two extra copies)."""

GRACE_SECONDS = 5
"""Instead of ninety, so that a run without echoes and look-ups ends on the same day."""


WIDTH = 160
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


def run_one(database_url: str, trouble: Trouble, chosen: argparse.Namespace) -> Counts:
    """One run of kills in a new folder."""
    blind = not (trouble.echoes or trouble.look_ups)
    settings = {"FRONTDESK_ECHO_GRACE_SECONDS": str(GRACE_SECONDS)} if blind else {}
    with tempfile.TemporaryDirectory(prefix="frontdesk-crash-") as folder:
        plan = Plan(
            folder=Path(folder),
            database_url=database_url or f"sqlite+aiosqlite:///{folder}/crash.db",
            kills=chosen.kills,
            processes=chosen.processes,
            echoes=trouble.echoes,
            look_ups=trouble.look_ups,
            seed=chosen.seed,
            settings=settings,
        )
        return asyncio.run(run_kills(plan))


def table_of(rows: list[tuple[str, Trouble, Counts]]) -> Table:
    """All runs, one row each."""
    table = Table(
        "database", "Meta tells by", "kills", "acknowledged", "lost", "moved twice", "out of order", "copies", "most",
        "slowest start s", "settled after s",
    )  # fmt: skip
    for database, trouble, counts in rows:
        figures = (
            counts.kills, counts.acknowledged, counts.lost, counts.doubled, counts.out_of_order, counts.copies,
            counts.copies_max, counts.slowest_start_seconds, counts.settled_after_seconds,
        )  # fmt: skip
        table.add_row(database, trouble.says, *(str(figure) for figure in figures))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill the server under load and count what customers would notice.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--database", nargs="+", choices=("sqlite", "postgres"), default=["sqlite", "postgres"])
    parser.add_argument("--trouble", nargs="+", choices=list(TROUBLES), default=["none", "blind"])
    parser.add_argument("--processes", type=int, default=1, help="so many servers on one database (PostgreSQL only)")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    chosen = parser.parse_args()
    if chosen.processes > 1 and "sqlite" in chosen.database:
        parser.error("several processes need PostgreSQL: add --database postgres")
    rows: list[tuple[str, Trouble, Counts]] = []
    with ExitStack() as stack:
        cluster = stack.enter_context(private_cluster()) if "postgres" in chosen.database else None
        for database in chosen.database:
            for name in chosen.trouble:
                fresh = f"crash_{len(rows)}"
                url = cluster.create_database(fresh) if cluster and database == "postgres" else ""
                rows.append((database, TROUBLES[name], run_one(url, TROUBLES[name], chosen)))
                Console(stderr=True, width=WIDTH).print(table_of(rows[-1:]))
    Console(width=WIDTH).print(table_of(rows), f"seed {chosen.seed}")
    broken = [counts for _, trouble, counts in rows if is_broken(counts, trouble)]
    for counts in broken:
        print(*counts.broken, *counts.story, counts.log_end, sep="\n", file=sys.stderr)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
