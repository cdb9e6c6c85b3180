"""Files that the Page uploads, by address or as a form, and what a message shows of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from webhooks.simulator.graph import failures
from webhooks.simulator.graph.calls import Answer, Call
from webhooks.simulator.graph.fields import MEDIA_TYPES, check_media, check_object
from webhooks.simulator.items import attachments_of, dicts
from webhooks.simulator.limits import MEDIA_BYTES_MAX, UPLOAD_BYTES_MAX
from webhooks.simulator.simulator import Simulator

_PART = re.compile(rb'name="([^"\r\n]{1,100})"')
_FILE = re.compile(rb'filename="')
_TYPE = re.compile(rb"content-type: *([\w.+/-]{1,100})", re.IGNORECASE)
_BOUNDARY = re.compile(r'boundary="?([^";]{1,200})"?')
PARTS_MAX = 20
"""O: fields of an upload's form."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it came in a form."""

    media_type: str
    data: bytes


def read_form(content_type: str, body: bytes) -> dict[str, Any]:
    """The fields of a multipart form: texts as texts, files as UploadedFile."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise failures.bad_parameter("The form has no boundary.")
    values: dict[str, Any] = {}
    for part in body.split(b"--" + found[1].encode())[1 : PARTS_MAX + 1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = _PART.search(head)
        if name is None:
            continue
        content = content.removesuffix(b"\r\n")
        kind = _TYPE.search(head)
        is_file = _FILE.search(head) is not None
        values[name[1].decode("latin-1")] = (
            UploadedFile(kind[1].decode().lower() if kind else "", content)
            if is_file
            else content.decode("utf-8", "replace")
        )
    return values


def upload(sim: Simulator, call: Call) -> Answer:
    """`POST /{page}/message_attachments`, by web address or with `filedata`."""
    message = call.values.get("message")
    attachment = check_object(message.get("attachment") if isinstance(message, dict) else None, "message[attachment]")
    payload = attachment.get("payload") or {}
    given = call.values.get("filedata")
    if isinstance(given, UploadedFile):
        payload = {**payload, "url": _keep_file(sim, call.origin, attachment.get("type"), given)}
    else:
        check_media(attachment.get("type"), payload, ())
    attachment_id = sim.world.new_id()
    shown = {"type": attachment["type"], "payload": payload}
    sim.world.things.uploads.keep(attachment_id, shown, is_reusable=payload.get("is_reusable") in (True, "true"))
    return Answer(200, {"attachment_id": attachment_id})


def _keep_file(sim: Simulator, origin: str, kind: Any, given: UploadedFile) -> str:
    """Where the file can be seen; a large one cannot."""
    if kind not in MEDIA_TYPES or (kind != "file" and not given.media_type.startswith(f"{kind}/")):
        raise failures.known(100, 2018047)
    if len(given.data) > UPLOAD_BYTES_MAX:
        raise failures.known(100, 2018109)
    if len(given.data) > MEDIA_BYTES_MAX or kind != "image":
        return ""
    return f"{origin}/media/{sim.keep_media(given.media_type, given.data)}"


def show(sim: Simulator, message: dict[str, Any]) -> dict[str, Any]:
    """The message as the customer's screen has it: with the addresses of uploads, which are used by this; stickers as attachments."""
    if message.get("sticker_id"):
        rest = {name: each for name, each in message.items() if name != "sticker_id"}
        return {**rest, "attachment": {"type": "sticker", "payload": {"sticker_id": message["sticker_id"]}}}
    listed = attachments_of(message)
    if not any(_has_upload(each) for each in listed):
        return message
    shown = [_with_address(sim, each) for each in listed]
    return {**message, "attachments": shown} if "attachments" in message else {**message, "attachment": shown[0]}


def _holders(attachment: dict[str, Any]) -> list[dict[str, Any]]:
    """Where the id of an upload may stand: in the payload, or in the elements of a media template."""
    payload = attachment.get("payload") or {}
    return [payload, *dicts(payload.get("elements"))]


def _has_upload(attachment: dict[str, Any]) -> bool:
    return any(each.get("attachment_id") is not None for each in _holders(attachment))


def _with_address(sim: Simulator, attachment: dict[str, Any]) -> dict[str, Any]:
    payload, *elements = [
        {**each, "url": sim.world.things.uploads.use(each["attachment_id"])} if each.get("attachment_id") else each
        for each in _holders(attachment)
    ]
    return {**attachment, "payload": {**payload, "elements": elements} if elements else payload}


def reusable(sim: Simulator, message: dict[str, Any]) -> str:
    """The id under which the file of this message can be sent again; empty when that was not asked for."""
    attachment = message.get("attachment") or {}
    payload = attachment.get("payload")
    if not isinstance(payload, dict) or payload.get("is_reusable") is not True or not payload.get("url"):
        return ""
    attachment_id = sim.world.new_id()
    sim.world.things.uploads.keep(attachment_id, attachment, is_reusable=True)
    return attachment_id
