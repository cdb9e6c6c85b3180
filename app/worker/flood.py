"""Customers who write without end: told once, then only written down; and two machines that answer each other. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.engine import traffic
from app.engine.events import AttachmentReceived, Event, ReferralReceived, TapReceived, TextReceived
from app.engine.traffic import Traffic
from app.store.inbox import WaitingEvent

SAME_MAX = 10
"""The same text so many times in a row, each time answered: no person does that."""

_FROM_CUSTOMERS = (TextReceived, TapReceived, AttachmentReceived, ReferralReceived)

Happened = Sequence[tuple[Event, WaitingEvent]]


def count(heard: Traffic, happened: Happened, most: int | None) -> tuple[Traffic, list[bool], bool]:
    """(what was heard with these events counted, whether each of them may be answered, whether the customer is to be told now).

    `most`: events a minute; None for any number. Told is who goes beyond it, once a minute. What the customer did not do, the answer of
    a service or staff who hand back, is never too much.
    """
    answered, tells = [], False
    for event, waiting in happened:
        is_theirs = isinstance(event, _FROM_CUSTOMERS)
        if is_theirs:
            heard = traffic.after(heard, event, waiting.happened_at)
        answered.append(not is_theirs or most is None or heard.count <= most)
        tells = tells or (is_theirs and most is not None and heard.count == most + 1)
    return heard, answered, tells


def goes_in_circles(heard: Traffic) -> bool:
    """Whether the customer has said nothing but one text for long."""
    return heard.same >= SAME_MAX
