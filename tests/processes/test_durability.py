"""What was acknowledged is on the disk: shown by the system calls, by a torn log, and by disks that are full, locked or read-only."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.store import inbox
from app.store.database import open_database
from app.store.migrate import migrate
from tests.crashes.meta import Meta
from tests.needs import skip_without
from tests.processes.kit import Server, post, replies, running, text_body, until
from tests.processes.trace import STRACE, Acknowledged, Call, calls, read_trace
from tests.store.kit import count_by_status, event

POSTS = 12
CARELESS = str(Path(__file__).with_name("careless.py"))
ANSWER = "You wrote: n 1"
CUTS = 60
"""Places at which the last commit is cut off: each costs the opening of a database."""

# ---- before the answer -------------------------------------------------------------------------------------


@pytest.fixture
def traced(tmp_path: Path) -> tuple[tuple[str, ...], Path]:
    """(the words before a command that is to be watched, the file that tells what it did)."""
    if shutil.which("strace") is None:
        skip_without("strace")
    file = tmp_path / "trace.txt"
    words = (*STRACE, "-o", str(file))
    if subprocess.run([*words, "true"], check=False, capture_output=True).returncode:
        pytest.skip("strace may not watch processes here")
    return words, file


async def test_every_webhook_is_on_the_disk_before_it_is_acknowledged(
    meta: Meta, tmp_path: Path, sqlite_url: str, traced: tuple[tuple[str, ...], Path]
) -> None:
    words, file = traced
    server = Server(tmp_path, sqlite_url, meta.port, role="web", before=words)
    async with running(meta, server):
        for number in range(POSTS):
            assert await post(server.port, text_body("40000", f"n {number}", f"m_{number}")) == 200
        together = [post(server.port, text_body(f"4{number}", "n 1", f"m_t{number}")) for number in range(POSTS)]
        assert set(await asyncio.gather(*together)) == {200}
    assert read_trace(file) == Acknowledged(answers=2 * POSTS, too_early=0)


@pytest.mark.parametrize(("synchronous", "too_early"), [("FULL", 0), ("NORMAL", POSTS)])
async def test_the_check_tells_a_server_that_answers_too_early(
    tmp_path: Path, traced: tuple[tuple[str, ...], Path], synchronous: str, too_early: int
) -> None:
    words, file = traced
    with careless_server([*words, sys.executable, CARELESS, str(tmp_path / "a.db"), synchronous]) as port:
        for number in range(POSTS):
            assert await post(port, text_body("40000", "n 1", f"m_{number}")) == 200
    assert read_trace(file) == Acknowledged(answers=POSTS, too_early=too_early)


@contextmanager
def careless_server(command: list[str]) -> Iterator[int]:
    """Its port."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as careless:
        try:
            assert careless.stdout is not None
            yield int(careless.stdout.readline())
        finally:
            os.killpg(careless.pid, signal.SIGKILL)


def test_a_call_that_another_thread_interrupted_is_put_together() -> None:
    lines = [
        '7 read(9<TCP:[1]>, "POST /webhooks/messenger HTTP/1.1"..., 65536) = 300',
        "8 fdatasync(4</srv/a.db-wal> <unfinished ...>",
        '7 read(9<TCP:[1]>, 0x1, 65536) = -1 EAGAIN (Resource temporarily unavailable)',
        "8 <... fdatasync resumed>) = 0",
        '7 write(9<TCP:[1]>, "HTTP/1.1 200 OK"..., 99) = 99',
    ]  # fmt: skip
    found = list(calls(lines))
    assert found[2] == Call("fdatasync", "4</srv/a.db-wal> <unfinished ...>) = 0")
    seen = Acknowledged()
    for call in found:
        seen.note(call)
    assert (seen.answers, seen.too_early) == (1, 0)


# ---- a log that is torn ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Torn:
    """A database as it lay on the disk: `log` holds one commit after byte `safe` of it."""

    file: bytes
    log: bytes
    safe: int

    def events_after(self, folder: Path, log: bytes) -> int:
        """How many events a program finds that opens it with this log; it must find it sound."""
        path = folder / "torn.db"
        for each in folder.glob("torn.db*"):
            each.unlink()
        path.write_bytes(self.file)
        path.with_name("torn.db-wal").write_bytes(log)
        with sqlite3.connect(path) as opened:
            assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            count: int = opened.execute("SELECT count(*) FROM inbox WHERE status = 'new'").fetchone()[0]
        opened.close()
        return count


