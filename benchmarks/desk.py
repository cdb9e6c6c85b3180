"""The desk with a long past: how soon its pages come, and how soon 50 screens hear of 100 events a second.

    python -m benchmarks.desk [--conversations 100000] [--messages 2000000] [--database sqlite postgres] [--screens 50] [--rate 100]
                              [--seconds 20] [--fleet]

`--fleet`: two processes on PostgreSQL, events come to one and screens are at the other. Prints a table; nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from app.settings import Settings
from app.staffing import make_demo_login, use_access
from app.store.database import open_database
from app.store.migrate import migrate
from benchmarks import processes
from benchmarks.desk_data import TAKEN, WAITING, Size, customer, fill
from benchmarks.processes import ROOT, Started
from benchmarks.servers import APP_ID, APP_SECRET, FRONTDESK, PAGE_ID, PAGE_TOKEN, SECRET_KEY
from tests.ports import free_port
from tests.postgres import private_cluster

CHROMIUM = Path("/usr/bin/chromium")
PASSWORD = "four unrelated words here"
STAFF = ("bench@shop.example", "second@shop.example")
"""Two, because no single person may have as many screens as listen here."""
ASKED = 15
"""How often each page is asked for."""
SETTLE_SECONDS = 1.5
CONNECTIONS = 32
"""By which customers write: Meta has more than one, too."""


@dataclass(slots=True)
class Desk:
    """One database with one or two processes before it."""

    name: str
    url: str
    folder: Path
    console: Console
    ports: list[int] = field(default_factory=list)
    rows: list[tuple[str, str]] = field(default_factory=list)

    def environment(self, sink: int) -> dict[str, str]:
        return {
            "DATABASE_URL": self.url, "FLOWS": str(ROOT / "flows"), "PAGE_ID": PAGE_ID, "PAGE_TOKEN": PAGE_TOKEN,
            "APP_ID": APP_ID, "APP_SECRET": APP_SECRET, "VERIFY_TOKEN": "bench-verify", "SECRET_KEY": SECRET_KEY,
            "GRAPH_URL": f"http://127.0.0.1:{sink}/v26.0", "ASK_NAMES": "false", "SECOND_FACTOR": "offered",
            "ANSWERS_BY_MEANING": "false",
        }  # fmt: skip

    def serve(self, stack: ExitStack, sink: int) -> None:
        port = free_port()
        arguments = [*FRONTDESK, "serve", "--port", str(port)]
        given = {f"FRONTDESK_{name}": value for name, value in self.environment(sink).items()}
        started: Started = processes.start(f"server{len(self.ports)}", arguments, self.folder, given)
        stack.callback(started.stop)
        processes.wait_until_up(started, port, "/health/ready", (200,))
        self.ports.append(port)

    def note(self, what: str, figure: str) -> None:
        self.rows.append((what, figure))
        self.console.print(f"  {self.name}: {what}: {figure}")


def measure(desk: Desk, chosen: argparse.Namespace, processes_count: int) -> None:
    """Fill, start, ask, listen."""
    began = time.monotonic()
    size = Size(chosen.conversations, chosen.messages)
    asyncio.run(_fill(desk, size))
    desk.console.print(f"  {desk.name}: filled in {time.monotonic() - began:.0f} s")
    with ExitStack() as stack:
        sink = free_port()
        started = processes.start("sink", ["-m", "benchmarks.sink", "--port", str(sink)], desk.folder)
        stack.callback(started.stop)
        processes.wait_until_up(started, sink, "/_report")
        settings = Settings.model_validate({name.lower(): value for name, value in desk.environment(sink).items()})
        for _ in range(processes_count):
            desk.serve(stack, sink)
        use_access(settings, _make_login)
        people = [_sign_in(desk.ports[-1], email) for email in STAFF]
        _ask_pages(desk, people[0], size)
        _paint(desk, people[0])
        asyncio.run(_listen(desk, people, chosen, size))


async def _fill(desk: Desk, size: Size) -> None:
    database = open_database(desk.url)
    try:
        await migrate(database)
        await fill(database, size, lambda told: desk.console.print(f"  {desk.name}: {told}"))
        if desk.url.startswith("postgres"):
            await database.transaction(lambda connection: connection.exec_driver_sql("ANALYZE"))
    finally:
        await database.close()


async def _make_login(access: Any) -> tuple[bool, str]:
    for email in STAFF:
        await make_demo_login(access, email, "Bench", "owner", PASSWORD)
    return True, ""


def _sign_in(port: int, email: str) -> dict[str, str]:
    base = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=base, trust_env=False, headers={"Origin": base}) as http:
        answer = http.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return dict(http.cookies)


# ---- pages -------------------------------------------------------------------------------------------------


def _ask_pages(desk: Desk, cookies: dict[str, str], size: Size) -> None:
    open_one = customer(size.conversations - 1)
    asked = {
        "queue": "/desk", "all": "/desk?view=all", "resolved": "/desk?view=resolved",
        "conversation": f"/desk/c/{PAGE_ID}/{open_one}", "customer by name": "/desk/search?q=son+4242",
        "a word that many wrote": "/desk/search?q=parcel", "a word that nobody wrote": "/desk/search?q=zzyzx",
    }  # fmt: skip
    with httpx.Client(
        base_url=f"http://127.0.0.1:{desk.ports[-1]}", trust_env=False, cookies=cookies, timeout=60
    ) as http:
        for what, path in asked.items():
            took = []
            for _ in range(ASKED):
                began = time.monotonic()
                answer = http.get(path)
                took.append((time.monotonic() - began) * 1000)
                assert answer.status_code == 200, answer.text[:300]
            desk.note(
                f"page: {what}", f"{statistics.median(took):.0f} / {max(took):.0f} ms, {len(answer.content) // 1024} kB"
            )


def _paint(desk: Desk, cookies: dict[str, str]) -> None:
    """First paint in Chromium, with nothing in its cache."""
    if not CHROMIUM.exists():
        return
    from playwright.sync_api import sync_playwright

    base = f"http://127.0.0.1:{desk.ports[-1]}"
    paints = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for _ in range(5):
            context = browser.new_context()
            context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
            page = context.new_page()
            page.goto(f"{base}/desk")
            page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
            paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            context.close()
        browser.close()
    desk.note("first paint of the queue in Chromium", f"{statistics.median(paints):.0f} / {max(paints):.0f} ms")


# ---- live --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Heard:
    """When each word was said, and when each screen heard it. `behind`: screens that were told to read their list anew."""

    said: dict[str, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    behind: int = 0
    heard: int = 0


async def _listen(desk: Desk, people: list[dict[str, str]], chosen: argparse.Namespace, size: Size) -> None:
    heard = Heard()
    signed_in = islice(cycle(people), chosen.screens)
    screens = [asyncio.create_task(_screen(desk.ports[-1], cookies, heard)) for cookies in signed_in]
    await asyncio.sleep(SETTLE_SECONDS)
    await _talk(desk.ports[0], chosen, size, heard)
    await asyncio.sleep(SETTLE_SECONDS)
    for screen in screens:
        screen.cancel()
    await asyncio.gather(*screens, return_exceptions=True)
    waits = sorted(heard.waits) or [0.0]
    places = {
        name: waits[min(int(len(waits) * share), len(waits) - 1)] * 1000
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    }
    words = ", ".join(f"{name} {value:.0f} ms" for name, value in places.items())
    whole = heard.heard / max(len(heard.said) * chosen.screens, 1)
    desk.note(
        f"{chosen.screens} screens, {len(heard.said) / chosen.seconds:.0f} events/s",
        f"{words}; {whole:.1%} heard",
    )


async def _screen(port: int, cookies: dict[str, str], heard: Heard) -> None:
    """One screen: what it hears of what was said. A later word of the same customer takes an earlier one's place."""
    known: set[str] = set()
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    address, headers = f"http://127.0.0.1:{port}/desk/events", {"Cookie": cookie}
    async with (
        httpx.AsyncClient(trust_env=False, timeout=60) as http,
        http.stream("GET", address, headers=headers) as answer,
    ):
        name = ""
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                name = line[7:]
                heard.behind += name == "behind"
            elif line.startswith("data: ") and name == "rows":
                now = time.monotonic()
                for row in json.loads(line[6:]):
                    if row["said"] in heard.said and row["said"] not in known:
                        known.add(row["said"])
                        heard.heard += 1
                        heard.waits.append(now - heard.said[row["said"]])


