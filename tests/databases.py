"""Real databases for tests: a SQLite file, and a PostgreSQL server of our own where there is one."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from app.store.database import open_database
from app.store.migrate import migrate
from tests.needs import skip_without
from tests.postgres import Cluster, NoPostgresError, find_tools, private_cluster

_numbers = itertools.count()


class Servers:
    """Addresses of fresh databases; the PostgreSQL server starts with the first that asks."""

    def __init__(self, until_the_end: ExitStack) -> None:
        self._until_the_end = until_the_end
        self._cluster: Cluster | None = None
        self._blanks: dict[str, str] = {}

    def address(self, kind: str, folder: Path) -> str:
        """`sqlite` or `postgres`, empty; skips (or fails, where all must run) without a server."""
        if kind == "sqlite":
            return f"sqlite+aiosqlite:///{folder / 'test.db'}"
        return self._started().create_database(f"test_{next(_numbers)}")

    def migrated(self, kind: str, folder: Path) -> str:
        """The same with every table: a copy of one that is migrated once."""
        if kind == "sqlite":
            address = self.address(kind, folder)
            shutil.copy(self._blank(kind).removeprefix("sqlite+aiosqlite:///"), folder / "test.db")
            return address
        blank = self._blank(kind)
        return self._started().create_database(f"test_{next(_numbers)}", blank.rpartition("/")[2])

    def _blank(self, kind: str) -> str:
        if kind not in self._blanks:
            folder = self._until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="frontdesk-blank-"))
            address = self.address(kind, Path(folder))
            # In a loop of its own on a thread of its own: whoever asks may stand in one.
            with ThreadPoolExecutor(1) as apart:
                apart.submit(asyncio.run, _migrate(address)).result()
            self._blanks[kind] = address
        return self._blanks[kind]

    def _started(self) -> Cluster:
        if find_tools() is None:
            skip_without("a PostgreSQL server")
        if self._cluster is None:
            try:
                self._cluster = self._until_the_end.enter_context(private_cluster())
            except NoPostgresError as error:
                skip_without(f"a PostgreSQL server that starts ({error})")
        assert self._cluster is not None
        return self._cluster


async def _migrate(address: str) -> None:
    database = open_database(address)
    await migrate(database)
    await database.close()
