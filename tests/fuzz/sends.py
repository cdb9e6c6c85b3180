"""The outbox as a machine: messages written, taken, refused, in doubt, looked up, echoed, made void and left by the dead, in any order.

After each step every row must be as a plain reading of the rules says, and no other row may have changed: one message of a customer
is under way at a time, none before what was written earlier, none again once it arrived, and only whose it is says what became of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import Connection, insert, select, update

from app.store import conversations, outbox, underway, void, workers
from app.store.outbox import EchoOf, OutMessage, Result
from app.store.tables import conversations as conversations_table
from app.store.tables import outbox as outbox_table
from tests.fuzz.machine import CUSTOMERS, WORKERS, Machine, Value, bury, some_customer, some_worker
from tests.store.kit import NOW, PAGE, message

LIVE = frozenset({"pending", "in_flight", "unknown"})
MANY = 100
WRITTEN = 3
"""Messages in each line at the beginning."""
RECENT = 6
"""Mostly a worker comes back to what it was given just now."""

Place = tuple[str, int]
"""A customer and the number in the line."""


@dataclass(frozen=True, slots=True)
class Row:
    """A message as it stands. `at`: when its last attempt began."""

    status: str
    sender: str | None
    attempt: int
    unsure: int
    at: datetime | None
    is_void: bool

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def is_under_way(self) -> bool:
        """Somebody has it, or nobody knows whether it arrived."""
        return self.status in ("in_flight", "unknown") or (self.status == "pending" and self.sender is not None)

    def is_attempt(self, worker: str, sent: OutMessage) -> bool:
        return (self.sender, self.attempt, self.at) == (worker, sent.attempt, sent.attempted_at) and self.is_live

    def flying(self, worker: str, at: datetime) -> Row:
        return replace(self, status="in_flight", sender=worker, attempt=self.attempt + 1, at=at)


Rows = dict[Place, Row]
Attempt = tuple[str, OutMessage]


class Sends(Machine):
    """`attempts`: what a worker was ever given to send or to settle; it may come back to any of it, however late."""

    def __init__(self) -> None:
        super().__init__()
        self.attempts: list[Attempt] = []
        self.seconds = 0

    @initialize()
    def begin(self) -> None:
        self.empty()
        blanks = [conversations.blank((PAGE, each), NOW) for each in CUSTOMERS]
        written = [message(each, number) for each in CUSTOMERS for number in range(1, WRITTEN + 1)]

        def work(connection: Connection) -> None:
            connection.execute(insert(conversations_table), blanks)
            outbox.add(connection, written, WORKERS[0])

        self.do(work)

    def step(self, work: Callable[[Connection], Value], expected: Callable[[Rows], Rows]) -> Value:
        """Do it, and hold every row against what must have become of it."""
        before = self.do(_rows)
        given = self.do(work)
        assert self.do(_rows) == {**before, **expected(before)}
        return given

    def some_attempt(self, data: st.DataObject) -> Attempt:
        chosen: Attempt = data.draw(st.sampled_from(self.attempts[-RECENT:]) | st.sampled_from(self.attempts))
        return chosen

    def now(self) -> datetime:
        self.seconds += 1
        return NOW + timedelta(seconds=self.seconds)

    # ---- in ------------------------------------------------------------------------------------------------

    @rule(
        customer=some_customer, count=st.integers(1, 3), by_bot=st.booleans(), worker=some_worker, at_once=st.booleans()
    )
    def somebody_writes(self, customer: str, count: int, by_bot: bool, worker: str, at_once: bool) -> None:
        rows = self.do(_rows)
        found = self.do(lambda connection: conversations.find(connection, (PAGE, customer)))
        assert found is not None
        first, by = len(_line(rows, customer)) + 1, "bot" if by_bot else "staff"
        written = [message(customer, first + each, written_by=by, epoch=found.epoch) for each in range(count)]
        if (
            at_once
            and not (by_bot and found.answered_by == "staff")
            and not any(row.is_live for row in _line(rows, customer))
        ):
            written[0] = replace(written[0], status="in_flight", attempt=1, attempted_at=self.now())
            self.attempts.append((worker, written[0]))
        self.do(lambda connection: outbox.add(connection, written, worker))

    # ---- to the sender -------------------------------------------------------------------------------------

    @rule(worker=some_worker, most=st.sampled_from((1, 2, MANY)))
    def takes_free_ones(self, worker: str, most: int) -> None:
        self._takes(worker, CUSTOMERS, most, lambda connection, now: outbox.claim_free(connection, worker, most, now))

    @rule(worker=some_worker, wanted=st.lists(some_customer, max_size=4))
    def takes_next_ones(self, worker: str, wanted: list[str]) -> None:
        keys = [(PAGE, each) for each in wanted]
        self._takes(worker, wanted, MANY, lambda connection, now: outbox.claim_next(connection, worker, keys, now))

    def _takes(
        self, worker: str, wanted: Sequence[str], most: int, take: Callable[[Connection, datetime], list[OutMessage]]
    ) -> None:
        now = self.now()
        before = self.do(_rows)
        heads = {each: head for each in sorted(set(wanted)) if (head := _free_head(before, each))}
        given = self.do(lambda connection: take(connection, now))
        after = self.do(_rows)
        touched = {customer for customer, number in after if after[customer, number] != before[customer, number]}
        assert touched <= set(heads), "nobody has it, and nothing before it is open"
        assert len(touched) == min(most, len(heads))
        flown = {(each, heads[each]) for each in touched if not before[each, heads[each]].is_void}
        expected = {place: before[place].flying(worker, now) for place in flown}
        for each in touched:
            if (each, heads[each]) not in flown:
                expected |= _cancelled(before, each)
        assert after == {**before, **expected}
        self._remember(worker, given, flown, after)

    def _remember(self, worker: str, given: Sequence[OutMessage], places: set[Place], rows: Rows) -> None:
        assert sorted((each.customer_id, each.seq) for each in given) == sorted(places)
        for each in given:
            row = rows[each.customer_id, each.seq]
            assert (each.status, each.attempt, each.attempted_at) == (row.status, row.attempt, row.at)
        self.attempts += [(worker, each) for each in given]

    @precondition(lambda self: self.attempts)
    @rule(data=st.data())
    def takes_again(self, data: st.DataObject) -> None:
        worker, _ = self.some_attempt(data)
        own = [each for who, each in self.attempts if who == worker][-RECENT:]
        wanted = data.draw(st.lists(st.sampled_from(own), unique_by=_place, min_size=1, max_size=3))
        now = self.now()
        before = self.do(_rows)
        mine = [each for each in wanted if before[_place(each)].is_attempt(worker, each)]
        expected: Rows = {}
        flown: set[Place] = set()
        for place in map(_place, mine):
            row = before[place]
            if row.status == "in_flight":
                continue
            if not row.is_void:
                expected[place] = row.flying(worker, now)
                flown.add(place)
            elif row.status == "unknown":  # it may have arrived: never cancelled
                expected[place] = replace(row, status="failed")
            else:
                expected |= _cancelled(before, place[0])
        given = self.do(lambda connection: outbox.take_again(connection, worker, wanted, now))
        after = self.do(_rows)
        assert after == {**before, **expected}
        self._remember(worker, given, flown, after)

    # ---- what became of it ---------------------------------------------------------------------------------

    @precondition(lambda self: self.attempts)
    @rule(
        data=st.data(),
        status=st.sampled_from(("sent", "failed", "pending", "unknown")),
        kept=st.booleans(),
        counts=st.booleans(),
    )
    def records(self, data: st.DataObject, status: str, kept: bool, counts: bool) -> None:
        """A refusal may not count: the next attempt has the same number then, and another moment."""
        worker, sent = self.some_attempt(data)
        result = Result(sent, status, keep=kept or status == "unknown", counts=counts or status != "pending")

        def expected(rows: Rows) -> Rows:
            row = rows[_place(sent)]
            if not row.is_attempt(worker, sent):
                return {}
            if status in ("sent", "failed"):
                return {_place(sent): replace(row, status=status)}
            unsure = sent.unsure + (status == "unknown")
            sender, attempt = worker if result.keep else None, sent.attempt - (not result.counts)
            return {_place(sent): replace(row, status=status, sender=sender, attempt=attempt, unsure=unsure)}

        self.step(lambda connection: outbox.record(connection, worker, [result], self.now()), expected)

    @rule(customer=some_customer, number=st.integers(1, WRITTEN + 2))
    def is_echoed(self, customer: str, number: int) -> None:
        echo = EchoOf(PAGE, customer, number, f"m_{customer}_{number}")

        def expected(rows: Rows) -> Rows:
            row = rows.get((customer, number))
            return {(customer, number): replace(row, status="sent")} if row and row.is_live else {}

        self.step(lambda connection: outbox.settle_by_echo(connection, [echo], self.now()), expected)

    @precondition(lambda self: self.attempts)
    @rule(data=st.data())
    def doubts(self, data: st.DataObject) -> None:
        worker, sent = self.some_attempt(data)

        def expected(rows: Rows) -> Rows:
            row = rows[_place(sent)]
            is_so = row.is_attempt(worker, sent) and row.status == "in_flight"
            return {_place(sent): replace(row, status="unknown", unsure=row.unsure + 1)} if is_so else {}

        self.step(lambda connection: underway.doubt(connection, worker, [sent]), expected)

    # ---- staff, and ends of workers ------------------------------------------------------------------------

    @rule(customer=some_customer, cancels=st.booleans())
    def staff_take_over(self, customer: str, cancels: bool) -> None:
        self.do(lambda connection: conversations.take_over(connection, (PAGE, customer), NOW))
        if cancels:
            keys = [(PAGE, customer)]
            self.step(
                lambda connection: void.cancel(connection, keys, self.now()),
                lambda rows: _cancelled(rows, customer),
            )

    @rule(customer=some_customer)
    def staff_hand_back(self, customer: str) -> None:
        here = conversations_table.c.customer_id == customer
        self.do(
            lambda connection: connection.execute(update(conversations_table).where(here).values(answered_by="bot"))
        )

    @rule(dead=some_worker, by=some_worker)
    def is_buried(self, dead: str, by: str) -> None:
        if dead == by:
            return

        def expected(rows: Rows) -> Rows:
            return {place: _adopted(row, by) for place, row in rows.items() if row.is_live and row.sender == dead}

        left = set(expected(self.do(_rows)))
        given = self.step(partial(bury, dead, by), expected)
        self._remember(by, given, left, self.do(_rows))

    @rule(worker=some_worker)
    def leaves(self, worker: str) -> None:
        def work(connection: Connection) -> None:
            workers.leave(connection, worker)
            workers.join(connection, worker, NOW)

        def expected(rows: Rows) -> Rows:
            kept = {place: row for place, row in rows.items() if (row.status, row.sender) == ("pending", worker)}
            return {place: replace(row, sender=None) for place, row in kept.items()}

        self.step(work, expected)

    # ---- what must hold ------------------------------------------------------------------------------------

    @invariant()
    def one_is_under_way_and_nothing_before_it_is_open(self) -> None:
        rows = self.do(_rows)
        for customer in CUSTOMERS:
            line = _line(rows, customer)
            under_way = [number for number, row in enumerate(line) if row.is_under_way]
            assert len(under_way) <= 1
            assert not any(row.is_live for number in under_way for row in line[:number])

    def teardown(self) -> None:
        """Whatever happened, one worker that is left comes to the end of it."""
        try:
            for each in WORKERS[1:]:
                self.is_buried(each, WORKERS[0])
            for _ in range(len(self.do(_rows)) + 1):
                self._settle(WORKERS[0])
            assert not [row for row in self.do(_rows).values() if row.is_live]
        finally:
            super().teardown()

    def _settle(self, worker: str) -> None:
        def work(connection: Connection) -> None:
            left = underway.list_owned(connection, worker)
            going = [each for each in left if each.status == "in_flight"]
            going += outbox.take_again(connection, worker, left, self.now())
            going += outbox.claim_free(connection, worker, MANY, self.now())
            outbox.record(connection, worker, [Result(each, "sent") for each in going], self.now())

        self.do(work)


def _rows(connection: Connection) -> Rows:
    said, of = outbox_table.c, conversations_table.c
    asked = select(
        said.customer_id, said.seq, said.status, said.sender, said.attempt, said.unsure, said.attempted_at,
        (said.written_by == "bot") & ((of.answered_by == "staff") | (of.epoch != said.epoch)),
    ).join_from(outbox_table, conversations_table, said.customer_id == of.customer_id)  # fmt: skip
    return {(row[0], row[1]): Row(*row[2:7], bool(row[7])) for row in connection.execute(asked.order_by(said.seq))}


def _line(rows: Rows, customer: str) -> list[Row]:
    return [row for (of, _), row in rows.items() if of == customer]


def _free_head(rows: Rows, customer: str) -> int | None:
    """The number of the first open message, if nobody has it."""
    live = [number for (of, number), row in rows.items() if of == customer and row.is_live]
    if not live or rows[customer, live[0]].is_under_way:
        return None
    return live[0]


def _cancelled(rows: Rows, customer: str) -> Rows:
    """What the bot has not sent yet and staff made void."""
    void_rows = {
        place: row for place, row in rows.items() if place[0] == customer and row.is_void and row.status == "pending"
    }
    # An earlier attempt may have arrived: never cancelled.
    return {place: replace(row, status="failed" if row.unsure else "cancelled") for place, row in void_rows.items()}


def _adopted(row: Row, by: str) -> Row:
    if row.status == "in_flight":
        return replace(row, status="unknown", unsure=row.unsure + 1, sender=by)
    return replace(row, sender=by)


def _place(sent: OutMessage) -> Place:
    return sent.customer_id, sent.seq
