"""Whether Meta would take a message: its form and its limits. Pure; knows no thread and no window."""

from __future__ import annotations

from typing import Any

from webhooks.simulator.graph.failures import bad_parameter
from webhooks.simulator.graph.fields import check_list, check_media, check_text, is_web_address
from webhooks.simulator.graph.templates import check_template
from webhooks.simulator.limits import (
    IMAGES_MAX,
    METADATA_CHARS_MAX,
    PAYLOAD_CHARS_MAX,
    QUICK_REPLIES_MAX,
    TEXT_CHARS_MAX,
    TITLE_CHARS_MAX,
)

QUICK_REPLY_TYPES = ("text", "user_phone_number", "user_email")


def check_message(message: Any, attachments: Any) -> dict[str, Any]:
    """The message if Meta takes it, else GraphError. `attachments`: the uploaded ones by id."""
    if not isinstance(message, dict):
        raise bad_parameter("The message must be an object.")
    contents = [name for name in ("text", "attachment", "attachments", "template") if message.get(name)]
    if not contents:
        raise bad_parameter("The message cannot be empty, must provide valid attachment or text.", 2018034)
    if len(contents) > 1:
        raise bad_parameter("The message has more than one of text, attachment and template.")
    if "text" in contents:
        check_text(message["text"], "message[text]", TEXT_CHARS_MAX)
    if "attachment" in contents:
        _check_attachment(message["attachment"], attachments)
    if "attachments" in contents:
        _check_attachments(message["attachments"], attachments)
    if message.get("metadata") is not None:
        check_text(message["metadata"], "message[metadata]", METADATA_CHARS_MAX)
    if message.get("quick_replies") is not None:
        _check_quick_replies(message["quick_replies"])
    return message


def _check_attachment(attachment: Any, attachments: Any) -> None:
    if not isinstance(attachment, dict):
        raise bad_parameter("The attachment must be an object.")
    kind, payload = attachment.get("type"), attachment.get("payload")
    if kind == "template":
        check_template(payload, attachments)
    elif kind == "sticker":
        if not isinstance(payload, dict) or not payload.get("sticker_id"):
            raise bad_parameter("The sticker has no id.")
    else:
        check_media(kind, payload, attachments)


def _check_attachments(listed: Any, attachments: Any) -> None:
    for each in check_list(listed, "message[attachments]", 1, IMAGES_MAX):
        if each.get("type") != "image":
            raise bad_parameter("Several attachments must all be images.", 2018047)
        check_media("image", each.get("payload"), attachments)


def _check_quick_replies(replies: Any) -> None:
    for reply in check_list(replies, "message[quick_replies]", 1, QUICK_REPLIES_MAX):
        kind = reply.get("content_type")
        if kind not in QUICK_REPLY_TYPES:
            raise bad_parameter("Param content_type must be text, user_phone_number or user_email.")
        if kind == "text":
            check_text(reply.get("title"), "quick_replies[title]", TITLE_CHARS_MAX)
            check_text(reply.get("payload"), "quick_replies[payload]", PAYLOAD_CHARS_MAX)
        if reply.get("image_url") and not is_web_address(reply["image_url"]):
            raise bad_parameter("Failed to fetch the file from the url.", 2018008)
