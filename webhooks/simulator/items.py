"""Meta's webhook JSON: one item, its envelope, its bytes. Pure; never decides whether something is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from webhooks.simulator.world import INBOX_APP_ID, Entry, Thread

Channel = Literal["messaging", "standby", "changes"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """One item on its way to the bot. `field` is the subscription that it needs; `entry` the customer's message it tells of."""

    page_id: str
    customer_id: str
    field: str
    item: dict[str, Any]
    made_ms: int
    channel: Channel = "messaging"
    entry: Entry | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.page_id, self.customer_id


def to_bytes(webhooks: Sequence[Webhook], now_ms: int) -> bytes:
    """One body with one entry for each item, in the escaped form that Meta signs."""
    return escape({"object": "page", "entry": [_to_entry(each, now_ms) for each in webhooks]})


def _to_entry(webhook: Webhook, now_ms: int) -> dict[str, Any]:
    """The time of changes is in seconds."""
    time = now_ms // 1000 if webhook.channel == "changes" else now_ms
    return {"id": webhook.page_id, "time": time, webhook.channel: [webhook.item]}


def escape(value: Any) -> bytes:
    """JSON in ASCII with lower-case escapes and escaped slashes, as Meta writes it."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def from_customer(
    thread: Thread, field: str, at_ms: int, values: dict[str, Any], owner: str, *, entry: Entry | None = None
) -> Webhook:
    """What the customer did; while another app owns the thread it comes in standby and a postback shows no payload."""
    is_standby = bool(owner)
    if is_standby and "postback" in values:
        values = {"postback": {name: each for name, each in values["postback"].items() if name != "payload"}}
    item = {**_ends(thread, at_ms), **values}
    if is_standby:
        return Webhook(*thread.key, "standby", item, at_ms, "standby", entry)
    return Webhook(*thread.key, field, item, at_ms, entry=entry)


def echo(thread: Thread, entry: Entry, app_id: str, channel: Channel) -> Webhook:
    """A message of the Page comes back to its apps."""
    message: dict[str, Any] = {"is_echo": True, "app_id": int(app_id) if app_id.isdecimal() else app_id}
    if entry.metadata:
        message["metadata"] = entry.metadata
    message["mid"] = entry.mid
    shown = entry.message
    if shown.get("text"):
        message["text"] = shown["text"]
    attachments = attachments_of(shown)
    if attachments:
        message["attachments"] = attachments
    if entry.reply_to:
        message["reply_to"] = {"mid": entry.reply_to}
    item = {
        "sender": {"id": thread.page_id},
        "recipient": {"id": thread.customer_id},
        "timestamp": entry.at_ms,
        "message": message,
    }
    return Webhook(*thread.key, "message_echoes" if channel == "messaging" else "standby", item, entry.at_ms, channel)


def dicts(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; of anything else none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def attachments_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The attachments of a message, whichever way they were written."""
    return message.get("attachments") or ([message["attachment"]] if message.get("attachment") else [])


def receipts(thread: Thread, entry: Entry) -> tuple[Webhook, Webhook]:
    """Delivered, then read."""
    ends = _ends(thread, entry.at_ms)
    delivery = {**ends, "delivery": {"mids": [entry.mid], "watermark": entry.at_ms}}
    read = {**ends, "read": {"watermark": entry.at_ms}}
    return (
        Webhook(*thread.key, "message_deliveries", delivery, entry.at_ms),
        Webhook(*thread.key, "message_reads", read, entry.at_ms),
    )


def control_changed(
    thread: Thread, at_ms: int, what: str, apps: dict[str, str | None], metadata: str = "", *, standby: bool = False
) -> Webhook:
    """A thread changed hands, or somebody asks for it: `what` is the key, `apps` the apps that it names."""
    item = {**_ends(thread, at_ms), what: {**apps, "metadata": metadata}}
    field = "standby" if standby else "messaging_handovers"
    return Webhook(*thread.key, field, item, at_ms, "standby" if standby else "messaging")


def thread_passed(thread: Thread, at_ms: int, app_id: str, metadata: str = "") -> Webhook:
    """The Page's inbox gave the thread to our app."""
    apps: dict[str, str | None] = {"previous_owner_app_id": INBOX_APP_ID, "new_owner_app_id": app_id}
    return control_changed(thread, at_ms, "pass_thread_control", apps, metadata)


def of_page(page_id: str, field: str, at_ms: int, values: dict[str, Any]) -> Webhook:
    """What Meta does to the Page itself: no customer did it."""
    return Webhook(page_id, "", field, {"recipient": {"id": page_id}, "timestamp": at_ms, **values}, at_ms)


def change(page_id: str, customer_id: str, field: str, at_ms: int, value: dict[str, Any]) -> Webhook:
    """Something changed about the Page; in order with what this customer does, if there is one."""
    return Webhook(page_id, customer_id, field, {"field": field, "value": value}, at_ms, "changes")


def _ends(thread: Thread, at_ms: int) -> dict[str, Any]:
    return {"sender": {"id": thread.customer_id}, "recipient": {"id": thread.page_id}, "timestamp": at_ms}
