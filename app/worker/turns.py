"""Turns: claim a batch of customers, take their turns with no transaction open, write everything in one, fenced."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from app import tracing
from app.chance import Chance
from app.clock import Clock
from app.log import customer_tag, trace_of
from app.store import (
    audit,
    calls,
    claims,
    conversations,
    episodes,
    history,
    hooks,
    inbox,
    outbox,
    questions,
    sessions,
    suggestions,
    timers,
    void,
)
from app.store.claims import Claim
from app.store.conversations import AfterTurns
from app.store.database import Database
from app.store.erase import erase
from app.store.hooks import Hook
from app.store.keys import Key
from app.store.outbox import OutMessage
from app.worker.handle import Hands, handle, set_aside
from app.worker.handled import Handled, Seen
from app.worker.happened import ask_for_callbacks, happened, note_callback
from app.worker.retry import persist
from app.worker.spans import tell_turns
from app.worker.thinking import Asked, StillThinkingError

log = structlog.get_logger()
Result = TypeVar("Result")

EVENTS_MAX = 100
"""Events claimed at once: enough to share a commit among many customers, few enough that the first does not wait long."""
HOOKS_KNOWN_SECONDS = 2.0
"""How long it is taken for known which addresses are told what happens: asked with every commit it would slow all of them."""
TRIES_MAX = 3
"""An event whose turn fails so often is set aside, and the customer's next one goes on."""


