"""What customers say and tap, and the echoes of what the Page says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.channel import Echoed, Fact, Ignored, Item
from app.engine.events import (
    Attachment,
    AttachmentReceived,
    ReferralReceived,
    TapReceived,
    TextReceived,
)
from webhooks.messenger.limits import (
    ATTACHMENTS_MAX,
    EDITS_MAX,
    PAGE_INBOX_APP_ID,
    PAYLOAD_CHARS_MAX,
    REF_CHARS_MAX,
    TITLE_CHARS_IN_MAX,
    URL_CHARS_MAX,
)
from webhooks.messenger.parse.fields import Place, to_dict, to_id, to_list, to_mid, to_text
from webhooks.messenger.payload import dump

METADATA_PREFIX = "fd:"
"""Stands before our outbox id in `metadata`, which Meta gives back in the echo."""

_KINDS = {
    "image": "image", "video": "video", "audio": "audio", "file": "file", "sticker": "sticker", "location": "place",
    "fallback": "link", "reel": "link", "ig_reel": "link", "post": "link", "ig_post": "link", "share": "link",
}  # fmt: skip
"""Meta's attachment types and ours; any other is `other`."""


def read_message(place: Place, message: Mapping[str, Any]) -> list[Item]:
    """The items of one `message`: usually one; two when a link's `ref` came with it (the link first)."""
    mid = to_mid(message.get("mid"))
    if message.get("is_echo") or to_id(to_dict(place.item.get("sender")).get("id")) == place.page_id:
        return _read_echo(place, message, mid)
    if not place.customer_id:
        return [place.unreadable("a message without a sender")]
    if message.get("is_deleted"):
        return read_unsent(place, "message", mid)
    event = _read_event(message, mid)
    key = place.key("message", *_identity(place, mid))
    ref = _read_ref(message.get("referral"))
    if event is None:
        return [_read_ref_alone(place, ref, key)]
    opening = [_read_ref_alone(place, ref, place.key("referral", *_identity(place, mid)))] if ref else []
    return [*opening, place.received(key, _as_standby(place, event), opens_window=True)]


def read_postback(place: Place, postback: Mapping[str, Any]) -> Item:
    """A tap on a button, a menu entry, a starter or Get Started."""
    mid = to_mid(postback.get("mid"))
    payload = to_text(postback.get("payload"), PAYLOAD_CHARS_MAX)
    identity = (mid,) if mid else (place.customer_id, place.stamp, payload)
    key = place.key("postback", *identity)
    title = to_text(postback.get("title"), TITLE_CHARS_IN_MAX)
    if not place.customer_id:
        user_ref = to_text(to_dict(place.item.get("sender")).get("user_ref"))
        if not user_ref:
            return place.unreadable("a tap without a sender")
        return place.received(key, Fact("other", {"kind": "postback", "user_ref": user_ref, "title": title}))
    tap = TapReceived(payload=payload, title=title, mid=mid, ref=_read_ref(postback.get("referral")))
    return place.received(key, _as_standby(place, tap), opens_window=True)


def read_referral(place: Place, referral: Mapping[str, Any]) -> Item:
    """An m.me link or an ad that led into a thread which exists already.

    A link opens the window; an ad only when a message follows, which then opens it itself.
    """
    if not place.customer_id:
        return place.unreadable("a referral without a sender")
    source = to_text(referral.get("source"), TITLE_CHARS_IN_MAX)
    event = ReferralReceived(ref=_read_ref(referral), source=source)
    key = place.key("referral", place.customer_id, place.stamp, event.ref, to_id(referral.get("ad_id")))
    is_ad = source == "ADS" or "ad_id" in referral
    return place.received(key, _as_standby(place, event), opens_window=not is_ad)


def read_unsent(place: Place, kind: str, mid: str) -> list[Item]:
    """A message that was taken back, and in the names of what may still come of it nothing: who comes late finds its place taken."""
    unsent = place.received(place.key("unsent", *_identity(place, mid)), Fact("unsent", {"mid": mid}))
    changes = ("", *map(str, range(EDITS_MAX + 1)))  # their number may be missing
    late = [place.key(kind, mid), *(place.key("edited", mid, number) for number in changes)]
    return [unsent, *(place.received(key, Fact("taken_back")) for key in late)] if mid else [unsent]


def _identity(place: Place, mid: str) -> tuple[str, ...]:
    """What tells this message from every other: its id, or all of it when it came without one."""
    return (mid,) if mid else ("", place.customer_id, place.stamp, dump(place.item))


def _read_event(message: Mapping[str, Any], mid: str) -> TapReceived | AttachmentReceived | TextReceived | Fact | None:
    """What the customer did with this message; None when nothing that we know is in it."""
    text = to_text(message.get("text"))
    payload = to_text(to_dict(message.get("quick_reply")).get("payload"), PAYLOAD_CHARS_MAX)
    reply_to = to_mid(to_dict(message.get("reply_to")).get("mid"))
    product = to_id(to_dict(to_dict(message.get("referral")).get("product")).get("id"))
    if payload:
        return TapReceived(payload=payload, title=text[:TITLE_CHARS_IN_MAX], mid=mid, reply_to=reply_to)
    listed = to_list(message.get("attachments"))[:ATTACHMENTS_MAX]
    if listed and not (text and all(to_dict(each).get("type") == "fallback" for each in listed)):
        return AttachmentReceived(_read_attachments(listed), text, mid, reply_to, product)
    if text:
        return TextReceived(text, mid, reply_to, product)
    return Fact("unsupported", {"mid": mid}) if message.get("is_unsupported") else None


