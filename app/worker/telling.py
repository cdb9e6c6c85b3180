"""What the end of a send tells of its customer's conversation: somebody else has it, or the customer wants no messages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from app.store import conversations, inbox
from app.store.inbox import NewEvent
from app.store.outbox import Result

ELSEWHERE = "thread_elsewhere"
"""`Failed.code` of a message to a customer whom another app or a person has."""
STOPPED = "person_opted_out"
"""`Failed.code` of a message to a customer who stopped the Page's messages."""


def tell(connection: Connection, results: Sequence[Result], now: datetime) -> None:
    """Write it down with the results; their conversations are locked."""
    for result in results:
        if result.status == "failed" and result.reason_code == STOPPED:
            conversations.stop(connection, result.message.key, result.message.last_customer_at or now)
    inbox.add(connection, [_taken_over(each, now) for each in results if _is_elsewhere(each)])


def _is_elsewhere(result: Result) -> bool:
    """Whether somebody else has the conversation: the channel says so, or the bot itself gave it to the channel's inbox."""
    return result.reason_code == ELSEWHERE or (result.status == "sent" and bool(result.message.body.get("hands_over")))


def _taken_over(result: Result, now: datetime) -> NewEvent:
    """The same as a fact for the next turn: the bot falls silent, and speaks again in time."""
    message = result.message
    identity = f"elsewhere/{message.page_id}/{message.customer_id}/{message.seq}/{message.attempt}"
    key = hashlib.blake2b(identity.encode(), digest_size=16).digest()
    body = {"app_id": "", "how": "refused" if result.reason_code == ELSEWHERE else "passed"}
    return NewEvent(message.page_id, message.customer_id, key, "fact:person_took_over", body, now, now)
