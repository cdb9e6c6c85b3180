"""Inbox, claims, fences, sessions and outbox as machines: workers that claim, finish, fail, die, wake and are taken over, in any order.

What the store says after each step is held against a small model: nothing lost, nothing done twice, each customer's events in order, no
customer in two hands, a worker that was taken over changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import Connection, select

from app.store import claims, conversations, inbox, outbox, sessions, workers
from app.store.claims import Claim
from app.store.conversations import AfterTurns
from app.store.outbox import OutMessage, Result
from app.store.tables import conversations as conversations_table
from app.store.tables import inbox as inbox_table
from app.store.tables import sessions as sessions_table
from tests.fuzz.machine import CUSTOMERS, WORKERS, Machine, bury, some_customer, some_worker
from tests.store.kit import NOW, PAGE, event, message


@dataclass
class Model:
    """What must be so. `holder`: who has a customer in hand, by which fence; `flying`: whose is the message under way."""

    came: dict[str, list[str]] = field(default_factory=lambda: {each: [] for each in CUSTOMERS})
    done: dict[str, list[str]] = field(default_factory=lambda: {each: [] for each in CUSTOMERS})
    holder: dict[str, tuple[str, int]] = field(default_factory=dict)
    void: set[str] = field(default_factory=set)
    sent: dict[str, list[int]] = field(default_factory=lambda: {each: [] for each in CUSTOMERS})
    flying: dict[tuple[str, int], str] = field(default_factory=dict)


class Lines(Machine):
    """What comes in and what is said to it."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.claimed: list[tuple[str, Claim]] = []
        self.flights: list[tuple[str, OutMessage]] = []
        self.names = 0

    @initialize()
    def begin(self) -> None:
        self.empty()

    # ---- the way in ----------------------------------------------------------------------------------------

    @rule(customer=some_customer, count=st.integers(1, 3), again=st.booleans())
    def events_come(self, customer: str, count: int, again: bool) -> None:
        came = self.model.came[customer]
        new = [f"{self.names + number}" for number in range(count)]
        self.names += count
        named = [*came[-2:], *new] if again else new
        self.do(lambda connection: inbox.add(connection, [event(customer, name) for name in named]))
        came += new

    # ---- turns ---------------------------------------------------------------------------------------------

    @rule(worker=some_worker, most=st.integers(1, 6))
    def claims_some(self, worker: str, most: int) -> None:
        for claim in self.do(lambda connection: claims.claim(connection, worker, most, NOW)):
            customer, model = claim.customer_id, self.model
            assert customer not in model.holder, "it is in another hand"
            waiting = model.came[customer][len(model.done[customer]) :]
            texts = [each.body["text"] for each in claim.events]
            assert texts
            assert texts == waiting[: len(texts)], "its events are the oldest that wait, in order"
            assert (claim.session or {"done": []})["done"] == model.done[customer]
            model.holder[customer] = (worker, claim.fence)
            model.void.discard(customer)
            self.claimed.append((worker, claim))

    @precondition(lambda self: self.claimed)
    @rule(data=st.data(), silent=st.booleans())
    def finishes(self, data: st.DataObject, silent: bool) -> None:
        worker, claim = data.draw(st.sampled_from(self.claimed))
        customer, model = claim.customer_id, self.model
        texts = [each.body["text"] for each in claim.events]

        def work(connection: Connection) -> bool:
            if claim.key not in claims.hold(connection, worker, [claim]):
                claims.release(connection, worker, [claim], tried=False)
                return False
            seq = claim.next_seq + (not silent)
            if not silent:
                outbox.add(connection, [message(customer, claim.next_seq, epoch=claim.epoch)], worker)
            body = {"done": [*model.done[customer], *texts]}
            sessions.save(connection, [(claim.key, body, "r")], NOW)
            after = AfterTurns(PAGE, customer, claim.answered_by, claim.epoch, seq, NOW)
            conversations.save_kept(connection, [after])
            inbox.finish(connection, [(each.id, "done", None) for each in claim.events], NOW)
            return True

        stands = model.holder.get(customer) == (worker, claim.fence)
        assert self.do(work) == (stands and customer not in model.void)
        if stands:
            if customer not in model.void:
                model.done[customer] += texts
            del model.holder[customer]
            model.void.discard(customer)

    @precondition(lambda self: self.claimed)
    @rule(data=st.data(), tried=st.booleans())
    def fails(self, data: st.DataObject, tried: bool) -> None:
        worker, claim = data.draw(st.sampled_from(self.claimed))
        self.do(lambda connection: claims.release(connection, worker, [claim], tried=tried))
        if self.model.holder.get(claim.customer_id) == (worker, claim.fence):
            del self.model.holder[claim.customer_id]
            self.model.void.discard(claim.customer_id)

    @rule(customer=some_customer)
    def staff_take_over(self, customer: str) -> None:
        self.do(lambda connection: conversations.take_over(connection, (PAGE, customer), NOW))
        if customer in self.model.holder:
            self.model.void.add(customer)

    # ---- sends ---------------------------------------------------------------------------------------------

    @rule(worker=some_worker, most=st.integers(1, 3))
    def takes_messages(self, worker: str, most: int) -> None:
        for each in self.do(lambda connection: outbox.claim_free(connection, worker, most, NOW)):
            assert not any(customer == each.customer_id for customer, _ in self.model.flying), "one under way at a time"
            assert not self.model.sent[each.customer_id] or each.seq > self.model.sent[each.customer_id][-1]
            self.model.flying[each.customer_id, each.seq] = worker
            self.flights.append((worker, each))

    @precondition(lambda self: self.flights)
    @rule(data=st.data(), status=st.sampled_from(("sent", "pending", "unknown")))
    def records(self, data: st.DataObject, status: Any) -> None:
        worker, sent = data.draw(st.sampled_from(self.flights))
        key, model = (sent.customer_id, sent.seq), self.model
        before = self.do(lambda connection: outbox.find_status(connection, sent))
        self.do(lambda connection: outbox.record(connection, worker, [Result(sent, status)], NOW))
        after = self.do(lambda connection: outbox.find_status(connection, sent))
        assert before == after or model.flying.get(key) == worker, "only whose message it is says what became of it"
        if before != after and after and after[0] == "sent":
            assert sent.seq not in model.sent[sent.customer_id], "sent twice"
            model.sent[sent.customer_id].append(sent.seq)
        if after is None or after[0] in ("sent", "pending"):
            model.flying.pop(key, None)

    # ---- ends of workers -----------------------------------------------------------------------------------

    @rule(dead=some_worker, by=some_worker)
    def is_buried(self, dead: str, by: str) -> None:
        if dead == by:
            return

        self.flights += [(by, each) for each in self.do(partial(bury, dead, by))]
        self._lets_go(dead)
        self.model.flying = {key: by if who == dead else who for key, who in self.model.flying.items()}

    @rule(worker=some_worker)
    def leaves(self, worker: str) -> None:
        def work(connection: Connection) -> None:
            workers.leave(connection, worker)
            workers.join(connection, worker, NOW)

        self.do(work)
        self._lets_go(worker)

    def _lets_go(self, worker: str) -> None:
        gone = [customer for customer, (who, _) in self.model.holder.items() if who == worker]
        for customer in gone:
            del self.model.holder[customer]
            self.model.void.discard(customer)

    # ---- what must hold ------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost_or_twice(self) -> None:
        rows, kept = self.do(_look)
        holders = self.do(_holders)
        for customer in CUSTOMERS:
            done = self.model.done[customer]
            of_customer = [status for who, status in rows if who == customer]
            came = self.model.came[customer]
            assert holders.get(customer) == self.model.holder.get(customer, (None,))[0], "it is in the hand that has it"
            assert of_customer == ["done"] * len(done) + ["new"] * (len(came) - len(done))
            assert done == came[: len(done)]
            assert kept.get(customer, {"done": []})["done"] == done

    def teardown(self) -> None:
        """Whatever happened, one worker that is left comes to the end of it."""
        try:
            self._drain()
        finally:
            super().teardown()

    def _drain(self) -> None:
        for each in WORKERS[1:]:
            self.is_buried(each, WORKERS[0])
        self.leaves(WORKERS[0])
        self.claimed.clear()
        for _ in range(sum(len(each) for each in self.model.came.values()) + 1):
            self.claims_some(WORKERS[0], 100)
            while self.claimed:
                _, claim = self.claimed.pop()
                texts = [each.body["text"] for each in claim.events]
                body = {"done": [*self.model.done[claim.customer_id], *texts]}
                self.do(lambda connection: _finish(connection, claim, body))  # noqa: B023
                self.model.done[claim.customer_id] += texts
                del self.model.holder[claim.customer_id]
        self.nothing_is_lost_or_twice()
        assert self.model.done == self.model.came


def _finish(connection: Connection, claim: Claim, body: Any) -> None:
    sessions.save(connection, [(claim.key, body, "r")], NOW)
    after = AfterTurns(PAGE, claim.customer_id, claim.answered_by, claim.epoch, claim.next_seq, NOW)
    conversations.save_kept(connection, [after])
    inbox.finish(connection, [(each.id, "done", None) for each in claim.events], NOW)


def _look(connection: Connection) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    asked = select(inbox_table.c.customer_id, inbox_table.c.status).order_by(inbox_table.c.id)
    kept = select(sessions_table.c.customer_id, sessions_table.c.body)
    return [tuple(row) for row in connection.execute(asked)], {row[0]: row[1] for row in connection.execute(kept)}


def _holders(connection: Connection) -> dict[str, str]:
    """Who has which customer in hand."""
    asked = select(conversations_table.c.customer_id, conversations_table.c.claimed_by)
    return {row[0]: row[1] for row in connection.execute(asked)}
