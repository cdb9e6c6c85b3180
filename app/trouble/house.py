"""One customer, a Messenger in trouble and the real house between them: a scene for a conversation. Time passes only in waits."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain, repeat
from typing import Any, TypeVar

from sqlalchemy import Connection

from app.channel import Fact, Received, shared_payload
from app.engine.effects import Effect, SendMessage
from app.engine.events import AttachmentReceived, Event, ReferralReceived, StaffHandedBack, TapReceived, TextReceived
from app.engine.flow import Flow
from app.engine.session import AnsweredBy
from app.flowfile.finders import run_search
from app.flowfile.rehearsal.play import beginning
from app.flowfile.rehearsal.script import Conversation, HttpAnswer
from app.flowfile.rehearsal.service import answer_of
from app.flowfile.stage import TIMERS_AT_ONCE_MAX
from app.service.client import Outcome, Request, Service
from app.store import conversations, rest, sessions, timers
from app.store.memory import MemoryDatabase
from app.trouble.clockwork import JumpingLoop, NoChance, StillClock
from app.trouble.messenger import ReadError, Screen, Trouble, TroubledMessenger
from app.trouble.process import Process
from app.worker import taps
from app.worker.handle import Hands

Result = TypeVar("Result")

KEY = ("page", "customer")
SECRET = b"signs the taps of one replay"

SHORT_PAUSES, SHORT_SECONDS = 4, 0.01
"""What goes well takes no time at all; the first looks come soon."""
PAUSE_SECONDS = 0.25
SETTLE_SECONDS_MAX = 600.0
"""Longer than a few parked minutes nothing needs to come to rest; what is open then shows in the outcome."""

BY_CUSTOMER = (TextReceived, TapReceived, AttachmentReceived, ReferralReceived)


@dataclass(frozen=True, slots=True)
class GivenService(Service):
    """The services of a test: they answer what it gives. `die` kills the process in mid-call, or not."""

    given: Mapping[str, HttpAnswer] = field(default_factory=dict)
    die: Callable[[], Awaitable[bool]] | None = None

    async def perform(self, request: Request) -> Outcome:
        # Only a call that just asks is made again when a process died over it.
        if request.method == "GET" and self.die and await self.die():
            await asyncio.Event().wait()  # killed: its tasks end here
        return Outcome(*answer_of(self.given, request.method, request.url, request.save))


@dataclass(frozen=True, slots=True)
class Setting:
    """What is replayed, and in which trouble. `read_error` says what an error of Messenger means."""

    flow: Flow
    conversation: Conversation
    trouble: Trouble
    read_error: ReadError


class House:
    """One replay's house. Use it in a `with` block: it ends its process and its loop."""

    def __init__(self, setting: Setting, database: MemoryDatabase) -> None:
        self.setting, self.flow, self.trouble = setting, setting.flow, setting.trouble
        self.stored: Mapping[str, Any] = {}
        self.answered_by: AnsweredBy = "bot"
        self.handed_to = ""
        self.why: tuple[str, ...] = ()
        self._database = database
        self._loop = JumpingLoop()
        moment, begun = beginning(self.flow, setting.conversation, setting.trouble.language)
        self._clock, self._chance = StillClock(self._loop, moment), NoChance()
        self._screen = Screen()
        self._count = 0
        self._last: Received | None = None
        self._may_die = False
        self._process = self.create_process(self._hands())
        database.empty()
        self._run(self._begin(begun))

    @property
    def now(self) -> datetime:
        return self._clock.now()

    def __enter__(self) -> House:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._process.kill()
            self._run(self._process.end())
        finally:
            self._loop.close()

    # ---- the scene -----------------------------------------------------------------------------------------

    def happens(self, event: Event) -> tuple[Effect, ...]:
        return self._run(self._come(event))

    def wait_until(self, moment: datetime) -> Iterator[tuple[Effect, ...]]:
        """Straight to each timer that is due, then to the end."""
        for _ in range(TIMERS_AT_ONCE_MAX):
            due = self._run(self._database.read(timers.next_due))
            if due is None or due > moment:
                break
            yield self._run(self._come_due(due))
        self._clock.moment = moment

    def staff_come(self) -> None:
        self._run(self._come(Fact("person_replied", {"text": "Hello!", "mid": f"staff{self._count}"})))

    def staff_end(self, to: str = "") -> tuple[Effect, ...]:
        return self._run(self._come(StaffHandedBack(to)))

    def meet(self, kind: str, words: str) -> tuple[Effect, ...]:
        if kind == "meta":
            self._screen.errors.append(self.setting.read_error(int(words.removeprefix("error "))))
            return ()
        return self._run(self._again())

    # ---- events --------------------------------------------------------------------------------------------

    async def _come(self, event: Event | Fact) -> tuple[Effect, ...]:
        """One event through the whole house, until all is at rest."""
        self._count += 1
        key = hashlib.blake2b(f"event {self._count}".encode(), digest_size=16).digest()
        told = self._as_sent(event)
        self._last = Received(key, *KEY, told, self.now, isinstance(event, BY_CUSTOMER))
        await self._take(*([self._last] * (2 if self.trouble.twice else 1)))
        if self.trouble.restarts:
            await self._restart()  # it is durable, and its turn has not begun
            self._may_die = True
        effects = await self._rest()
        return effects + await self._again() if self.trouble.twice else effects

    async def _come_due(self, moment: datetime) -> tuple[Effect, ...]:
        """The server is down when a timer comes to its time, if it is to be."""
        if self.trouble.restarts:
            await self._restart()
            self._may_die = True
        self._clock.moment = max(self.now, moment)
        return await self._rest()

    async def _again(self) -> tuple[Effect, ...]:
        """The last event comes once more, long after it was handled."""
        if self._last is not None:
            await self._take(self._last)
        return await self._rest()

    async def _take(self, *items: Any) -> None:
        await self._process.intake.take(items, self.now)

    def _as_sent(self, event: Event | Fact) -> Event | Fact:
        """The event as Messenger sends it: a tap carries what its button was given."""
        match event:
            case TapReceived(state=state, choice=choice, title=title):
                shared = state in taps.SHARED
                payload = shared_payload(state, choice) if shared else taps.sign(SECRET, KEY, state, choice)
                return TapReceived(payload, title=title, mid=self._mid())
            case TextReceived() | AttachmentReceived():
                return replace(event, mid=self._mid())
        return event

    def _mid(self) -> str:
        return f"in{self._count}"

    # ---- rest ----------------------------------------------------------------------------------------------

    async def _rest(self) -> tuple[Effect, ...]:
        """Let everything come to its end; what the bot said meanwhile."""
        await self._settle()
        await self._database.read(self._look)
        said, self._screen.said = self._screen.said, []
        return tuple(SendMessage(each) for each in said)

    async def _settle(self) -> None:
        pauses = chain(
            repeat(SHORT_SECONDS, SHORT_PAUSES), repeat(PAUSE_SECONDS, int(SETTLE_SECONDS_MAX / PAUSE_SECONDS))
        )
        for pause in pauses:
            await self._clock.sleep(pause)
            if self._process.is_over:
                await self._restart()
            elif await self._database.read(partial(rest.is_at_rest, now=self.now)):
                echoes, self._screen.echoes = self._screen.echoes, []
                if not echoes:
                    return
                await self._take(*echoes)

    def _look(self, connection: Connection) -> None:
        """Where the customer is now, as it is stored."""
        self.stored = sessions.find(connection, KEY) or {}
        conversation = conversations.find(connection, KEY)
        self.answered_by = conversation.answered_by if conversation else "bot"  # type: ignore[assignment]
        if self.answered_by != "staff":
            waits = conversation is not None and self.answered_by == "waiting"
            self.handed_to = (conversation.team or "") if conversation and waits else ""

    # ---- processes -----------------------------------------------------------------------------------------

    def create_process(self, hands: Hands) -> Process:
        """A process that is not started yet."""
        return Process(self._database, self._clock, self._chance, hands)

    def _hands(self) -> Hands:
        channel = TroubledMessenger(self.trouble, self._screen, self._clock, self._take, self._die_sending)
        service = GivenService(given=self.setting.conversation.http, die=self._die)
        return Hands(lambda _page: self.flow, SECRET, channel, run_search, service)

    async def _begin(self, begun: Mapping[str, Any]) -> None:
        if begun:
            known = [(KEY, begun, self.flow.revision)]
            await self._database.transaction(lambda connection: sessions.save(connection, known, self.now))
        self.stored = begun
        self._process.start(self._loop)

    async def _restart(self) -> None:
        """The process is killed, if it still lives, and another one begins over what was committed."""
        self._process.kill()
        await self._process.end()
        self._process = self.create_process(self._hands())
        self._process.start(self._loop)

    async def _die_sending(self) -> bool:
        """Not while a call is out: that may be one that is not made twice."""
        return not await self._database.read(rest.calls_are_open) and await self._die()

    async def _die(self) -> bool:
        """Once for each event the process is killed by what it does right now."""
        if not self._may_die:
            return False
        self._may_die = False
        self._process.kill()
        return True

    def _run(self, doing: Coroutine[Any, Any, Result]) -> Result:
        return self._loop.run_until_complete(doing)
