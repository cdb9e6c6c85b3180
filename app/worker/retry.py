"""How long to wait before the next try: growing, bounded, with jitter so that many do not come back at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import TypeVar

import structlog

from app.chance import Chance
from app.clock import Clock
from app.errors import UnavailableError
from app.store.database import Database, Work

log = structlog.get_logger()
Value = TypeVar("Value")

SHORTEST_SECONDS = 0.1
LONGEST_SECONDS = 5.0
TOLD_EVERY = 20
"""Tries between two lines in the log: about a minute."""


def waits(chance: Chance, shortest: float = SHORTEST_SECONDS, longest: float = LONGEST_SECONDS) -> Iterator[float]:
    """Seconds to wait, one for each try, for ever."""
    wait = shortest
    while True:
        yield wait * chance.uniform(0.5, 1.0)
        wait = min(wait * 2, longest)


async def persist(database: Database, work: Work[Value], clock: Clock, chance: Chance, *, brief: bool = False) -> Value:
    """Commit, however long the database is away; told at once and then now and then."""
    for tries, wait in enumerate(waits(chance)):
        try:
            return await database.transaction(work, brief=brief)
        except UnavailableError as error:
            if tries % TOLD_EVERY == 0:
                log.warning("database away", tries=tries + 1, reason=str(error))
            await clock.sleep(wait)
    raise AssertionError("the waits never end")


async def keep_looking(
    look: Callable[[], Awaitable[object]], may_go_on: Callable[[], bool], clock: Clock, every_seconds: float
) -> None:
    """Look until cancelled, while `may_go_on`; a database that is away is asked again the next time."""
    while True:
        if may_go_on():
            with suppress(UnavailableError):
                await look()
        await clock.sleep(every_seconds)


def wait_before(attempt: int, chance: Chance, shortest: float, longest: float) -> float:
    """Seconds before try number `attempt` + 1."""
    return float(min(shortest * 2 ** min(attempt - 1, 30), longest)) * chance.uniform(0.5, 1.0)
