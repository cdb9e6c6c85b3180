"""The Messenger of a replay: what reaches the customer, what the bot gets to hear of it, and what comes back. Opens no socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.channel import Channel, Echoed, Failed, Item, Listing, Outcome, Refusal, Seen, Send, Sent, Unsure
from app.clock import Clock
from app.engine.effects import Message

LISTED_MOST = 20
"""As many of the Page's latest messages as Messenger lists."""

NO_ANSWER = Unsure("Messenger answered with trouble of its own.")

ReadError = Callable[[int], Failed | Unsure]
"""What an error of Messenger means, by its number."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One kind of trouble on the way, by its name in an owner's words. Without any all goes well."""

    name: str
    twice: bool = False
    echo_first: bool = False
    server_errors: bool = False
    restarts: bool = False
    typed: bool = False
    language: str = ""


@dataclass(slots=True)
class Screen:
    """What outlives every process: the customer's side. `arrived` holds the messages in order.

    `said` are those since somebody last looked, and what Messenger refused for good: the bot has said it. `errors` wait for the
    next messages. `echoes` are still to come. `first_tries` are the messages that Messenger has not answered once.
    """

    arrived: list[Seen] = field(default_factory=list)
    said: list[Message] = field(default_factory=list)
    errors: list[Failed | Unsure] = field(default_factory=list)
    echoes: list[Item] = field(default_factory=list)
    first_tries: set[str] = field(default_factory=set)

    def show(self, send: Send, clock: Clock) -> str:
        """A message reaches the customer; its id."""
        self.said.append(send.message)
        mid = f"m{len(self.arrived) + 1}"
        self.arrived.append(Seen(mid, send.message.text, clock.now()))
        return mid


@dataclass(slots=True)
class TroubledMessenger(Channel):
    """The channel as one process has it. `tell` takes an echo in before the answer; `die` kills the process in mid-request, or not."""

    trouble: Trouble
    screen: Screen
    clock: Clock
    tell: Callable[[Item], Awaitable[None]]
    die: Callable[[], Awaitable[bool]]
    batch_max: int = 50

    def pieces(self, message: Message) -> Sequence[Message]:
        """One is one: cutting is the real channel's work, and an owner's test counts what the bot says."""
        return (message,)

    def may_send(self, send: Send, now: datetime) -> Refusal | None:  # noqa: ARG002 - the port's signature
        return None

    async def send(self, send: Send) -> Outcome:
        if self.screen.errors:
            self.screen.first_tries.add(send.outbox_id)  # trouble enough for one message
            return self._refuse(send, self.screen.errors.pop(0))
        if self.trouble.server_errors and send.outbox_id not in self.screen.first_tries:
            return self._answer_with_trouble(send)
        mid = self.screen.show(send, self.clock)
        if await self.die():
            await asyncio.Event().wait()  # killed: its tasks end here
        echo = Echoed(send.page_id, send.customer_id, send.outbox_id, mid)
        if self.trouble.echo_first:
            await self.tell(echo)
        elif self.trouble.twice:
            self.screen.echoes += [echo, echo]
        return Sent(mid)

    async def send_batch(self, sends: Sequence[Send]) -> Sequence[Outcome]:
        return [await self.send(each) for each in sends]

    async def look_up(self, page_id: str, customer_id: str) -> Listing | None:  # noqa: ARG002 - one customer
        latest = tuple(reversed(self.screen.arrived[-LISTED_MOST:]))
        return Listing(latest, len(self.screen.arrived) <= LISTED_MOST, latest[-1].created_at if latest else None)

    def _refuse(self, send: Send, error: Failed | Unsure) -> Outcome:
        if isinstance(error, Failed) and not error.retry and error.scope != "page":
            self.screen.said.append(send.message)
        return error

    def _answer_with_trouble(self, send: Send) -> Outcome:
        """The first try of every message: one arrives all the same, the next one does not."""
        self.screen.first_tries.add(send.outbox_id)
        if len(self.screen.first_tries) % 2:
            self.screen.show(send, self.clock)
        return NO_ANSWER
