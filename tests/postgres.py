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


@dataclass(slots=True)
class Cluster:
    """A server; it stays at its port and in its folder over every restart."""

    port: int
    tools: Path
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process whose children serve the connections."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        settings = (
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self.folder}",
            "max_connections=60",
        )
        arguments = [str(self.tools / "postgres"), "-D", str(self.folder / "data")]
        for each in settings:
            arguments += ["-c", each]
        user = _server_user()
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(arguments, cwd=self.folder, stdout=log, stderr=log, user=user, group=user)
        began = time.monotonic()
        while self.process.poll() is None and time.monotonic() - began < START_SECONDS_MAX:
            if self.is_up():
                return
            time.sleep(0.1)
        raise NoPostgresError((self.folder / "server.log").read_text(errors="replace")[-1000:])

    def is_up(self) -> bool:
        ready = [str(self.tools / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready, check=False).returncode == 0

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: fast, it ends its connections itself. SIGQUIT: at once, as by a power cut; its next start mends what is broken."""
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(START_SECONDS_MAX)

    def create_database(self, name: str, template: str = "template1") -> str:
        """A fresh database, or a copy of one that nobody uses; gives its address in our settings' form."""
        arguments = [
            str(self.tools / "createdb"),
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "postgres",
            "-T",
            template,
            name,
        ]
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
        cluster = Cluster(free_port(), tools, folder)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop(signal.SIGQUIT)  # with no last checkpoint: its folder goes anyhow
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(arguments: Sequence[str], folder: Path) -> None:
    user = _server_user()
    done = subprocess.run(arguments, cwd=folder, capture_output=True, check=False, user=user, group=user)
    if done.returncode:
        raise NoPostgresError(done.stderr.decode(errors="replace")[-1000:])


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as the user (and group) that its package made."""
    return "postgres" if os.geteuid() == 0 else None
