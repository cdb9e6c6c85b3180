"""Whether single fields of a call are what Meta takes: texts, lists, media. Pure."""

from __future__ import annotations

from typing import Any

from webhooks.simulator.graph.failures import bad_parameter

MEDIA_TYPES = ("image", "audio", "video", "file")


def check_text(value: Any, name: str, chars_max: int, *, required: bool = True) -> None:
    """A text that is not too long; with `required` not empty either."""
    if value is None and not required:
        return
    if not isinstance(value, str) or (required and not value):
        raise bad_parameter(f"Param {name} must be a string.")
    if len(value) > chars_max:
        raise bad_parameter(f"Length of param {name} must be less than or equal to {chars_max}.")


def check_list(value: Any, name: str, least: int, most: int) -> list[Any]:
    """A list of so many objects."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise bad_parameter(f"Param {name} must be a list of objects.")
    if not least <= len(value) <= most:
        raise bad_parameter(f"Param {name} must have {least} to {most} elements.")
    return value


def check_media(media_type: Any, payload: Any, attachments: Any) -> None:
    """A picture, sound, film or file: by a web address or an id that was given for an upload."""
    if media_type not in MEDIA_TYPES:
        raise bad_parameter("This attachment type is not supported.", 2018047)
    if not isinstance(payload, dict):
        raise bad_parameter("The attachment has no payload.")
    attachment_id = payload.get("attachment_id")
    if attachment_id is not None:
        if str(attachment_id) not in attachments:
            raise bad_parameter("The attachment id is not valid.", 2018074)
        return
    if not is_web_address(payload.get("url")):
        raise bad_parameter("Failed to fetch the file from the url.", 2018008)


def is_web_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://"))
