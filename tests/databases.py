"""Real databases for tests: a SQLite file, and a PostgreSQL server of our own where there is one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.conftest import skip_without
from tests.postgres import Cluster, NoPostgresError, find_tools, private_cluster

_numbers = itertools.count()


class Servers:
    """Addresses of fresh databases; the PostgreSQL server starts with the first that asks."""

    def __init__(self, until_the_end: ExitStack) -> None:
        self._until_the_end = until_the_end
        self._cluster: Cluster | None = None

    def address(self, kind: str, folder: Path) -> str:
        """`sqlite` or `postgres`; skips (or fails, where all must run) without a server."""
        if kind == "sqlite":
            return f"sqlite+aiosqlite:///{folder / 'test.db'}"
        if find_tools() is None:
            skip_without("a PostgreSQL server")
        if self._cluster is None:
            try:
                self._cluster = self._until_the_end.enter_context(private_cluster())
            except NoPostgresError as error:
                skip_without(f"a PostgreSQL server that starts ({error})")
        assert self._cluster is not None
        return self._cluster.create_database(f"test_{next(_numbers)}")


def running() -> Iterator[Servers]:
    with ExitStack() as until_the_end:
        yield Servers(until_the_end)
