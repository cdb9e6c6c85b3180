"""The heartbeat: shows that this worker lives, notices who does not, and tells this one when it was declared dead itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import structlog
from sqlalchemy import Connection

from app.clock import Clock
from app.errors import UnavailableError
from app.store import underway, workers
from app.store.database import Database
from app.store.outbox import OutMessage

log = structlog.get_logger()

ORPHAN_SECONDS = 15.0
"""A message in our name that nobody here knows of for so long is in doubt: longer than the sender's LEAVES_WITHIN_SECONDS, so that
whoever still waits for the answer of its commit will not send it any more."""

_Attempt = tuple[str, str, int, int, str]


class DeclaredDeadError(Exception):
    """Others took this worker's work over: it must stop and begin anew under another name."""


@dataclass(slots=True)
class Beat:
    """Beats for one worker, every `every_seconds`; whoever stands still for `dead_seconds` is buried.

    `at_work`: how many workers there were at the last beat.
    """

    database: Database
    clock: Clock
    worker_id: str
    adopt: Callable[[list[OutMessage]], None]
    holds: Callable[[OutMessage], bool]
    every_seconds: float = 1.0
    dead_seconds: float = 6.0
    at_work: int = 1
    _beaten_at: float = field(default=-1e9)
    _others: dict[str, tuple[int, float]] = field(default_factory=dict)
    _orphans: dict[_Attempt, float] = field(default_factory=dict)

    def alive(self) -> bool:
        """Whether this worker may act: nobody can have declared it dead yet."""
        return self.clock.monotonic() - self._beaten_at < self.dead_seconds / 2

    async def start(self, *, alone: bool) -> None:
        """Join. `alone`: no other process can be at work (SQLite's lock), so that whoever is listed is dead."""
        name, now = self.worker_id, self.clock.now()

        def work(connection: Connection) -> list[OutMessage]:
            dead = (workers.list_all(connection) + workers.list_unlisted(connection)) if alone else []
            left = [row for each in dead for row in workers.bury(connection, each, name)]
            workers.join(connection, name, now)
            return left

        started = self.clock.monotonic()
        self.adopt(await self.database.transaction(work))
        self._beaten_at = started

    async def run(self) -> None:
        """Beat until cancelled. Raises DeclaredDeadError."""
        while True:
            await self.clock.sleep(self.every_seconds)
            try:
                await self._beat()
            except UnavailableError:
                continue  # `alive` tells in time

    async def _beat(self) -> None:
        started = self.clock.monotonic()
        beats, unlisted = await self.database.transaction(partial(_show_life, self.worker_id))
        if self.worker_id not in beats:
            raise DeclaredDeadError
        self._beaten_at, self.at_work = started, len(beats)
        for dead in self._standing_still(beats) + unlisted:
            log.warning("worker buried", worker=dead)
            await self.database.transaction(workers.cut_off_frozen)
            self.adopt(await self.database.transaction(partial(_bury, dead, self.worker_id)))
        await self._doubt_orphans()

    def _standing_still(self, beats: dict[str, int]) -> list[str]:
        """Workers whose beat has not moved for too long, by our own steady clock."""
        now = self.clock.monotonic()
        others = {name: count for name, count in beats.items() if name != self.worker_id}
        self._others = {
            name: self._others[name] if self._others.get(name, (-1, 0.0))[0] == count else (count, now)
            for name, count in others.items()
        }
        return [name for name, (_, since) in self._others.items() if now - since >= self.dead_seconds]

    async def _doubt_orphans(self) -> None:
        """Messages that stand in our name though we know nothing of them: a commit whose answer was lost."""
        mine = await self.database.read(lambda connection: underway.list_owned(connection, self.worker_id))
        now = self.clock.monotonic()
        unknown_here = {_attempt(each): each for each in mine if not self.holds(each)}
        self._orphans = {attempt: self._orphans.get(attempt, now) for attempt in unknown_here}
        lost = [unknown_here[each] for each, since in self._orphans.items() if now - since >= ORPHAN_SECONDS]
        if lost:
            await self.database.transaction(lambda connection: underway.doubt(connection, self.worker_id, lost))
            self.adopt([_doubted(each) for each in lost])


def _attempt(message: OutMessage) -> _Attempt:
    return message.page_id, message.customer_id, message.seq, message.attempt, message.status


def _doubted(message: OutMessage) -> OutMessage:
    """As `underway.doubt` leaves it: one that was in flight is unknown now."""
    if message.status != "in_flight":
        return message
    return replace(message, status="unknown", unsure=message.unsure + 1)


def _show_life(worker_id: str, connection: Connection) -> tuple[dict[str, int], list[str]]:
    """(everybody's beats, the names not among them that have work in hand)."""
    return workers.beat(connection, worker_id), workers.list_unlisted(connection)


def _bury(dead_id: str, worker_id: str, connection: Connection) -> list[OutMessage]:
    return workers.bury(connection, dead_id, worker_id)
