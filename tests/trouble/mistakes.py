"""Houses with a mistake planted on purpose, each by a subclass in the real one's place: the tests of the replays."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from app.channel import Echoed, Fact, Failed, Item, Outcome, Received, Sent, Unsure
from app.store.intake import Intake
from app.store.outbox import OutMessage, Result
from app.trouble.house import House
from app.trouble.process import MARK, TERMS, Process
from app.worker.handle import Hands
from app.worker.later import Waiting
from app.worker.sending import Sender
from app.worker.settling import Settling
from app.worker.worker import Worker
from tests.simulation.wrong_hands import refit


def house_with(
    intake: type[Intake] = Intake, sender: type[Sender] = Sender, settling: type[Settling] = Settling
) -> type[House]:
    """A house whose processes have these parts."""

    class Mistaken(Process):
        def create_intake(self, woken: Callable[[bool], None]) -> Intake:
            return intake(self.database, MARK, woken)

        def create_worker(self) -> Worker:
            worker = Process.create_worker(self)
            refit(worker, sender)
            worker.settling = settling(worker.sender, worker.later, worker.clock, TERMS.look_up_after)
            return worker

    class Wrong(House):
        def create_process(self, hands: Hands) -> Process:
            return Mistaken(self._database, self._clock, self._chance, hands)

    return Wrong


# ---- the way in --------------------------------------------------------------------------------------------


class ForgetsDuplicates(Intake):
    """Every delivery is new."""

    deliveries = count()

    async def take(self, items: Sequence[Item], received_at: datetime) -> None:
        await Intake.take(self, [self._renamed(each) for each in items], received_at)

    def _renamed(self, item: Item) -> Item:
        if not isinstance(item, Received):
            return item
        return replace(item, key=hashlib.blake2b(f"{next(self.deliveries)}".encode(), digest_size=16).digest())


class TakesEchoesForStaff(Intake):
    """What the bot said itself looks like a person's answer."""

    async def take(self, items: Sequence[Item], received_at: datetime) -> None:
        await Intake.take(self, [_as_reply(each, received_at) for each in items], received_at)


def _as_reply(item: Item, at: datetime) -> Item:
    if not isinstance(item, Echoed):
        return item
    fact = Fact("person_replied", {"text": "?", "mid": item.mid})
    key = hashlib.blake2b(item.mid.encode(), digest_size=16).digest()
    return Received(key, item.page_id, item.customer_id, fact, at)


class AnswersBeforeItIsDurable(Intake):
    """Messenger is told that all is well before anything is written."""

    async def take(self, items: Sequence[Item], received_at: datetime) -> None:
        self._waiting.append(([(item, received_at) for item in items], asyncio.get_running_loop().create_future()))
        self._came.set()


# ---- the way out -------------------------------------------------------------------------------------------


class SendsAgainAtOnce(Sender):
    """A send that was not answered counts as refused."""

    def _result(self, message: OutMessage, outcome: Outcome) -> Result:
        if isinstance(outcome, Unsure):
            outcome = Failed("unsure", "It may have failed.", retry=True)
        return Sender._result(self, message, outcome)


class TakesSilenceForSuccess(Sender):
    """A send that was not answered counts as sent."""

    def _result(self, message: OutMessage, outcome: Outcome) -> Result:
        return Sender._result(self, message, Sent("") if isinstance(outcome, Unsure) else outcome)


class SendsAgainBlindly(Settling):
    """Nobody looks whether what a dead process was sending has arrived."""

    async def _look(self, waiting: Waiting) -> None:
        await self._send_again(waiting.message)
