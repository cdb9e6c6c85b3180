"""Whom a send is for: a customer, a checkbox, a comment, a post, a consent. Finds threads, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from webhooks.simulator.graph import failures
from webhooks.simulator.graph.calls import Call
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.things import Comment, Consent
from webhooks.simulator.world import Thread

Way = Literal["id", "user_ref", "comment", "token"]
KEYS = ("id", "user_ref", "comment_id", "post_id", "notification_messages_token", "one_time_notif_token")


@dataclass(frozen=True, slots=True)
class Recipient:
    """A thread, and by which way the send comes into it."""

    thread: Thread
    way: Way = "id"
    comment: Comment | None = None
    consent: Consent | None = None


def find_recipient(sim: Simulator, page_id: str, call: Call) -> Recipient:
    """Raises GraphError when nobody is meant or known."""
    given = call.values.get("recipient")
    recipient: dict[str, Any] = given if isinstance(given, dict) else {}
    names = [name for name in KEYS if name in recipient]
    if len(names) != 1 or not isinstance(recipient[names[0]], str | int):
        raise failures.bad_parameter(f"Param recipient must hold one of {', '.join(KEYS)}.")
    value = str(recipient[names[0]])
    match names[0]:
        case "id":
            return Recipient(_find_thread(sim, (page_id, value)))
        case "user_ref":
            consent = _find_consent(sim.world.things.user_refs, page_id, value)
            return Recipient(_find_thread(sim, consent.key), "user_ref", consent=consent)
        case "comment_id" | "post_id":
            return _find_comment(sim, page_id, value)
        case _:
            consent = _find_consent(sim.world.things.tokens, page_id, value)
            return Recipient(_find_thread(sim, consent.key), "token", consent=consent)


def _find_thread(sim: Simulator, key: tuple[str, str]) -> Thread:
    thread = sim.world.find_thread(key)
    if thread is None:
        raise failures.unknown_customer()
    return thread


def _find_consent(shelf: Any, page_id: str, name: str) -> Consent:
    consent: Consent | None = shelf.get(name)
    if consent is None or consent.key[0] != page_id:
        raise failures.unknown_customer()
    return consent


def _find_comment(sim: Simulator, page_id: str, comment_id: str) -> Recipient:
    comment = sim.world.things.comments.get(comment_id)
    if comment is None or comment.page_id != page_id or comment.gone:
        raise failures.known(100, 2018292)
    return Recipient(sim.world.open_thread((page_id, comment.customer_id)), "comment", comment)
