"""Sends notes to browsers of staff who are not at the desk. A browser that its push service does not know any more is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import orjson
import structlog
from sqlalchemy import Connection

from app.chance import Chance
from app.clock import Clock
from app.service.post import Answer, Poster
from app.service.push import Browser, Vapid, encrypt, new_sealed, unseal
from app.store import pushes
from app.store.database import Database
from app.store.pushes import Note
from app.worker.retry import keep_looking, persist

log = structlog.get_logger()

LOOK_EVERY_SECONDS = 5.0
AT_ONCE = 10
WAITS_SECONDS = (30.0, 120.0, 600.0)
"""Before each next try; then it is given up: a later note tells the same."""
GONE = (404, 410)
"""A push service's words for: this browser does not want it any more."""


@dataclass(slots=True)
class Pushes:
    """Sends for one worker. `key` is the installation's; `contact` as in `Vapid`."""

    database: Database
    post: Poster
    clock: Clock
    chance: Chance
    key: bytes = field(repr=False)
    contact: str = ""
    _vapid: Vapid | None = None

    async def run(self, may_go_on: Callable[[], bool]) -> None:
        """Look and send until cancelled, while `may_go_on`."""
        await keep_looking(self.run_once, may_go_on, self.clock, LOOK_EVERY_SECONDS)

    async def run_once(self) -> int:
        """Send what is due now; how many notes that was."""
        now = self.clock.now()
        claimed = await self.database.transaction(lambda connection: pushes.claim(connection, AT_ONCE, now))
        if claimed:
            vapid = await self._own_key()
            async with asyncio.TaskGroup() as group:
                for note in claimed:
                    group.create_task(self._send(vapid, note))
        return len(claimed)

    async def _own_key(self) -> Vapid:
        if self._vapid is None:
            fresh = new_sealed(self.key)
            kept = await self.database.transaction(
                lambda connection: pushes.hold_key(connection, fresh, lambda each: unseal(self.key, each) is not None)
            )
            self._vapid = unseal(self.key, kept, self.contact)
        assert self._vapid is not None
        return self._vapid

    async def _send(self, vapid: Vapid, note: Note) -> None:
        target = note.target
        browser = Browser(target.endpoint, target.public, target.auth)
        sealed = encrypt(browser, orjson.dumps(note.body), self.chance.new_salt())
        answer = await self.post.post(target.endpoint, sealed, vapid.headers(target.endpoint, self.clock.now()))
        await persist(
            self.database, partial(_settle, note=note, answer=answer, now=self.clock.now()), self.clock, self.chance
        )


def _settle(connection: Connection, note: Note, answer: Answer, now: datetime) -> None:
    if answer.is_ok:
        pushes.forget(connection, note.id)
    elif answer.status in GONE:
        pushes.remove(connection, note.target.id)
    elif note.tries > len(WAITS_SECONDS):
        log.warning("a push note was given up", tries=note.tries, status=answer.status, reason=answer.why)
        pushes.forget(connection, note.id)
    else:
        wait = max(WAITS_SECONDS[note.tries - 1], answer.wait_seconds)
        pushes.put_off(connection, note.id, now + timedelta(seconds=wait))
