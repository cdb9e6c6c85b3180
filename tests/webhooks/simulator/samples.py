"""Messages of every kind as a bot sends them, and the builders that bring one to its limit."""

from __future__ import annotations

from typing import Any

BUTTON = {"type": "postback", "title": "Go", "payload": "GO"}
CARD = {"title": "Boots", "subtitle": "in stock"}


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
PICTURE = "https://cdn.example/p.png"
PRODUCT = {"template_type": "product", "elements": [{"id": "777"}]}
OPT_IN = {"template_type": "notification_messages", "title": "Weekly news", "payload": "NEWS"}


def product(count: int = 1) -> dict[str, Any]:
    return template(template_type="product", elements=[{"id": str(number)} for number in range(count)])


def receipt(**changes: Any) -> dict[str, Any]:
    return template(**{**RECEIPT, **changes})


def coupon(**changes: Any) -> dict[str, Any]:
    return template(**{**COUPON, **changes})


def feedback(**changes: Any) -> dict[str, Any]:
    return template(**{**FEEDBACK, **changes})


def question(**changes: Any) -> dict[str, Any]:
    """A feedback form with one question that is changed so."""
    asked = {"id": "q", "type": "csat", "title": "Did we help?", **changes}
    return feedback(feedback_screens=[{"questions": [asked]}])


def grid(count: int = 2, **changes: Any) -> dict[str, Any]:
    return template(template_type="image_grid", elements=[{"images": [{"url": PICTURE}] * count, **changes}])


def images(count: int) -> dict[str, Any]:
    return {"attachments": [{"type": "image", "payload": {"url": PICTURE}}] * count}
