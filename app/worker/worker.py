"""One worker: its loops, side by side, until it is stopped or declared dead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from app.chance import Chance
from app.clock import Clock
from app.errors import UnavailableError
from app.store import inbox, timers, workers
from app.store.breath import Breath
from app.store.database import Database
from app.store.outbox import OutMessage
from app.store.wake import INBOX, WORK_OF_ALL
from app.worker.beat import Beat, DeclaredDeadError
from app.worker.bell import Bell
from app.worker.calling import Calling
from app.worker.handle import Hands
from app.worker.later import Later
from app.worker.lead import Lead
from app.worker.meeting import Meeting
from app.worker.parking import WAIT_SECONDS_MAX
from app.worker.retention import Retention
from app.worker.retry import waits
from app.worker.sending import Sender
from app.worker.settling import Settling
from app.worker.turns import EVENTS_MAX, Turns

log = structlog.get_logger()

POLL_SECONDS = 1.0
"""How soon an event is found that nobody told us of."""
AGAIN_SECONDS = 0.01
"""How soon to look again for a customer whom another transaction had locked: about as long as one takes. Twice as long each time."""
TIMERS_EVERY_SECONDS = 1.0
TIMERS_MAX = 200
KEYS_KEPT = timedelta(days=90)
"""How long a handled event is remembered, so that a repeated delivery is recognised: far beyond Meta's 36 hours of retries."""
TIDY_EVERY_SECONDS = 3_600.0
TIDY_MOST = 1_000
RETAIN_EVERY_SECONDS = 600.0
"""How often to look whether the night's work is due: soon after a start, when the last night was missed."""
Beside = Callable[[Callable[[], bool]], Awaitable[None]]
"""A loop that runs beside the others while what it is given says that it may."""
BESIDE_AGAIN_SECONDS = 5.0
STOP_SECONDS = 5.0
"""How long a stopping worker waits for what it has under way; with the server's own stop this stays under ten seconds."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a worker goes by, from the settings. `alone`: no other worker can be at work on this database."""

    alone: bool = False
    beat_seconds: float = 1.0
    dead_seconds: float = 6.0
    look_up_after: tuple[float, ...] = (2.0, 8.0)
    echo_grace_seconds: float = 90.0
    gather_seconds: float = 0.0
    retention_days: int = 365
    asks_names: bool = False
    page_wait_seconds_max: float = WAIT_SECONDS_MAX


