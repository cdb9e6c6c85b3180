"""A private PostgreSQL server for one run: its own folder, its own port on loopback, stopped by its own process id.

Settings are Debian's defaults (fsync, synchronous_commit and full_page_writes on) but for the address and the number of connections.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port

START_SECONDS_MAX = 30.0
LOOPBACK = "127.0.0.1"
SHARED_LINE = 6
"""Of postmaster.pid, from 0: key and number of a piece of shared memory, which outlives a kill."""


class NoPostgresError(Exception):
    """There is no PostgreSQL server on this machine, or it would not start."""


@dataclass(slots=True)
class Cluster:
    """A server; it stays at its port and in its folder over every restart."""

    port: int
    tools: Path
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    host: str = LOOPBACK
    """Where others reach it; it is at loopback, too."""

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def pid(self) -> int:
        """The process whose children serve the connections."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        settings = (
            f"port={self.port}",
            f"listen_addresses={','.join(sorted({LOOPBACK, self.host}))}",
            f"unix_socket_directories={self.folder}",
            "max_connections=60",
        )
        arguments = [str(self.tools / "postgres"), "-D", str(self.data)]
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
        self.process.send_signal(how)  # does nothing to one that is gone
        self.process.wait(START_SECONDS_MAX)

    def kill(self) -> None:
        """`kill -9` of it and of all that serve its connections: as if its machine were gone, with the memory that they shared."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        shared = {each for pid in (str(self.pid), *children) for each in _shared_by(pid)}
        number = (self.data / "postmaster.pid").read_text().splitlines()[SHARED_LINE].split()[1]
        assert self.process is not None
        self.process.kill()
        for each in children:
            with suppress(ProcessLookupError):
                os.kill(int(each), signal.SIGKILL)
        self.process.wait(START_SECONDS_MAX)
        for name in shared:
            Path(name).unlink(missing_ok=True)
        subprocess.run(["ipcrm", "-m", number], check=True)

    def say(self, *statements: str) -> str:
        """What the last of them gives, as psql prints it."""
        words = [str(self.tools / "psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-AtqX"]
        for each in statements:
            words += ["-c", each]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()

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
def private_cluster(host: str = LOOPBACK) -> Iterator[Cluster]:
    """Start a server in a new folder; stop it and remove the folder at the end."""
    tools = find_tools()
    if tools is None:
        raise NoPostgresError("No PostgreSQL server was found under /usr/lib/postgresql.")
    folder = Path(tempfile.mkdtemp(prefix="frontdesk-postgres-"))
    try:
        if user := _server_user():
            shutil.chown(folder, user, user)
        _run(
            [
                str(tools / "initdb"),
                "-D",
                str(folder / "data"),
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "-N",
                "--wal-segsize=1",
            ],
            folder,
        )
        cluster = Cluster(free_port(), tools, folder, host=host)
        with (cluster.data / "pg_hba.conf").open("a") as rights:
            rights.write("host all all samehost trust\n")
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop(signal.SIGQUIT)  # with no last checkpoint: its folder goes anyhow
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _shared_by(pid: str) -> set[str]:
    """Files in memory that a process shares with others."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return set(re.findall(r"/dev/shm/PostgreSQL\.\d+", Path(f"/proc/{pid}/maps").read_text()))
    return set()


@dataclass(slots=True)
class Pair:
    """A server and a standby that follows it. They change places at a failover, and each stays at its port."""

    primary: Cluster
    standby: Cluster
    synchronous: bool = True
    """A commit that returned is on both; else the standby may be behind."""

    def address(self, database: str) -> str:
        """In our settings' form, with both hosts: the same before and after a failover."""
        hosts = ",".join(sorted(f"{each.host}:{each.port}" for each in (self.primary, self.standby)))
        return f"postgresql+asyncpg://postgres@{hosts}/{database}"

    def follow(self) -> None:
        """Make the standby anew from the primary, and wait until it follows."""
        primary, standby = self.primary, self.standby
        shutil.rmtree(standby.data, ignore_errors=True)
        copy = [str(primary.tools / "pg_basebackup"), "-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres"]
        _run(
            [*copy, "-D", str(standby.data), "--write-recovery-conf", "--checkpoint=fast", "--no-sync"], standby.folder
        )
        standby.start()
        if self.synchronous:
            primary.say("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        wanted = "sync" if self.synchronous else "async"
        began = time.monotonic()
        while primary.say(f"SELECT 1 FROM pg_stat_replication WHERE sync_state = '{wanted}'") != "1":
            if time.monotonic() - began > START_SECONDS_MAX:
                raise NoPostgresError("The standby does not follow.")
            time.sleep(0.05)

    def hold_back(self) -> None:
        """From now on nothing more reaches the standby: a commit waits for it, or is on the primary alone."""
        os.kill(self._passing_on(), signal.SIGSTOP)

    def go_on(self) -> None:
        """What was held back reaches the standby."""
        os.kill(self._passing_on(), signal.SIGCONT)

    def _passing_on(self) -> int:
        return int(self.primary.say("SELECT pid FROM pg_stat_replication"))

    def promote(self) -> None:
        """The standby takes writes from now on; it is the primary, and the other one, which must be down, the next standby."""
        self.primary, self.standby = self.standby, self.primary
        _run(
            [str(self.primary.tools / "pg_ctl"), "promote", "-w", "-s", "-D", str(self.primary.data)],
            self.primary.folder,
        )


@contextmanager
def private_pair(*, synchronous: bool = True, hosts: tuple[str, str] = (LOOPBACK, LOOPBACK)) -> Iterator[Pair]:
    """A private server with a private standby; both stop at the end, and their folders go."""
    with private_cluster(hosts[0]) as primary:
        folder = Path(tempfile.mkdtemp(prefix="frontdesk-standby-"))
        standby = Cluster(free_port(), primary.tools, folder, host=hosts[1])
        try:
            if user := _server_user():
                shutil.chown(folder, user, user)
            pair = Pair(primary, standby, synchronous)
            pair.follow()
            yield pair
        finally:
            if standby.process is not None:
                standby.stop(signal.SIGQUIT)
            shutil.rmtree(folder, ignore_errors=True)


def _run(arguments: Sequence[str], folder: Path) -> None:
    user = _server_user()
    done = subprocess.run(arguments, cwd=folder, capture_output=True, check=False, user=user, group=user)
    if done.returncode:
        raise NoPostgresError(done.stderr.decode(errors="replace")[-1000:])


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as the user (and group) that its package made."""
    return "postgres" if os.geteuid() == 0 else None
