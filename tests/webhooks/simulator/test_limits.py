"""Every limit of Meta's that the simulator holds, with its error body; what is just allowed is taken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webhooks.simulator.kit import Table, error_of

BUTTON = {"type": "postback", "title": "Go", "payload": "GO"}
CARD = {"title": "Boots", "subtitle": "in stock"}


@pytest.fixture(name="table")
async def table_of_all(shared_table: Table) -> Table:
    """Not reset: nothing here leaves anything that another test could notice."""
    await shared_table.say(text="hi")
    return shared_table


def replies(count: int = 1, title: str = "Yes", payload: str = "YES", kind: str = "text") -> dict[str, Any]:
    return {"text": "Choose", "quick_replies": [{"content_type": kind, "title": title, "payload": payload}] * count}


def template(**payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": payload}}


def buttons(count: int = 1, text: str = "Choose", **changes: Any) -> dict[str, Any]:
    return template(template_type="button", text=text, buttons=[{**BUTTON, **changes}] * count)


def cards(count: int = 1, **changes: Any) -> dict[str, Any]:
    return template(template_type="generic", elements=[{**CARD, **changes}] * count)


def media(**payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": "image", "payload": payload}}


COUPON = {"template_type": "coupon", "title": "10% off", "coupon_code": "PINE10"}
RECEIPT = {
    "template_type": "receipt", "recipient_name": "Ana", "order_number": "A-1", "currency": "EUR", "payment_method": "Card",
    "elements": [{"title": "Shirt", "price": 55}], "summary": {"total_cost": 60.0},
}  # fmt: skip
FEEDBACK = {
    "template_type": "customer_feedback", "title": "Rate us", "button_title": "Rate",
    "feedback_screens": [{"questions": [{"id": "q", "type": "csat", "title": "Did we help?"}]}],
    "business_privacy": {"url": "https://shop.example/p"},
}  # fmt: skip

ALLOWED = {
    "coupon": template(**COUPON),
    "receipt": template(**RECEIPT),
    "feedback": template(**FEEDBACK),
    "text of 1,999": {"text": "x" * 1999},
    "metadata of 999": {"text": "x", "metadata": "m" * 999},
    "13 quick replies": replies(13),
    "quick reply title of 20": replies(title="t" * 20),
    "quick reply payload of 1,000": replies(payload="p" * 1000),
    "phone number reply": {"text": "x", "quick_replies": [{"content_type": "user_phone_number"}]},
    "3 buttons": buttons(3),
    "button title of 20": buttons(title="t" * 20),
    "button text of 640": buttons(text="t" * 640),
    "10 cards": cards(10),
    "card title and subtitle of 80": cards(title="t" * 80, subtitle="s" * 80),
    "image by address": media(url="https://cdn.example/p.png"),
    "30 images": {"attachments": [{"type": "image", "payload": {"url": "https://cdn.example/p.png"}}] * 30},
    "media template": template(
        template_type="media", elements=[{"media_type": "image", "url": "https://cdn.example/p.png"}]
    ),
}

REFUSED: dict[str, tuple[dict[str, Any] | str | list[str], tuple[int, int | None]]] = {
    "text of 2,000": ({"text": "x" * 2000}, (100, None)),
    "empty text": ({"text": ""}, (100, 2018034)),
    "nothing": ({}, (100, 2018034)),
    "metadata alone": ({"metadata": "m"}, (100, 2018034)),
    "text that is a number": ({"text": 5}, (100, None)),
    "text and attachment": ({"text": "x", **media(url="https://cdn.example/p.png")}, (100, None)),
    "a message that is a list": (["x"], (100, None)),
    "metadata of 1,000": ({"text": "x", "metadata": "m" * 1000}, (100, None)),
    "14 quick replies": (replies(14), (100, None)),
    "no quick replies in the list": (replies(0), (100, None)),
    "quick reply title of 21": (replies(title="t" * 21), (100, None)),
    "quick reply without title": (replies(title=""), (100, None)),
    "quick reply payload of 1,001": (replies(payload="p" * 1001), (100, None)),
    "location reply": (replies(kind="location"), (100, None)),
    "4 buttons": (buttons(4), (100, None)),
    "no button": (buttons(0), (100, None)),
    "button title of 21": (buttons(title="t" * 21), (100, None)),
    "button payload of 1,001": (buttons(payload="p" * 1001), (100, None)),
    "button of an unknown type": (buttons(type="magic"), (100, None)),
    "web button without an address": (buttons(type="web_url", url="shop"), (100, None)),
    "button text of 641": (buttons(text="t" * 641), (100, None)),
    "11 cards": (cards(11), (100, None)),
    "no card": (cards(0), (100, None)),
    "card title of 81": (cards(title="t" * 81), (100, None)),
    "card subtitle of 81": (cards(subtitle="s" * 81), (100, None)),
    "card with nothing but a title": (cards(subtitle=None), (100, None)),
    "card with 4 buttons": (cards(buttons=[BUTTON] * 4), (100, None)),
    "card that leads somewhere with a title": (cards(default_action={**BUTTON, "type": "web_url"}), (100, None)),
    "receipt whose elements are no list": (template(template_type="receipt", elements="x"), (100, None)),
    "product with a button of an unknown type": (template(template_type="product", buttons=[{"type": "x"}]), (100, None)),
    "coupon without a title": (template(**{**COUPON, "title": ""}), (100, None)),
    "coupon with a blank in its code": (template(**{**COUPON, "coupon_code": "PINE 10"}), (100, None)),
    "coupon with a tab in its code": (template(**{**COUPON, "coupon_code": "PINE\t10"}), (100, None)),
    "coupon with neither code nor address": (template(template_type="coupon", title="x"), (100, None)),
    "receipt without a number of the order": (template(**{**RECEIPT, "order_number": None}), (100, None)),
    "receipt without a total": (template(**{**RECEIPT, "summary": {}}), (100, None)),
    "receipt with a price in words": (template(**{**RECEIPT, "elements": [{"title": "x", "price": "5"}]}), (100, None)),
    "feedback without a question": (template(**{**FEEDBACK, "feedback_screens": [{"questions": []}]}), (100, None)),
    "feedback with a title of 66": (template(**{**FEEDBACK, "title": "x" * 66}), (100, None)),
    "feedback without privacy": (template(**{**FEEDBACK, "business_privacy": {}}), (100, None)),
    "unknown template": (template(template_type="list"), (100, None)),
    "unknown attachment id": (media(attachment_id="1"), (100, 2018074)),
    "image of no web address": (media(url="file:///etc/passwd"), (100, 2018008)),
    "unknown attachment type": ({"attachment": {"type": "hologram", "payload": {}}}, (100, 2018047)),
    "31 images": ({"attachments": [{"type": "image", "payload": {"url": "https://cdn.example/p.png"}}] * 31}, (100, None)),
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
        ({"message": {"text": "x"}, "recipient": {}}, (100, None)),
        ({"message": {"text": "x"}, "recipient": "c1"}, (100, None)),
    ],
)
async def test_a_send_that_is_put_together_wrongly_is_refused(
    table: Table, values: dict[str, Any], expected: tuple[int, int]
) -> None:
    assert error_of(await table.send(**values)) == expected
