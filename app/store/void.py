"""What lost its right to leave: the bot's words after staff took over, everything after an erasure. It is cancelled; where an earlier
attempt may have arrived, nobody says that it did not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, exists, text, update

from app.store import bulk
from app.store.keys import Key
from app.store.tables import ERASED, conversations, outbox

_o, _c = outbox.c, conversations.c

OF_CONVERSATION = (_c.page_id == _o.page_id) & (_c.customer_id == _o.customer_id)
VOID: ColumnElement[bool] = (_o.epoch == ERASED) | (
    (_o.written_by == "bot") & ((_c.answered_by == "staff") | (_c.epoch != _o.epoch))
)
BODY_UNLESS_ERASED = text(f"CASE WHEN outbox.epoch = {ERASED} THEN '{{}}' ELSE outbox.body END")
"""What comes to its end behind its customer's erasure keeps no words."""


def unsent(code: str, reason: str) -> dict[str, Any]:
    """The end of a message that waits and will not leave, or not once more, as values of an update."""
    may_have_arrived = _o.unsure > 0
    return {
        "status": case((may_have_arrived, "failed"), else_="cancelled"),
        "reason_code": case((may_have_arrived, "unknown"), else_=code),
        "reason": case((may_have_arrived, f"An earlier attempt may have arrived. {reason}"), else_=reason),
    }


_cancel = (
    update(outbox)
    .where(
        _o.page_id == bindparam("of_page"),
        _o.customer_id == bindparam("of_customer"),
        _o.status == "pending",
        exists().where(OF_CONVERSATION, VOID),
    )
    .values(
        **unsent("staff", "Staff took the conversation before this was sent."),
        settled_at=bindparam("at"),
        body=BODY_UNLESS_ERASED,
    )
)


def cancel(connection: Connection, customers: Sequence[Key], now: datetime) -> None:
    """Cancel what the bot still had to say to customers whom staff took over meanwhile."""
    if customers:
        bulk.run(connection, _cancel, [{"of_page": page, "of_customer": each, "at": now} for page, each in customers])
