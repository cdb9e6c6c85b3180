"""Meta's messaging window: whether a message may go now. Pure; one rule for bot and staff alike.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.channel import Refusal, Send
from webhooks.messenger.limits import WINDOW_MARGIN_SECONDS, WINDOW_SECONDS

WINDOW_OPEN = timedelta(seconds=WINDOW_SECONDS - WINDOW_MARGIN_SECONDS)

_NEVER = Refusal(
    "window_closed", "This person has not written to the Page yet, so Messenger does not let the Page write."
)
_OVER = Refusal(
    "window_closed",
    "More than 24 hours have passed since this person last wrote, so Messenger does not let the Page write.",
)


def may_send(send: Send, now: datetime) -> Refusal | None:
    """None inside the 24 hours after the customer's last move (less a margin), else why not."""
    if send.last_customer_at is None:
        return _NEVER
    return None if now - send.last_customer_at < WINDOW_OPEN else _OVER
