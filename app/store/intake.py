"""The one entrance: what a channel received, durable when `take` returns. Many requests share one transaction.

Messages and facts become inbox events; echoes settle the outbox; receipts raise watermarks; what nobody can read is set aside.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from app.channel import Echoed, Fact, Ignored, Item, Receipt, Received, Unreadable, comment_of
from app.clock import Clock
from app.engine import events
from app.engine.events import Event
from app.errors import UnavailableError
from app.mask import masked, masked_json
from app.store import conversations, facts, inbox, outbox, pages
from app.store.breath import Breath
from app.store.conversations import Watermark
from app.store.database import Database, refuses_statement
from app.store.durability import let_commit_wait
from app.store.erase import without_late
from app.store.inbox import NewEvent
from app.store.outbox import EchoOf
from app.store.pages import Trouble

log = structlog.get_logger()

BLOCKED_WAIT = timedelta(hours=1)
"""How long a blocked Page waits before one message tries again: the notice of the end may have been lost."""
ITEMS_MAX = 2_000
"""Items in one transaction: more than one full webhook body, so that a burst is a few transactions and none grows for ever."""
BRIEF_ITEMS_MAX = 100
"""So many are written in a few milliseconds; more of them would hold everybody else up."""

TAKEN_BACK = "fact:taken_back"
"""The kind of what stands in the place of a message that its writer took back."""

BEHIND_SECONDS = 10.0
"""So old an unhandled event says that more comes in than is handled, or that nobody handles anything."""
BEHIND_EVERY_SECONDS = 1.0
HELD_SHARE, HELD_SECONDS_MAX = 1 / 30, 1.5
"""How long after a delivery came it is answered then, for whoever sends faster than we work: such a share of the age of the oldest
event, so that less comes in the further we are behind. Meta waits five seconds for an answer."""
LATE_TIMES = 2
"""An answer is so much later than a timer by itself: before a delivery is read, and behind its wait, everybody else has a turn."""
LOOKS_KEPT = 60
"""A minute of them: from an age of 45 seconds on everybody is held back for as long as may be."""

Stamped = tuple[Item, datetime]
"""An item and the moment it arrived."""
_Request = tuple[list[Stamped], "asyncio.Future[None]"]


@dataclass(slots=True)
class Intake:
    """Takes items in. `mark` tells our echoes from another database's.

    `woken` is called when something came in, with whether an echo settled a message that was still open. `breath` is drawn between
    two transactions.
    """

    database: Database
    mark: str
    woken: Callable[[bool], None]
    clock: Clock = field(default_factory=Clock)
    counts: Counter[str] = field(default_factory=Counter)
    _held_seconds: float = 0.0
    _looks: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=LOOKS_KEPT))
    breath: Breath = field(default_factory=Breath)
    _waiting: list[_Request] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, items: Sequence[Item], received_at: datetime) -> None:
        """Return once the items are durable; while the work is behind, not before a while is over.

        Raises UnavailableError when the database cannot take them: nothing was kept.
        """
        if not items:
            return
        came = self.clock.monotonic()
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(([(item, received_at) for item in items], future))
        self._came.set()
        await future
        if self._held_seconds and (left := came + self._held_seconds - self.clock.monotonic()) > 0:
            await self.clock.sleep(left)

    async def watch(self) -> None:
        """Look how far the work is behind, until cancelled. Whoever waits for an answer sends nothing new meanwhile, and the door
        refuses what comes beyond those who wait: so more does not come in than is handled within reasonable time."""
        while True:
            began = self.clock.monotonic()
            await self.clock.sleep(BEHIND_EVERY_SECONDS)
            late = self.clock.monotonic() - began - BEHIND_EVERY_SECONDS
            with suppress(UnavailableError):
                await self.look(late)

    async def look(self, late_seconds: float = 0.0) -> None:
        """Look once. `late_seconds`: how much later than it should a timer rang just now. Raises UnavailableError."""
        age = self._age_of(*await self.database.read(inbox.find_ends))
        held = min(age * HELD_SHARE, HELD_SECONDS_MAX) - LATE_TIMES * late_seconds
        self._held_seconds = max(held, 0.0) if age > BEHIND_SECONDS else 0.0

    def _age_of(self, oldest: int | None, newest: int) -> float:
        """Since how many seconds the oldest event waits: since the first look at which it was there. When it came is told only by the
        wall clock of the process that took it in."""
        now = self.clock.monotonic()
        self._looks.append((now, newest))
        while self._looks and (oldest is None or self._looks[0][1] < oldest):
            self._looks.popleft()
        return now - self._looks[0][0] if self._looks else 0.0

    async def run(self) -> None:
        """Write for all who wait, one transaction after the other, until cancelled."""
        while True:
            await self._came.wait()
            self._came.clear()
            while self._waiting:
                await self.breath.draw()
                group, self._waiting = _first_items(self._waiting)
                await self._write(group)
                self.breath.done(len(group))

    async def _write(self, group: list[_Request]) -> None:
        try:
            settled = await self._commit([stamped for stamps, _ in group for stamped in stamps])
        except UnavailableError as error:
            # Who waited behind it is told at once: Meta waits five seconds for an answer, and then comes again all the same.
            # A commit that does not come back is waited for: broken off, it would all the same stand on this server.
            behind, self._waiting = self._waiting, []
            _fail([*group, *behind], error)
        except Exception as error:
            await self._write_alone(group, error)
        else:
            for _, future in group:
                if not future.done():
                    future.set_result(None)
            self.woken(settled)

    async def _write_alone(self, group: list[_Request], error: Exception) -> None:
        """The database refuses something that one item holds: it is set aside without its body and takes no other along."""
        if refuses_statement(error):
            # No item is to blame: each would be answered with 200 and set aside without its body, one after the other.
            _fail(group, UnavailableError(f"The database refuses our statements: {type(error).__name__}."))
            return
        if len(group) > 1:
            for each in group:
                await self._write([each])
            return
        stamped, future = group[0]
        if len(stamped) > 1:
            halves = [([each], asyncio.get_running_loop().create_future()) for each in stamped]
            for half in halves:
                await self._write([half])
            _settle_by(future, [half for _, half in halves])
        elif isinstance(stamped[0][0], Received):
            await self._write([([(_refused(stamped[0][0], error), stamped[0][1])], future)])
        else:
            _fail(group, UnavailableError(f"The database refused it: {type(error).__name__}."))

    async def _commit(self, stamped: list[Stamped]) -> bool:
        mark = self.mark
        is_brief = len(stamped) <= BRIEF_ITEMS_MAX
        settled = await self.database.transaction(lambda connection: take(connection, stamped, mark), brief=is_brief)
        self.counts.update(type(item).__name__ for item, _ in stamped)
        for item, _ in stamped:
            if isinstance(item, Received) and (policy := policy_of(item.event)):
                log.error("the channel warns or stops a page", page=item.page_id, action=policy.get("action"))
        return settled


def _settle_by(future: asyncio.Future[None], parts: list[asyncio.Future[None]]) -> None:
    """A request is answered well when each of its items was; else its sender comes again with all of them."""
    errors = [error for part in parts if (error := part.exception()) is not None]
    if future.done():
        return
    if errors:
        future.set_exception(errors[0])
    else:
        future.set_result(None)


def _refused(item: Received, error: Exception) -> Unreadable:
    reason = f"The database refused it: {type(error).__name__}."
    return Unreadable(item.key, item.page_id, item.customer_id, reason, "", item.happened_at)


def _fail(group: list[_Request], error: Exception) -> None:
    for _, future in group:
        if not future.done():
            future.set_exception(error)


def _first_items(waiting: list[_Request]) -> tuple[list[_Request], list[_Request]]:
    """As many whole requests as fit one transaction, and the rest; at least one."""
    count = 0
    for place, (stamps, _) in enumerate(waiting):
        count += len(stamps)
        if count > ITEMS_MAX and place:
            return waiting[:place], waiting[place:]
    return waiting, []


def take(connection: Connection, stamped: Sequence[Stamped], mark: str) -> bool:
    """Write items down, within one transaction; whether an echo settled a message that was still open."""
    new: list[NewEvent] = []
    echoes: list[EchoOf] = []
    marks: list[Watermark] = []
    policies: dict[tuple[str, bytes], tuple[Received, datetime]] = {}
    latest = stamped[-1][1]
    for item, received_at in stamped:
        match item:
            case Received() | Unreadable():
                if isinstance(item, Received) and policy_of(item.event):
                    policies.setdefault((item.page_id, item.key), (item, received_at))
                new.append(to_event(item, received_at))
            case Echoed():
                if (ours := read_outbox_id(item.outbox_id, mark)) is not None:
                    echoes.append(EchoOf(item.page_id, ours.comment or item.customer_id, ours.seq, item.mid))
            case Receipt():
                marks.append(Watermark(item.page_id, item.customer_id, item.kind == "read", item.until))
            case Ignored():
                continue
    # Told again, they say nothing new.
    unheard = [each for key, each in policies.items() if not inbox.is_known(connection, *key)]
    if new or echoes or marks:
        # Of what came before nothing is written, and yet it is acknowledged: no sooner than the first time.
        let_commit_wait(connection)
    inbox.add(connection, without_late(connection, new))
    moved = [(echo.page_id, echo.customer_id) for echo in echoes] + [(mark.page_id, mark.customer_id) for mark in marks]
    conversations.touch(connection, moved, latest)
    inbox.forget_set_aside(connection, [(each.page_id, each.event_key) for each in new if each.kind == TAKEN_BACK])
    conversations.note_watermarks(connection, marks)
    settled = outbox.settle_by_echo(connection, echoes, latest)
    # Pages come last, as where outcomes are written: two transactions that wait for each other would both be lost.
    for item, received_at in sorted(unheard, key=lambda each: each[0].page_id):
        _note_policy(connection, item, received_at)
    return settled


def policy_of(event: Event | Fact) -> Mapping[str, Any]:
    """What the channel says it does with a Page, if that is what the item tells; else nothing."""
    return event.values if isinstance(event, Fact) and event.kind == "policy" else {}


def _note_policy(connection: Connection, item: Received, now: datetime) -> None:
    """The channel blocks a Page, or does so no longer: its messages wait, or go on. What comes late, behind its end, is passed over."""
    page_id, policy = item.page_id, policy_of(item.event)
    name, happened_at = f"policy of {page_id}", item.happened_at
    if policy.get("action") not in ("block", "unblock"):
        return
    if happened_at < datetime.fromisoformat(facts.hold(connection, name, happened_at.isoformat())):
        return
    facts.put(connection, name, happened_at.isoformat())
    if policy.get("action") == "block":
        sentence = f"The channel blocks this Page. {policy.get('reason', '')}".strip()
        pages.note_trouble(connection, Trouble(page_id, "page_blocked", sentence, now, now + BLOCKED_WAIT))
    else:
        pages.clear(connection, page_id)


def to_event(item: Received | Unreadable, received_at: datetime) -> NewEvent:
    """The item as a row for the inbox, without what must never be kept (app/mask.py)."""
    if isinstance(item, Unreadable):
        body, kind, status, reason = {"raw": masked_json(item.raw)}, "Unreadable", "quarantined", item.reason
        return NewEvent(
            item.page_id, item.customer_id, item.key, kind, body, item.happened_at, received_at, False, status, reason
        )
    event = item.event
    if isinstance(event, Fact):
        kind, stored = f"fact:{event.kind}", dict(event.values)
    else:
        kind, stored = type(event).__name__, events.to_dict(event)
    # A fact about the Page has no conversation to move: it is kept and shown. What was taken back moves none, and is not.
    aside = "about the Page" if not item.customer_id else "taken back before it came" if kind == TAKEN_BACK else None
    return NewEvent(
        item.page_id, item.customer_id, item.key, kind, masked(stored), item.happened_at, received_at, item.opens_window,
        "ignored" if aside else "new", aside,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OutboxId:
    """A message's place in its customer's line. `comment`: the customer that a comment is; its echo names the writer instead."""

    seq: int
    comment: str = ""


def outbox_id(mark: str, seq: int, customer_id: str) -> str:
    """What travels with a message and comes back with its echo."""
    return f"{mark}.{seq}.{customer_id}" if comment_of(customer_id) else f"{mark}.{seq}"


def read_outbox_id(identity: str, mark: str) -> OutboxId | None:
    """What the id says, or None when it is not one of this database's."""
    own, _, rest = identity.partition(".")
    seq, dot, comment = rest.partition(".")
    is_place = seq.isascii() and seq.isdigit() and len(seq) < 18
    if own != mark or not is_place or bool(dot) != bool(comment_of(comment)):
        return None
    return OutboxId(int(seq), comment)
