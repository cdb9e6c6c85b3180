"""Every kind of a thread besides messages and taps: receipts, reactions, edits, opt-ins, thread control, feedback. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.channel import Fact, Ignored, Item, Receipt
from app.engine.events import StaffHandedBack
from webhooks.messenger.limits import TITLE_CHARS_IN_MAX
from webhooks.messenger.parse.fields import Place, to_dict, to_id, to_list, to_mid, to_moment, to_text
from webhooks.messenger.payload import dump

_WRITTEN_OUT = re.compile(r"\\u\{([0-9A-Fa-f]{1,6})\}")
_CODE_POINT_MAX = 0x10FFFF
_OPT_IN_FIELDS = (
    "type", "payload", "ref", "title", "notification_messages_token", "token_expiry_timestamp", "user_token_status",
    "notification_messages_status", "notification_messages_timezone", "notification_messages_frequency", "one_time_notif_token",
)  # fmt: skip


def read_receipt(place: Place, receipt: Mapping[str, Any], is_read: bool) -> Item:
    """Delivered or read, up to a watermark."""
    until = to_moment(receipt.get("watermark"))
    if until is None or not place.customer_id:
        return Ignored("a receipt without a watermark or a customer")
    return Receipt(place.page_id, place.customer_id, "read" if is_read else "delivered", until)


def read_reaction(place: Place, reaction: Mapping[str, Any]) -> Item:
    """A reaction to a message of either side; giving one opens the window, taking it back does not."""
    mid, action = to_mid(reaction.get("mid")), to_text(reaction.get("action"), TITLE_CHARS_IN_MAX)
    emoji = _read_emoji(to_text(reaction.get("emoji"), TITLE_CHARS_IN_MAX))
    values = {
        "mid": mid, "action": action, "emoji": emoji, "reaction": to_text(reaction.get("reaction"), TITLE_CHARS_IN_MAX)
    }  # fmt: skip
    key = place.key("reaction", place.customer_id, mid, action, emoji, place.stamp)
    return place.received(key, Fact("reaction", values), opens_window=bool(place.customer_id) and action == "react")


def read_edit(place: Place, edit: Mapping[str, Any]) -> Item:
    """A message the customer changed; no turn is taken again."""
    mid, number = to_mid(edit.get("mid")), to_text(edit.get("num_edit"), TITLE_CHARS_IN_MAX)
    if not mid:
        return place.unreadable("an edit without the message's id")
    values = {"mid": mid, "text": to_text(edit.get("text")), "num_edit": number}
    return place.received(place.key("edited", mid, number), Fact("edited", values))


def read_opt_in(place: Place, opt_in: Mapping[str, Any]) -> Item:
    """A consent: by plugin, or for notifications. By plugin there may be no customer yet, only a `user_ref`."""
    values = {name: to_text(opt_in[name]) for name in _OPT_IN_FIELDS if name in opt_in}
    if "notification_messages_status" in values:
        values["notification_messages_status"] = values["notification_messages_status"].replace("_", " ")
    user_ref = to_text(opt_in.get("user_ref")) or to_text(to_dict(place.item.get("sender")).get("user_ref"))
    if user_ref:
        values["user_ref"] = user_ref
    return _received_as_it_is(place, Fact("opted_in", values))


def read_feedback(place: Place, screens: Any) -> Item:
    """Answers to a form of ours: one entry per question, its follow-up beside it."""
    answers: list[dict[str, str]] = []
    for screen in to_list(screens):
        for question_id, question in to_dict(to_dict(screen).get("questions")).items():
            answer, follow_up = to_dict(question), to_dict(to_dict(question).get("follow_up"))
            answers.append(
                {
                    "question": to_text(question_id, TITLE_CHARS_IN_MAX),
                    "type": to_text(answer.get("type"), TITLE_CHARS_IN_MAX),
                    "answer": to_text(answer.get("payload")),
                    "follow_up": to_text(follow_up.get("payload")),
                }
            )
    return _received_as_it_is(place, Fact("feedback", {"answers": answers}))


def read_thumb(place: Place, feedback: Mapping[str, Any]) -> Item:
    """A thumb under one of the bot's messages."""
    values = {"feedback": to_text(feedback.get("feedback"), TITLE_CHARS_IN_MAX), "mid": to_mid(feedback.get("mid"))}
    return _received_as_it_is(place, Fact("feedback", values))


