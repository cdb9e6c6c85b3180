"""What turns bring about that others want to know of: programs that listen, and staff who are to call back. Sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from app.engine import session as stored_session
from app.engine.flow import Flow
from app.engine.session import Session
from app.store import callbacks
from app.store.callbacks import NewCallback
from app.store.history import Said
from app.store.hooks import Happened
from app.worker.handled import Handled

WORDS = {
    "TextReceived": "text",
    "TapReceived": "tap",
    "AttachmentReceived": "attachment",
    "CommentReceived": "comment",
}
"""What customers say, by the name of its event."""
CONTACTS = ("phone", "email")
"""Kinds of slots by which somebody can be called back."""


def happened(handled: Sequence[Handled], now: datetime) -> list[Happened]:
    """What programs are told of these turns. Of a customer who had everything erased, nothing."""
    told: list[Happened] = []
    for each in handled:
        if each.erased_at:
            continue
        told += [_received(each, said) for said in each.said if said.who == "customer" and said.kind in WORDS]
        if each.session.answered_by == "waiting" and (each.handoff or each.came_back):
            told.append(Happened("conversation.waiting", each.claim.key, now, _why(each)))
    return told


def _received(handled: Handled, said: Said) -> Happened:
    data = {"id": said.mid or "", "kind": WORDS[said.kind], "answered_by": handled.session.answered_by}
    return Happened("message.received", handled.claim.key, said.happened_at, data)


def _why(handled: Handled) -> dict[str, str]:
    handoff = handled.handoff
    return {"team": handoff.team, "state": handoff.reason} if handoff else {"team": "", "state": ""}


def note_callback(handled: Handled) -> None:
    """Whoever wanted a team in vain and leaves a number or an address is to be called back. Once: the session forgets the wish."""
    stored = handled.claim.session or {}
    team = handled.session.missed or stored.get("missed", "")
    if not team or handled.erased_at or handled.flow is None:
        return
    if contacts := _contacts(handled.flow, stored_session.from_dict(stored), handled.session):
        handled.callback = NewCallback(team, contacts)
        handled.session = replace(handled.session, missed="")


def ask_for_callbacks(connection: Connection, handled: Sequence[Handled], now: datetime) -> None:
    """Put those who are to be called back onto the list."""
    for each in handled:
        if each.callback is not None:
            callbacks.ask(connection, each.claim.key, each.callback, now)


def _contacts(flow: Flow, before: Session, after: Session) -> dict[str, str]:
    """What was filled in just now; and what the bot knew already and therefore did not ask for in its way out of the closed team."""
    asked = _asked_instead(flow, after) if after.missed and after.missed != before.missed else frozenset()
    return {
        slot.kind: str(after.slots[name])
        for name, slot in flow.slots.items()
        if slot.kind in CONTACTS
        and name in after.slots
        and (after.slots[name] != before.slots.get(name) or name in asked)
    }


def _asked_instead(flow: Flow, session: Session) -> frozenset[str]:
    """The slots that are asked for where the ways lead that go round this team."""
    ways = {
        to
        for state in flow.states.values()
        if state.handoff and state.handoff.team == session.missed
        for to in (state.handoff.closed, *(each.goto for each in state.remind))
        if to in flow.states
    }
    return frozenset(question.save for name in ways for question in flow.states[name].ask)
