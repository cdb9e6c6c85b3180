"""What an event costs with few stored customers and with many: the same database grows, and is measured on the way.

    python -m benchmarks.growth [--customers 2000000] [--database sqlite|postgres]

Two million customers have ten million messages and take about 4 GB of disk in the folder of temporary files (TMPDIR) while it runs,
and about five minutes on a quiet machine. Rows are written by the database itself, past all rooms.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import gcd
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import measure, servers
from benchmarks.conversation import PAGES
from benchmarks.measure import Plan
from benchmarks.servers import PAGE_ID, Server
from tests.postgres import private_cluster

SIZES = (1, 10_000, 200_000, 2_000_000)
MESSAGES_EACH = 5
"""Of one customer, both sides together: three of theirs, two of ours."""
THEIRS = 3
FIRST = 10_000_000
"""The number of the first stored customer: numbers of one length, like Meta's."""
ACTIVE = 3_000
"""So many of the stored customers write, spread over all of them, each in turn: what they need is not in a cache for being few."""
WINDOWS, WINDOW_SECONDS = 3, 6.0
BYTES_EACH = 2_500
"""Of disk for each customer, with a margin."""
GOAL = 1.3

# {n} is the customer's number, {m} the message's; both databases read this.
_PAGE = f"CAST({int(PAGE_ID)} + ({{n}} % {PAGES}) AS TEXT)"
_CUSTOMER = "CAST({n} AS TEXT)"
_SESSION = '{"state": "echo", "back": ["welcome", "wish"], "slots": {"wish": "a scarf of blue wool"}, "met": true}'
_INSERTS = (
    (
        "conversations",
        "page_id, customer_id, answered_by, epoch, fence, tries, next_seq, created_at, last_customer_at, changed_at",
        f"{_PAGE}, {_CUSTOMER}, 'bot', 0, 3, 0, {MESSAGES_EACH - THEIRS + 1}, {{at}}, {{at}}, {{at}}",
        1,
    ),
    ("sessions", "page_id, customer_id, body, revision, updated_at", f"{_PAGE}, {_CUSTOMER}, '{_SESSION}', 'r', {{at}}", 1),
    (
        "history",
        "page_id, customer_id, who, kind, text, mid, happened_at",
        f"{_PAGE}, {_CUSTOMER}, 'customer', 'TextReceived', 'Where is my parcel? I wrote ' || {{m}} || ' times.', "
        f"'m_' || {{n}} || '_' || {{m}}, {{at}}",
        THEIRS,
    ),
    (
        "outbox",
        "page_id, customer_id, seq, body, written_by, epoch, status, attempt, unsure, mid, created_at, settled_at",
        f"{_PAGE}, {_CUSTOMER}, {{m}}, '{{{{\"text\": \"Thank you, I have noted that.\"}}}}', 'bot', 0, 'sent', 1, 0, "
        f"'o_' || {{n}} || '_' || {{m}}, {{at}}, {{at}}",
        MESSAGES_EACH - THEIRS,
    ),
    (
        "inbox",
        "page_id, customer_id, event_key, kind, status, opens_window, happened_at, received_at, finished_at",
        f"{_PAGE}, {_CUSTOMER}, {{key}}, 'TextReceived', 'done', {{true}}, {{at}}, {{at}}, {{at}}",
        1,
    ),
)  # fmt: skip


def statement(dialect: str, place: int, since: int, until: int, at: datetime) -> str:
    """One INSERT that writes this table's rows of the customers from `since` to before `until`. Nothing in it comes from outside."""
    table, columns, values, each = _INSERTS[place]
    words = {"n": "n", "m": "m", "at": _moment(dialect, at)}
    if dialect == "sqlite":
        words |= {"key": "CAST(printf('%020d', n) AS BLOB)", "true": "1"}
        series = (
            f"WITH RECURSIVE c(n) AS (SELECT {FIRST + since} UNION ALL SELECT n + 1 FROM c WHERE n + 1 < {FIRST + until}), "
            f"t(m) AS (SELECT 1 UNION ALL SELECT m + 1 FROM t WHERE m < {each}) "
        )
        return f"{series}INSERT INTO {table} ({columns}) SELECT {_fill(values, words)} FROM c, t"
    words |= {"key": "decode(lpad(n::text, 20, '0'), 'hex')", "true": "true"}
    series = f"generate_series({FIRST + since}, {FIRST + until - 1}) AS c(n), generate_series(1, {each}) AS t(m)"
    return f"INSERT INTO {table} ({columns}) SELECT {_fill(values, words)} FROM {series}"


def _fill(values: str, words: dict[str, str]) -> str:
    for name, word in words.items():
        values = values.replace(f"{{{name}}}", word)
    return values.replace("{{", "{").replace("}}", "}")


def _moment(dialect: str, at: datetime) -> str:
    return f"'{at.isoformat(' ', 'microseconds')}'" if dialect == "sqlite" else f"'{at.isoformat()}'::timestamptz"


