"""What a customer does: writes, taps, sends a photo, reacts, comes by a link. Every deed is a webhook to the bot."""

from __future__ import annotations

from typing import Any

from app.errors import ConflictError, NotFoundError
from webhooks.simulator import items
from webhooks.simulator.control.orders import BadOrderError, ForCustomer, Say
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.views import Tap, taps
from webhooks.simulator.world import Entry, Thread

EMOJI = {"love": "\u2764\ufe0f", "like": "\U0001f44d", "smile": "\U0001f606", "wow": "\U0001f62e", "sad": "\U0001f622",
         "angry": "\U0001f620", "dislike": "\U0001f44e"}  # fmt: skip


def open_thread(sim: Simulator, order: ForCustomer) -> Thread:
    """The customer's thread; a new customer if there is none of this id, or none was given."""
    page_id = order.page or (next(iter(sim.settings.pages)) if len(sim.settings.pages) == 1 else "")
    if page_id not in sim.settings.pages:
        raise NotFoundError("There is no such Page.", f"Pages: {', '.join(sim.settings.pages)}.")
    thread = sim.world.open_thread((page_id, order.customer or sim.world.new_customer_id()), order.name)
    thread.name = order.name or thread.name
    return thread


def say(sim: Simulator, order: Say) -> dict[str, Any]:
    """Carry out one deed; what became of it: `mid`, `opened` for a web address, `page` and `customer`."""
    deeds = [
        name
        for name in (
            "text",
            "tap",
            "attachment",
            "attachments",
            "referral",
            "reaction",
            "edit",
            "unsend",
            "block",
            "item",
        )
        if getattr(order, name) is not None
    ]
    if not deeds:
        raise BadOrderError(
            "Say what: text, tap, attachment, attachments, referral, reaction, edit, unsend, block or item."
        )
    thread = open_thread(sim, order)
    sim.postman.check_room(thread.key)
    done = _do(sim, thread, order, deeds)
    sim.changed(thread)
    return {"page": thread.page_id, "customer": thread.customer_id, **done}


def _do(sim: Simulator, thread: Thread, order: Say, deeds: list[str]) -> dict[str, Any]:
    match deeds:
        case ["tap"]:
            return _tap(sim, thread, order)
        case ["referral"]:
            return _come_by_link(sim, thread, order)
        case ["reaction"]:
            return _react(sim, thread, order)
        case ["edit"]:
            return _edit(sim, thread, order)
        case ["unsend"]:
            return _unsend(sim, thread, order)
        case ["block"]:
            thread.blocked = bool(order.block)
            return {}
        case ["item"]:
            _post(sim, thread, order, order.field, order.item or {})
            return {}
        case _ if set(deeds) <= {"text", "attachment", "attachments", "referral"}:
            return _write(sim, thread, order)
        case _:
            raise BadOrderError(f"These do not go together: {', '.join(deeds)}.")


def _post(
    sim: Simulator, thread: Thread, order: Say, field: str, values: dict[str, Any], *, opens: bool = True
) -> None:
    """Queue what the customer did; `opens`: it opens the window."""
    at_ms = _time_of(sim, order)
    if opens:
        thread.open_window(at_ms, sim.meta_clock.now_ms())
    sim.queue(items.from_customer(thread, field, at_ms, values, _foreign_owner(sim, thread)))


def _post_shown(sim: Simulator, thread: Thread, order: Say, field: str, values: dict[str, Any]) -> dict[str, Any]:
    """Queue a message or a tap and show it in the thread; gives its id."""
    at_ms = _time_of(sim, order)
    said: dict[str, Any] = next(iter(values.values()))
    shown = {"text": said.get("text", said.get("title", "")), "attachments": said.get("attachments", [])}
    entry = Entry(said["mid"], "customer", at_ms, shown)
    owner = _foreign_owner(sim, thread)
    thread.started = True
    thread.said += 1
    thread.entries.append(entry)
    thread.open_window(at_ms, sim.meta_clock.now_ms())
    sim.queue(items.from_customer(thread, field, at_ms, values, owner, entry=entry))
    return {"mid": said["mid"]}


def _time_of(sim: Simulator, order: Say) -> int:
    return order.timestamp if order.timestamp is not None else sim.meta_clock.stamp_ms()


def _foreign_owner(sim: Simulator, thread: Thread) -> str:
    owner = thread.owner(sim.meta_clock.now_ms())
    return "" if owner == sim.settings.app_id else owner


def _write(sim: Simulator, thread: Thread, order: Say) -> dict[str, Any]:
    """A message: text, attachments, or both."""
    message: dict[str, Any] = {"mid": sim.world.new_mid()}
    if order.text is not None:
        message["text"] = order.text
    listed = [*([order.attachment] if order.attachment else []), *(order.attachments or [])]
    if listed:
        message["attachments"] = [_attachment(each) for each in listed]
    if order.reply_to:
        message["reply_to"] = {"mid": order.reply_to}
    if order.referral is not None:
        message["referral"] = _referral(order.referral)
    return _post_shown(sim, thread, order, "messages", {"message": message})


