"""How each server that is measured is started: ours in its variants, and the peers. Black boxes from there on."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import processes
from benchmarks.conversation import list_pages
from benchmarks.processes import ROOT, Started
from benchmarks.sink import WEBHOOK_PATH
from tests.ports import free_port

PAGE_ID = "10001"
PAGE_TOKEN = "bench-page-token"
APP_ID = "4242"
APP_SECRET = "bench-app-secret"
SECRET_KEY = "benchmark-key-that-signs-taps-0123456789abcdef"
FRONTDESK = ("-c", "import sys; from app.cli import main; sys.exit(main())")
"""The command `frontdesk`, from this checkout whether it is installed or not."""

FLOWS = ROOT / "benchmarks" / "flows"


@dataclass(frozen=True, slots=True)
class Server:
    """Something under test: where webhooks go, the sink it sends to, and its processes by name."""

    name: str
    ports: tuple[int, ...]
    sink_port: int
    pids: dict[str, int]
    start_seconds: float = 0.0
    path: str = WEBHOOK_PATH

    @property
    def own_pids(self) -> list[int]:
        """Its processes, without the sink and a database server."""
        return [pid for name, pid in self.pids.items() if name.startswith("server")]


@contextmanager
def folder() -> Iterator[Path]:
    """A new folder that is removed at the end."""
    path = Path(tempfile.mkdtemp(prefix="frontdesk-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def start_sink(stack: ExitStack, place: Path) -> tuple[Started, int]:
    """A sink of its own for one server, so that figures of two are never mixed."""
    port = free_port()
    sink = processes.start("sink", ["-m", "benchmarks.sink", "--port", str(port)], place)
    stack.callback(sink.stop)
    processes.wait_until_up(sink, port, "/_report")
    return sink, port


@contextmanager
def bare_route() -> Iterator[Server]:
    """The ceiling: FastAPI and the HMAC check."""
    with ExitStack() as stack:
        place, port = stack.enter_context(folder()), free_port()
        peer = ["-m", "benchmarks.peers.bare_route", "--port", str(port), "--secret", APP_SECRET]
        started = processes.start("bare_route", peer, place)
        stack.callback(started.stop)
        processes.wait_until_up(started, port)
        yield Server("bare route", (port,), 0, {"server": started.pid})


@contextmanager
def afternoon(*, in_tasks: bool = False) -> Iterator[Server]:
    """The script of an afternoon: FastAPI, httpx, a dict; its replies in FastAPI's background tasks or in asyncio's."""
    with ExitStack() as stack:
        place, port = stack.enter_context(folder()), free_port()
        sink, sink_port = start_sink(stack, place)
        peer = ["-m", "benchmarks.peers.afternoon", "--port", str(port), "--graph-url", graph_url(sink_port)]
        peer += ["--page-id", PAGE_ID, "--token", PAGE_TOKEN, "--secret", APP_SECRET]
        started = processes.start("afternoon", peer + ["--in-tasks"] * in_tasks, place)
        stack.callback(started.stop)
        processes.wait_until_up(started, port)
        name = "afternoon script" + ", asyncio tasks" * in_tasks
        yield Server(name, (port,), sink_port, {"server": started.pid, "sink": sink.pid})


@contextmanager
def frontdesk(
    name: str, database: str = "", database_pid: int = 0, roles: tuple[str, ...] = ("all",)
) -> Iterator[Server]:
    """Our server: one process for each of `roles` (all, web, worker) on one database, SQLite unless one is given."""
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        sink, sink_port = start_sink(stack, place)
        settings = environment(database or f"sqlite+aiosqlite:///{place}/bench.db", sink_port) | many_pages(place)
        ports, pids, seconds = [], {"sink": sink.pid}, 0.0
        if database_pid:
            pids["database"] = database_pid
        for number, role in enumerate(roles):
            port = free_port()
            arguments = [*FRONTDESK, "serve", "--host", "127.0.0.1", "--port", str(port), "--role", role]
            started = processes.start(f"server-{number}-{role}", arguments, place, settings)
            stack.callback(started.stop)
            seconds = max(seconds, processes.wait_until_up(started, port, "/health/ready", (200,)))
            pids[f"server {number} {role}"] = started.pid
            if role != "worker":
                ports.append(port)
        yield Server(name, tuple(ports), sink_port, pids, round(seconds, 2))


def many_pages(place: Path, flows: Path = FLOWS) -> dict[str, str]:
    """The setting that lets our server serve all Pages of the load, and the file for it."""
    file = place / "pages.yaml"
    file.write_text("".join(f"{each}:\n  flows: {flows}\n  token: {PAGE_TOKEN}\n" for each in list_pages(PAGE_ID)))
    return {"FRONTDESK_PAGES": str(file), "FRONTDESK_FLOWS": "", "FRONTDESK_PAGE_ID": "", "FRONTDESK_PAGE_TOKEN": ""}


def graph_url(sink_port: int) -> str:
    """Where the Send API is for the server under test."""
    return f"http://127.0.0.1:{sink_port}/v26.0"


def environment(database: str, sink_port: int, flows: Path = FLOWS) -> dict[str, str]:
    """The settings of our server, as an operator would give them."""
    return {
        "FRONTDESK_DATABASE_URL": database,
        "FRONTDESK_FLOWS": str(flows),
        "FRONTDESK_PAGE_ID": PAGE_ID,
        "FRONTDESK_PAGE_TOKEN": PAGE_TOKEN,
        "FRONTDESK_APP_ID": APP_ID,
        "FRONTDESK_APP_SECRET": APP_SECRET,
        "FRONTDESK_VERIFY_TOKEN": "bench-verify-token",
        "FRONTDESK_GRAPH_URL": graph_url(sink_port),
        "FRONTDESK_MESSAGES_A_MINUTE": "1000000",
        "FRONTDESK_SECRET_KEY": SECRET_KEY,
    }