STEP = 100_000
"""Customers of one transaction, all with a moment of their own."""


def fill_sqlite(file: Path, since: int, until: int) -> None:
    """Write customers straight into the file."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")  # filling is not what is measured
    connection.execute("PRAGMA cache_size=-1000000")
    for begin, end, at in _steps(since, until):
        connection.execute("BEGIN")
        for place in range(len(_INSERTS)):
            connection.execute(statement("sqlite", place, begin, end, at))
        connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def fill_postgres(address: str, since: int, until: int) -> None:
    """The same in PostgreSQL."""
    asyncio.run(_fill_postgres(address, since, until))


async def _fill_postgres(address: str, since: int, until: int) -> None:
    import asyncpg

    connection = await asyncpg.connect(address.replace("+asyncpg", ""))
    for begin, end, at in _steps(since, until):
        async with connection.transaction():
            for place in range(len(_INSERTS)):
                await connection.execute(statement("postgresql", place, begin, end, at))
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def _steps(since: int, until: int) -> list[tuple[int, int, datetime]]:
    now = datetime.now(UTC) - timedelta(days=1)
    marks = [*range(since, until, STEP), until]
    return [(begin, end, now - timedelta(minutes=until - end)) for begin, end in pairwise(marks)]


def measure_at(plan: Plan, server: Server, customers: int) -> dict[str, Any]:
    """The median of a few windows in which stored customers write."""
    active = min(ACTIVE, customers)
    spread = {"first_customer": FIRST, "stride": _stride(customers // active), "customers": active, "in_turn": True}
    if customers == 1:
        spread = {}  # nobody to speak of is stored: the load's own few customers
    results = [measure.load(plan, server, seconds=WINDOW_SECONDS, connections=64, **spread) for _ in range(WINDOWS)]
    return measure.median_of(results)


def _stride(widest: int) -> int:
    """The widest that meets every Page: a multiple of three of twelve meets four, and what they may send in a second is measured."""
    return next(each for each in range(widest, 0, -1) if gcd(each, PAGES) == 1)


def run(plan: Plan, say: Callable[[str], None], largest: int, postgres: bool) -> dict[str, Any]:
    """Every size up to `largest`, on the same growing database; the server is started anew for each."""
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        place = stack.enter_context(servers.folder())
        file = place / "growth.db"
        address, pid = f"sqlite+aiosqlite:///{file}", 0
        if postgres:
            cluster = stack.enter_context(private_cluster())
            address, pid = cluster.create_database("growth"), cluster.pid
        stored = 0
        for size in [each for each in SIZES if each < largest] + [largest]:
            if stored == 0:
                with servers.frontdesk("new", address, pid):
                    pass  # makes the tables
            say(f"writing up to {size:,} customers")
            began = time.monotonic()
            (fill_postgres if postgres else fill_sqlite)(address if postgres else file, stored, size)  # type: ignore[arg-type]
            stored = size
            say(f"written in {time.monotonic() - began:.0f} s; measuring")
            with servers.frontdesk(f"{size:,} customers", address, pid) as server:
                result = measure_at(plan, server, size)
            found[str(size)] = result | {"file_mb": round(file.stat().st_size / 2**20) if not postgres else 0}
    return found


HEAD = (
    "stored customers",
    "stored messages",
    "file MB",
    "events/s",
    "CPU µs an event",
    "of the smallest",
    "reply p50 / p99 ms",
    "lost",
)


def rows(found: dict[str, Any]) -> list[tuple[str, ...]]:
    """One line for each size."""
    smallest = _cost(next(iter(found.values())))
    return [
        (
            f"{int(size):,}",
            f"{int(size) * MESSAGES_EACH:,}",
            f"{each['file_mb']:,}",
            f"{each['events_per_second']:,.0f}",
            f"{_cost(each):.0f}",
            f"{_cost(each) / smallest:.2f}x",
            f"{each['reply_ms'].get('p50', 0):.1f} / {each['reply_ms'].get('p99', 0):.1f}",
            str(each["lost"]),
        )
        for size, each in found.items()
    ]


def _cost(result: dict[str, Any]) -> float:
    return float(result["server_cpu_us_per_event"] + result["cpu_us_per_event"].get("database", 0.0))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure an event's cost while the database grows.")
    parser.add_argument("--customers", type=int, default=SIZES[-1])
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    chosen = parser.parse_args(arguments)
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < chosen.customers * BYTES_EACH * 2:
        parser.error(f"{free / 2**30:.1f} GB are free in {tempfile.gettempdir()}: choose fewer --customers")
    say = Console(stderr=True).print
    found = run(Plan(), say, chosen.customers, chosen.database == "postgres")
    table = Table(*HEAD)
    for row in rows(found):
        table.add_row(*row)
    Console(width=130).print(table)
    worst = _cost(found[str(chosen.customers)]) / _cost(next(iter(found.values())))
    return 0 if worst <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
