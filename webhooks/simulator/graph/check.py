"""Whether Meta would take a message: its form and its limits. Pure; knows no thread and no window."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from webhooks.simulator.graph.buttons import check_quick_replies
from webhooks.simulator.graph.failures import bad_parameter, known
from webhooks.simulator.graph.fields import check_list, check_media, check_object, check_text
from webhooks.simulator.graph.templates import check_template
from webhooks.simulator.limits import IMAGES_MAX, METADATA_CHARS_MAX, TEXT_CHARS_MAX

CONTENTS = ("text", "attachment", "attachments", "template", "sticker_id")
NOTIFICATIONS = ("REGULAR", "SILENT_PUSH", "NO_PUSH")


def check_message(given: Any, attachments: Container[str]) -> dict[str, Any]:
    """The message if Meta takes it, else GraphError. `attachments`: the ids of uploads that can be used."""
    message = check_object(given, "message")
    _check_contents(message, attachments)
    if message.get("metadata") is not None:
        check_text(message["metadata"], "message[metadata]", METADATA_CHARS_MAX)
    if message.get("quick_replies") is not None:
        check_quick_replies(message["quick_replies"])
    return message


def _check_contents(message: dict[str, Any], attachments: Container[str]) -> None:
    contents = [name for name in CONTENTS if message.get(name)]
    if not contents:
        raise known(100, 2018034)
    if len(contents) > 1:
        raise bad_parameter("The message has more than one of text, attachment and template.")
    match contents[0]:
        case "text":
            check_text(message["text"], "message[text]", TEXT_CHARS_MAX)
        case "attachment":
            _check_attachment(message["attachment"], attachments)
        case "attachments":
            _check_attachments(message["attachments"], attachments)
        case "sticker_id":
            _check_sticker(message["sticker_id"])
        case _:
            if message.get("quick_replies") is not None:
                raise bad_parameter("A utility message has no quick replies.")


def template_type(message: dict[str, Any]) -> str:
    """The kind of template in the message; empty without one."""
    attachment = message.get("attachment") or {}
    payload = attachment.get("payload") if attachment.get("type") == "template" else None
    return str(payload.get("template_type") or "") if isinstance(payload, dict) else ""


def _check_attachment(attachment: Any, attachments: Container[str]) -> None:
    attachment = check_object(attachment, "message[attachment]")
    kind, payload = attachment.get("type"), attachment.get("payload")
    if kind == "template":
        check_template(payload, attachments)
    elif kind == "sticker":
        _check_sticker(check_object(payload, "attachment[payload]").get("sticker_id"))
    else:
        check_media(kind, payload, attachments)


def _check_sticker(sticker_id: Any) -> None:
    if not str(sticker_id or "").isdecimal():
        raise bad_parameter("A sticker has an id of digits.")


def _check_attachments(listed: Any, attachments: Container[str]) -> None:
    for each in check_list(listed, "message[attachments]", 1, IMAGES_MAX):
        if each.get("type") != "image":
            raise known(100, 2018047)
        check_media("image", each.get("payload"), attachments)