def _read_ref_alone(place: Place, ref: str, key: bytes) -> Item:
    if not ref:
        return place.unreadable("a message without text, attachment or tap")
    return place.received(key, _as_standby(place, ReferralReceived(ref=ref)), opens_window=True)


def _read_ref(referral: Any) -> str:
    return to_text(to_dict(referral).get("ref"), REF_CHARS_MAX)


def _as_standby(
    place: Place, event: TextReceived | TapReceived | AttachmentReceived | ReferralReceived | Fact
) -> TextReceived | TapReceived | AttachmentReceived | ReferralReceived | Fact:
    """While another app has the thread, what customers do is recorded and never answered."""
    if not place.is_standby:
        return event
    values: dict[str, Any]
    match event:
        case TextReceived():
            values = {"kind": "message", "text": event.text, "mid": event.mid}
        case AttachmentReceived():
            attachments = [asdict(each) for each in event.attachments]
            values = {"kind": "message", "text": event.text, "mid": event.mid, "attachments": attachments}
        case TapReceived():
            values = {"kind": "tap", "text": event.title, "mid": event.mid}
        case ReferralReceived():
            values = {"kind": "referral", "text": "", "ref": event.ref}
        case _:
            return event
    return Fact("standby", values)


# ---- echoes -------------------------------------------------------------------------------------------------


def _read_echo(place: Place, message: Mapping[str, Any], mid: str) -> list[Item]:
    """Something the Page said: by us, by a person in Meta's inbox, or by another app."""
    app_id = to_id(message.get("app_id"))
    is_own_app = bool(app_id) and app_id == place.app_id
    metadata = to_text(message.get("metadata"))
    if not place.customer_id:
        return [place.unreadable("an echo without a recipient")]
    if metadata.startswith(METADATA_PREFIX) and mid and (is_own_app or not app_id or not place.app_id):
        return [Echoed(place.page_id, place.customer_id, metadata.removeprefix(METADATA_PREFIX), mid)]
    if is_own_app:
        return [Ignored("an echo of our app that did not come from the outbox")]
    key = place.key("echo", *_identity(place, mid))
    if message.get("is_deleted"):
        return read_unsent(place, "echo", mid)
    kind = "person_replied" if app_id in ("", PAGE_INBOX_APP_ID) else "other_app_replied"
    values: dict[str, Any] = {"text": to_text(message.get("text")), "mid": mid, "app_id": app_id}
    if listed := to_list(message.get("attachments"))[:ATTACHMENTS_MAX]:
        values["attachments"] = [asdict(each) for each in _read_attachments(listed)]
    return [place.received(key, Fact(kind, values))]


# ---- attachments --------------------------------------------------------------------------------------------


def _read_attachments(listed: list[Any]) -> tuple[Attachment, ...]:
    """Each attachment; the products of a product template each as one."""
    found: list[Attachment] = []
    for each in map(to_dict, listed):
        payload = to_dict(each.get("payload"))
        products = to_list(to_dict(payload.get("product")).get("elements"))
        found.extend([_read_product(to_dict(one)) for one in products] or [_read_attachment(each, payload)])
    return tuple(found[:ATTACHMENTS_MAX])


def _read_product(product: Mapping[str, Any]) -> Attachment:
    title = to_text(product.get("title"), TITLE_CHARS_IN_MAX)
    return Attachment("product", url=_read_url(product.get("image_url")), title=title)


def _read_attachment(each: Mapping[str, Any], payload: Mapping[str, Any]) -> Attachment:
    kind = _KINDS.get(to_text(each.get("type"), TITLE_CHARS_IN_MAX), "other")
    sticker_id = to_id(payload.get("sticker_id"))
    latitude, longitude = _read_coordinates(to_dict(payload.get("coordinates")))
    if kind == "place" and latitude is None:
        kind = "other"
    return Attachment(
        kind="sticker" if sticker_id else kind,
        url=_read_url(payload.get("url") or each.get("url")),
        title=to_text(payload.get("title") or each.get("title"), TITLE_CHARS_IN_MAX),
        latitude=latitude,
        longitude=longitude,
        sticker_id=sticker_id,
    )


def _read_coordinates(coordinates: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Degrees; both None unless both lie on the globe."""
    latitude, longitude = _to_degrees(coordinates.get("lat"), 90), _to_degrees(coordinates.get("long"), 180)
    return (None, None) if latitude is None or longitude is None else (latitude, longitude)


def _to_degrees(value: Any, most: int) -> float | None:
    is_number = type(value) is int or type(value) is float
    return float(value) if is_number and -most <= value <= most else None


def _read_url(value: Any) -> str:
    """A web address; empty for anything else: they come relative, as other schemes, or too long to be one."""
    text = to_text(value, URL_CHARS_MAX + 1)
    is_web = text.startswith(("https://", "http://")) and len(text) <= URL_CHARS_MAX and text.isprintable()
    return text if is_web else ""
