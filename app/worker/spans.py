"""Turns and sends as parts of an event's way (app/tracing.py), and what logs call a message. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.channel import Failed, Outcome, Sent, Unsure
from app.log import customer_tag, trace_of
from app.store.outbox import OutMessage
from app.tracing import Span, tell
from app.worker.handled import Handled


def tell_turns(handled: Sequence[Handled], now: datetime) -> None:
    """Tell who listens of these turns, committed now."""
    for each in handled:
        traces = [trace_of(event.key) for event in each.claim.events]
        began_at = each.began_at or now
        says: dict[str, str | int] = {
            "page": each.claim.page_id,
            "customer": customer_tag("/".join(each.claim.key)),
            "events": len(traces),
            "queued": len(each.messages),
            "first_seq": each.claim.next_seq,
        }
        tell(Span("turn", traces[-1], began_at, (now - began_at).total_seconds(), says, tuple(traces[:-1])))


def tell_sends(left: Sequence[tuple[OutMessage, Outcome]], began_at: datetime, now: datetime) -> None:
    """Tell who listens what became of these, which left at `began_at`."""
    for message, outcome in left:
        says: dict[str, str | int] = {
            "page": message.page_id,
            "customer": customer_tag("/".join(message.key)),
            "seq": message.seq,
            "attempt": message.attempt,
            "outcome": outcome_word(outcome),
        }
        tell(Span("send", trace_of_message(message), began_at, (now - began_at).total_seconds(), says))


def trace_of_message(message: OutMessage) -> str:
    """That of the event which it answers; empty for what was written by an older program, for staff's, and for what cannot be read."""
    return str(message.body.get("trace", "")) if isinstance(message.body, dict) else ""


def outcome_word(outcome: Outcome) -> str:
    """What it is counted as."""
    match outcome:
        case Sent():
            return "sent"
        case Unsure():
            return "unknown"
        case Failed(retry=True):
            return "again"
        case Failed():
            return "failed"
