"""One message as the JSON body of Meta's Send API. Pure; shortens titles, never drops text: `pieces` has cut the message before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.channel import Send, comment_of
from app.engine.effects import Card, Message, Option
from webhooks.messenger.cut import shorten, shorten_words
from webhooks.messenger.forms import render_form
from webhooks.messenger.limits import (
    BUTTON_TITLE_CHARS_MAX,
    CARD_CHARS_MAX,
    METADATA_CHARS_MAX,
    PAYLOAD_CHARS_MAX,
    QUICK_REPLY_TITLE_CHARS_MAX,
)
from webhooks.messenger.parse.messages import METADATA_PREFIX
from webhooks.messenger.payload import clean_text
from webhooks.messenger.policy import Way
from webhooks.messenger.rich import KINDS, render_rich

OFFERS = {"phone": "user_phone_number", "email": "user_email"}
"""Messenger shows the customer's own from the profile, if there is one; nobody but the customer sees it before the tap."""


def render(send: Send, way: Way, persona_id: str = "") -> dict[str, Any]:
    """The body for `/{page_id}/messages`.

    `payloads` are used up by the options that can be tapped, in the order of `Message.options`. One that has none left carries its
    title: the tap then comes back as no tap of ours, and its title is read like a text.
    """
    comment = comment_of(send.customer_id)
    rendered: dict[str, Any] = {
        "recipient": {"comment_id": comment} if comment else {"id": send.customer_id},
        "messaging_type": way.messaging_type,
        "message": _render_message(send.message, iter(send.payloads), METADATA_PREFIX + send.outbox_id),
    }
    beside = {"tag": way.tag, "persona_id": persona_id}
    answers = {"reply_to": {"mid": send.message.reply_to}} if send.message.reply_to else {}
    return {**rendered, **answers, **{name: value for name, value in beside.items() if value}}


def _render_message(message: Message, payloads: Iterator[str], metadata: str) -> dict[str, Any]:
    rendered: dict[str, Any] = {"metadata": metadata[:METADATA_CHARS_MAX]}
    offered = [{"content_type": OFFERS[message.offers]}] if message.offers else []
    quick_replies = offered + [_quick_reply(each, payloads) for each in message.choices]
    if message.buttons:
        buttons = [_button(each, payloads) for each in message.buttons]
        rendered["attachment"] = _template(
            {"template_type": "button", "text": clean_text(message.text), "buttons": buttons}
        )
    elif message.media:
        kind, address = message.media
        rendered["attachment"] = {"type": kind, "payload": {"url": clean_text(address)}}
    elif message.cards:
        elements = [_card(each, payloads) for each in message.cards]
        ratio = {"image_aspect_ratio": "square"} if message.square else {}
        rendered["attachment"] = _template({"template_type": "generic", **ratio, "elements": elements})
    elif message.form and message.form.kind in KINDS:
        rendered |= render_rich(message.form)
    elif message.form:
        rendered["attachment"] = _template(render_form(message.form))
    else:
        rendered["text"] = clean_text(message.text)
    if quick_replies:
        rendered["quick_replies"] = quick_replies
    return rendered


def _quick_reply(option: Option, payloads: Iterator[str]) -> dict[str, str]:
    rendered = {
        "content_type": "text",
        "title": _title(option, QUICK_REPLY_TITLE_CHARS_MAX),
        "payload": _payload(option, payloads),
    }
    if option.image:
        rendered["image_url"] = clean_text(option.image)
    return rendered


def _template(payload: dict[str, Any]) -> dict[str, Any]:
    return {"type": "template", "payload": payload}


def _card(card: Card, payloads: Iterator[str]) -> dict[str, Any]:
    rendered: dict[str, Any] = {"title": shorten_words(clean_text(card.title), CARD_CHARS_MAX)}
    if card.subtitle:
        rendered["subtitle"] = shorten_words(clean_text(card.subtitle), CARD_CHARS_MAX)
    if card.image:
        rendered["image_url"] = clean_text(card.image)
    if card.url:
        rendered["default_action"] = {"type": "web_url", "url": clean_text(card.url)}
    if card.buttons:
        rendered["buttons"] = [_button(each, payloads) for each in card.buttons]
    return rendered


def _button(option: Option, payloads: Iterator[str]) -> dict[str, str]:
    title = _title(option, BUTTON_TITLE_CHARS_MAX)
    if option.url:
        return {"type": "web_url", "title": title, "url": clean_text(option.url)}
    if option.phone:
        return {"type": "phone_number", "title": title, "payload": clean_text(option.phone)}
    return {"type": "postback", "title": title, "payload": _payload(option, payloads)}


def _title(option: Option, chars_max: int) -> str:
    return shorten(clean_text(option.title).strip(), chars_max) or "…"


def _payload(option: Option, payloads: Iterator[str]) -> str:
    return next(payloads, clean_text(option.title)[:PAYLOAD_CHARS_MAX]) or "…"
