"""A private PostgreSQL server for one run: its own folder, its own port on loopback, stopped by its own process id.

Settings are Debian's defaults (fsync, synchronous_commit and full_page_writes on) but for the address and the number of connections.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port

START_SECONDS_MAX = 30.0


class NoPostgresError(Exception):
    """There is no PostgreSQL server on this machine, or it would not start."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server; `pid` is the one whose children serve the connections."""

    pid: int
    port: int
    tools: Path

    def create_database(self, name: str) -> str:
        """A fresh database; gives its address in our settings' form."""
        arguments = [str(self.tools / "createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name]
        subprocess.run(arguments, check=True, capture_output=True)
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{name}"


def find_tools() -> Path | None:
    """The folder of the newest server's programs, if there is one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def private_cluster() -> Iterator[Cluster]:
    """Start a server in a new folder; stop it and remove the folder at the end."""
    tools = find_tools()
    if tools is None:
        raise NoPostgresError("No PostgreSQL server was found under /usr/lib/postgresql.")
    folder = Path(tempfile.mkdtemp(prefix="frontdesk-postgres-"))
    try:
        if user := _server_user():
            shutil.chown(folder, user, user)
        _run([str(tools / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8"], folder)
        process, port = _start(tools, folder)
        try:
            yield Cluster(process.pid, port, tools)
        finally:
            process.send_signal(signal.SIGQUIT)  # at once, with no last checkpoint: its folder goes anyhow
            process.wait(START_SECONDS_MAX)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(tools: Path, folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    port = free_port()
    settings = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "max_connections=60"]
    arguments = [str(tools / "postgres"), "-D", str(folder / "data")]
    for each in settings:
        arguments += ["-c", each]
    user = _server_user()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(arguments, cwd=folder, stdout=log, stderr=log, user=user, group=user)
    began = time.monotonic()
    ready = [str(tools / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while process.poll() is None and time.monotonic() - began < START_SECONDS_MAX:
        if subprocess.run(ready, check=False).returncode == 0:
            return process, port
        time.sleep(0.1)
    raise NoPostgresError((folder / "server.log").read_text(errors="replace")[-1000:])


def _run(arguments: Sequence[str], folder: Path) -> None:
    user = _server_user()
    done = subprocess.run(arguments, cwd=folder, capture_output=True, check=False, user=user, group=user)
    if done.returncode:
        raise NoPostgresError(done.stderr.decode(errors="replace")[-1000:])


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as the user (and group) that its package made."""
    return "postgres" if os.geteuid() == 0 else None
