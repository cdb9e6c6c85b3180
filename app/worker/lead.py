"""Who takes the turns of a fleet while one worker can do them all: the work of few large batches, not of many small ones.

Every transaction costs the same few round trips, whether it holds one event or fifty. Workers that all look at once find one or two
each, and four would do less than one. So whoever is busy says so, and the others leave what they take in to it: for as long as it
goes on saying so. One that cannot keep up says nothing, and everybody takes turns.
It rests on hints only: when they are lost, more workers look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from app.clock import Clock
from app.worker.bell import Bell

BUSY_AFTER_SECONDS = 0.03
"""One that has had work for so long without a break leads: a message now and then is answered by whoever takes it in."""
SAID_EVERY_SECONDS, BELIEVED_SECONDS = 0.05, 0.4
"""How often it is said at most, and for how long it holds: for longer than a batch takes on a machine that has too much to do. When
the one that leads dies, what the others took in waits for no longer than this."""
LEADS_UP_TO = 32
"""Events in a batch: who finds more has more than it can do soon, and needs the others."""
LOOKS_MAX = 3
"""So many looks in vain, and it leads no more."""
LEADS, IS_FREE = "leads", "free"


@dataclass(slots=True)
class Lead:
    """What this worker says of itself and hears of others. `say` tells all workers."""

    clock: Clock
    worker_id: str
    bell: Bell
    say: Callable[[str], None]
    _busy_since: float | None = None
    _said_at: float = -1.0
    _in_vain: int = 0
    _other: str = ""
    _until: float = -1.0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def leads(self) -> bool:
        """Whether the others leave work to this worker: it is to look often."""
        return self._said_at >= 0

    def hear(self, says: str) -> bool:
        """Whether that was a worker's word of itself."""
        word, _, name = says.partition(" ")
        if word not in (LEADS, IS_FREE):
            return False
        if word == IS_FREE and name == self._other:
            self._until = -1.0
            self._changed.set()
        if word == LEADS and name != self.worker_id and not self._is_behind(name):
            self._other, self._until = name, self.clock.monotonic() + BELIEVED_SECONDS
            self._said_at = -1.0
            self.bell.begin_anew()  # the other has just looked
        return True

    def _is_behind(self, name: str) -> bool:
        """Whether somebody leads already who goes before that one: of several, all must agree on one, or they wait for each other."""
        leader = self.worker_id if self.leads else self._other if self._until > self.clock.monotonic() else ""
        return bool(leader) and leader < name

    async def stand_back(self, unless: Callable[[], bool]) -> None:
        """Wait while another worker leads, `unless` this one has something that the other cannot do: `ask_again` when it has."""
        while not unless() and (left := self._until - self.clock.monotonic()) > 0:
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._changed.wait()

    def ask_again(self) -> None:
        self._changed.set()

    def note(self, events: int) -> None:
        """A batch of so many is written; 0: there was nothing."""
        now = self.clock.monotonic()
        if events == 0:
            self._in_vain += 1
            if self._in_vain >= LOOKS_MAX or not self.leads:
                self._busy_since = None
                self.give_up()
            return
        began, self._in_vain = self._busy_since, 0
        self._busy_since = now if began is None else began
        if events > LEADS_UP_TO:
            self.give_up()
        elif self._until > now:
            return  # it had begun before it heard of the other
        elif now - self._busy_since >= BUSY_AFTER_SECONDS and now - self._said_at >= SAID_EVERY_SECONDS:
            self._said_at = now
            self.say(f"{LEADS} {self.worker_id}")

    def give_up(self) -> None:
        """The others are to look for themselves again."""
        if self.leads:
            self._said_at = -1.0
            self.say(f"{IS_FREE} {self.worker_id}")
