"""What a customer agrees to, fills in, uncovers, links. None of it opens the window."""

from __future__ import annotations

from typing import Any

from app.errors import ConflictError
from webhooks.simulator.control.deeds import Deed
from webhooks.simulator.control.orders import BadOrderError
from webhooks.simulator.graph.feedback import SCORES
from webhooks.simulator.items import Webhook
from webhooks.simulator.limits import WINDOW_MS
from webhooks.simulator.things import Consent, keep
from webhooks.simulator.world import Entry

CONSENT_MS = 180 * WINDOW_MS
"""O: how long a token for notifications lasts."""


def opt_in(deed: Deed) -> dict[str, Any]:
    """By a checkbox (`user_ref`: Meta names no sender), by a plugin, or for notifications, which gives a token."""
    given = dict(deed.order.optin or {})
    consent = Consent(deed.thread.key, deed.at_ms())
    things = deed.sim.world.things
    if "user_ref" in given:
        keep(things.user_refs, str(given["user_ref"]), consent)
        item = {"recipient": {"id": deed.thread.page_id}, "timestamp": consent.at_ms, "optin": given}
        deed.sim.queue(Webhook(*deed.thread.key, "messaging_optins", item, consent.at_ms))
        return {}
    match given.get("type"):
        case "notification_messages":
            given = _with_token(deed, given, consent)
        case "one_time_notif_req":
            keep(things.tokens, str(given.setdefault("one_time_notif_token", deed.sim.chance.new_id())), consent)
    deed.post("messaging_optins", {"optin": given}, opens=False)
    return {"optin": given}


def _with_token(deed: Deed, given: dict[str, Any], consent: Consent) -> dict[str, Any]:
    """A new token, or what becomes of an old one."""
    status = str(given.get("notification_messages_status", "")).replace("_", " ")
    token = str(given.get("notification_messages_token") or deed.sim.chance.new_id())
    kept = deed.sim.world.things.tokens.get(token)
    if kept is None:
        keep(deed.sim.world.things.tokens, token, consent)
        kept = consent
    kept.stopped = status == "STOP NOTIFICATIONS"
    if status:
        return {**given, "notification_messages_token": token}
    new = {"token_expiry_timestamp": consent.at_ms + CONSENT_MS, "user_token_status": "NOT_REFRESHED"}
    return {"notification_messages_timezone": "UTC", **new, **given, "notification_messages_token": token}


def fill_in(deed: Deed) -> dict[str, Any]:
    """The answer to a feedback form, while it is open; only once."""
    given = deed.order.feedback
    if given is None:
        raise BadOrderError("Say which score.")
    entry, form = deed.find_form(given.mid, "customer_feedback")
    question = form["feedback_screens"][0]["questions"][0]
    _check_open(deed, entry, int(form.get("expires_in_days", 1)))
    scores = SCORES[question["type"]]
    if given.score not in scores:
        raise BadOrderError(f"The score is from {scores[0]} to {scores[-1]}.")
    answer: dict[str, Any] = {"type": question["type"], "payload": str(given.score)}
    if given.text:
        answer["follow_up"] = {"type": "free_form", "payload": given.text}
    entry.answer = str(given.score)
    screens = [{"screen_id": 0, "questions": {question["id"]: answer}}]
    deed.post("messaging_feedback", {"messaging_feedback": {"feedback_screens": screens}}, opens=False)
    return {"mid": entry.mid}


def _check_open(deed: Deed, entry: Entry, days: int) -> None:
    if entry.answer:
        raise ConflictError("This form was filled in already.")
    if deed.sim.meta_clock.now_ms() - entry.at_ms > days * WINDOW_MS:
        raise ConflictError("This form is over.", f"It was open for {days} days.")


def rate(deed: Deed) -> dict[str, Any]:
    """A thumb under a message."""
    given = deed.order.rating
    if given is None:
        raise BadOrderError("Say whether it was good.")
    entry = deed.find_entry(given.mid, "bot")
    values = {"feedback": "Good response" if given.good else "Bad response", "mid": entry.mid}
    deed.post("response_feedback", {"response_feedback": values}, opens=False)
    return {"mid": entry.mid}


def uncover(deed: Deed) -> dict[str, Any]:
    """The customer looks at the code of a coupon."""
    entry, coupon = deed.find_form(deed.order.coupon if isinstance(deed.order.coupon, str) else None, "coupon")
    entry.answer = "uncovered"
    values = {"type": "coupon", "payload": coupon.get("payload", ""), "coupon_code": coupon.get("coupon_code", "")}
    deed.post("messaging_postbacks", {"template": values}, opens=False)
    return {"mid": entry.mid}


def link_account(deed: Deed) -> dict[str, Any]:
    """`status` linked, with the code of the shop's own login, or unlinked."""
    given = deed.order.account_linking or {}
    if given.get("status") not in ("linked", "unlinked"):
        raise BadOrderError("The status is linked or unlinked.")
    deed.post("messaging_account_linking", {"account_linking": given}, opens=False)
    return {}


def unlink(deed: Deed) -> dict[str, Any]:
    """A tap on the button that logs out."""
    deed.post("messaging_account_linking", {"account_linking": {"status": "unlinked"}}, opens=False)
    return {}
