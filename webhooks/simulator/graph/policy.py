"""When Meta lets a Page write: kinds and tags of messages, the window, the owner of the thread, what the customer wants."""

from __future__ import annotations

from typing import Any

from webhooks.simulator.graph import failures
from webhooks.simulator.graph.calls import Call
from webhooks.simulator.graph.check import NOTIFICATIONS, template_type
from webhooks.simulator.graph.recipients import Recipient
from webhooks.simulator.limits import PRIVATE_REPLY_MS_MAX, TAG_WINDOW_MS, WINDOW_MS
from webhooks.simulator.simulator import Simulator

TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY")
TAGS = ("HUMAN_AGENT", "CUSTOMER_FEEDBACK")
REMOVED_TAGS = ("CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE")
REFUSALS = {
    "blocked": (551, 1545041),
    "left": (200, 1545041),
    "stopped": (10, 1893015),
    "cannot_receive": (10, 2018108),
    "region": (10, 2018336),
    "not_approved": (200, 2018028),
}
"""Why nothing reaches a customer, and how Meta says so."""


def check_kind(call: Call) -> None:
    """`messaging_type`, `tag` and `notification_type`. Meta's own samples leave the type out: then it is a RESPONSE."""
    kind, tag = call.values.get("messaging_type", "RESPONSE"), call.values.get("tag")
    if tag in REMOVED_TAGS:
        raise failures.removed_tag()
    if kind not in TYPES:
        raise failures.bad_parameter(f"Param messaging_type must be one of {', '.join(TYPES)}.")
    if (kind == "MESSAGE_TAG") != (tag is not None) or tag not in (None, *TAGS):
        raise failures.bad_parameter(f"MESSAGE_TAG goes with one of the tags {', '.join(TAGS)}, and a tag with it.")
    if call.values.get("notification_type", "REGULAR") not in NOTIFICATIONS:
        raise failures.bad_parameter(f"Param notification_type must be one of {', '.join(NOTIFICATIONS)}.")


def check_fitting(call: Call, message: dict[str, Any]) -> None:
    """Some kinds of message hold one thing only."""
    if (call.values.get("messaging_type") == "UTILITY") != ("template" in message):
        raise failures.bad_parameter("A utility message is of the type UTILITY and holds a template.")
    if call.values.get("tag") == "CUSTOMER_FEEDBACK" and template_type(message) != "customer_feedback":
        raise failures.bad_parameter("The tag CUSTOMER_FEEDBACK is for a customer_feedback template only.")


def check_reachable(sim: Simulator, recipient: Recipient, call: Call) -> None:
    """Whether Meta takes anything for this customer now."""
    thread, now_ms = recipient.thread, sim.meta_clock.now_ms()
    if sim.world.things.policy.get(thread.page_id) == "block":
        raise failures.known(10, 1404170)
    if thread.refuses:
        raise failures.known(*REFUSALS[thread.refuses])
    match recipient.way:
        case "comment":
            _check_comment(recipient, now_ms)
        case "user_ref" | "token":
            _check_consent(recipient, now_ms)
        case _:
            _check_window(recipient, call, now_ms)
    if thread.owner(now_ms) not in ("", sim.settings.app_id):
        raise failures.foreign_thread()


def _check_window(recipient: Recipient, call: Call, now_ms: int) -> None:
    if call.values.get("messaging_type") == "UTILITY":
        return
    reach_ms = TAG_WINDOW_MS if call.values.get("tag") in TAGS else WINDOW_MS
    moved_at_ms = recipient.thread.customer_at_ms
    if moved_at_ms is None or now_ms - moved_at_ms > reach_ms:
        raise failures.closed_window()


def _check_comment(recipient: Recipient, now_ms: int) -> None:
    """One private reply, within seven days, to a person."""
    comment = recipient.comment
    if comment is None or comment.replied or comment.by_page:
        raise failures.known(100, 2018292)
    if now_ms - comment.at_ms > PRIVATE_REPLY_MS_MAX:
        raise failures.closed_window()


def _check_consent(recipient: Recipient, now_ms: int) -> None:
    """A checkbox opens the window; a consent for notifications needs none."""
    consent = recipient.consent
    if consent is None or consent.stopped:
        raise failures.known(10, 1893015)
    if recipient.way == "user_ref" and now_ms - consent.at_ms > WINDOW_MS:
        raise failures.closed_window()
