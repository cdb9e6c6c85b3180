"""The worker's parts with a mistake in them, for `bugs.py`: turns without a fence, senders that forget, overtake or do not look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, text

from app.channel import Outcome
from app.errors import UnavailableError
from app.store import outbox
from app.store.claims import Claim
from app.store.database import Database
from app.store.outbox import OutMessage
from app.worker.handled import Handled
from app.worker.sending import Sender
from app.worker.settling import Settling
from app.worker.turns import Turns
from app.worker.worker import Worker
from tests.simulation.ports import SimClock

if TYPE_CHECKING:
    from tests.simulation.process import Process

Value = TypeVar("Value")


def refit(worker: Worker, sender: type[Sender] = Sender, turns: type[Turns] = Turns) -> None:
    """Give a worker that has not started another sender or other turns."""
    old, settling = worker.sender, worker.settling
    worker.sender = sender(
        old.database, old.channel, old.clock, old.chance, old.worker_id, old.mark, old.later, old.alive
    )  # fmt: skip
    worker.settling = Settling(
        worker.sender, worker.later, worker.clock, settling.look_up_after, settling.grace_seconds
    )  # fmt: skip
    hands, name = worker.turns.hands, worker.worker_id
    worker.turns = turns(
        worker.database, hands, worker.clock, worker.chance, name, worker.sender.room, worker.sender.put
    )  # fmt: skip


# ---- turns -------------------------------------------------------------------------------------------------

_FREE_ALL = text("UPDATE conversations SET claimed_by = NULL")
_SEIZE = text(
    "UPDATE conversations SET claimed_by = :worker, fence = :fence WHERE page_id = :page AND customer_id = :customer"
    " RETURNING next_seq"
)


class UnfencedTurns(Turns):
    """Writes its turns whoever has the customers by now."""

    def _commit(self, connection: Connection, handled: Sequence[Handled]) -> list[OutMessage]:
        for each in handled:
            claim = each.claim
            values = {"fence": claim.fence, "page": claim.page_id, "customer": claim.customer_id}
            next_seq = connection.execute(_SEIZE, {**values, "worker": self.worker_id}).scalar_one()
            each.claim = replace(claim, next_seq=next_seq)
        return Turns._commit(self, connection, handled)


class LeaselessTurns(UnfencedTurns):
    """Takes every customer that has something waiting."""

    async def _claim(self) -> list[Claim]:
        await self.database.transaction(lambda connection: connection.execute(_FREE_ALL) and None)
        return await Turns._claim(self)


class WallClock(SimClock):
    """A steady clock that is none: it jumps with the wall clock."""

    def __init__(self, process: Process) -> None:
        super().__init__(process)
        self._real = process.clock

    def monotonic(self) -> float:
        return self._real.now().timestamp()


# ---- senders -----------------------------------------------------------------------------------------------

_FORGET = text(
    "UPDATE outbox SET status = 'pending', sender = NULL WHERE page_id = :page AND customer_id = :customer AND seq = :seq"
    " AND status = 'in_flight'"
)
_HIDE = text("UPDATE outbox SET status = 'held ' || status WHERE status IN ('in_flight', 'unknown')")
_SHOW = text("UPDATE outbox SET status = substr(status, 6) WHERE status LIKE 'held %'")
_DISGUISE = text("UPDATE outbox SET written_by = 'bot in disguise' WHERE written_by = 'bot' AND status = 'pending'")
_UNMASK = text("UPDATE outbox SET written_by = 'bot' WHERE written_by = 'bot in disguise'")


class Forgetful(Sender):
    """What it is about to send looks in the outbox as if nobody had touched it."""

    async def _request(self, messages: list[OutMessage]) -> list[Outcome]:
        rows = [{"page": each.page_id, "customer": each.customer_id, "seq": each.seq} for each in messages]
        await self.persist(lambda connection: connection.execute(_FORGET, rows) and None)
        return await Sender._request(self, messages)


class Overtaking(Sender):
    """Takes messages whose forerunners are still on their way."""

    async def _look_for_ever(self) -> None:
        while True:
            await self._wait_to_look()
            if self.room() > 0:
                try:
                    self.put(await self.database.transaction(self._take_any))
                except UnavailableError:
                    continue

    def _take_any(self, connection: Connection) -> list[OutMessage]:
        connection.execute(_HIDE)
        taken = outbox.claim_free(connection, self.worker_id, 100, self.clock.now())
        connection.execute(_SHOW)
        return taken


class StaffUnseen:
    """A database in which the sender takes the bot's words for somebody else's, whose leave staff do not end."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def transaction(self, work: Callable[[Connection], Value], *, brief: bool = False) -> Value:
        def disguised(connection: Connection) -> Value:
            connection.execute(_DISGUISE)
            result = work(connection)
            connection.execute(_UNMASK)
            return result

        return await self._database.transaction(disguised, brief=brief)

    async def read(self, work: Callable[[Connection], Value]) -> Value:
        return await self._database.read(work)

    async def let_go(self) -> None:
        await self._database.let_go()

    async def close(self) -> None:
        await self._database.close()
