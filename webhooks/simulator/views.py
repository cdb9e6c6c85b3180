"""What a customer's screen shows, as JSON, and what can be tapped on it. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from webhooks.simulator.items import attachments_of, dicts
from webhooks.simulator.limits import WINDOW_MS
from webhooks.simulator.simulator import Simulator
from webhooks.simulator.world import INBOX_APP_ID, Entry, Thread


@dataclass(frozen=True, slots=True)
class Tap:
    """Something on the screen that can be tapped; `mid` is the message that carries it."""

    kind: Literal["quick_reply", "button", "unlink", "get_started", "menu", "starter"]
    title: str
    payload: str = ""
    url: str = ""
    mid: str = ""
    image: str = ""


def thread_json(sim: Simulator, thread: Thread) -> dict[str, Any]:
    """The whole screen: messages with their marks, what can be tapped, who answers."""
    now_ms = sim.meta_clock.now_ms()
    return {
        **summary_json(sim, thread),
        "owner_app_id": thread.owner(now_ms),
        "owned_until": thread.owned_until_ms() if thread.owner(now_ms) else None,
        "window_open": thread.customer_at_ms is not None and now_ms - thread.customer_at_ms <= WINDOW_MS,
        "typing": thread.typing_until_ms > now_ms,
        "said": thread.said,
        "got": thread.got,
        "messages": [_entry_json(thread, entry) for entry in thread.entries],
        "quick_replies": [
            {"title": tap.title, "payload": tap.payload, "image": tap.image} for tap in _quick_replies(thread)
        ],
        "taps": [tap.title for tap in taps(sim, thread)],
        "greeting": _greeting(sim, thread),
        "get_started": bool(_profile(sim, thread).get("get_started")) and not thread.started,
        "starters": [tap.title for tap in _starters(sim, thread)],
        "menu": [{"title": tap.title, "url": tap.url} for tap in _menu(sim, thread)],
        "commands": commands(sim, thread),
    }


def summary_json(sim: Simulator, thread: Thread) -> dict[str, Any]:
    """One line of the list of customers."""
    last = next((entry for entry in reversed(thread.entries) if entry.shown), None)
    return {
        "page": thread.page_id,
        "customer": thread.customer_id,
        "name": thread.name,
        "page_name": sim.settings.pages[thread.page_id].name,
        "started": thread.started,
        "blocked": bool(thread.refuses),
        "refuses": thread.refuses,
        "now": sim.meta_clock.now_ms(),
        "window_closes_at": None if thread.customer_at_ms is None else thread.customer_at_ms + WINDOW_MS,
        "status": status(sim, thread),
        "last": {"from": last.written_by, "text": line_of(last), "at": last.at_ms} if last else None,
    }


def clock_json(sim: Simulator) -> dict[str, Any]:
    """Meta's time, and how far it is ahead of the machine's."""
    now = sim.meta_clock.now()
    return {"now": now.isoformat(), "now_ms": sim.meta_clock.now_ms(), "shift": round(sim.meta_clock.shift_seconds)}


def status(sim: Simulator, thread: Thread) -> str:
    """Who answers as far as Meta knows: the bot, a person in the Page's inbox, or another app."""
    owner = thread.owner(sim.meta_clock.now_ms())
    if owner in ("", sim.settings.app_id):
        return "bot"
    return "person" if owner == INBOX_APP_ID else "other"


def line_of(entry: Entry) -> str:
    """One line for lists and quotes: the text, or what kind of thing it is."""
    message = entry.message
    if message.get("text"):
        return str(message["text"])[:200]
    attachment: Any = next(iter(attachments_of(message)), {})
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    payload = payload if isinstance(payload, dict) else {}
    first = next(iter(dicts(payload.get("elements"))), {})
    for words in (payload.get("text"), payload.get("title"), first.get("title")):
        if words:
            return str(words)[:200]
    kind = payload.get("template_type") or (attachment.get("type") if isinstance(attachment, dict) else None)
    return f"[{kind or 'message'}]"


def taps(sim: Simulator, thread: Thread) -> list[Tap]:
    """Everything that can be tapped now, the most obvious first: old buttons stay alive, quick replies only on the last message."""
    found = [*_quick_replies(thread), *_buttons(thread)]
    if not thread.started:
        start = _profile(sim, thread).get("get_started")
        found += [Tap("get_started", "Get Started", start["payload"])] if start else []
        found += _starters(sim, thread)
    return [*found, *_menu(sim, thread)]


