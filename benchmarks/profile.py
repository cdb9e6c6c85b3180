"""Where each microsecond of an event goes: the server under load, its stacks sampled from outside by py-spy (`pip install py-spy`).

    python -m benchmarks.profile [--seconds 20] [--customers 64] [--stacks FILE]

Half a minute. The time is the processor's, from `/proc`, shared out by how many samples fell where; waiting for the disk is told apart.
`--stacks` keeps the samples, one stack a line, as flame graph programs read them.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import measure, servers
from benchmarks.measure import Plan

SAMPLES_A_SECOND = 250
WAITING = "waiting for the disk (fsync)"
PARTS = (
    (WAITING, r"do_commit \("),
    ("database: a webhook's events", r"\btake \(app/store/intake"),
    ("database: claiming customers", r"\(app/store/claims"),
    ("database: what came of turns", r"Turns\._commit"),
    ("database: outcomes of sends", r"Sender\.record"),
    ("database: group, savepoints, hand-over between threads", r"\(app/store/(sqlite|writer|postgres|database)"),
    ("HTTP out: httpx, aiohttp", r"\(webhooks/messenger/http"),
    ("sending: rendering, batches, order", r"\(webhooks/messenger/(send|batch|render|pace)|\(app/worker/(sending|later)"),
    ("engine: the turn", r"\(app/engine/"),
    ("worker around the turn", r"\(app/worker/"),
    ("webhook: signature, parsing, intake", r"\(webhooks/messenger/|\(app/store/intake|\(app/mask"),
    ("webhook: HTTP in (uvicorn, FastAPI)", r"\((uvicorn/protocols|starlette|fastapi)|App\.__call__"),
    ("threads that are woken", r"Thread\._bootstrap"),
    ("event loop (uvloop), kernel's sockets", r""),
)  # fmt: skip
"""The first that fits a stack has it."""

OWN = re.compile(r"^(.*) \(((?:app|webhooks)/[^:]*):\d+\)$")
FUNCTIONS = 25


class NoSamplesError(Exception):
    """py-spy is not there or may not look."""


def sample(seconds: float, customers: int) -> tuple[list[tuple[str, int]], dict[str, Any]]:
    """Stacks with their number of samples, and what the load generator measured meanwhile."""
    spy = shutil.which("py-spy", path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin")
    if spy is None:
        raise NoSamplesError("py-spy is missing: pip install py-spy")
    plan = Plan(customers=customers)
    with servers.frontdesk("SQLite") as server, tempfile.TemporaryDirectory() as folder:
        measure.load(plan, server, seconds=3.0)
        stacks = Path(folder) / "stacks"
        command = [spy, "record", "-p", str(server.own_pids[0]), "-f", "raw", "-o", str(stacks), "--nonblocking"]
        command += ["-r", str(SAMPLES_A_SECOND), "-d", str(round(seconds))]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as spying:
            result = measure.load(plan, server, seconds=seconds, warm_up_seconds=0.5)
            said = (spying.communicate()[1] or b"").decode(errors="replace")
        if not stacks.exists():
            raise NoSamplesError(said[-1000:])
        return list(_read(stacks.read_text().splitlines())), result


def _read(lines: Iterable[str]) -> Iterator[tuple[str, int]]:
    for line in lines:
        stack, _, count = line.rpartition(" ")
        yield stack, int(count)


def by_part(stacks: Iterable[tuple[str, int]]) -> Counter[str]:
    """Samples of each part."""
    counts: Counter[str] = Counter()
    for stack, count in stacks:
        counts[next(name for name, pattern in PARTS if re.search(pattern, stack))] += count
    return counts


def by_function(stacks: Iterable[tuple[str, int]]) -> Counter[str]:
    """Samples in which each of our functions was the deepest of ours: what it costs with the libraries that it calls."""
    counts: Counter[str] = Counter()
    for stack, count in stacks:
        ours = [found for frame in stack.split(";") if (found := OWN.match(frame))]
        if ours and "do_commit" not in stack:
            counts[f"{ours[-1][2]} {ours[-1][1].replace('.<locals>', '')}"] += count
    return counts


def show(stacks: list[tuple[str, int]], result: dict[str, Any]) -> None:
    """Both tables."""
    console = Console(width=130)
    parts = by_part(stacks)
    waiting = parts.pop(WAITING, 0)
    computing = sum(parts.values())
    cpu = result["server_cpu_us_per_event"]
    table = Table("part of an event", "share", "CPU µs")
    for name, count in parts.most_common():
        table.add_row(name, f"{count / computing:.1%}", f"{cpu * count / computing:.0f}")
    console.print(table)
    console.print(f"{WAITING}: {waiting / (computing + waiting):.1%} of the samples")
    functions = Table("our function, with the libraries that it calls", "share", "CPU µs")
    for name, count in by_function(stacks).most_common(FUNCTIONS):
        functions.add_row(name, f"{count / computing:.1%}", f"{cpu * count / computing:.1f}")
    console.print(functions)
    console.print(
        f"{result['events_per_second']:.0f} events/s, {cpu:.0f} µs of CPU an event, {computing + waiting} samples"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Tell where each microsecond of an event goes.")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--customers", type=int, default=64)
    parser.add_argument("--stacks", type=Path, help="keep the samples in this file")
    chosen = parser.parse_args()
    try:
        stacks, result = sample(chosen.seconds, chosen.customers)
    except NoSamplesError as error:
        parser.exit(2, f"{error}\n")
    if chosen.stacks:
        chosen.stacks.write_text("".join(f"{stack} {count}\n" for stack, count in stacks))
    show(stacks, result)


if __name__ == "__main__":
    main()
