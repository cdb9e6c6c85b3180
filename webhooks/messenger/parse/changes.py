"""The `changes` of an entry that are no messaging events: comments and template reviews; the rest is ignored. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.channel import Fact, Ignored, Item, customer_of_comment
from app.engine.events import CommentReceived
from webhooks.messenger.limits import TITLE_CHARS_IN_MAX
from webhooks.messenger.parse.fields import Place, to_dict, to_id, to_text
from webhooks.messenger.parse.messages import read_unsent
from webhooks.messenger.payload import dump

_OF_NO_USE = (
    "mention", "inbox_labels", "calls", "call_permission_reply", "call_settings_update", "message_context", "send_cart",
    "messaging_direct_sends", "messaging_appointments", "messaging_integrity", "business_integrity",
    "messaging_in_thread_lead_form_submit", "marketing_message_delivery_failed", "marketing_message_deliveries",
    "marketing_message_reads", "marketing_message_clicks", "marketing_message_echoes",
)  # fmt: skip
"""Fields that exist and that we do nothing with."""


def read_change(place: Place, name: str, value: Mapping[str, Any]) -> list[Item]:
    """The items of one change, nearly always one; `name` is its field."""
    if name == "feed":
        return _read_feed(place, value)
    return [_read_other(place, name, value)]


def _read_other(place: Place, name: str, value: Mapping[str, Any]) -> Item:
    if name == "message_template_status_update":
        return _read_template_status(place, value)
    if name in _OF_NO_USE:
        return Ignored(f"the field {name}")
    return place.unreadable("a change of an unknown field")


def _read_feed(place: Place, value: Mapping[str, Any]) -> list[Item]:
    """A new comment on a post of the Page, or one that is gone; not the Page's own comments, or the bot would answer itself."""
    verb = value.get("verb")
    if value.get("item") != "comment" or verb not in ("add", "remove"):
        return [Ignored("feed: no new comment")]
    author = to_dict(value.get("from"))
    author_id = to_id(author.get("id")) or to_id(value.get("sender_id"))
    if author_id == place.page_id:
        return [Ignored("feed: the Page's own comment")]
    comment_id = to_id(value.get("comment_id"))
    if not comment_id:
        return [place.unreadable("a comment without an id")]
    writer = replace(place, customer_id=customer_of_comment(comment_id))
    if verb == "remove":
        return read_unsent(writer, "comment", comment_id)
    event = CommentReceived(to_text(value.get("message")), comment_id, to_id(value.get("post_id")), author_id)
    return [writer.received(writer.key("comment", comment_id), event, opens_window=True)]


def _read_template_status(place: Place, value: Mapping[str, Any]) -> Item:
    values = {
        "name": to_text(value.get("message_template_name"), TITLE_CHARS_IN_MAX),
        "event": to_text(value.get("event"), TITLE_CHARS_IN_MAX),
        "language": to_text(value.get("message_template_language"), TITLE_CHARS_IN_MAX),
        "reason": to_text(value.get("reason")),
    }
    return place.received(place.key("template_status", place.stamp, dump(value)), Fact("template_status", values))
