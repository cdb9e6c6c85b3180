"""Migrations that are killed (kill -9) at a statement. `python -m tests.crashes.cutting` reads lines of ADDRESS and number, and runs
each in a fork; it says how each ended: -9, or 0 where the migration has fewer statements than that."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text

from app.store.database import open_database
from app.store.migrate import find_revision, migrate
from app.store.migrations import HEAD
from tests.crashes.server import ROOT

OLD = "0010"
"""A database of a program of long ago, with a customer in it."""
KEPT = [("ana", 7)]


@dataclass(frozen=True, slots=True)
class Cuts:
    """How many migrations were killed, and what was not as it must be behind them."""

    kills: int
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cutter:
    """A program that waits for what to cut."""

    process: subprocess.Popen[str]

    def migrate(self, address: str, dies_at: int) -> bool:
        """Bring this database up to date, and die at that statement; whether it came so far."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(address, dies_at, file=self.process.stdin, flush=True)
        code = int(self.process.stdout.readline())
        assert code in (0, -signal.SIGKILL), "the migration failed by itself"
        return code != 0


@contextmanager
def cutter() -> Iterator[Cutter]:
    words = [sys.executable, "-m", "tests.crashes.cutting"]
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        yield Cutter(process)
        assert process.stdin is not None
        process.stdin.close()


async def cut_everywhere(program: Cutter, address: str, first: int = 1, step: int = 1) -> Cuts:
    """Bring an old database up to date, and die at every `step`th statement, until one migration comes to its end before it."""
    database = open_database(address)
    await database.transaction(_make_old)
    number, wrong = first, []
    while program.migrate(address, number):
        if (found := await database.read(_found)) != (OLD, KEPT):
            wrong.append(f"after a kill at statement {number}: {found}")
        number += step
    if (found := await database.read(_found)) != (HEAD, KEPT):
        wrong.append(f"at the end: {found}")
    await database.close()
    return Cuts((number - first) // step, tuple(wrong))


def _make_old(connection: Connection) -> None:
    from alembic import command

    from app.store import migrate

    command.upgrade(migrate._config(connection), OLD)
    names = "page_id, customer_id, answered_by, epoch, fence, tries, next_seq, created_at"
    values = "'p', 'ana', 'bot', 0, 0, 0, 7, '2026-01-01 00:00:00+00:00'"
    connection.execute(text(f"INSERT INTO conversations ({names}) VALUES ({values})"))


def _found(connection: Connection) -> tuple[str | None, list[tuple[str, int]]]:
    rows = connection.execute(text("SELECT customer_id, next_seq FROM conversations"))
    return find_revision(connection), [(row[0], row[1]) for row in rows]


def _migrate(address: str, dies_at: int) -> None:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    left = dies_at

    def executes(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", executes)

    async def run() -> None:
        database = open_database(address)
        await migrate(database)
        await database.close()

    asyncio.run(run())


def main() -> None:
    from alembic import command  # noqa: F401 - loaded once, for every child

    for line in sys.stdin:
        address, dies_at = line.split()
        if (child := os.fork()) == 0:
            try:
                _migrate(address, int(dies_at))
            except BaseException:
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