@dataclass(slots=True)
class Turns:
    """Takes turns for one worker. `room` says how many messages the sender takes at once; `send` hands them over, and since when.

    `told` is called when something was written that screens show. `alive` says whether the worker may still act. `meet` is told of
    customers whom the channel was not asked about yet. `gather` is how long a customer's first message waits for
    more. `shared`: other workers are at work, too. `passed_over`: the last look left somebody who was locked at that moment.
    """

    database: Database
    hands: Hands
    clock: Clock
    chance: Chance
    worker_id: str
    room: Callable[[], int]
    send: Callable[[Sequence[OutMessage], float], None]
    gather: timedelta = timedelta()
    meet: Callable[[Sequence[Key]], None] = lambda _: None
    told: Callable[[], None] = lambda: None
    alive: Callable[[], bool] = lambda: True
    taken: int = 0
    failed: int = 0
    seen: Seen = field(default_factory=Seen)
    stopping: bool = False
    shared: bool = False
    asked_for_calls: bool = False
    passed_over: bool = False
    _in_hand: list[Claim] | None = field(default=None)
    _unsure_of_claims: bool = field(default=False)
    _thinking: dict[Key, tuple[Claim, Asked]] = field(default_factory=dict)
    _hooks: list[Hook] = field(default_factory=list)
    _hooks_until: float = field(default=-1.0)

    @property
    def may_go_on(self) -> bool:
        """Whether more may wait: claimed already, or nobody has looked since the last batch."""
        return self._in_hand is None or len(self._in_hand) > 0

    @property
    def has_own_work(self) -> bool:
        """Whether something waits that nobody but this worker can do: what is claimed in its name."""
        return bool(self._in_hand or self._unsure_of_claims or self._thought())

    async def run_batch(self) -> int:
        """Handle what waits, up to EVENTS_MAX events; how many events that were (0: nothing waits).

        The commit of a batch claims the next one, which saves many a transaction under load; unless other workers are at work. They may
        take in more of a customer whom this one has in hand, and only a look from behind the commit is sure to find that.
        """
        claimed = self._in_hand or await self._claim()
        self._in_hand = None if claimed else []
        handled = [each for claim in claimed if (each := await self._handle(claim)) is not None]
        if handled:
            await self._write(handled, claims_next=not self.shared)
        return sum(len(claim.events) for claim in claimed)

    def _thought(self) -> list[Claim]:
        """The customers in hand for whom the model has answered.

        They are given back by the transaction that claims them anew: with the conversation as it is by then, and with what came
        while the model thought. If it fails they are still in hand.
        """
        thinking = self.hands.thinking
        if thinking is None:
            return []
        return [claim for claim, asked in self._thinking.values() if thinking.is_over(claim.key, asked)]

    def _forget_thoughts(self, claimed_anew: Sequence[Claim]) -> None:
        for each in claimed_anew:
            del self._thinking[each.key]

    def _still_thinking(self, thought: Sequence[Claim]) -> set[Key]:
        return self._thinking.keys() - {each.key for each in thought}

    async def _claim(self) -> list[Claim]:
        thought = self._thought()
        unsure, self._unsure_of_claims = self._unsure_of_claims, True
        claimed = await self.database.transaction(
            lambda connection: self._claim_waiting(connection, thought, unsure=unsure), brief=True
        )
        self._unsure_of_claims = False
        self._forget_thoughts(thought)
        return claimed

    def _claim_waiting(self, connection: Connection, thought: Sequence[Claim], *, unsure: bool) -> list[Claim]:
        """`unsure`: an earlier commit that claims gave no answer, so that something may be in hand that nobody knows of."""
        if unsure:
            # Between batches nothing is in hand but who waits for a model.
            claims.release_all_but(connection, self.worker_id, self._still_thinking(thought))
        else:
            claims.release(connection, self.worker_id, thought, tried=False)
        return self._take(connection)

    async def _handle(self, claim: Claim) -> Handled | None:
        now = self.clock.now()
        if claim.tries >= TRIES_MAX:
            return self._give_up(claim, "A worker stopped while it handled this event.", now)
        try:
            handled = await handle(self.hands, claim, now)
            handled.began_at = now
            note_callback(handled)
            if self.hands.thinking is not None:
                self.hands.thinking.end_wait(claim.key)
            return handled
        except StillThinkingError as waits:
            self._thinking[claim.key] = claim, waits.asked
            return None
        except Exception as error:
            # The border of a turn: whatever a flow or a message does must not stop the other customers.
            return await self._turn_failed(claim, error, now)

    async def _turn_failed(self, claim: Claim, error: Exception, now: datetime) -> Handled | None:
        self.failed += 1
        first = claim.events[0]
        log.error(
            "turn failed",
            trace=trace_of(first.key),
            tries=claim.tries + 1,
            error=type(error).__name__,
            event_id=first.id,
        )
        if claim.tries + 1 >= TRIES_MAX:
            return self._give_up(claim, f"The turn failed: {type(error).__name__}.", now)
        await self._persist(lambda connection: claims.release(connection, self.worker_id, [claim], tried=True))
        return None

    def _give_up(self, claim: Claim, reason: str, now: datetime) -> Handled:
        first = claim.events[0]
        log.error("event set aside", trace=trace_of(first.key), event_id=first.id, reason=reason)
        return set_aside(self.hands, claim, reason, now)

    async def _write(self, handled: list[Handled], *, claims_next: bool = True) -> None:
        """Write all in one transaction. `claims_next`: nothing else is in hand, so the same transaction claims what comes next."""

        thought = self._thought() if claims_next and not self.stopping else []
        runs = count()

        def work(connection: Connection) -> tuple[list[OutMessage], list[Claim] | None]:
            flying, erased = self._commit(connection, handled)
            # Run again, its last commit may have gone through after all.
            unsure = next(runs) > 0
            # Buried already, perhaps: a customer taken in hand by now would count as taken by a worker that died.
            goes_on = claims_next and not self.stopping and self.alive()
            in_hand = self._claim_waiting(connection, thought, unsure=unsure) if goes_on else None
            _note_erased(connection, erased, self.clock.now())
            return flying, in_hand

        if claims_next:
            self._unsure_of_claims = True
        try:
            started = self.clock.monotonic()
            forgets = any(each.erased_at for each in handled)
            flying, in_hand = await self._persist(work, brief=not forgets)
        except Exception as error:
            await self._write_alone(handled, error)
            return
        if claims_next:
            self._in_hand, self._unsure_of_claims = in_hand, False
        if in_hand is not None:
            self._forget_thoughts(thought)
        self.taken += sum(len(each.finished) for each in handled)
        now = self.clock.now()
        self.seen.note(handled, now)
        if tracing.is_on():
            tell_turns(handled, now)
        self.asked_for_calls |= any(each.calls for each in handled)
        self.send(flying, started)
        self.told()
        self.meet([each.claim.key for each in handled if each.messages and not each.session.met])

    def _take(self, connection: Connection) -> list[Claim]:
        locked: set[Key] = set()
        taken = claims.claim(connection, self.worker_id, EVENTS_MAX, self.clock.now(), self.gather, passed_over=locked)
        self.passed_over = bool(locked)
        return taken

    async def _write_alone(self, handled: list[Handled], error: Exception) -> None:
        """The database refuses something that one of them holds: each alone, and that one is tried again or set aside."""
        if len(handled) > 1:
            for each in handled:
                await self._write([each], claims_next=False)
            return
        only = handled[0]
        now = self.clock.now()
        if only.set_aside is None:
            given_up = await self._turn_failed(only.claim, error, now)
            if given_up:
                await self._write([given_up], claims_next=False)
        elif only.flow is None:
            raise error  # not even the event alone can be set aside
        else:
            # Not even the apology can be written: the event alone is set aside.
            alone = Handled(only.claim, None, only.session, only.epoch, None, only.traffic, set_aside=only.set_aside)
            await self._write([alone], claims_next=False)

    async def _persist(self, work: Callable[[Connection], Result], *, brief: bool = True) -> Result:
        """Commit, however long the database is away: the claim is ours until the fence says otherwise."""
        return await persist(self.database, work, self.clock, self.chance, brief=brief)

    def _commit(self, connection: Connection, handled: Sequence[Handled]) -> tuple[list[OutMessage], list[Key]]:
        """Write what came of the turns that are still ours; the messages that this worker may send at once, and who was erased."""
        now = self.clock.now()
        held = claims.hold(connection, self.worker_id, [each.claim for each in handled])
        ours = [each for each in handled if each.claim.key in held]
        if len(ours) < len(handled):
            # Staff took over or wrote in the middle of a turn: it never happened, and its events are handled anew.
            lost = [each.claim for each in handled if each.claim.key not in held]
            claims.release(connection, self.worker_id, lost, tried=False)
        messages = self._queue(ours, held, now)
        ask_for_callbacks(connection, ours, now)
        erase(connection, [(each.claim.key, each.erased_at) for each in ours if each.erased_at])
        outbox.add(connection, messages, self.worker_id)
        _save(connection, ours, now)
        void.cancel(connection, [each.claim.key for each in ours if each.epoch != each.claim.epoch], now)
        if listening := self._listening(connection):
            hooks.tell(connection, listening, happened(ours, now), now)
        flying = [message for message in messages if message.status == "in_flight"]
        return flying, [each.claim.key for each in ours if each.erased_at]

    def _listening(self, connection: Connection) -> list[Hook]:
        """Who is told what happens."""
        if self._hooks_until <= (at := self.clock.monotonic()):
            self._hooks, self._hooks_until = hooks.list_hooks(connection, active=True), at + HOOKS_KNOWN_SECONDS
        return self._hooks

    def _queue(self, handled: Sequence[Handled], busy: Mapping[Key, bool], now: datetime) -> list[OutMessage]:
        """The messages with their places in line. The first of a free line is in flight by this very commit, if there is room."""
        room = self.room()
        queued: list[OutMessage] = []
        for each in handled:
            for place, body in enumerate(each.messages):
                free = not busy[each.claim.key] and each.session.answered_by != "staff"
                at_once = place == 0 and room > 0 and free
                room -= at_once
                queued.append(_message(each, place, body, now, at_once=at_once))
        return queued


