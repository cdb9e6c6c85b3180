"""Tells owners' addresses what happened, beside everything else: signed, tried again over about a day, given up where nobody answers.

At least once: who is told twice knows it by the `webhook-id`. The order is that of what happened, but for what is tried again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import orjson
import structlog
from sqlalchemy import Connection

from app.chance import Chance
from app.clock import Clock
from app.errors import UnavailableError
from app.pages.languages import LANGUAGES, words_of
from app.service.post import Answer, Poster
from app.service.signing import secret_of, sign
from app.store import audit, hooks, letters, staff
from app.store.database import Database
from app.store.hooks import Delivery, Hook
from app.store.letters import Letter
from app.worker.retry import persist

log = structlog.get_logger()

LOOK_EVERY_SECONDS = 1.0
"""How soon something is found that nobody told us of."""
AT_ONCE_MAX = 8
"""Of one address: one that is slow keeps no other waiting."""
WAITS_SECONDS = (5.0, 30.0, 120.0, 600.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 21_600.0, 36_000.0)
"""Before each next try: eleven tries over 24 hours, and then it is given up."""
JITTER = 0.1
FAILURES_MAX = 10
FAILING_FOR = timedelta(hours=24)
"""Nothing but failures for so long, and at least FAILURES_MAX of them: the address is switched off, and its owners are told."""
GONE = 410
"""The convention's word for: never again."""


@dataclass(slots=True)
class Telling:
    """Tells for one worker. `key` is the installation's, for this use alone."""

    database: Database
    post: Poster
    clock: Clock
    chance: Chance
    key: bytes = field(repr=False)
    public_url: str = ""
    _under_way: Counter[str] = field(default_factory=Counter)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, may_go_on: Callable[[], bool]) -> None:
        """Look and tell until cancelled, while `may_go_on`."""
        async with asyncio.TaskGroup() as group:
            while True:
                if may_go_on():
                    with suppress(UnavailableError):
                        for hook, delivery in await self._claim():
                            group.create_task(self._tell(hook, delivery))
                await self._wait()

    async def _wait(self) -> None:
        """Until something has come to its end, so that there is room for the next, or it is time to look."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY_SECONDS):
                await self._ended.wait()
        self._ended.clear()

    async def run_once(self) -> int:
        """Tell what is due now, to its end; how much that was."""
        claimed = await self._claim()
        async with asyncio.TaskGroup() as group:
            for hook, delivery in claimed:
                group.create_task(self._tell(hook, delivery))
        return len(claimed)

    async def _claim(self) -> list[tuple[Hook, Delivery]]:
        listening = await self.database.read(partial(hooks.list_hooks, active=True))
        free = [(hook, AT_ONCE_MAX - self._under_way[hook.id]) for hook in listening]
        if not any(room > 0 for _, room in free):
            return []
        now = self.clock.now()

        def work(connection: Connection) -> list[tuple[Hook, Delivery]]:
            return [
                (hook, each) for hook, room in free if room > 0 for each in hooks.claim(connection, hook.id, room, now)
            ]

        claimed = await self.database.transaction(work)
        self._under_way.update(hook.id for hook, _ in claimed)
        return claimed

    async def _tell(self, hook: Hook, delivery: Delivery) -> None:
        try:
            answer = await self.post.post(hook.url, *self._signed(hook, delivery))
        finally:
            self._under_way[hook.id] -= 1
        await persist(self.database, partial(self._settle, hook, delivery, answer), self.clock, self.chance)
        self._ended.set()

    def _signed(self, hook: Hook, delivery: Delivery) -> tuple[bytes, dict[str, str]]:
        now, body = self.clock.now(), orjson.dumps(delivery.body)
        salts = [hook.salt]
        if hook.old_salt and hook.old_until and now < hook.old_until:
            salts.append(hook.old_salt)
        secrets = [secret_of(self.key, hook.id, salt) for salt in salts]
        return body, sign(secrets, f"msg_{hook.id}_{delivery.id}", now, body)

    def _settle(self, hook: Hook, delivery: Delivery, answer: Answer, connection: Connection) -> None:
        now = self.clock.now()
        if answer.is_ok:
            hooks.finish(connection, delivery.id, now, status="done", answer=answer.status)
            hooks.note_success(connection, hook.id)
            return
        if delivery.tries > len(WAITS_SECONDS):
            hooks.finish(connection, delivery.id, now, status="failed", answer=answer.status, why=answer.why)
        else:
            wait = max(
                WAITS_SECONDS[delivery.tries - 1] * self.chance.uniform(1 - JITTER, 1 + JITTER), answer.wait_seconds
            )
            hooks.put_off(connection, delivery.id, answer.status, answer.why, now + timedelta(seconds=wait))
        failures, since = hooks.note_failure(connection, hook.id, now)
        if answer.status == GONE or (failures >= FAILURES_MAX and now - since >= FAILING_FOR):
            self._switch_off(connection, hook, "gone" if answer.status == GONE else "failing", now)

    def _switch_off(self, connection: Connection, hook: Hook, why: str, now: datetime) -> None:
        if not hooks.switch_off(connection, hook.id, why, now):
            return
        log.error("webhook switched off", hook=hook.id, reason=why)
        t = words_of(LANGUAGES[0])
        text = t(f"hook_letter.{why}", url=hook.url, link=f"{self.public_url}/owner/tools/webhooks/{hook.id}")
        for each in staff.list_all(connection):
            if each.role == "owner" and each.may_sign_in and hook.is_within(each.all_pages, each.page_ids):
                letters.add(connection, Letter(each.email, t("hook_letter.subject"), text), now)
        audit.add(connection, "webhook_switched_off", now, who="server", details={"webhook": hook.id, "code": why})