def _entry_json(thread: Thread, entry: Entry) -> dict[str, Any]:
    message = entry.message if entry.shown else {}
    quoted = thread.find(entry.reply_to) if entry.reply_to else None
    return {
        "mid": entry.mid,
        "from": entry.written_by,
        "at": entry.at_ms,
        "text": message.get("text") or "",
        "attachments": attachments_of(message),
        "unsupported": bool(message.get("is_unsupported")),
        "utility": "template" in message,
        "reply_to": {"mid": quoted.mid, "from": quoted.written_by, "text": line_of(quoted) if quoted.shown else ""}
        if quoted
        else None,
        "answer": entry.answer,
        "metadata": entry.metadata,
        "persona": entry.persona,
        "reaction": entry.reaction,
        "edited": entry.edits > 0,
        "unsent": not entry.shown,
        "mark": _mark(thread, entry),
    }


def _mark(thread: Thread, entry: Entry) -> str:
    """How far a message got: sent, delivered, read."""
    if entry.written_by == "customer":
        return "read" if entry.at_ms <= thread.seen_ms else "delivered" if entry.taken else "sent"
    return "read" if entry.at_ms <= thread.read_ms else "delivered" if entry.at_ms <= thread.delivered_ms else "sent"


def _quick_replies(thread: Thread) -> list[Tap]:
    last = thread.entries[-1] if thread.entries else None
    if last is None or last.written_by == "customer":
        return []
    return [_quick_reply(thread, reply, last.mid) for reply in last.message.get("quick_replies") or ()]


def _quick_reply(thread: Thread, reply: dict[str, Any], mid: str) -> Tap:
    """Phone and e-mail replies show and send what Messenger knows of the customer."""
    match reply.get("content_type"):
        case "user_phone_number":
            return Tap("quick_reply", "+15550100", "+15550100", mid=mid)
        case "user_email":
            address = f"{thread.name.split(' ')[0].lower()}@example.org"
            return Tap("quick_reply", address, address, mid=mid)
        case _:
            image = reply.get("image_url") or ""
            return Tap("quick_reply", reply.get("title", ""), reply.get("payload", ""), mid=mid, image=image)


def _buttons(thread: Thread) -> Iterator[Tap]:
    for entry in reversed(thread.entries):
        if entry.written_by == "customer" or not entry.shown:
            continue
        for attachment in attachments_of(entry.message):
            payload = attachment.get("payload") or {}
            for holder in (payload, *dicts(payload.get("elements"))):
                yield from (_button(entry, button) for button in dicts(holder.get("buttons")))
                yield from (
                    _button(entry, each["action"]) for each in dicts(holder.get("images")) if each.get("action")
                )


def _button(entry: Entry, button: dict[str, Any]) -> Tap:
    """The buttons of account linking carry Meta's own words."""
    match button.get("type"):
        case "account_link":
            return Tap("button", "Log in", "", button.get("url", ""), entry.mid)
        case "account_unlink":
            return Tap("unlink", "Log out", mid=entry.mid)
        case "phone_number":
            return Tap("button", button.get("title", ""), "", f"tel:{button.get('payload', '')}", entry.mid)
        case _:
            return Tap("button", button.get("title", ""), button.get("payload", ""), button.get("url", ""), entry.mid)


def _profile(sim: Simulator, thread: Thread) -> dict[str, Any]:
    return sim.world.profiles[thread.page_id]


def _localised(sim: Simulator, thread: Thread, name: str) -> dict[str, Any]:
    listed = _profile(sim, thread).get(name) or [{}]
    return next((each for each in listed if each.get("locale") == "default"), listed[0])


def _greeting(sim: Simulator, thread: Thread) -> str:
    text = str(_localised(sim, thread, "greeting").get("text") or "")
    first, _, last = thread.name.partition(" ")
    for name, value in (("first_name", first), ("last_name", last), ("full_name", thread.name)):
        text = text.replace("{{user_" + name + "}}", value)
    return text


def _starters(sim: Simulator, thread: Thread) -> list[Tap]:
    if thread.started:
        return []
    listed = _localised(sim, thread, "ice_breakers").get("call_to_actions") or ()
    return [Tap("starter", each["question"], each["payload"]) for each in listed]


def commands(sim: Simulator, thread: Thread) -> list[dict[str, str]]:
    """What the customer is offered while typing; where there are commands, Messenger shows them in the place of the menu."""
    return list(_localised(sim, thread, "commands").get("commands") or ())


def _menu(sim: Simulator, thread: Thread) -> list[Tap]:
    listed = _localised(sim, thread, "persistent_menu").get("call_to_actions") or ()
    return [Tap("menu", each["title"], each.get("payload", ""), each.get("url", "")) for each in listed]