async def _talk(port: int, chosen: argparse.Namespace, size: Size, heard: Heard) -> None:
    """Customers who wait for staff write, one after the other, so many a second."""
    waiting = [customer(size.conversations - WAITING - TAKEN + number) for number in range(WAITING)]
    began = time.monotonic()
    queue: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(_mouth(port, queue))
        for number in range(chosen.rate * chosen.seconds):
            ahead = began + number / chosen.rate - time.monotonic()
            if ahead > 0:
                await asyncio.sleep(ahead)
            text = f"benchmark word {number}"
            heard.said[text] = time.monotonic()
            queue.put_nowait((waiting[number % len(waiting)], text))
        for _ in range(CONNECTIONS):
            queue.put_nowait(None)


async def _mouth(port: int, queue: asyncio.Queue[tuple[str, str] | None]) -> None:
    """One connection that posts what it is given, by hand: a client library would cost more than what is measured."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (said := await queue.get()) is not None:
        writer.write(_post(*said))
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head.partition(b"\r\n")[0], head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
    writer.close()


def _post(who: str, text: str) -> bytes:
    now = int(time.time() * 1000)
    item = {
        "sender": {"id": who}, "recipient": {"id": PAGE_ID}, "timestamp": now,
        "message": {"mid": f"b_{text}", "text": text},
    }  # fmt: skip
    body = json.dumps({"object": "page", "entry": [{"id": PAGE_ID, "time": now, "messaging": [item]}]}).encode()
    signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST /webhooks/messenger HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


# ---- the run -----------------------------------------------------------------------------------------------


def main() -> None:
    chosen = _arguments()
    console = Console(width=140)
    table = Table("what", *(_names(chosen)))
    columns: list[list[tuple[str, str]]] = []
    with ExitStack() as stack:
        for name, url, folder, count in _places(chosen, stack):
            desk = Desk(name, url, folder, console)
            measure(desk, chosen, count)
            columns.append(desk.rows)
    for place, (what, _) in enumerate(columns[0]):
        table.add_row(what, *(column[place][1] if place < len(column) else "" for column in columns))
    console.print(table)


def _names(chosen: argparse.Namespace) -> Sequence[str]:
    return [*chosen.database, *(["postgres, two processes"] if chosen.fleet else [])]


def _places(chosen: argparse.Namespace, stack: ExitStack) -> Iterator[tuple[str, str, Path, int]]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="frontdesk-bench-")))
    cluster = stack.enter_context(private_cluster()) if "postgres" in chosen.database or chosen.fleet else None
    for name in chosen.database:
        place = folder / name
        place.mkdir()
        url = f"sqlite+aiosqlite:///{place / 'desk.db'}" if name == "sqlite" else ""
        if not url:
            assert cluster is not None
            url = cluster.create_database("desk")
        yield name, url, place, 1
    if chosen.fleet:
        assert cluster is not None
        (folder / "fleet").mkdir()
        yield "fleet", cluster.create_database("fleet"), folder / "fleet", 2


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = partial(parser.add_argument, type=int)
    for name, default in (
        ("conversations", 100_000),
        ("messages", 2_000_000),
        ("screens", 50),
        ("rate", 100),
        ("seconds", 20),
    ):
        add(f"--{name}", default=default)
    parser.add_argument("--database", nargs="*", choices=("sqlite", "postgres"), default=["sqlite", "postgres"])
    parser.add_argument("--fleet", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
