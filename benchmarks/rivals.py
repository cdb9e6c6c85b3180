"""Other bot servers with the same conversation, and ours beside them: how each is installed, started, killed and started again.

Scripts and pinned versions lie in `peers/NAME/`; what they need is installed outside of the checkout (`INSTALLED`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import processes, servers
from benchmarks.processes import Started
from benchmarks.servers import Server
from benchmarks.sink import WEBHOOK_PATH
from tests.ports import free_port

SCRIPTS = Path(__file__).parent / "peers"
INSTALLED = Path(tempfile.gettempdir()) / f"frontdesk-peers-{os.getuid()}"
"""One folder for each peer; may be deleted at any time."""

INSTALL_SECONDS_MAX = 900

KILLS = 5
"""How often a server is killed under load; one that takes half a minute to start, once."""


@dataclass(frozen=True, slots=True)
class Rival:
    """A server under test. `command` is run in its own folder; `folder` empty: ours, which needs no installing."""

    name: str
    folder: str
    command: tuple[str, ...]
    path: str = WEBHOOK_PATH
    in_redis: bool = False
    database: str = ""
    database_pid: int = 0
    kills: int = KILLS

    @property
    def home(self) -> Path:
        return INSTALLED / self.folder

    @property
    def is_there(self) -> bool:
        """Whether it can be started."""
        there = (self.home / "installed").exists() if self.folder else True
        return there and (not self.in_redis or shutil.which("redis-server") is not None)


NODE = ("node", "server.js")
PYTHON = ("venv/bin/python", "server.py")

OURS = Rival("Frontdesk, SQLite", "", ())
PEERS = (
    Rival("Bottender, redis", "bottender", NODE, in_redis=True),
    Rival("Bottender, memory", "bottender", NODE),
    Rival("Botkit", "botkit", NODE),
    Rival("BootBot", "bootbot", NODE),
    Rival("opsdroid", "opsdroid", PYTHON, path="/connector/facebook"),
    Rival("Rasa", "rasa", PYTHON, path="/webhooks/facebook/webhook", kills=1),
)


@dataclass(slots=True)
class Box:
    """A rival that runs: `start` starts it (again) on the same port with what it had kept."""

    rival: Rival
    port: int
    sink_port: int
    start: Callable[[], Started]
    process: Started
    pids: dict[str, int]

    def kill_and_restart(self) -> None:
        """`kill -9`, and the same command again."""
        self.process.kill()
        self.process = self.start()

    def as_server(self) -> Server:
        """For the load generator."""
        pids = {**self.pids, "server": self.process.pid}
        return Server(self.rival.name, (self.port,), self.sink_port, pids, path=self.rival.path)


@contextmanager
def running(rival: Rival) -> Iterator[Box]:
    """Start `rival` with a sink of its own, and redis if its sessions lie there."""
    with ExitStack() as stack:
        place = stack.enter_context(servers.folder())
        sink, sink_port = servers.start_sink(stack, place)
        pids, redis_port = {"sink": sink.pid}, 0
        if rival.database_pid:
            pids["database"] = rival.database_pid
        if rival.in_redis:
            pids["redis"], redis_port = _start_redis(stack, place)
        port = free_port()

        def start() -> Started:
            started = _start(rival, place, port, sink_port, redis_port)
            stack.callback(started.stop)
            return started

        yield Box(rival, port, sink_port, start, start(), pids)


def _start(rival: Rival, place: Path, port: int, sink_port: int, redis_port: int) -> Started:
    if not rival.folder:
        database = rival.database or f"sqlite+aiosqlite:///{place}/bench.db"
        arguments = [*servers.FRONTDESK, "serve", "--host", "127.0.0.1", "--port", str(port)]
        settings = servers.environment(database, sink_port) | servers.many_pages(place)
        started = processes.start("ours", arguments, place, settings)
        processes.wait_until_up(started, port, "/health/ready", (200,))
        return started
    environment = {
        "NODE_ENV": "production",
        "PEER_PORT": str(port),
        "PEER_GRAPH": f"http://127.0.0.1:{sink_port}",
        "PEER_PAGE_ID": servers.PAGE_ID,
        "PEER_TOKEN": servers.PAGE_TOKEN,
        "PEER_APP_ID": servers.APP_ID,
        "PEER_SECRET": servers.APP_SECRET,
        "PEER_REDIS_PORT": str(redis_port or ""),
    }
    copy_scripts(rival.folder)
    started = processes.start_command(rival.folder, rival.command, rival.home, environment)
    processes.wait_until_up(started, port)
    return started


def _start_redis(stack: ExitStack, place: Path) -> tuple[int, int]:
    """Debian's redis with its default way of keeping things, in a folder of this run."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(place)]
    redis = processes.start_command("redis", command, place, {})
    stack.callback(redis.stop)
    processes.wait_until_listening(redis, port)
    return redis.pid, port


def copy_scripts(folder: str) -> None:
    """The scripts as they are now, beside what they need."""
    shutil.copytree(SCRIPTS / folder, INSTALLED / folder, dirs_exist_ok=True)


def install(say: Callable[[str], None]) -> None:
    """Install every peer from the registries that pip and npm are set up for; what cannot be had is said and left out."""
    for folder in sorted({peer.folder for peer in PEERS}):
        mark = INSTALLED / folder / "installed"
        if mark.exists():
            say(f"{folder} is installed in {mark.parent}")
            continue
        say(f"installing {folder} into {mark.parent}")
        copy_scripts(folder)
        log = INSTALLED / folder / "install.log"
        with log.open("wb") as out:
            done = all(_run(command, mark.parent, out.fileno()) for command in _commands(folder))
        if done:
            mark.touch()
        else:
            say(f"{folder} could not be installed; its last words:\n{log.read_text(errors='replace')[-1500:]}")


def _commands(folder: str) -> list[list[str]]:
    if (SCRIPTS / folder / "package.json").exists():
        # Scripts of packages fetch further programs (a tunnel, for one), which a bot does not need.
        return [["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]]
    pip = ["venv/bin/pip", "install", "--quiet"]
    commands = [[sys.executable, "-m", "venv", "venv"]]
    if (SCRIPTS / folder / "unchecked.txt").exists():
        commands.append([*pip, "--no-deps", "--ignore-requires-python", "-r", "unchecked.txt"])
    commands.append([*pip, "-r", "requirements.txt"])
    if (SCRIPTS / folder / "prepare.py").exists():
        commands.append(["venv/bin/python", "prepare.py"])
    return commands


def _run(command: list[str], folder: Path, out: int) -> bool:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdout=out,
            stderr=out,
            timeout=INSTALL_SECONDS_MAX,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        os.write(out, f"{command[0]}: {error}\n".encode())
        return False
    return done.returncode == 0