def read_account_linking(place: Place, linking: Mapping[str, Any]) -> Item:
    """Linked or unlinked. The authorization code is a secret and is not kept."""
    values = {"status": to_text(linking.get("status"), TITLE_CHARS_IN_MAX)}
    return _received_as_it_is(place, Fact("account_linked", values))


def read_policy(place: Place, policy: Mapping[str, Any]) -> Item:
    """A warning, a block or its end: about the Page, for the operator."""
    values = {"action": to_text(policy.get("action"), TITLE_CHARS_IN_MAX), "reason": to_text(policy.get("reason"))}
    return _received_as_it_is(place, Fact("policy", values))


def read_coupon(place: Place, template: Mapping[str, Any]) -> Item:
    """A coupon that the customer uncovered; other templates are not known to come alone."""
    if template.get("type") != "coupon":
        return place.unreadable("a template of an unknown type")
    values = {
        "kind": "coupon",
        "payload": to_text(template.get("payload")),
        "code": to_text(template.get("coupon_code")),
    }
    return _received_as_it_is(place, Fact("other", values))


# ---- thread control -----------------------------------------------------------------------------------------


def read_pass(place: Place, control: Mapping[str, Any]) -> Item:
    """The thread was passed: to us (staff in Meta's inbox hand back), to somebody else, or to nobody (it was released)."""
    new, previous = to_id(control.get("new_owner_app_id")), to_id(control.get("previous_owner_app_id"))
    if not new and previous == place.app_id:
        return _thread_control(place, "released", previous)
    if not place.customer_id:
        return place.unreadable("thread control without a customer")
    if not new or new == place.app_id:
        return place.received(_control_key(place), StaffHandedBack())
    return place.received(_control_key(place), Fact("person_took_over", {"app_id": new, "how": "passed"}))


def read_take(place: Place, control: Mapping[str, Any]) -> Item:
    """The thread was taken: by us, or by another app or a person."""
    new = to_id(control.get("new_owner_app_id"))
    if new == place.app_id:
        return _thread_control(place, "taken", new)
    if not place.customer_id:
        return place.unreadable("thread control without a customer")
    return place.received(_control_key(place), Fact("person_took_over", {"app_id": new, "how": "taken"}))


def read_request(place: Place, control: Mapping[str, Any]) -> Item:
    """Another app would like to have the thread."""
    return _thread_control(place, "requested", to_id(control.get("requested_owner_app_id")))


def read_roles(place: Place, roles: Mapping[str, Any]) -> Item:
    """The roles of the old protocol changed; about the Page."""
    named = {
        to_id(app_id): [to_text(each, TITLE_CHARS_IN_MAX) for each in to_list(given)] for app_id, given in roles.items()
    }
    return place.received(_control_key(place), Fact("thread_control", {"what": "roles", "roles": named}))


def _thread_control(place: Place, what: str, app_id: str) -> Item:
    return place.received(_control_key(place), Fact("thread_control", {"what": what, "app_id": app_id}))


def _control_key(place: Place) -> bytes:
    return place.key("thread_control", place.customer_id, place.stamp, dump(place.item))


def _received_as_it_is(place: Place, fact: Fact) -> Item:
    """Kinds without an id of their own: the whole item tells one from another."""
    return place.received(place.key(fact.kind, place.customer_id, place.stamp, dump(place.item)), fact)


def _read_emoji(text: str) -> str:
    r"""The emoji; Meta also writes it out, as `\u{2764}`."""

    def to_character(match: re.Match[str]) -> str:
        code_point = int(match[1], 16)
        return chr(code_point) if code_point <= _CODE_POINT_MAX and not 0xD800 <= code_point <= 0xDFFF else ""

    return _WRITTEN_OUT.sub(to_character, text).replace("\0", "")
