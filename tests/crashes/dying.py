"""The real server, which kills itself (kill -9) at one named step. Changes nothing of ours: it listens to what the database's
driver and httpx are told to do.

`python -m tests.crashes.dying FILE serve …` reads a step a line from its input, forks, runs `frontdesk serve …` in the child, says its
number, and then how it ended. A step strikes once FILE exists. A fork starts in a tenth of the time of a new process.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

HOLD_SECONDS = 0.4
"""How long the first claim is held up, so that the answer to the webhook has left for certain."""

MARKS = {
    "taken in": re.compile(r"INSERT INTO inbox\b"),
    "claimed": re.compile(r"UPDATE conversations SET claimed_by=(?!NULL)"),
    "touched": re.compile(r"UPDATE conversations SET changed_at="),
    "queued": re.compile(r"INSERT INTO outbox\b"),
    "settled": re.compile(r"UPDATE outbox SET body="),
    "published": re.compile(r"INSERT INTO revisions\b"),
}
"""Statements by which a transaction is known."""

STEPS: dict[str, tuple[str, str, int]] = {
    "before the insert": ("statement", "taken in", 1),
    "after the insert, before its commit": ("committing", "taken in", 1),
    "after the commit, before the answer": ("committed", "taken in", 1),
    "after the answer, before the turn": ("held", "claimed", 1),
    "in the middle of the turn": ("committed", "claimed", 1),
    "before the turn's commit": ("committing", "queued", 1),
    "after the turn's commit, before the send": ("committed", "queued", 1),
    "as the request leaves": ("asks", "", 1),
    "as the request of the next message leaves": ("asks", "", 2),
    "after the send, before it is recorded": ("answered", "", 1),
    "after it is recorded": ("committed", "settled", 1),
    "while an echo is handled": ("committing", "echoed", 1),
    "while a new flow is published": ("committing", "published", 1),
    "after a new flow was published": ("committed", "published", 1),
}
"""Name: (what happens, with which kind of transaction, for the so-manieth time)."""


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives this")


@dataclass
class Watch:
    """Sees statements, commits and requests, and dies at its step. `armed` must exist by then."""

    armed: Path
    happens: str
    mark: str
    times_left: int
    _open: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def statement(self, connection: Any, sql: str) -> None:
        seen = self._open[id(connection)]
        for name, pattern in MARKS.items():
            if pattern.match(sql):
                # An echo is written down behind the touch of its conversation, our own record before it.
                seen.append("echoed" if name == "settled" and seen[-1:] == ["touched"] else name)
                self.reach("statement", seen[-1])

    def commit(self, happens: str, connection: Any) -> None:
        for name in self._open[id(connection)]:
            self.reach(happens, name)
        if happens == "committed":
            self._open[id(connection)].clear()

    def reach(self, happens: str, mark: str = "") -> None:
        if (happens, mark) == (self.happens, self.mark) and self.armed.exists():
            self.times_left -= 1
            if self.times_left <= 0:
                die()

    def holds(self, connection: Any) -> bool:
        """The open transaction must not come to its end; soon all is over."""
        if self.happens != "held" or self.mark not in self._open[id(connection)] or not self.armed.exists():
            return False
        self._open[id(connection)].clear()
        threading.Timer(HOLD_SECONDS, die).start()
        return True

    def install(self) -> None:
        from httpx_aiohttp import AiohttpTransport
        from sqlalchemy import event
        from sqlalchemy.engine import Engine
        from sqlalchemy.engine.default import DefaultDialect

        def connected(connection: Any, _record: object) -> None:
            if hasattr(connection, "set_trace_callback"):
                connection.set_trace_callback(lambda sql: self.statement(connection, sql))

        def executes(connection: Any, _cursor: object, sql: str, *_: object) -> None:
            if connection.dialect.name != "sqlite":
                driver = connection.connection.driver_connection
                self.statement(driver, sql)
                if self.holds(driver):
                    raise OSError("held up")  # a server would answer late, and nobody else would be held up

        commits, asks = DefaultDialect.do_commit, AiohttpTransport.handle_async_request

        def commit(dialect: Any, connection: Any) -> None:
            self.commit("committing", connection.driver_connection)
            commits(dialect, connection)
            self.commit("committed", connection.driver_connection)

        async def ask(transport: Any, request: Any) -> Any:
            if request.method == "POST":
                self.reach("asks")
            answer = await asks(transport, request)
            if request.method == "POST":
                self.reach("answered")
            return answer

        event.listen(Engine, "connect", connected)
        event.listen(Engine, "before_cursor_execute", executes)
        DefaultDialect.do_commit = commit  # type: ignore[method-assign, assignment]
        self._install_on_sqlite()
        AiohttpTransport.handle_async_request = ask  # type: ignore[method-assign]

    def _install_on_sqlite(self) -> None:
        """SQLite's writer commits by itself."""
        from app.store.writer import Writer

        commits = Writer._commit

        def commit(writer: Writer) -> None:
            connection = writer._driver
            if self.holds(connection):
                time.sleep(10 * HOLD_SECONDS)  # in the writer's thread: the event loop, which is to answer, goes on
            self.commit("committing", connection)
            commits(writer)
            self.commit("committed", connection)

        Writer._commit = commit  # type: ignore[method-assign]


def main(armed: str, *arguments: str) -> None:
    import app.main
    import app.serving  # noqa: F401 - loaded once, for every child
    from app import cli

    for line in sys.stdin:
        if (child := os.fork()) == 0:
            if step := STEPS.get(line.strip()):
                Watch(Path(armed), *step).install()
            sys.stdin = Path(os.devnull).open()  # noqa: SIM115 - as long as the process
            os._exit(cli.main(arguments))
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