def _attachment(given: dict[str, Any]) -> dict[str, Any]:
    """Meta's form; `{"type": "image", "url": "…"}` is short for it."""
    if "payload" in given or "url" not in given:
        return given
    return {
        "type": given.get("type", "image"),
        "payload": {name: each for name, each in given.items() if name != "type"},
    }


def _referral(given: dict[str, Any] | str) -> dict[str, Any]:
    """Meta's form; a bare text is the `ref` of an m.me link."""
    chosen = {"ref": given} if isinstance(given, str) else given
    return {"source": "ADS" if "ad_id" in chosen else "SHORTLINK", "type": "OPEN_THREAD", **chosen}


def _come_by_link(sim: Simulator, thread: Thread, order: Say) -> dict[str, Any]:
    """Into an existing thread an event; a new customer's reference waits for Get Started."""
    referral = _referral(order.referral or "")
    if thread.started:
        _post(sim, thread, order, "messaging_referrals", {"referral": referral})
    else:
        thread.waiting_referral = referral
    return {}


def _tap(sim: Simulator, thread: Thread, order: Say) -> dict[str, Any]:
    tap = _find_tap(sim, thread, order.tap)
    if tap.url and not tap.payload:
        return {"opened": tap.url}
    if tap.kind == "quick_reply":
        message = {"mid": sim.world.new_mid(), "text": tap.title, "quick_reply": {"payload": tap.payload}}
        return _post_shown(sim, thread, order, "messages", {"message": message})
    postback: dict[str, Any] = {"mid": sim.world.new_mid(), "title": tap.title, "payload": tap.payload}
    if thread.waiting_referral is not None:
        postback["referral"], thread.waiting_referral = thread.waiting_referral, None
    return _post_shown(sim, thread, order, "messaging_postbacks", {"postback": postback})


def _find_tap(sim: Simulator, thread: Thread, wanted: str | dict[str, Any] | None) -> Tap:
    """By title, then by payload, of what the screen shows; an object is taken as it is."""
    if isinstance(wanted, dict):
        kind = "quick_reply" if wanted.get("quick_reply") else "button"
        return Tap(kind, str(wanted.get("title", "")), str(wanted.get("payload", "")))  # type: ignore[arg-type]
    shown = taps(sim, thread)
    for name in ("title", "payload"):
        for tap in shown:
            if getattr(tap, name) == wanted:
                return tap
    titles = ", ".join(f'"{tap.title}"' for tap in shown) or "nothing"
    raise ConflictError("This is not on the customer's screen.", f"To be tapped: {titles}.")


def _find_entry(thread: Thread, mid: str | None, written_by: str) -> Entry:
    """The message of this id, or the last one of that writer."""
    for entry in reversed(thread.entries):
        if entry.mid == mid or (mid is None and entry.written_by == written_by):
            return entry
    raise ConflictError("There is no such message in this thread.")


def _react(sim: Simulator, thread: Thread, order: Say) -> dict[str, Any]:
    given: dict[str, Any] = (
        {"reaction": order.reaction} if isinstance(order.reaction, str) else dict(order.reaction or {})
    )
    entry = _find_entry(thread, given.get("mid"), "bot")
    if given.get("action") == "unreact":
        entry.reaction = ""
        values = {"mid": entry.mid, "action": "unreact"}
    else:
        name = str(given.get("reaction", "love"))
        entry.reaction = str(given.get("emoji") or EMOJI.get(name, EMOJI["love"]))
        values = {"mid": entry.mid, "action": "react", "reaction": name, "emoji": entry.reaction}
    _post(sim, thread, order, "message_reactions", {"reaction": values})
    return {"mid": entry.mid}


def _edit(sim: Simulator, thread: Thread, order: Say) -> dict[str, Any]:
    given = order.edit or {}
    entry = _find_entry(thread, given.get("mid"), "customer")
    entry.edits += 1
    entry.message = {**entry.message, "text": str(given.get("text", ""))}
    values = {"mid": entry.mid, "text": entry.message["text"], "num_edit": entry.edits}
    _post(sim, thread, order, "message_edits", {"message_edit": values}, opens=False)
    return {"mid": entry.mid}


def _unsend(sim: Simulator, thread: Thread, order: Say) -> dict[str, Any]:
    mid = order.unsend if isinstance(order.unsend, str) else None
    entry = _find_entry(thread, mid, "customer")
    entry.shown = False
    _post(sim, thread, order, "messages", {"message": {"mid": entry.mid, "is_deleted": True}}, opens=False)
    return {"mid": entry.mid}
