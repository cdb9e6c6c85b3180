"""Mistakes planted on purpose, each by a subclass or wrapper put in the real one's place: the tests of the test.

The first twelve are the classic ones; those after them this simulation once found in the product itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from app.channel import Echoed, Failed, Item, Outcome, Received, Unsure
from app.errors import UnavailableError
from app.store import conversations
from app.store.intake import Intake
from app.store.outbox import OutMessage, Result
from app.store.taking import Seen
from app.worker.sending import Sender
from app.worker.worker import Terms, Worker
from tests.simulation import wrong_hands
from tests.simulation.faults import Rates
from tests.simulation.messenger import FakeMessenger

if TYPE_CHECKING:
    from tests.simulation.process import Process

Filter = Callable[[Sequence[Item]], list[Item]]


class Bug:
    """No mistake: the product as it is. Others change one thing."""

    name = ""
    more_seeds = 0
    found_by: int | None = None
    """A seed that found it lately and is tried first: where a change of the product hides it there, the others follow."""
    profile = ""
    """The kind of world that shows it; empty: any."""
    terms = Terms()

    def __init__(self) -> None:
        self.seen: set[bytes] = set()

    def change_rates(self, rates: Rates) -> None:
        """Make faults likelier that show this mistake."""

    def create_intake(self, process: Process, mark: str, woken: Callable[[bool], None]) -> Intake:
        return Intake(process.database, mark, woken)

    def create_channel(self, process: Process) -> FakeMessenger:
        return FakeMessenger(process)

    def fit(self, process: Process, worker: Worker) -> None:
        """Change a worker that is about to start."""

    def look(self, connection: Connection, seen: Seen) -> Seen:
        """The conversation as the desk takes it: as it was seen."""
        return seen


# ---- the way in --------------------------------------------------------------------------------------------


class AckBeforeCommit(Bug):
    """A webhook is answered before its events are durable."""

    name = "ack_before_commit"

    def create_intake(self, process: Process, mark: str, woken: Callable[[bool], None]) -> Intake:
        return _Hasty(process, mark, woken)


class _Hasty(Intake):
    def __init__(self, process: Process, mark: str, woken: Callable[[bool], None]) -> None:
        super().__init__(process.database, mark, woken)
        self.process = process

    async def take(self, items: Sequence[Item], received_at: datetime) -> None:
        self.process.spawn(self._take_later, items, received_at)

    async def _take_later(self, items: Sequence[Item], received_at: datetime) -> None:
        with suppress(UnavailableError):
            await Intake.take(self, items, received_at)


class NoDedupe(Bug):
    """A repeated delivery is taken for a new event."""

    name = "no_dedupe"

    def create_intake(self, process: Process, mark: str, woken: Callable[[bool], None]) -> Intake:
        return _Renaming(process, mark, woken, self.seen)


class _Renaming(Intake):
    """As if no key were unique: what was taken in once gets another key the next time."""

    def __init__(self, process: Process, mark: str, woken: Callable[[bool], None], taken: set[bytes]) -> None:
        super().__init__(process.database, mark, woken)
        self.process, self.taken = process, taken

    async def take(self, items: Sequence[Item], received_at: datetime) -> None:
        await Intake.take(self, [self._renamed(each) for each in items], received_at)
        self.taken.update(each.key for each in items if isinstance(each, Received))

    def _renamed(self, item: Item) -> Item:
        if isinstance(item, Received) and item.key in self.taken:
            return replace(item, key=self.process.world.dice.randbytes(16))
        return item


class DedupeBeforeCommit(Bug):
    """An event counts as known before it is durable."""

    name = "dedupe_before_commit"
    found_by = 7

    def create_intake(self, process: Process, mark: str, woken: Callable[[bool], None]) -> Intake:
        return _Filtered(process, mark, woken, self._new)

    def _new(self, items: Sequence[Item]) -> list[Item]:
        new = [each for each in items if not isinstance(each, Received) or each.key not in self.seen]
        self.seen.update(each.key for each in items if isinstance(each, Received))
        return new


class EchoIgnored(Bug):
    """Our own echoes are thrown away; where look-up is not to be had either, nothing settles a send in doubt."""

    name = "echo_ignored"
    terms = Terms(look_up_after=(1.0, 2.0), echo_grace_seconds=5.0)

    def change_rates(self, rates: Rates) -> None:
        rates.look_up_none, rates.error_delivered = 1.0, max(rates.error_delivered, 0.05)

    def create_intake(self, process: Process, mark: str, woken: Callable[[bool], None]) -> Intake:
        return _Filtered(process, mark, woken, lambda items: [each for each in items if not isinstance(each, Echoed)])


class _Filtered(Intake):
    """Takes in what a filter makes of the items."""

    def __init__(self, process: Process, mark: str, woken: Callable[[bool], None], keep: Filter) -> None:
        super().__init__(process.database, mark, woken)
        self.keep = keep

    async def take(self, items: Sequence[Item], received_at: datetime) -> None:
        await Intake.take(self, self.keep(items), received_at)


# ---- turns -------------------------------------------------------------------------------------------------


class NoLease(Bug):
    """Workers take customers whom another has in hand."""

    name = "no_lease"
    found_by = 2

    def fit(self, process: Process, worker: Worker) -> None:
        wrong_hands.refit(worker, turns=wrong_hands.LeaselessTurns)


class LeaseWithoutFence(Bug):
    """A worker that lost a customer writes its turn all the same."""

    name = "lease_without_fence"
    found_by = 10

    def change_rates(self, rates: Rates) -> None:
        rates.slow_database = max(rates.slow_database, 0.005)

    def fit(self, process: Process, worker: Worker) -> None:
        wrong_hands.refit(worker, turns=wrong_hands.UnfencedTurns)


class ClockJumpFreesLease(Bug):
    """Who is dead is told by the wall clock; and no fence catches the consequence."""

    name = "clock_jump_frees_lease"
    found_by = 5

    def change_rates(self, rates: Rates) -> None:
        rates.slow_database = 0.0

    def fit(self, process: Process, worker: Worker) -> None:
        wrong_hands.refit(worker, turns=wrong_hands.UnfencedTurns)
        worker.beat.clock = wrong_hands.WallClock(process)


# ---- the way out -------------------------------------------------------------------------------------------


class ResendOnTimeout(Bug):
    """A send of unknown fate is treated as refused."""

    name = "resend_on_timeout"

    def fit(self, process: Process, worker: Worker) -> None:
        wrong_hands.refit(worker, sender=_Impatient)


class _Impatient(Sender):
    def _result(self, message: OutMessage, outcome: Outcome) -> Result:
        if isinstance(outcome, Unsure):
            outcome = Failed("unsure", "It may have failed.", retry=True)
        return Sender._result(self, message, outcome)


class NoIntentRecord(Bug):
    """Nothing durable says that a request is about to leave."""

    name = "no_intent_record"

    def fit(self, process: Process, worker: Worker) -> None:
        wrong_hands.refit(worker, sender=wrong_hands.Forgetful)


class TakeoverNotRechecked(Bug):
    """What the bot had to say leaves though staff took over."""

    name = "takeover_not_rechecked"

    def fit(self, process: Process, worker: Worker) -> None:
        worker.sender.database = wrong_hands.StaffUnseen(worker.sender.database)


class SendOutOfOrder(Bug):
    """A message does not wait for the one before it."""

    name = "send_out_of_order"

    def fit(self, process: Process, worker: Worker) -> None:
        wrong_hands.refit(worker, sender=wrong_hands.Overtaking)


class DropAfterThreeErrors(Bug):
    """The third refusal counts as sent."""

    name = "drop_after_3_errors"
    found_by = 7

    def change_rates(self, rates: Rates) -> None:
        rates.refused = max(rates.refused, 0.2)

    def fit(self, process: Process, worker: Worker) -> None:
        wrong_hands.refit(worker, sender=_GivingUp)


class _GivingUp(Sender):
    def _failed(self, message: OutMessage, failure: Failed) -> Result:
        if message.attempt >= 3 and failure.code == "refused":
            return Result(message, "sent")
        return Sender._failed(self, message, failure)


# ---- at the desk -------------------------------------------------------------------------------------------


class BothHaveIt(Bug):
    """Who takes a conversation is not asked what he saw: of two who want it each is told that he has it."""

    name = "both_have_it"
    profile = "changing"

    def look(self, connection: Connection, seen: Seen) -> Seen:
        found = conversations.find(connection, seen.key)
        return Seen(seen.key, found.epoch if found else 0)


# ---- once found in the product -----------------------------------------------------------------------------


class StaleFlightsLeave(Bug):
    """A message leaves however long ago somebody looked whether staff had come."""

    name = "stale_flights_leave"
    found_by = 11
    profile = "alone"
    more_seeds = 55
    """It takes a database that stands still in the very moment in which staff come: rare, and more waits do not bring it about."""

    def change_rates(self, rates: Rates) -> None:
        rates.slow_database = max(rates.slow_database, 0.08)

    def fit(self, process: Process, worker: Worker) -> None:
        wrong_hands.refit(worker, sender=_Patient)


class _Patient(Sender):
    def _is_stale(self, message: OutMessage, at: float) -> bool:
        return False


BUGS: tuple[type[Bug], ...] = (
    AckBeforeCommit, NoDedupe, DedupeBeforeCommit, NoLease, LeaseWithoutFence, ResendOnTimeout, NoIntentRecord, EchoIgnored,
    TakeoverNotRechecked, SendOutOfOrder, DropAfterThreeErrors, ClockJumpFreesLease, StaleFlightsLeave,
    BothHaveIt,
)  # fmt: skip


def find_bug(name: str) -> type[Bug]:
    return next(each for each in BUGS if each.name == name)
