"""Sending: messages leave in order for each customer, one in flight at a time, many customers at once.

Alone while few wait; gathered into one request when many do. No transaction is open while a request is under way.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, repeat
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from app import tracing
from app.chance import Chance
from app.channel import Channel, Failed, Outcome, Send, Sent, Unsure
from app.clock import Clock
from app.engine.effects import message_from_dict, message_to_dict
from app.errors import UnavailableError
from app.log import customer_tag
from app.measures import ByPage, Histogram
from app.store import conversations, outbox, pages
from app.store.breath import Breath
from app.store.database import Database
from app.store.intake import outbox_id
from app.store.keys import Key
from app.store.outbox import OutMessage, Result
from app.store.replies import WRITTEN_AS
from app.worker.later import Later, Waiting
from app.worker.parking import Parking, write_down
from app.worker.retry import persist, wait_before
from app.worker.spans import outcome_word, tell_sends, trace_of_message
from app.worker.telling import tell

log = structlog.get_logger()
Value = TypeVar("Value")

HELD_MAX = 2_000
"""Messages one worker holds in memory, whatever their state; the others wait in the outbox."""
REQUESTS_MAX = 24
"""Requests under way at once."""
BATCH_FROM = 6
"""Messages that must wait before they are gathered: a batch saves work but makes its first message wait for its last."""
BATCH_SLOW_SECONDS = 2.0
"""A batch that took longer than this was too large."""
BATCH_LEAST = 5
RETRIES_MAX = 10
"""Tries of a message that the channel refuses for now; with the waits below that is about half an hour."""
RETRY_FIRST_SECONDS, RETRY_LAST_SECONDS = 1.0, 300.0
COPIES_MAX = 3
"""Requests for one message whose fate is unknown: at most two copies beyond the first."""
POLL_SECONDS = 0.5
"""How soon a free message is found that nobody told us of."""
POLL_MOST = 200

LEAVES_WITHIN_SECONDS = 10.0
"""How old the look at who answers may be when a message leaves: longer than a message waits for its request under usual load."""

KEPT_BACK = Failed("kept back", "It waits in the outbox.", retry=True, scope="page")
"""No request left: this worker may have been declared dead, the Page waits, or the message waited here for too long."""

_Key = tuple[str, str, int]


@dataclass(slots=True)
class Sender:
    """Sends for one worker. `alive` says whether the worker may still act: one declared dead sends nothing. `told` is called
    when something was written that screens show."""

    database: Database
    channel: Channel
    clock: Clock
    chance: Chance
    worker_id: str
    mark: str
    later: Later
    alive: Callable[[], bool]
    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: Histogram = field(default_factory=Histogram)
    pages: ByPage = field(default_factory=ByPage)
    parking: Parking = field(default_factory=Parking)
    told: Callable[[], None] = lambda: None
    stopping: bool = False
    breath: Breath = field(default_factory=Breath)
    _ready: dict[str, deque[OutMessage]] = field(default_factory=dict)
    _waiting: int = 0
    _held: dict[_Key, float] = field(default_factory=dict)
    _outcomes: list[tuple[OutMessage, Outcome]] = field(default_factory=list)
    _something_ready: asyncio.Event = field(default_factory=asyncio.Event)
    _something_came_back: asyncio.Event = field(default_factory=asyncio.Event)
    _look_for_free: asyncio.Event = field(default_factory=asyncio.Event)
    _requests: int = 0
    _recording: bool = False
    _batch_most: int = 50

    # ---- for the others ------------------------------------------------------------------------------------

    def room(self) -> int:
        """How many more messages it takes at once."""
        return 0 if self.stopping or not self.alive() else HELD_MAX - len(self._held)

    def put(self, messages: Sequence[OutMessage], since: float | None = None) -> None:
        """Send these: they are in flight already, in the name of this worker, by a transaction that began at `since`."""
        at = self.clock.monotonic() if since is None else since
        for message in messages:
            self._held[_key(message)] = at
            self._ready.setdefault(message.page_id, deque()).append(message)
        self._waiting += len(messages)
        self._something_ready.set()

    def look(self) -> None:
        """Something may wait in the outbox."""
        self._look_for_free.set()

    def hold(self, message: OutMessage) -> None:
        """Whatever becomes of this message next, this worker sees to it."""
        self._held[_key(message)] = self.clock.monotonic()

    def holds(self, message: OutMessage) -> bool:
        return _key(message) in self._held

    @property
    def idle(self) -> bool:
        """Nothing is under way."""
        return not (self._ready or self._requests or self._outcomes or self._recording)

    # ---- its loops -----------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._record_for_ever())
            group.create_task(self._look_for_ever())
            while True:
                await self._something_ready.wait()
                self._something_ready.clear()
                while self._ready and self._requests < REQUESTS_MAX:
                    self._requests += 1
                    group.create_task(self._send(self._next()))

    def _next(self) -> list[OutMessage]:
        """One message, or a batch of one Page when many wait; the Pages take turns. One that was in doubt goes alone: it must not
        hold others up."""
        page_id = next(iter(self._ready))
        queue = self._ready.pop(page_id)
        batch = [queue.popleft()]
        if self._waiting >= BATCH_FROM and not batch[0].unsure:
            most = min(self._batch_most, self.channel.batch_max)
            while queue and len(batch) < most and not queue[0].unsure:
                batch.append(queue.popleft())
        if queue:
            self._ready[page_id] = queue
        self._waiting -= len(batch)
        return batch

    async def _send(self, messages: list[OutMessage]) -> None:
        try:
            outcomes = await self._request(messages)
            self._outcomes.extend(zip(messages, outcomes, strict=True))
        finally:
            self._requests -= 1
        self._something_came_back.set()
        self._something_ready.set()

    async def _request(self, messages: list[OutMessage]) -> list[Outcome]:
        """One outcome for each message; only what may leave does."""
        began_at, at = self.clock.now(), self.clock.monotonic()
        alive = self.alive()
        prepared = [self._prepare(message, began_at, at) if alive else KEPT_BACK for message in messages]
        sends = [each for each in prepared if isinstance(each, Send)]
        answers: Iterator[Outcome]
        try:
            # An answer that is too short says nothing of the rest.
            answers = chain(await self._ask(sends), repeat(Unsure("The channel did not say.")))
        except Exception as error:
            # The border of sending: a bug in a channel must not stop the others, and nobody knows how far it came.
            log.exception("channel broke down", error=type(error).__name__)
            answers = repeat(Unsure(f"The channel broke down: {type(error).__name__}."))
        outcomes = [self._heard(next(answers)) if isinstance(each, Send) else each for each in prepared]
        if tracing.is_on():
            left = [pair for pair in zip(messages, outcomes, strict=True) if pair[1] is not KEPT_BACK]
            tell_sends(left, began_at, self.clock.now())
        return outcomes

    def _heard(self, outcome: Outcome) -> Outcome:
        if isinstance(outcome, Failed):
            self.refusals["channel", outcome.code] += 1
        return outcome

    async def _ask(self, sends: list[Send]) -> Sequence[Outcome]:
        if not sends:
            return []
        started = self.clock.monotonic()
        try:
            return await self._batch(sends) if len(sends) > 1 else [await self.channel.send(sends[0])]
        finally:
            self.seconds.observe(self.clock.monotonic() - started)

    async def _batch(self, sends: list[Send]) -> Sequence[Outcome]:
        started = self.clock.monotonic()
        outcomes = await self.channel.send_batch(sends)
        if self.clock.monotonic() - started > BATCH_SLOW_SECONDS:
            self._batch_most = max(self._batch_most // 2, BATCH_LEAST)
        else:
            self._batch_most = min(self._batch_most + 5, self.channel.batch_max)
        return outcomes

    def _prepare(self, message: OutMessage, now: datetime, at: float) -> Send | Failed:
        """What leaves, or why it does not leave now; `at` is the same moment by the clock that never jumps."""
        if self._is_stale(message, at) or self.parking.is_parked(message.page_id, at):
            return KEPT_BACK
        try:
            send = self._to_send(message)
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            return Failed("stored", f"The stored message cannot be read: {type(error).__name__}.")
        refusal = self.channel.may_send(send, now)
        if refusal:
            self.refusals["policy", refusal.code] += 1
            return Failed(refusal.code, refusal.sentence)
        # Only what really leaves goes ahead for its Page: what is refused here says nothing of the Page's trouble.
        return send if self.parking.lets_go(message.page_id, at) else KEPT_BACK

    def _is_stale(self, message: OutMessage, at: float) -> bool:
        """Whether so much time went by since it was taken off the line that staff may have come: then it is taken anew."""
        return at - self._held.get(_key(message), 0.0) > LEAVES_WITHIN_SECONDS

    def _to_send(self, message: OutMessage) -> Send:
        return Send(
            outbox_id=outbox_id(self.mark, message.seq, message.customer_id),
            page_id=message.page_id,
            customer_id=message.customer_id,
            message=message_from_dict(message.body),
            payloads=tuple(message.body.get("payloads", ())),
            written_by="staff" if message.written_by == "staff" else "bot",
            last_customer_at=message.last_customer_at,
            stopped_after=message.stopped_after,
            written_as=message.body.get(WRITTEN_AS, ""),
        )

    # ---- what came back ------------------------------------------------------------------------------------

    async def _record_for_ever(self) -> None:
        while True:
            await self._something_came_back.wait()
            self._something_came_back.clear()
            while self._outcomes:
                await self.breath.draw()
                outcomes, self._outcomes, self._recording = self._outcomes, [], True
                started = self.clock.monotonic()
                self.put(await self.record([self._result(message, outcome) for message, outcome in outcomes]), started)
                self._recording = False
                self.breath.done(len(outcomes))

    async def record(self, results: list[Result]) -> list[OutMessage]:
        """Write results down, however long the database is away; gives the next messages of customers whose line moved."""
        worker_id = self.worker_id
        moved = [result.message.key for result in results]
        ended = [key for key, result in zip(moved, results, strict=True) if result.status in ("sent", "failed")]
        room = self.room() > 0
        news = self.parking.take_news()

        def work(connection: Connection) -> list[OutMessage]:
            now = self.clock.now()
            conversations.lock(connection, moved)
            outbox.record(connection, worker_id, results, now)
            tell(connection, results, now)
            conversations.touch(connection, moved, now)
            write_down(connection, news, now)
            return outbox.claim_next(connection, worker_id, ended, now) if room else []

        following = await self.persist(work)
        self.told()
        self.parking.note_written(news, self.clock.now(), self.clock.monotonic())
        for result in results:
            self._let_go(result)
        return following

    def _let_go(self, result: Result) -> None:
        if result.keep:
            doubt = result.status == "unknown"
            message = replace(result.message, unsure=result.message.unsure + doubt, status=result.status)
            self.later.push(Waiting(message, result.status), self._wait_of(result))
        else:
            self._held.pop(_key(result.message), None)

    def _wait_of(self, result: Result) -> float:
        if result.status == "unknown":
            return 0.0
        ours = wait_before(result.message.attempt, self.chance, RETRY_FIRST_SECONDS, RETRY_LAST_SECONDS)
        return max(ours, result.wait_seconds)

    def _result(self, message: OutMessage, outcome: Outcome) -> Result:
        self.counts[outcome_word(outcome)] += 1
        match outcome:
            case Sent(mid, remark):
                self.pages.add(message.page_id)
                self.parking.note_sent(message.page_id, self.clock.monotonic())
                return Result(
                    message, "sent", mid=mid, reason_code="shortened" if remark else None, reason=remark or None
                )
            case Unsure(reason):
                log.warning(
                    "send unknown", trace=trace_of_message(message), customer=_tag(message), seq=message.seq,
                    attempt=message.attempt, reason=reason,
                )  # fmt: skip
                self.parking.note_unsure(message.page_id, self.clock.monotonic())
                return Result(message, "unknown", reason_code="unknown", reason=reason, keep=True)
            case Failed():
                return self._failed(message, outcome)

    def _failed(self, message: OutMessage, failure: Failed) -> Result:
        if failure is KEPT_BACK:
            return Result(message, "pending", counts=False)
        log.warning(
            "send failed", trace=trace_of_message(message), customer=_tag(message), seq=message.seq, code=failure.code,
            retry=failure.retry,
        )  # fmt: skip
        if failure.scope == "page":
            self.parking.park(message.page_id, failure, self.clock.monotonic())
            # Not this message's fault, and certain that it did not arrive: it costs it no try.
            return Result(message, "pending", reason_code=failure.code, reason=failure.sentence, counts=False)
        self.parking.note_refused(message.page_id)
        if failure.retry and message.attempt < (failure.tries_max or RETRIES_MAX):
            return Result(
                message, "pending", reason_code=failure.code, reason=failure.sentence, keep=True,
                wait_seconds=failure.wait_seconds,
            )  # fmt: skip
        if (body := self._instead(message, failure)) is not None:
            return Result(message, "pending", reason_code=failure.code, reason=failure.sentence, body=body)
        return Result(message, "failed", reason_code=failure.code, reason=failure.sentence)

    def _instead(self, message: OutMessage, failure: Failed) -> dict[str, Any] | None:
        """The body of what is sent in the place of this message, if the channel knows something."""
        if failure.code == "stored":
            return None
        other = self.channel.instead(message_from_dict(message.body), failure)
        kept = {name: message.body[name] for name in ("payloads", "trace", WRITTEN_AS) if name in message.body}
        return {**message_to_dict(other), **kept} if other else None

    async def persist(self, work: Callable[[Connection], Value]) -> Value:
        """Commit, however long the database is away."""
        return await persist(self.database, work, self.clock, self.chance, brief=True)

    # ---- what waits in the outbox --------------------------------------------------------------------------

    async def _look_for_ever(self) -> None:
        """Take free messages: of staff, of workers that let go, of customers whose earlier message was settled by an echo."""
        while True:
            await self._wait_to_look()
            most = min(self.room(), POLL_MOST)
            if most <= 0:
                continue
            started, now = self.clock.monotonic(), self.clock.now()
            parked = self.parking.parked(started)
            try:
                found, troubles = await self.database.transaction(
                    lambda connection: (
                        outbox.claim_free(connection, self.worker_id, most, now, parked),  # noqa: B023
                        pages.list_troubles(connection),
                    )
                )
            except UnavailableError:
                continue
            self.parking.read(troubles, now, started)
            self.put(found, started)
            if len(found) == most:
                self.look()

    async def _wait_to_look(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._look_for_free.wait()
        except TimeoutError:
            pass
        self._look_for_free.clear()

    async def next_of(self, keys: Sequence[Key]) -> None:
        """Go on with these customers' lines."""
        now, started = self.clock.now(), self.clock.monotonic()
        found = await self.persist(lambda connection: outbox.claim_next(connection, self.worker_id, keys, now))
        self.put(found, started)

    def forget(self, message: OutMessage) -> None:
        """This message is no longer ours to send."""
        self._held.pop(_key(message), None)


def _key(message: OutMessage) -> _Key:
    return message.page_id, message.customer_id, message.seq


def _tag(message: OutMessage) -> str:
    """What logs call its customer."""
    return customer_tag("/".join(message.key))
