"""Until when what may be written: asked of the channel's own policy, so that there is no second opinion. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.channel import Refusal, Send
from app.engine.effects import Message
from app.store.keys import Key

AHEAD = timedelta(days=8)
"""How far ahead is looked: one day more than the longest window."""
EXACT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """`staff_until`: until when staff may answer, `bot_until`: until when anybody may; None where they may not now, or may for long.

    `refusal`: why staff may not answer now.
    """

    staff_until: datetime | None = None
    bot_until: datetime | None = None
    refusal: Refusal | None = None


def read_window(
    policy: Callable[[Send, datetime], Refusal | None],
    key: Key,
    last_customer_at: datetime | None,
    trouble: str,
    now: datetime,
) -> Window:
    """What the policy says of a text to this customer, now and for the days to come."""
    send = Send("", key[0], key[1], Message("…"), (), "staff", last_customer_at, trouble)

    def staff_may(moment: datetime) -> bool:
        return policy(send, moment) is None

    def bot_may(moment: datetime) -> bool:
        return policy(replace(send, written_by="bot"), moment) is None

    return Window(_end_of(staff_may, now), _end_of(bot_may, now), policy(send, now))


def _end_of(may: Callable[[datetime], bool], now: datetime) -> datetime | None:
    """The moment from which it may not be any more: between two that are known, halved until they are one."""
    if not may(now) or may(now + AHEAD):
        return None
    open_at, closed_at = now, now + AHEAD
    while closed_at - open_at > EXACT:
        middle = open_at + (closed_at - open_at) / 2
        open_at, closed_at = (middle, closed_at) if may(middle) else (open_at, middle)
    return closed_at
