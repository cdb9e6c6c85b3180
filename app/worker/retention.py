"""Every night: what is older than it may be kept is erased, in small batches with pauses, so that no customer waits for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from app.clock import Clock
from app.store import retention
from app.store.database import Database
from app.store.retention import Kind, Look, Place

log = structlog.get_logger()

LOOK_MOST = 2_000
"""Rows of one look: a few milliseconds of reading."""
FORGET_MOST = 500
"""Rows of one transaction: a few milliseconds of writing."""
PAUSE_SECONDS = 0.1


@dataclass(slots=True)
class Retention:
    """Erases for one worker. `may_go_on`: it lives and is not to stop. `counts` are rows by kind, since the start."""

    database: Database
    clock: Clock
    worker_id: str
    kept: timedelta
    may_go_on: Callable[[], bool]
    counts: Counter[str] = field(default_factory=Counter)

    async def run_if_due(self) -> None:
        """Once a day, by one worker of all; what was missed or cut off is made up for. Raises UnavailableError."""
        now = self.clock.now()
        if not await self.database.read(lambda connection: retention.is_due(connection, now)):
            return
        if not await self.database.transaction(lambda connection: retention.claim(connection, self.worker_id, now)):
            return
        before = Counter(self.counts)
        for kind in retention.KINDS:
            if not await self._forget(kind):
                return
        await self.database.let_go()
        done_at = self.clock.now()
        await self.database.transaction(lambda connection: retention.finish(connection, self.worker_id, done_at))
        went = self.counts - before
        log.info(
            "old rows erased",
            history=went["history"],
            outbox=went["outbox"],
            sessions=went["sessions"],
            slot_values=went["slot_values"],
            suggestions=went["suggestions"],
            inbox=went["inbox"],
        )

    async def _forget(self, kind: Kind) -> bool:
        """One kind to its end; False if this worker has to stop before."""
        before = self.clock.now() - min(self.kept, kind.kept_max)
        behind: Place | None = None
        while self.may_go_on():
            look = await self._look(kind, before, behind)
            for start in range(0, len(look.found), FORGET_MOST):
                await self._forget_some(kind, look.found[start : start + FORGET_MOST], before)
            if (behind := look.go_on_behind) is None:
                return True
            await self.clock.sleep(PAUSE_SECONDS)
        return False

    async def _look(self, kind: Kind, before: datetime, behind: Place | None) -> Look:
        return await self.database.read(lambda connection: kind.look(connection, before, behind, LOOK_MOST))

    async def _forget_some(self, kind: Kind, found: Sequence[Place], before: datetime) -> None:
        gone = await self.database.transaction(lambda connection: kind.forget(connection, found, before))
        self.counts[kind.name] += gone
        await self.clock.sleep(PAUSE_SECONDS)