def _note_erased(connection: Connection, erased: Sequence[Key], now: datetime) -> None:
    for key in erased:
        details = {"customer": customer_tag("/".join(key))}
        audit.add(connection, "customer_erased", now, who="customer", page_id=key[0], details=details)


def _message(handled: Handled, place: int, body: Any, now: datetime, *, at_once: bool) -> OutMessage:
    return OutMessage(
        page_id=handled.claim.page_id,
        customer_id=handled.claim.customer_id,
        seq=handled.claim.next_seq + place,
        body={**body, "trace": trace_of(handled.claim.events[-1].key)},
        written_by="bot",
        epoch=handled.epoch,
        attempt=1 if at_once else 0,
        created_at=now,
        attempted_at=now if at_once else None,
        last_customer_at=handled.last_customer_at,
        stopped_after=handled.claim.stopped_after,
        status="in_flight" if at_once else "pending",
    )


def _save(connection: Connection, handled: Sequence[Handled], now: datetime) -> None:
    """Sessions, transcript, timers, who answers, and the end of the events: everything but the outbox."""
    sessions.save(
        connection,
        [(each.claim.key, each.stored_session, each.flow.revision if each.flow else "") for each in handled],
        now,
    )
    questions.forget_unsent(connection, [(each.claim.key, mid) for each in handled for mid in each.unsent])
    history.append(connection, [said for each in handled for said in each.said])
    history.erase_unsent(connection, [(each.claim.key, mid) for each in handled for mid in each.unsent])
    timers.stop_all(connection, [each.claim.key for each in handled if each.stop_timers])
    suggestions.note_shown(connection, [shown for each in handled for shown in each.shown], now)
    suggestions.forget_tastes(connection, [each.claim.key for each in handled if each.forgets_tastes])
    suggestions.note_tastes(connection, [(each.claim.key, *taste) for each in handled for taste in each.tastes])
    questions.add(connection, [asked for each in handled for asked in each.questions])
    questions.settle(connection, [settled for each in handled for settled in each.settled])
    calls.add(connection, [call for each in handled for call in each.calls], now)
    timers.start(connection, [timer for each in handled for timer in each.timers.values()])
    kept: list[AfterTurns] = []
    changed: list[AfterTurns] = []
    for each in handled:
        (changed if each.someone_else_answers else kept).append(_after(each, now))
    conversations.save_kept(connection, kept)
    conversations.save_changed(connection, changed)
    _episodes(connection, handled, now)
    inbox.finish(connection, [done for each in handled for done in each.finished], now)
    for each in handled:
        if each.set_aside:
            inbox.quarantine(connection, *each.set_aside, now)


