"""What a customer writes, taps, and where one comes from."""

from __future__ import annotations

from typing import Any

from app.errors import ConflictError
from webhooks.simulator.control import consents
from webhooks.simulator.control.deeds import Deed
from webhooks.simulator.control.orders import BadOrderError
from webhooks.simulator.limits import REF_CHARS_MAX
from webhooks.simulator.views import Tap, commands, taps


def write(deed: Deed) -> dict[str, Any]:
    """A message: text, attachments, or both."""
    order = deed.order
    message: dict[str, Any] = {"mid": deed.sim.world.new_mid()}
    if order.text is not None:
        message["text"] = order.text
        message |= _commands(deed, order.text)
    listed = [*([order.attachment] if order.attachment else []), *(order.attachments or [])]
    if listed:
        message["attachments"] = [_attachment(each) for each in listed]
    if order.reply_to:
        answered = deed.find_entry(order.reply_to, "")
        message["reply_to"] = {"mid": answered.mid, "is_self_reply": answered.written_by == "customer"}
    if order.referral is not None:
        message["referral"] = _referral(order.referral)
    return deed.post_shown("messages", {"message": {**message, **(order.message or {})}})


def _commands(deed: Deed, text: str) -> dict[str, Any]:
    """Messenger marks words that are commands of the Page, and tells which they were."""
    words = [word.removeprefix("/").casefold() for word in text.split()]
    used = [each["name"] for each in commands(deed.sim, deed.thread) if each["name"].casefold() in words]
    return {"commands": [{"name": name} for name in used]} if used else {}


def send_unsupported(deed: Deed) -> dict[str, Any]:
    """Something that Meta cannot hand over."""
    return deed.post_shown("messages", {"message": {"mid": deed.sim.world.new_mid(), "is_unsupported": True}})


def _attachment(given: dict[str, Any]) -> dict[str, Any]:
    """Meta's form; `{"type": "image", "url": "…"}` is short for it."""
    if "payload" in given or "url" not in given:
        return given
    return {
        "type": given.get("type", "image"),
        "payload": {name: each for name, each in given.items() if name != "type"},
    }


def _referral(given: dict[str, Any] | str) -> dict[str, Any]:
    """Meta's form; a bare text is the `ref` of an m.me link. A product has a form of its own."""
    chosen: dict[str, Any] = {"ref": given} if isinstance(given, str) else given
    if len(str(chosen.get("ref", ""))) > REF_CHARS_MAX:
        raise BadOrderError(f"An m.me link has at most {REF_CHARS_MAX} characters of ref.")
    if "product" in chosen:
        return chosen
    return {"source": "ADS" if "ad_id" in chosen else "SHORTLINK", "type": "OPEN_THREAD", **chosen}


def come_by_link(deed: Deed) -> dict[str, Any]:
    """Into an existing thread an event, of which an ad opens no window; a new customer's reference waits for Get Started."""
    referral = _referral(deed.order.referral or "")
    if deed.thread.started:
        deed.post("messaging_referrals", {"referral": referral}, opens=referral.get("source") != "ADS")
    else:
        deed.thread.waiting_referral = referral
    return {}


def tap(deed: Deed) -> dict[str, Any]:
    """A tap on something that the screen shows."""
    tapped = _find_tap(deed, deed.order.tap)
    if tapped.kind == "unlink":
        return consents.unlink(deed)
    if tapped.url and not tapped.payload:
        return {"opened": tapped.url}
    if tapped.kind == "quick_reply":
        message = {"mid": deed.sim.world.new_mid(), "text": tapped.title, "quick_reply": {"payload": tapped.payload}}
        return deed.post_shown("messages", {"message": message})
    postback: dict[str, Any] = {"mid": deed.sim.world.new_mid(), "title": tapped.title, "payload": tapped.payload}
    if deed.thread.waiting_referral is not None:
        postback["referral"], deed.thread.waiting_referral = deed.thread.waiting_referral, None
    return deed.post_shown("messaging_postbacks", {"postback": postback})


def _find_tap(deed: Deed, wanted: str | dict[str, Any] | None) -> Tap:
    """By title, then by payload, of what the screen shows; an object is taken as it is."""
    if isinstance(wanted, dict):
        kind = "quick_reply" if wanted.get("quick_reply") else "button"
        return Tap(kind, str(wanted.get("title", "")), str(wanted.get("payload", "")))  # type: ignore[arg-type]
    shown = taps(deed.sim, deed.thread)
    for name in ("title", "payload"):
        for each in shown:
            if getattr(each, name) == wanted:
                return each
    titles = ", ".join(f'"{each.title}"' for each in shown) or "nothing"
    raise ConflictError("This is not on the customer's screen.", f"To be tapped: {titles}.")
