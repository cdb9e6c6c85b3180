"""What a customer does to messages that are there: reacts, changes, takes back, reads; and whether one hears the Page at all."""

from __future__ import annotations

from typing import Any

from app.errors import ConflictError
from webhooks.simulator.control.deeds import Deed
from webhooks.simulator.limits import EDITS_MAX
from webhooks.simulator.world import Entry

EMOJI = {"love": "\u2764\ufe0f", "like": "\U0001f44d", "smile": "\U0001f606", "wow": "\U0001f62e", "sad": "\U0001f622",
         "angry": "\U0001f620", "dislike": "\U0001f44e"}  # fmt: skip


def react(deed: Deed) -> dict[str, Any]:
    """Given it opens the window, taken back it does not."""
    given = deed.order.reaction
    order: dict[str, Any] = {"reaction": given} if isinstance(given, str) else dict(given or {})
    entry = deed.find_entry(order.get("mid"), "bot")
    if order.get("action") == "unreact":
        entry.reaction = ""
        deed.post("message_reactions", {"reaction": {"mid": entry.mid, "action": "unreact"}}, opens=False)
        return {"mid": entry.mid}
    name = str(order.get("reaction", "love"))
    entry.reaction = str(order.get("emoji") or EMOJI.get(name, EMOJI["love"]))
    values = {"mid": entry.mid, "action": "react", "reaction": name if name in EMOJI else "other"}
    deed.post("message_reactions", {"reaction": {**values, "emoji": entry.reaction}}, opens=True)
    return {"mid": entry.mid}


def edit(deed: Deed) -> dict[str, Any]:
    """At most five times."""
    given = deed.order.edit or {}
    entry = _own(deed, given.get("mid"))
    if entry.edits >= EDITS_MAX:
        raise ConflictError(f"A message can be changed {EDITS_MAX} times.")
    entry.edits += 1
    entry.message = {**entry.message, "text": str(given.get("text", ""))}
    values = {"mid": entry.mid, "text": entry.message["text"], "num_edit": entry.edits}
    deed.post("message_edits", {"message_edit": values}, opens=False)
    return {"mid": entry.mid}


def unsend(deed: Deed) -> dict[str, Any]:
    """The message is gone from the screen."""
    entry = _own(deed, deed.order.unsend if isinstance(deed.order.unsend, str) else None)
    entry.shown = False
    deed.post("messages", {"message": {"mid": entry.mid, "is_deleted": True}}, opens=False)
    return {"mid": entry.mid}


def _own(deed: Deed, mid: str | None) -> Entry:
    entry = deed.find_entry(mid, "customer")
    if entry.written_by != "customer":
        raise ConflictError("This message is not the customer's own.")
    return entry


def see(deed: Deed) -> dict[str, Any]:
    """The customer read as far as this message: delivery and read are told with its time as their watermark."""
    mid = deed.order.seen if isinstance(deed.order.seen, str) else None
    entry = deed.find_entry(mid, "bot")
    deed.thread.delivered_ms = deed.thread.read_ms = max(deed.thread.read_ms, entry.at_ms)
    delivery = {"delivery": {"mids": [entry.mid], "watermark": entry.at_ms}}
    deed.post("message_deliveries", delivery, opens=False)
    deed.post("message_reads", {"read": {"watermark": entry.at_ms}}, opens=False)
    return {"mid": entry.mid}


def block(deed: Deed) -> dict[str, Any]:
    """Messenger tells nobody; the next send finds out."""
    given = deed.order.block
    deed.thread.refuses = given if isinstance(given, str) else "blocked" if given else ""
    return {}
