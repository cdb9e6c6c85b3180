"""An event loop without the world: time jumps to the next timer, chance picks the order of what is ready. No threads, no sockets."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import deque
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any, TypeVar

Value = TypeVar("Value")

LINES_KEPT = 3_000
"""How much of the trace is kept for people; the hash covers all of it."""


class DeadlockError(RuntimeError):
    """Nothing is ready and no timer runs: everybody waits for ever."""


class _Jump:
    """In the place of a selector: waiting moves the clock on."""

    def __init__(self, loop: SimLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise DeadlockError(f"All tasks wait for ever at {self._loop.time():.3f} s.")
        self._loop.moment += max(timeout, 0.0)
        return []

    def close(self) -> None:
        """There is nothing to close."""


class _Numbered(asyncio.Task[Any]):
    """A task with a number. asyncio keeps tasks in sets, which Python orders by their places in memory: no two runs the same."""

    _number = 0

    def __hash__(self) -> int:
        return self._number


class SimLoop(asyncio.BaseEventLoop):
    """The same seed gives the same schedule, the same trace and the same hash of it."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.moment = 0.0
        self.lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._order = random.Random(f"{seed}/order")
        self._hash = hashlib.sha256()
        self._selector = _Jump(self)
        self._tasks = count(1)
        self.set_task_factory(self._create_numbered)
        self.set_exception_handler(lambda _loop, _context: None)  # processes report what broke them

    def time(self) -> float:
        return self.moment

    def trace(self, *what: object) -> None:
        """Write down that something happened."""
        line = f"{self.moment:10.4f}  {' '.join(str(each) for each in what)}"
        self._hash.update(line.encode())
        self.lines.append(line)

    def trace_hash(self) -> str:
        return self._hash.hexdigest()[:16]

    def _create_numbered(self, _loop: asyncio.AbstractEventLoop, coro: Any, **given: Any) -> asyncio.Task[Any]:
        task = _Numbered.__new__(_Numbered)
        task._number = next(self._tasks)
        _Numbered.__init__(task, coro, loop=self, **given)
        return task

    def _run_once(self) -> None:
        if len(self._ready) > 1:
            ready = list(self._ready)
            self._order.shuffle(ready)
            self._ready.clear()
            self._ready.extend(ready)
        super()._run_once()

    def _process_events(self, event_list: list[Any]) -> None:
        """Nothing comes from outside."""

    def _write_to_self(self) -> None:
        raise RuntimeError("Something called the loop from a thread.")

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Threads are not to be had: what would run in one runs here and now."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


def run(loop: SimLoop, story: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
    """Play the story to its end, then end whatever still runs, and close the loop."""
    try:
        return loop.run_until_complete(story())
    finally:
        loop.run_until_complete(_end_all())
        loop.close()


async def _end_all() -> None:
    mine = asyncio.current_task()
    others = [task for task in asyncio.all_tasks() if task is not mine]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