@pytest.fixture
async def torn(tmp_path: Path) -> AsyncIterator[Torn]:
    """Three acknowledged events, the third of them in the last commit."""
    path = tmp_path / "whole.db"
    log = path.with_name("whole.db-wal")
    database = open_database(f"sqlite:///{path}")
    await migrate(database)
    for name in ("1", "2"):
        await database.transaction(lambda connection, name=name: inbox.add(connection, [event("ana", name)]))
    safe = log.stat().st_size
    await database.transaction(lambda connection: inbox.add(connection, [event("ana", "3")]))
    yield Torn(path.read_bytes(), log.read_bytes(), safe)
    await database.close()


async def test_what_is_whole_holds_everything_that_was_acknowledged(torn: Torn, tmp_path: Path) -> None:
    assert len(torn.log) > torn.safe
    assert torn.events_after(tmp_path, torn.log) == 3


async def test_a_log_that_was_cut_in_its_last_commit_opens_with_the_commit_before(torn: Torn, tmp_path: Path) -> None:
    for cut in places(torn):
        assert torn.events_after(tmp_path, torn.log[:cut]) == 2, f"cut at byte {cut}"


async def test_a_log_with_a_wrong_bit_in_its_last_commit_opens_with_the_commit_before(
    torn: Torn, tmp_path: Path
) -> None:
    for place in places(torn):
        log = bytearray(torn.log)
        log[place] ^= 0x10
        found = torn.events_after(tmp_path, bytes(log))
        assert found == 2, f"a wrong bit at byte {place}"


def places(torn: Torn) -> list[int]:
    """Bytes of the last commit: the first and last ones, and many between."""
    step = max(1, (len(torn.log) - torn.safe) // CUTS)
    between = range(torn.safe, len(torn.log), step)
    return sorted({*between, *range(torn.safe, torn.safe + 8), *range(len(torn.log) - 8, len(torn.log))})


async def test_our_own_program_opens_a_torn_database_and_goes_on(torn: Torn, tmp_path: Path) -> None:
    assert torn.events_after(tmp_path, torn.log[:-100]) == 2
    database = open_database(f"sqlite:///{tmp_path / 'torn.db'}")
    await database.transaction(lambda connection: inbox.add(connection, [event("ana", "3")]))
    assert await database.read(count_by_status) == {"new": 3}
    await database.close()


# ---- disks in trouble --------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes; needs the right to mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(folder)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no right to mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Not a byte is free."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    try:
        yield
    finally:
        filler.unlink()


async def test_a_full_disk_is_503_and_when_there_is_space_again_all_goes_on(
    meta: Meta, tmp_path: Path, small_disk: Path
) -> None:
    server = Server(tmp_path, f"sqlite+aiosqlite:///{small_disk / 'frontdesk.db'}", meta.port)
    statuses: dict[int, int] = {}
    async with running(meta, server):
        await meta.say("40000", "n 1")
        await until(lambda: replies(meta, "40000") != [])
        with filled(small_disk):
            for number in range(100):
                body = text_body(f"5{number}", "n 1", f"m_{number}")
                statuses[number] = await post(server.port, body)
                if statuses[number] != 200:
                    break
        assert statuses.popitem() == (number, 503)
        assert set(statuses.values()) <= {200}
        await until_200(server.port, body)
        await until(lambda: all(replies(meta, f"5{each}") for each in (*statuses, number)))
        server.kill()
    with sqlite3.connect(small_disk / "frontdesk.db") as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    opened.close()


async def until_200(port: int, body: bytes) -> None:
    """Post as Meta does, until it is taken."""
    for _ in range(100):
        if await post(port, body) == 200:
            return
        await asyncio.sleep(0.2)
    raise AssertionError("it was never taken")


async def test_a_read_only_disk_refuses_the_start_in_words(meta: Meta, tmp_path: Path, small_disk: Path) -> None:
    server = Server(tmp_path, f"sqlite+aiosqlite:///{small_disk / 'frontdesk.db'}", meta.port)
    async with running(meta, server):
        await server.stop()
    make_read_only(small_disk)
    code, said = await asyncio.to_thread(server.refused)
    assert code == 2
    assert "Read-only file system" in said
    assert "Traceback" not in said


def make_read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


async def test_a_database_that_another_program_locks_is_503_and_then_all_goes_on(
    meta: Meta, tmp_path: Path, sqlite_url: str
) -> None:
    server = Server(tmp_path, sqlite_url, meta.port)
    body = text_body("40000", "n 1", "m_locked")
    async with running(meta, server):
        other = sqlite3.connect(tmp_path / "frontdesk.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            assert await post(server.port, body) == 503
        finally:
            other.execute("ROLLBACK")
            other.close()
        await until_200(server.port, body)
        await until(lambda: ANSWER in replies(meta, "40000"))
        await asyncio.sleep(1.0)
    assert replies(meta, "40000").count(ANSWER) == 1