def _after(handled: Handled, now: datetime) -> AfterTurns:
    handoff = handled.handoff
    return AfterTurns(
        page_id=handled.claim.page_id,
        customer_id=handled.claim.customer_id,
        answered_by=handled.session.answered_by,
        epoch=handled.epoch,
        next_seq=handled.claim.next_seq + len(handled.messages),
        last_customer_at=handled.last_customer_at,
        team=handoff.team if handoff else None,
        handoff_reason=handoff.reason if handoff else None,
        handoff_note=handoff.note if handoff else None,
        handed_off_at=now if handoff or handled.came_back else None,
        keeps_handoff=handoff is None and handled.session.answered_by != "bot",
        changed_at=now,
        customer_name=handled.new_name,
    )


def _episodes(connection: Connection, handled: Sequence[Handled], now: datetime) -> None:
    """Where staff are wanted from now on, or no more, an episode begins or ends."""
    for each in handled:
        before, after = each.claim.answered_by, each.session.answered_by
        if each.handoff is not None and after != "bot":
            why = episodes.Why("bot", each.handoff.reason, each.handoff.note, each.handoff.team)
            episodes.start(connection, each.claim.key, why, now)
        elif after == "staff" and before != "staff":
            episodes.start(connection, each.claim.key, episodes.Why("page_inbox"), now)
        elif after == "bot" and before != "bot":
            episodes.end(connection, each.claim.key, "handed_back" if before == "staff" else "withdrawn", now)
