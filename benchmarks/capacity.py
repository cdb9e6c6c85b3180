"""What a fleet needs for so many Pages and events a second: plain arithmetic on the figures of benchmarks/README.md.

    python -m benchmarks.capacity [--pages N --events N] [--busy 0.6]

Every constant says where it is from. Beyond about 1,600 events a second nothing was measured: there the table only multiplies.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from math import ceil

from rich.console import Console
from rich.table import Table

SERVER_US, POSTGRES_US = 724, 290
"""CPU an event, its echo taken in as well: row "PostgreSQL, every echo sent back"."""
WAL_BYTES, DISK_BYTES = 15_000, 4_000
"""An event in PostgreSQL's log (seen: 15,000 in a small run of `crashes.py`), and its rows with their indexes (estimated)."""
PROCESS_MB, BOT_MB = 113, 0.5
"""A process after 10,000 customers; a small bot that is loaded in each process (18 MB for 1,000 states: 20 to 30 states)."""
BY_MEANING_MB = 130
"""The FAQ by meaning, once in each process with workers (README, ANSWERS_BY_MEANING)."""
CONNECTIONS = 14
"""Of one process: twelve, and two that listen."""
LOOK_US = 10
"""Each process looks once a second at every folder, whether a flow changed; of the database it asks one question for all of them."""
PAGE_A_SECOND = 300
"""Messages that Messenger takes of one Page in a second; beyond 40 its inbox stops showing them."""
SHOWN = ((1, 1), (10, 10), (100, 100), (100, 1_000), (1_000, 1_000), (1_000, 3_000), (1_000, 10_000))
"""(Pages, events a second at the busiest)."""


@dataclass(frozen=True, slots=True)
class Need:
    """What it takes. `short` is what is used up first."""

    pages: int
    events: int
    processes: int
    memory_gb: float
    postgres_cores: float
    connections: int
    wal_mb: float
    disk_gb: float
    short: str


def need(pages: int, events: int, busy: float) -> Need:
    """`busy`: the share of a core that may be in use at the busiest moment. The day is a fifth as busy as that on average."""
    looks = pages * LOOK_US / 1e6
    each = max(busy - looks, 0.05) / (SERVER_US / 1e6)
    processes = ceil(events / each)
    memory = processes * (PROCESS_MB + BY_MEANING_MB + pages * BOT_MB) / 1024
    wal, disk = events * WAL_BYTES / 1e6, events / 5 * 86_400 * DISK_BYTES / 1e9
    return Need(
        pages, events, processes, memory, events * POSTGRES_US / 1e6 / busy, processes * CONNECTIONS, wal, disk,
        _short(pages, events, processes, wal),
    )  # fmt: skip


def _short(pages: int, events: int, processes: int, wal_mb: float) -> str:
    if events / pages > PAGE_A_SECOND:
        return "Messenger's limit of a Page"
    if wal_mb > 50:
        return "PostgreSQL: its log and its commits; divide by Page"
    if processes * CONNECTIONS > 500:
        return "PostgreSQL: connections"
    return "nothing: one process is enough" if processes == 1 else "processes: CPU"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int)
    parser.add_argument("--events", type=int, help="a second, at the busiest")
    parser.add_argument("--busy", type=float, default=0.6, help="share of a core that may be in use then")
    chosen = parser.parse_args()
    wanted = ((chosen.pages, chosen.events),) if chosen.pages and chosen.events else SHOWN
    table = Table(
        "Pages",
        "events/s",
        "processes",
        "their GB",
        "PostgreSQL's cores",
        "connections",
        "log MB/s",
        "GB a day",
        "short first",
    )
    for each in (need(pages, events, chosen.busy) for pages, events in wanted):
        table.add_row(
            f"{each.pages:,}", f"{each.events:,}", f"{each.processes:,}", f"{each.memory_gb:.1f}", f"{each.postgres_cores:.1f}",
            f"{each.connections:,}", f"{each.wal_mb:.1f}", f"{each.disk_gb:.1f}", each.short,
        )  # fmt: skip
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
