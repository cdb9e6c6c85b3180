"""Whether single fields of a call are what Meta takes: texts, lists, media. Pure."""

from __future__ import annotations

from collections.abc import Container
from typing import Any
from urllib.parse import urlsplit

from webhooks.simulator.graph.failures import GraphError, bad_parameter, known

MEDIA_TYPES = ("image", "audio", "video", "file")
NOWHERE = ".invalid"
"""Names that exist nowhere (RFC 2606): here nothing can be fetched, at `large.invalid` the file is too large, at `slow.invalid` a
film takes too long. So the errors of fetching can be provoked without a fetch."""


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


def check_object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bad_parameter(f"Param {name} must be an object.")
    return value


def check_media(media_type: Any, payload: Any, attachments: Container[str]) -> None:
    """A picture, sound, film or file: by a web address or an id that was given for an upload."""
    if media_type not in MEDIA_TYPES:
        raise known(100, 2018047)
    if not isinstance(payload, dict):
        raise bad_parameter("The attachment has no payload.")
    attachment_id = payload.get("attachment_id")
    if attachment_id is None:
        check_fetch(payload.get("url"), media_type)
    elif str(attachment_id) not in attachments:
        raise known(100, 2018074)


def check_fetch(url: Any, media_type: str = "image") -> None:
    """Raises GraphError when Meta could not fetch the file. Nothing is fetched."""
    if not is_web_address(url):
        raise known(100, 2018008)
    host = urlsplit(url).hostname or ""
    if host.endswith(NOWHERE):
        raise _unfetched(host.removesuffix(NOWHERE), media_type)


def _unfetched(name: str, media_type: str) -> GraphError:
    match name, media_type:
        case "large", "image":
            return known(100, 36000)
        case "large", _:
            return known(100, 2018109)
        case "slow", "video":
            return known(100, 2018294)
        case _:
            return known(100, 2018008)


def is_web_address(value: Any) -> bool:
    try:
        return isinstance(value, str) and value.startswith(("https://", "http://")) and bool(urlsplit(value).hostname)
    except ValueError:
        return False
