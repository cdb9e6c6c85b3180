"""A fleet behind nginx with README's file: one server killed and one frozen at once, a Page near its allowance, an upgrade.

    python -m benchmarks.fleet [--processes 4] [--rounds 10] [--customers 40] [--seed 1] [--older [REVISION]]

Prints what customers, Meta and staff would have noticed. Exit code 1 if something was lost, doubled, overtaken or answered twice, if
Meta waited five seconds, if work moved later than after ten, or if an upgrade refused a webhook.

With `--older` the servers start with the program as git has it at REVISION, by default the last one with another schema, and are
upgraded one by one under load: both programs are at work on one database.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.fleet.kit import NEAR_A_SECOND, FleetPlan, Seen, run_fleet
from tests.postgres import private_cluster

ROOT = Path(__file__).parents[1]
MIGRATIONS = "app/store/migrations/versions"
TAKEN_OVER_SECONDS, META_WAITS_SECONDS = 10.0, 5.0


def table_of(seen: Seen, took_seconds: float) -> Table:
    counts = seen.counts
    bad = f"{counts.lost}, {counts.doubled}, {counts.out_of_order}, {counts.copies}"
    table = Table("what", "figure")
    for what, figure in (
        ("events acknowledged", counts.acknowledged),
        ("lost, moved twice, out of order, replies sent twice", bad),
        ("rules broken in the database", len(counts.broken)),
        ("work of two lost servers moved after, s", ", ".join(f"{each:.1f}" for each in seen.taken_over_seconds)),
        ("all screens heard after, s", ", ".join(f"{each:.1f}" for each in seen.heard_seconds)),
        (f"sends a second where {NEAR_A_SECOND:.0f} are allowed", ", ".join(f"{each:.1f}" for each in seen.a_second)),
        ("webhooks without a 200: in upgrades, in all", f"{seen.refused_in_upgrades}, {seen.refused}"),
        ("longest wait of a webhook, s", f"{seen.slowest_seconds:.2f}"),
        ("settled after the end, s", counts.settled_after_seconds),
        ("took, s", f"{took_seconds:.0f}"),
    ):  # fmt: skip
        table.add_row(what, str(figure))
    return table


def is_broken(seen: Seen) -> bool:
    counts = seen.counts
    wrong = counts.lost or counts.doubled or counts.out_of_order or counts.copies or counts.broken
    late = max(seen.taken_over_seconds, default=0.0) >= TAKEN_OVER_SECONDS or seen.slowest_seconds >= META_WAITS_SECONDS
    return bool(wrong or late or seen.refused_in_upgrades)


def git(*words: str) -> str:
    return subprocess.run(["git", "-C", str(ROOT), *words], check=True, capture_output=True, text=True).stdout.strip()


def last_with_another_schema() -> str:
    """Only what was on the main line: branches number their migrations anew when they are merged."""
    return git("log", "-1", "--first-parent", "--format=%h", "--diff-filter=A", "--", f"{MIGRATIONS}/") + "^"


def check_out(revision: str, folder: Path) -> Path:
    """The program as it was, in this folder."""
    packed, older = folder / "older.tar", folder / "older"
    git("archive", "--format=tar", f"--output={packed}", revision)
    older.mkdir()
    subprocess.run(["tar", "-xf", str(packed), "-C", str(older)], check=True)
    return older


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--customers", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--older", metavar="REVISION", nargs="?", const="", help="upgrade from this program to the present"
    )
    chosen = parser.parse_args()
    if chosen.processes < 3:
        parser.error("two are lost at once: three at least")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="frontdesk-fleet-") as folder, private_cluster() as cluster:
        url = cluster.create_database("fleet")
        plan = FleetPlan(Path(folder), url, chosen.processes, chosen.customers, chosen.rounds, chosen.seed)
        if chosen.older is not None:
            revision = chosen.older or last_with_another_schema()
            print(f"From {git('log', '-1', '--format=%h, %as, %s', revision)}")
            plan = replace(plan, older=check_out(revision, plan.folder))
        seen = asyncio.run(run_fleet(plan))
    Console(width=120).print(table_of(seen, time.monotonic() - began))
    if is_broken(seen):
        print(*seen.counts.broken, *seen.counts.story, seen.counts.log_end, sep="\n", file=sys.stderr)
        sys.exit(1)
    if chosen.older is not None:
        before, after = seen.schemas
        print(f"The schema was {before}, and is {after}.")
        if before == after:
            sys.exit("Both programs have one schema: nothing was migrated. Name an older revision.")


if __name__ == "__main__":
    main()
