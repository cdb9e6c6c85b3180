"""Sends whose fate is unknown: settled by their echo, then by look-up, and only then sent again. And refused ones, after their wait."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import takewhile
from typing import Any

import structlog
from sqlalchemy import Connection

from app.channel import Listing
from app.clock import Clock
from app.log import customer_tag
from app.store import outbox
from app.store.outbox import OutMessage, Result
from app.worker.later import Later, Waiting
from app.worker.sending import COPIES_MAX, Sender

log = structlog.get_logger()

CLOCKS_DIFFER = timedelta(hours=2)
"""How far our clock may have been ahead of the channel's when the request left. It is long because it costs nothing: an older
message with the same words is no match, since its id is known."""
LOOK_UPS_PER_SECOND = 2.0
"""Messenger's limit for one Page's Conversations API."""
GRACES_MAX = 20
"""So many graces an unknown send waits while nothing can be looked up and its Page is silent: half an hour as usual. Sent into an
outage again and again it would be given up before Messenger is back; the last of its tries waits for a sign that somebody is there."""
AT_ONCE = 8
"""Look-ups of one Page under way at once: slow ones hold up neither other Pages nor what is tried again."""


@dataclass(slots=True)
class Settling:
    """Settles for one worker. `look_up_after` are the seconds after which to look; `grace_seconds` how long to wait for an echo
    where look-up is not to be had."""

    sender: Sender
    later: Later
    clock: Clock
    look_up_after: tuple[float, ...] = (2.0, 8.0)
    grace_seconds: float = 90.0
    _next_look_up: dict[str, float] = field(default_factory=dict)
    _slots: defaultdict[str, asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(AT_ONCE))
    )

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                for waiting in await self.later.due():
                    if waiting.status == "pending":
                        await self._again([waiting.message])
                    elif waiting.step == 0:
                        self._schedule(waiting)
                    else:
                        group.create_task(self._settle(waiting))

    def adopt(self, message: OutMessage) -> None:
        """Settle what a dead worker left: an unknown send from its beginning, a refused one at once."""
        self.sender.hold(message)
        self.later.push(Waiting(message, message.status), 0.0)

    def _schedule(self, waiting: Waiting) -> None:
        """The next look at an unknown send; look-ups of one Page are kept apart. Where so many wait that this one would come as late as
        the one behind it, that is enough."""
        step = waiting.step
        waits = self.look_up_after
        passed = waits[step - 1] if step else 0.0
        wait = waits[step] - passed if step < len(waits) else 0.0
        now, page_id = self.clock.monotonic(), waiting.message.page_id
        at = max(now + wait, self._next_look_up.get(page_id, 0.0))
        while step + 1 < len(waits) and at - now + passed >= waits[step + 1]:
            step += 1
        self._next_look_up[page_id] = at + 1 / LOOK_UPS_PER_SECOND
        self.later.push(Waiting(waiting.message, waiting.status, step + 1), at - now)

    async def _settle(self, waiting: Waiting) -> None:
        async with self._slots[waiting.message.page_id]:
            await self._look(waiting)

    async def _look(self, waiting: Waiting) -> None:
        message = waiting.message
        status = await self._status_of(message)
        if status != "unknown":
            await self._done(message)  # its echo came, or another worker settled it
            return
        listing = await self.sender.channel.look_up(message.page_id, message.customer_id)
        mid, is_absent = await self._find(message, listing) if listing else ("", False)
        if mid:
            log.info("send settled by look-up", customer=customer_tag("/".join(message.key)), seq=message.seq)
            await self._end(Result(message, "sent", mid=mid))
        elif not is_absent:
            await self._without_look_up(waiting)
        elif waiting.step < len(self.look_up_after):
            self._schedule(waiting)
        else:
            await self._send_again(message)

    async def _without_look_up(self, waiting: Waiting) -> None:
        """No look-up to be had: only the echo can tell. Wait for it, longer while Messenger is silent, then send again."""
        looks = len(self.look_up_after)
        if waiting.step <= looks:
            rest = max(self.grace_seconds - self.look_up_after[waiting.step - 1], 0.0)
            self.later.push(Waiting(waiting.message, "unknown", looks + 1), rest)
        elif waiting.step - looks < GRACES_MAX and self._is_nobody_there(waiting.message):
            self.later.push(Waiting(waiting.message, "unknown", waiting.step + 1), self.grace_seconds)
        else:
            await self._send_again(waiting.message)

    def _is_nobody_there(self, message: OutMessage) -> bool:
        """Whether another try would most likely be lost, too, as far as this Page's other messages tell."""
        parking, since = self.sender.parking, self.clock.monotonic() - self.grace_seconds
        is_last = message.unsure == COPIES_MAX - 1
        return parking.is_silent(message.page_id) or (is_last and not parking.has_answered(message.page_id, since))

    async def _find(self, message: OutMessage, listing: Listing) -> tuple[str, bool]:
        """(the id of the message in the listing that must be this one, or empty; whether it certainly is not there)."""
        mids = [each.mid for each in listing.messages]
        places = await self.sender.persist(lambda connection: outbox.find_places(connection, message.key, mids))
        return find_in(listing, message, places)

    async def _status_of(self, message: OutMessage) -> str | None:
        found = await self.sender.persist(lambda connection: outbox.find_status(connection, message))
        return found[0] if found else None

    async def _send_again(self, message: OutMessage) -> None:
        if message.unsure >= COPIES_MAX:
            reason = "Nobody can say whether it arrived; it was not sent again."
            await self._end(Result(message, "failed", reason_code="unknown", reason=reason))
            return
        log.warning(
            "send repeated", customer=customer_tag("/".join(message.key)), seq=message.seq, attempt=message.attempt + 1
        )
        await self._again([message])

    async def _again(self, messages: list[OutMessage]) -> None:
        now, worker_id = self.clock.now(), self.sender.worker_id

        def work(connection: Connection) -> list[OutMessage]:
            return outbox.take_again(connection, worker_id, messages, now)

        started = self.clock.monotonic()
        taken = await self.sender.persist(work)
        self.sender.put(taken, started)
        for message in messages:
            if not any(each.key == message.key and each.seq == message.seq for each in taken):
                await self._done(message)

    async def _end(self, result: Result) -> None:
        started = self.clock.monotonic()
        self.sender.put(await self.sender.record([result]), started)

    async def _done(self, message: OutMessage) -> None:
        """Settled by somebody else: its customer's next message may go."""
        self.sender.forget(message)
        await self.sender.next_of([message.key])


def find_in(listing: Listing, message: OutMessage, places: Mapping[str, int]) -> tuple[str, bool]:
    """The same, with the places in line of the listed messages that are known already.

    A line is sent in order: what is listed after a message from further ahead in it is newer than ours, whatever clocks say. Only
    where none is listed do times count.
    """
    since = (message.attempted_at or message.created_at) - CLOCKS_DIFFER
    newer = list(takewhile(lambda each: places.get(each.mid, message.seq) >= message.seq, listing.messages))
    is_bounded = len(newer) < len(listing.messages)
    if not is_bounded:
        newer = [each for each in newer if each.created_at >= since]
    ours = next((each.mid for each in newer if _says(each.text, message.body) and each.mid not in places), "")
    reaches_back = listing.oldest_at is not None and listing.oldest_at < since
    return ours, not ours and (is_bounded or listing.whole or reaches_back)


def _says(listed: str, body: Mapping[str, Any]) -> bool:
    """Whether a listed text is that of our message. The channel words a utility message: only what fills it is known here."""
    form = body.get("form") or {}
    if form.get("kind") == "utility" and listed.strip():
        return all(str(each.get("value", "")) in listed for each in form["items"])
    return listed.strip() == str(body.get("text", "")).strip()
