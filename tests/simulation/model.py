"""What must come of the events that were handled, worked out by the engine alone: no store, no worker, no time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.engine import events
from app.engine.burst import take_burst
from app.engine.effects import HandOff, SendMessage
from app.engine.events import AttachmentReceived, StaffHandedBack, TextReceived
from app.engine.flow import Flow
from app.engine.session import Session
from app.engine.turn import take_turn
from app.engine.words import sentence
from app.store.keys import Key
from tests.simulation.flow import BEGIN


@dataclass(slots=True)
class Expected:
    """One customer as it should be. `replies` are all texts the bot wrote, in order; `switched_at`: up to when it was told who has
    the conversation, as the database writes moments."""

    session: Session = field(default_factory=Session)
    epoch: int = 0
    replies: list[str] = field(default_factory=list)
    switched_at: str = ""

    def place(self) -> tuple[Any, ...]:
        """What must be the same in the stored session; moments are left out."""
        return place_of(self.session)


def place_of(session: Session) -> tuple[Any, ...]:
    return session.state, session.asking, dict(session.slots), session.failures, session.back


@dataclass(slots=True)
class Model:
    """The same events through the same flows, one after the other."""

    flows: Mapping[str, Flow]
    customers: dict[Key, Expected] = field(default_factory=dict)

    def of(self, key: Key) -> Expected:
        return self.customers.setdefault(key, Expected())

    def handle(self, key: Key, happened: Sequence[tuple[str, Mapping[str, Any]]], at: str, revision: str) -> list[str]:
        """The event of that moment was handled by this flow, or several that were written one after the other: the texts that must be
        queued now."""
        flow = self.flows[revision]
        customer = self.of(key)
        kind, _ = happened[0]
        if kind.startswith("fact:"):
            if kind == "fact:person_replied" and at >= customer.switched_at:
                customer.switched_at = at
                self._person_came(customer)
            return []
        read = [events.from_dict(kind, dict(body)) for kind, body in happened]
        if isinstance(read[0], StaffHandedBack):
            if read[0].epoch is not None and read[0].epoch != customer.epoch:
                return []  # a colleague has the conversation by now
            customer.epoch += 1
            customer.switched_at = max(at, customer.switched_at)
        written = [each for each in read if isinstance(each, TextReceived | AttachmentReceived)]
        before = customer.session
        turn = take_burst(flow, before, written, BEGIN) if written else take_turn(flow, before, read[0], BEGIN)
        customer.session = turn.session
        texts = [each.message.text for each in turn.effects if isinstance(each, SendMessage)]
        assert not any(isinstance(each, HandOff) for each in turn.effects)
        customer.replies += texts
        return texts

    def set_aside(self, key: Key) -> list[str]:
        """The event was given up: the customer is told and waits for a person."""
        customer = self.of(key)
        if customer.session.answered_by != "bot":
            return []
        customer.session = replace(customer.session, answered_by="waiting")
        texts = [sentence("en", "sorry")]
        customer.replies += texts
        return texts

    def take_over(self, key: Key) -> None:
        """Staff took the conversation at the desk."""
        customer = self.of(key)
        customer.session = replace(customer.session, answered_by="staff")
        customer.epoch += 1

    def _person_came(self, customer: Expected) -> None:
        if customer.session.answered_by != "staff":
            customer.epoch += 1
        customer.session = replace(customer.session, answered_by="staff", timers=())
