"""Clicks that wait to be written, so that nobody waits for the database on the way to a product. Each counts once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from app.clock import Clock
from app.errors import UnavailableError
from app.store import suggestions
from app.store.database import Database

log = structlog.get_logger()

GATHER_SECONDS = 0.5
"""Clicks of half a second are one commit; a process that is killed loses no more than these."""
WAITING_MAX = 10_000
"""Marks that wait while the database is away, 100 bytes each; more are not counted."""


@dataclass(slots=True)
class Clicks:
    """The clicks of one process."""

    database: Database
    clock: Clock
    waiting: dict[str, datetime] = field(default_factory=dict)
    counted: int = 0

    def note(self, mark: str) -> None:
        """A customer opens a product: the first moment counts."""
        if len(self.waiting) < WAITING_MAX:
            self.waiting.setdefault(mark, self.clock.now())

    async def run(self) -> None:
        """Write what waits, until cancelled; what waits then is written at once."""
        try:
            while True:
                await self.clock.sleep(GATHER_SECONDS)
                await self.write()
        except asyncio.CancelledError:
            await self.write()
            raise

    async def write(self) -> None:
        """Write what waits; while the database is away it waits on."""
        if not self.waiting:
            return
        clicked, self.waiting = self.waiting, {}
        try:
            await self.database.transaction(lambda connection: suggestions.note_clicks(connection, clicked))
            self.counted += len(clicked)
        except UnavailableError as error:
            log.warning("clicks not written yet", waiting=len(clicked), why=str(error))
            self.waiting = {**clicked, **self.waiting}