class Worker:
    """Takes turns, sends, settles and fires timers, under a name of its own."""

    def __init__(
        self, database: Database, hands: Hands, clock: Clock, chance: Chance, *, mark: str, terms: Terms
    ) -> None:
        """`mark` goes with every message and tells our echoes from another database's."""
        self.database, self.clock, self.chance, self.alone = database, clock, chance, terms.alone
        self.worker_id = chance.new_id()
        self.later = Later(clock)
        self.beat = Beat(
            database, clock, self.worker_id, self._adopt, self._holds,
            terms.beat_seconds, terms.dead_seconds,
        )  # fmt: skip
        self.sender = Sender(database, hands.channel, clock, chance, self.worker_id, mark, self.later, self.beat.alive)
        self.sender.parking.wait_seconds_max = terms.page_wait_seconds_max
        self.settling = Settling(self.sender, self.later, clock, terms.look_up_after, terms.echo_grace_seconds)
        gather = timedelta(seconds=terms.gather_seconds)
        self.poll_seconds = min(POLL_SECONDS, terms.gather_seconds / 4 or POLL_SECONDS)
        self.turns = Turns(database, hands, clock, chance, self.worker_id, self.sender.room, self.sender.put, gather)
        self.turns.alive = self.beat.alive
        self.meeting = Meeting(database, hands.channel, clock)
        if terms.asks_names:
            self.turns.meet = self.meeting.meet
        kept = timedelta(days=terms.retention_days)
        self.retention = Retention(database, clock, self.worker_id, kept, self._may_tidy)
        self.calling = Calling(database, hands.service, clock, chance, self.worker_id)
        self.calling.show_typing = hands.channel.show_typing
        if (thinking := hands.thinking) is not None:
            thinking.show_typing = hands.channel.show_typing
        self.thinking = thinking
        self.beside: Sequence[Beside] = ()
        self.say: Callable[[str], None] = lambda _word: None
        self._bell, self._breath = Bell(clock), Breath(clock, rests=True)
        self._lead = Lead(clock, self.worker_id, self._bell, self._say)
        self.sender.breath = Breath(clock, rests=not terms.alone)
        self._look_seconds = self.poll_seconds
        self._running = self._stopping = False
        self._between_batches = asyncio.Event()
        self._between_batches.set()

    def tell(self, told: Callable[[], None]) -> None:
        """Call `told` whenever something was written that screens show."""
        self.turns.told = self.sender.told = told

    @property
    def shared(self) -> bool:
        """Whether other workers are at work on this database."""
        return self.beat.at_work > 1

    @property
    def takes_up(self) -> bool:
        """Whether what came in is seen to here: then no other process has to be told, and it is said when it is late."""
        return self._running and not self._stopping and self.beat.alive()

    def _say(self, word: str) -> None:
        self.say(word)

    def hear(self, word: str) -> None:
        """What another process said."""
        if not self._lead.hear(word):
            self.wake(outbox_too=word != INBOX)

    def wake(self, outbox_too: bool = True) -> None:
        """Something came in; `outbox_too`: perhaps a message is free to go."""
        self._bell.ring()
        if outbox_too:
            self.sender.look()

    async def run(self) -> None:
        """Work until cancelled, or until `stop` has ended. Raises DeclaredDeadError when others took over."""
        await self._join()
        self._running, is_buried = True, False
        try:
            async with asyncio.TaskGroup() as group:
                for loop in (
                    self._turns,
                    self._timers,
                    self._tidy,
                    self._retain,
                    self.beat.run,
                    self.sender.run,
                    self.settling.run,
                    self._call,
                    self._meet,
                    self._think,
                    self._call_others,
                ):
                    group.create_task(loop())
                for beside in self.beside:
                    group.create_task(self._run_beside(beside))
        except* DeclaredDeadError:
            log.error("worker declared dead", worker=self.worker_id)
            is_buried = True
        finally:
            self._running = False
        if is_buried:  # raised up there, it would come in a group with some versions of Python 3.11
            raise DeclaredDeadError

    async def stop(self) -> None:
        """Claim nothing more, wait for what is under way, and leave; the caller cancels `run` afterwards."""
        self._stopping = True
        self._lead.give_up()
        self.say(WORK_OF_ALL)
        self.turns.stopping = self.sender.stopping = self.calling.stopping = True
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._between_batches.wait()
                while not self.sender.idle:
                    await self.clock.sleep(0.02)
                await self.database.transaction(lambda connection: workers.leave(connection, self.worker_id))
        except (TimeoutError, UnavailableError):
            log.warning("worker left work behind", worker=self.worker_id)

    async def _run_beside(self, beside: Beside) -> None:
        """Nobody's answer waits for it: when it breaks down it begins anew, and the rest goes on."""
        while True:
            try:
                await beside(self._may_tidy)
            except Exception as error:
                # A border: whatever the outside does to it must not stop the replies.
                log.exception("a loop beside broke down", error=type(error).__name__)
                await self.clock.sleep(BESIDE_AGAIN_SECONDS)

    async def _join(self) -> None:
        for wait in waits(self.chance):
            try:
                await self.beat.start(alone=self.alone)
            except UnavailableError:
                await self.clock.sleep(wait)
            else:
                return

    def _holds(self, message: OutMessage) -> bool:
        return self.sender.holds(message)

    def _adopt(self, messages: list[OutMessage]) -> None:
        for message in messages:
            self.settling.adopt(message)

    async def _turns(self) -> None:
        while True:
            await self._bell.wait(self._look_seconds)
            if self.shared:
                await self._stand_back()
            self._bell.answer()
            if self._stopping or not self.beat.alive():
                await self.clock.sleep(0.05)
                continue
            self._between_batches.clear()
            try:
                await self._take_turns()
            except UnavailableError:
                await self.clock.sleep(0.2)
                self._bell.ring()
            finally:
                self._between_batches.set()

    async def _stand_back(self) -> None:
        """Let more come together, or somebody else do it, where that is better for all."""
        if self._bell.is_rung:
            await self._lead.stand_back(lambda: self.turns.has_own_work)
        await self._breath.draw()

    async def _take_turns(self) -> None:
        """One batch, and when to look for the next."""
        turns = self.turns
        turns.shared = self.shared
        taken = await turns.run_batch()
        self._breath.done(taken)
        if turns.shared:
            self._lead.note(taken)
        else:
            self._lead.give_up()
        if taken >= EVENTS_MAX:
            self.say(INBOX)
        if turns.asked_for_calls:
            turns.asked_for_calls = False
            self.calling.look()
        if turns.may_go_on:
            self._bell.ring()
        self._look_seconds = self._look_again_after()

    def _look_again_after(self) -> float:
        """Seconds, if nothing rings before."""
        if self._lead.leads:
            return AGAIN_SECONDS
        if not self.turns.passed_over:
            return self.poll_seconds
        again = AGAIN_SECONDS if self._look_seconds == self.poll_seconds else self._look_seconds * 2
        return min(again, self.poll_seconds)

    async def _call(self) -> None:
        await self.calling.run(self.beat.alive, self._bell.ring)

    async def _meet(self) -> None:
        await self.meeting.run(self.beat.alive, self._bell.ring)

    async def _call_others(self) -> None:
        if not self.alone:
            await self._bell.call(partial(self._say, INBOX))

    async def _think(self) -> None:
        if self.thinking is not None:
            await self.thinking.run(self._has_thought)

    def _has_thought(self) -> None:
        """A model has answered for a customer whom this worker has in hand."""
        self._bell.ring()
        self._lead.ask_again()

    async def _timers(self) -> None:
        await self._every(TIMERS_EVERY_SECONDS, self._fire_timers)

    async def _fire_timers(self) -> None:
        now = self.clock.now()
        fired = await self.database.transaction(lambda connection: timers.fire_due(connection, now, TIMERS_MAX))
        if fired:
            self._bell.ring()

    async def _tidy(self) -> None:
        await self._every(TIDY_EVERY_SECONDS, self._forget_old_keys)

    async def _retain(self) -> None:
        await self._every(RETAIN_EVERY_SECONDS, self.retention.run_if_due)

    def _may_tidy(self) -> bool:
        return not self._stopping and self.beat.alive()

    async def _forget_old_keys(self) -> None:
        before = self.clock.now() - KEYS_KEPT
        behind: int | None = 0
        while behind is not None:
            work = partial(inbox.forget_before, moment=before, most=TIDY_MOST, after=behind)
            behind = await self.database.transaction(work)
            await self.clock.sleep(0.1)

    async def _every(self, seconds: float, do: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self.clock.sleep(seconds)
            if not self._may_tidy():
                continue
            try:
                await do()
            except UnavailableError:
                continue
