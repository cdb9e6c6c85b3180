"""A channel that is Meta's side of sending: accepts or not, answers or not, echoes early, late, twice or never. No sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.channel import Channel, Failed, Listing, Outcome, Refusal, Seen, Send, Sent, Unsure
from app.engine.effects import Message
from app.store.keys import Key
from tests.simulation.flow import BEGIN

if TYPE_CHECKING:
    from tests.simulation.process import Process

TIMEOUT_SECONDS = 30.0
ECHO_SECONDS_MAX = 4.0
LISTED_MOST = 20
"""As many as Messenger's listing holds: some customers say more in one story."""
LISTED_AFTER_SECONDS = 1.0
"""How long a delivered message may be missing in the list of a conversation."""

OF_ONE = ("refused", "limited", "error_lost", "error_delivered")
OF_REQUEST = ("lost", "timeout_lost", "timeout_delivered", "slow_answer")
DELIVERED = ("ok", "error_delivered", "timeout_delivered", "slow_answer")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that a customer saw."""

    page_id: str
    customer_id: str
    seq: int
    text: str
    mid: str
    at: float

    @property
    def key(self) -> Key:
        return self.page_id, self.customer_id


class FakeMessenger(Channel):
    """The channel as one process sees it; what was delivered belongs to the world."""

    batch_max = 50

    def __init__(self, process: Process) -> None:
        self._process = process

    def pieces(self, message: Message) -> Sequence[Message]:
        return (message,)

    def may_send(self, send: Send, now: datetime) -> Refusal | None:
        return None

    async def send(self, send: Send) -> Outcome:
        return (await self._request([send]))[0]

    async def send_batch(self, sends: Sequence[Send]) -> Sequence[Outcome]:
        return await self._request(sends)

    async def _request(self, sends: Sequence[Send]) -> list[Outcome]:
        world, process = self._process.world, self._process
        process.check()
        for send in sends:
            world.witness.send_starts(send, process)
        if world.meta.is_away():
            return await self._nobody_there(len(sends))
        whole = self._drawn(OF_REQUEST)
        fates = [self._drawn(OF_ONE) if whole == "ok" else whole for _ in sends]
        if world.hit("killed_while_sending"):
            world.loop.call_later(world.dice.uniform(0.0, 0.5), process.kill)
        await asyncio.sleep(world.dice.uniform(0.01, 0.2))  # the bytes are on their way: a freeze does not hold them
        process.check()
        mids = [self._arrives(send, fate) for send, fate in zip(sends, fates, strict=True)]
        await process.pause(self._answer_seconds(whole))
        return [_outcome(fate, mid) for fate, mid in zip(fates, mids, strict=True)]

    async def _nobody_there(self, count: int) -> list[Outcome]:
        """Connections are refused, or made and never answered; nothing arrives."""
        world = self._process.world
        world.count("nobody at Meta's")
        if world.more_dice.random() >= world.hangs:
            await self._process.pause(world.more_dice.uniform(0.0, 1.0))
            return [Failed("connect", "Messenger could not be reached.", retry=True, scope="page")] * count
        await self._process.pause(TIMEOUT_SECONDS)
        return [Unsure("no answer in time")] * count

    def _drawn(self, kinds: tuple[str, ...]) -> str:
        return next((kind for kind in kinds if self._process.world.hit(kind)), "ok")

    def _arrives(self, send: Send, fate: str) -> str:
        return self._process.world.meta.deliver(send) if fate in DELIVERED else ""

    def _answer_seconds(self, fate: str) -> float:
        if fate.startswith("timeout"):
            return TIMEOUT_SECONDS
        return self._process.world.dice.uniform(*((20.0, 29.0) if fate == "slow_answer" else (0.01, 0.3)))

    async def look_up(self, page_id: str, customer_id: str) -> Listing | None:
        world = self._process.world
        await self._process.pause(world.dice.uniform(0.1, 0.6))
        if world.meta.is_away() or world.hit("look_up_none"):
            return None
        if world.hit("look_up_wrong"):
            return Listing(())
        until = world.loop.time() - LISTED_AFTER_SECONDS * world.dice.random()
        listed = [
            Seen(each.mid, each.text, BEGIN + timedelta(seconds=each.at))
            for each in reversed(world.meta.deliveries)
            if each.key == (page_id, customer_id) and each.at <= until
        ]
        latest = tuple(listed[:LISTED_MOST])
        return Listing(latest, len(listed) <= LISTED_MOST, latest[-1].created_at if latest else None)


def _outcome(fate: str, mid: str) -> Outcome:
    match fate:
        case "ok" | "slow_answer":
            return Sent(mid)
        case "refused":
            return Failed("refused", "Meta refused it for now.", retry=True)
        case "limited":
            return Failed("limited", "Too many messages.", retry=True, wait_seconds=10.0, scope="page")
        case _:
            return Unsure(fate)
