"""A channel without a network: records what is asked of it, answers by script, and notices when an order of the house is broken."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.channel import Channel, Failed, Listing, Outcome, Person, Refusal, Seen, Send, Sent
from app.engine.effects import Message
from tests.worker.clock import GivenClock


@dataclass
class Outside(Channel):
    """`answers` and `listed` hold, for each customer, what comes back next; without any the send succeeds and nothing is listed.

    `requests` are the sends of each request in order. `others` by code of failure: what to send instead. `broken` are customers for
    whom it raises; look-ups of `slow_pages` never come back. While `open` is not set, no request comes back.
    """

    clock: GivenClock
    batch_max: int = 50
    answers: dict[str, deque[Outcome]] = field(default_factory=lambda: defaultdict(deque))
    listed: dict[str, deque[Sequence[Seen] | None]] = field(default_factory=lambda: defaultdict(deque))
    refusals: dict[str, Refusal] = field(default_factory=dict)
    others: dict[str, Message] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    asked_about: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    slow_pages: set[str] = field(default_factory=set)
    takes_seconds: float = 0.0
    requests: list[list[Send]] = field(default_factory=list)
    looked_up: list[tuple[str, str, float]] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    under_way: list[Send] = field(default_factory=list)
    most_at_once: int = 0
    broken_rules: list[str] = field(default_factory=list)
    _requests_now: int = 0
    _mids: int = 0

    def __post_init__(self) -> None:
        self.open.set()

    def pieces(self, message: Message) -> Sequence[Message]:
        """One message for each line of the text."""
        lines = message.text.split("\n")
        return [Message(line) for line in lines[:-1]] + [Message(lines[-1], message.choices, message.buttons)]

    def may_send(self, send: Send, now: datetime) -> Refusal | None:
        return self.refusals.get(send.customer_id)

    def instead(self, message: Message, failure: Failed) -> Message | None:
        return self.others.get(failure.code)

    async def send(self, send: Send) -> Outcome:
        return (await self._request([send]))[0]

    async def send_batch(self, sends: Sequence[Send]) -> Sequence[Outcome]:
        if len({send.page_id for send in sends}) > 1:
            self.broken_rules.append("two Pages in one batch")
        if not 1 < len(sends) <= self.batch_max:
            self.broken_rules.append(f"a batch of {len(sends)}")
        return await self._request(sends)

    async def find_person(self, page_id: str, customer_id: str) -> Person | None:
        self.asked_about.append(customer_id)
        return self.people.get(customer_id)

    async def look_up(self, page_id: str, customer_id: str) -> Listing | None:
        self.looked_up.append((page_id, customer_id, self.clock.monotonic()))
        if page_id in self.slow_pages:
            await asyncio.Event().wait()
        found = self.listed[customer_id].popleft() if self.listed[customer_id] else []
        return None if found is None else Listing(tuple(found))

    async def _request(self, sends: Sequence[Send]) -> list[Outcome]:
        self.requests.append(list(sends))
        self._begin(sends)
        await self.open.wait()
        self.clock.move(self.takes_seconds)
        self._requests_now -= 1
        for send in sends:
            self.under_way.remove(send)
        if any(send.customer_id in self.broken for send in sends):
            raise RuntimeError("a bug in the channel")
        return [self._answer(send) for send in sends]

    def _begin(self, sends: Sequence[Send]) -> None:
        self._requests_now += 1
        self.most_at_once = max(self.most_at_once, self._requests_now)
        self.under_way += sends
        customers = [(send.page_id, send.customer_id) for send in self.under_way]
        if len(set(customers)) < len(customers):
            self.broken_rules.append("two messages of one customer under way")

    def _answer(self, send: Send) -> Outcome:
        if self.answers[send.customer_id]:
            return self.answers[send.customer_id].popleft()
        self._mids += 1
        return Sent(f"m_{self._mids}")

    def texts(self, customer: str = "") -> list[str]:
        """What was asked to be sent, in order; to one customer, or to all."""
        sends = [send for request in self.requests for send in request]
        return [send.message.text for send in sends if customer in ("", send.customer_id)]

    def sizes(self) -> list[int]:
        return [len(request) for request in self.requests]
