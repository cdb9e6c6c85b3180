"""Every limit of Meta's that the simulator holds, with its error body; what is just allowed is taken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webhooks.simulator.kit import Table, error_of
from tests.webhooks.simulator.samples import (
    BUTTON,
    COUPON,
    FEEDBACK,
    OPT_IN,
    PICTURE,
    RECEIPT,
    buttons,
    cards,
    coupon,
    feedback,
    grid,
    media,
    product,
    question,
    receipt,
    replies,
    template,
)


@pytest.fixture(name="table")
async def table_of_all(shared_table: Table) -> Table:
    """Not reset: nothing here leaves anything that another test could notice."""
    await shared_table.say(text="hi")
    return shared_table


ALLOWED = {
    "coupon": template(**COUPON),
    "receipt": template(**RECEIPT),
    "feedback": template(**FEEDBACK),
    "phone number reply": {"text": "x", "quick_replies": [{"content_type": "user_phone_number"}]},
    "image by address": media(url="https://cdn.example/p.png"),
    "sticker": {"attachment": {"type": "sticker", "payload": {"sticker_id": 369239263222822}}},
    "sticker in its short form": {"sticker_id": "369239263222822"},
    "e-mail reply": {"text": "x", "quick_replies": [{"content_type": "user_email"}]},
    "product": product(),
    "image grid with a hero and a tap": grid(
        images=[
            {"url": PICTURE, "is_hero_image": True, "action": {"type": "postback", "payload": "A"}},
            {"url": PICTURE},
        ],
        title="Pick one",
        buttons=[BUTTON],
    ),
    "opt-in": template(**OPT_IN),
    "square cards": template(
        template_type="generic", image_aspect_ratio="square", elements=[{"title": "x", "subtitle": "y"}]
    ),
    "card that leads somewhere": cards(default_action={"type": "web_url", "url": "https://shop.example"}),
    "login button": buttons(type="account_link", url="https://shop.example/login"),
    "logout button": buttons(type="account_unlink"),
    "recommendation from 0 to 10": question(type="nps", score_option="zero_to_ten"),
    "effort": question(type="ces"),
    "receipt with its time in seconds": receipt(timestamp="1790000000"),
    "media template": template(
        template_type="media", elements=[{"media_type": "image", "url": "https://cdn.example/p.png"}]
    ),
}

REFUSED: dict[str, tuple[dict[str, Any] | str | list[str], tuple[int, int | None]]] = {
    "empty text": ({"text": ""}, (100, 2018034)),
    "nothing": ({}, (100, 2018034)),
    "metadata alone": ({"metadata": "m"}, (100, 2018034)),
    "text that is a number": ({"text": 5}, (100, None)),
    "text and attachment": ({"text": "x", **media(url="https://cdn.example/p.png")}, (100, None)),
    "a message that is a list": (["x"], (100, None)),
    "no quick replies in the list": (replies(0), (100, None)),
    "quick reply without title": (replies(title=""), (100, None)),
    "location reply": (replies(kind="location"), (100, None)),
    "no button": (buttons(0), (100, None)),
    "button of an unknown type": (buttons(type="magic"), (100, None)),
    "web button without an address": (buttons(type="web_url", url="shop"), (100, None)),
    "no card": (cards(0), (100, None)),
    "card with nothing but a title": (cards(subtitle=None), (100, None)),
    "card with 4 buttons": (cards(buttons=[BUTTON] * 4), (100, None)),
    "card that leads somewhere with a title": (cards(default_action={**BUTTON, "type": "web_url"}), (100, None)),
    "receipt whose elements are no list": (template(template_type="receipt", elements="x"), (100, None)),
    "product without an id": (template(template_type="product", elements=[{"title": "Boots"}]), (100, None)),
    "grid of one image": (grid(1), (100, None)),
    "grid with two heroes": (grid(images=[{"url": PICTURE, "is_hero_image": True}] * 2), (100, None)),
    "grid with a button that calls": (grid(buttons=[{"type": "phone_number", "title": "x", "payload": "1"}]), (100, None)),
    "opt-in without payload": (template(template_type="notification_messages", title="News"), (100, None)),
    "sticker without digits": ({"sticker_id": "cat"}, (100, None)),
    "text and sticker": ({"text": "x", "sticker_id": "1"}, (100, None)),
    "window of an unknown height": (
        buttons(type="web_url", url="https://shop.example", webview_height_ratio="huge"), (100, None)),
    "cards of an unknown shape": (
        template(template_type="generic", image_aspect_ratio="round", elements=[{"title": "x", "subtitle": "y"}]), (100, None)),
    "two media elements": (
        template(template_type="media", elements=[{"media_type": "image", "url": PICTURE}] * 2), (100, None)),
    "media with two buttons": (
        template(template_type="media", elements=[{"media_type": "image", "url": PICTURE, "buttons": [BUTTON] * 2}]), (100, None)),
    "media that is a sound": (template(template_type="media", elements=[{"media_type": "audio", "url": PICTURE}]), (100, None)),
    "receipt with its time in milliseconds": (receipt(timestamp=1790000000000), (100, None)),
    "receipt without a currency": (receipt(currency=None), (100, None)),
    "feedback whose id has a blank": (question(id="q 1"), (100, None)),
    "feedback of an unknown kind": (question(type="mood"), (100, None)),
    "feedback on a scale of another kind": (question(type="nps", score_option="five_stars"), (100, None)),
    "feedback with two questions": (
        feedback(feedback_screens=[{"questions": [{"id": "a"}, {"id": "b"}]}]), (100, None)),
    "feedback that is open for no day": (feedback(expires_in_days=0), (100, None)),
    "coupon whose picture cannot be fetched": (coupon(image_url="https://nowhere.invalid/c.png"), (100, 2018008)),
    "image that cannot be fetched": (media(url="https://nowhere.invalid/p.png"), (100, 2018008)),
    "image that is too large": (media(url="https://large.invalid/p.png"), (100, 36000)),
    "film that is too large": (
        {"attachment": {"type": "video", "payload": {"url": "https://large.invalid/v.mp4"}}}, (100, 2018109)),
    "film that takes too long": (
        {"attachment": {"type": "video", "payload": {"url": "https://slow.invalid/v.mp4"}}}, (100, 2018294)),
    "several attachments of which one is a film": (
        {"attachments": [{"type": "video", "payload": {"url": "https://cdn.example/v.mp4"}}]}, (100, 2018047)),
    "coupon without a title": (template(**{**COUPON, "title": ""}), (100, None)),
    "coupon with a blank in its code": (template(**{**COUPON, "coupon_code": "PINE 10"}), (100, None)),
    "coupon with a tab in its code": (template(**{**COUPON, "coupon_code": "PINE\t10"}), (100, None)),
    "coupon with neither code nor address": (template(template_type="coupon", title="x"), (100, None)),
    "receipt without a number of the order": (template(**{**RECEIPT, "order_number": None}), (100, None)),
    "receipt without a total": (template(**{**RECEIPT, "summary": {}}), (100, None)),
    "receipt with a price in words": (template(**{**RECEIPT, "elements": [{"title": "x", "price": "5"}]}), (100, None)),
    "feedback without a question": (template(**{**FEEDBACK, "feedback_screens": [{"questions": []}]}), (100, None)),
    "feedback without privacy": (template(**{**FEEDBACK, "business_privacy": {}}), (100, None)),
    "unknown template": (template(template_type="list"), (100, None)),
    "unknown attachment id": (media(attachment_id="1"), (100, 2018074)),
    "image of no web address": (media(url="file:///etc/passwd"), (100, 2018008)),
    "unknown attachment type": ({"attachment": {"type": "hologram", "payload": {}}}, (100, 2018047)),
}  # fmt: skip


@pytest.mark.parametrize("name", ALLOWED)
async def test_what_meta_allows_is_taken(table: Table, name: str) -> None:
    answer = await table.send(ALLOWED[name])
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("name", REFUSED)
async def test_what_meta_refuses_is_refused_and_shown_to_nobody(table: Table, name: str) -> None:
    message, expected = REFUSED[name]
    before = (await table.thread())["got"]
    answer = await table.send(message)
    assert (answer.status_code, error_of(answer)) == (400, expected)
    assert (await table.thread())["got"] == before


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"message": {"text": "x"}, "sender_action": "typing_on"}, (100, 2018014)),
        ({"sender_action": "dance"}, (100, None)),
        ({"message": {"text": "x"}, "messaging_type": "GREETING"}, (100, None)),
        ({"message": {"text": "x"}, "messaging_type": "MESSAGE_TAG"}, (100, None)),
        ({"message": {"text": "x"}, "messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"}, (100, 1893061)),
        ({"message": {"text": "x"}, "messaging_type": "MESSAGE_TAG", "tag": "MADE_UP"}, (100, None)),
        ({"message": {"text": "x"}, "messaging_type": "RESPONSE", "tag": "HUMAN_AGENT"}, (100, None)),
        ({"message": {"text": "x"}, "messaging_type": "MESSAGE_TAG", "tag": "CUSTOMER_FEEDBACK"}, (100, None)),
        ({"message": {"text": "x"}, "messaging_type": "UTILITY"}, (100, None)),
        ({"message": {"text": "x"}, "notification_type": "LOUD"}, (100, None)),
        ({"message": {"text": "x"}, "reply_to": {"mid": "m_nobody"}}, (100, None)),
        ({"message": {"text": "x"}, "thread_control": {"control_type": "keep"}}, (100, None)),
        ({"message": {"text": "x"}, "thread_control": {"control_type": "pass"}}, (100, None)),
        ({"message": {"text": "x"}, "recipient": {"id": "c1", "user_ref": "r"}}, (100, None)),
        ({"message": {"text": "x"}, "recipient": {}}, (100, None)),
        ({"message": {"text": "x"}, "recipient": "c1"}, (100, None)),
    ],
)
async def test_a_send_that_is_put_together_wrongly_is_refused(
    table: Table, values: dict[str, Any], expected: tuple[int, int]
) -> None:
    assert error_of(await table.send(**values)) == expected
