"""Coupons, receipts and requests for feedback as Messenger's templates, and as plain texts where something is missing. Pure.

Keys on the left are the flow language's, those of the templates are Meta's (Send API, template reference, 2026).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.engine.effects import Form
from app.engine.numbers import read_number
from webhooks.messenger.cut import shorten
from webhooks.messenger.limits import (
    BUTTON_TITLE_CHARS_MAX,
    CARD_CHARS_MAX,
    FEEDBACK_TITLE_CHARS_MAX,
    QUESTION_CHARS_MAX,
    QUESTION_CHARS_MIN,
    RECEIPT_ITEMS_MAX,
)
from webhooks.messenger.payload import clean_text

FEEDBACK_DAYS = 3
"""How long a request for feedback can be answered; Meta allows 1 to 7."""

_REQUIRED = {
    "coupon": ("title",),
    "receipt": ("name", "order", "currency", "payment", "total"),
    "feedback": ("title", "button", "question", "privacy"),
}
CHARS_MAX: Mapping[tuple[str, str], int] = {
    ("coupon", "title"): CARD_CHARS_MAX,
    ("coupon", "subtitle"): CARD_CHARS_MAX,
    ("feedback", "title"): FEEDBACK_TITLE_CHARS_MAX,
    ("feedback", "subtitle"): CARD_CHARS_MAX,
    ("feedback", "button"): BUTTON_TITLE_CHARS_MAX,
    ("feedback", "question"): QUESTION_CHARS_MAX,
    ("feedback", "comment"): FEEDBACK_TITLE_CHARS_MAX,
}
"""What is shortened, and to how much."""
_CURRENCY = re.compile(r"[A-Za-z]{3}")
"""Messenger takes the codes of ISO 4217 alone: EUR, no euro and no sign."""
_SUMS = {"subtotal": "subtotal", "shipping": "shipping_cost", "tax": "total_tax", "total": "total_cost"}


def is_complete(form: Form) -> bool:
    """Whether Messenger takes it: a value that was not known may have left a hole."""
    fields = form.fields
    if not all(fields.get(name) for name in _REQUIRED[form.kind]):
        return False
    if form.kind == "coupon":
        code = fields.get("code", "")
        return bool(code or fields.get("url")) and not any(each.isspace() for each in code)
    if form.kind == "feedback":
        return len(clean_text(fields["question"]).strip()) >= QUESTION_CHARS_MIN
    return _is_receipt(form)


def _is_receipt(form: Form) -> bool:
    """Whether what Messenger reads as numbers and as a currency is that."""
    has_currency = _CURRENCY.fullmatch(form.fields["currency"].strip()) is not None
    return has_currency and _number(form.fields["total"]) is not None and all(map(_is_whole, form.items))


def _is_whole(line: Mapping[str, str]) -> bool:
    """Whether a line of a receipt has its title, and a price that is a number."""
    return bool(line.get("title")) and _number(line.get("price", "0")) is not None


def as_text(form: Form) -> str:
    """What it says, line by line."""
    lines = [value for name, value in form.fields.items() if value and name not in ("button", "image")]
    lines += [" ".join(each for each in item.values() if not each.startswith("http")) for item in form.items]
    return "\n".join(line for line in lines if line)


def render_form(form: Form) -> dict[str, Any]:
    """The template's payload; `form` is complete."""
    fields = {name: _fitting(form.kind, name, clean_text(value)) for name, value in form.fields.items()}
    match form.kind:
        case "coupon":
            return _coupon(fields)
        case "receipt":
            return _receipt(fields, form.items)
        case _:
            return _feedback(fields)


def _fitting(kind: str, name: str, text: str) -> str:
    most = CHARS_MAX.get((kind, name))
    return shorten(text, most) if most else text


def _coupon(fields: Mapping[str, str]) -> dict[str, Any]:
    rendered = {"template_type": "coupon", "title": fields["title"]}
    if subtitle := fields.get("subtitle"):
        rendered["subtitle"] = subtitle
    for name, theirs in (("code", "coupon_code"), ("url", "coupon_url"), ("image", "image_url")):
        if value := fields.get(name):
            rendered[theirs] = value
    return rendered


def _receipt(fields: Mapping[str, str], items: tuple[Mapping[str, str], ...]) -> dict[str, Any]:
    sums = {theirs: _number(fields.get(name, "")) for name, theirs in _SUMS.items()}
    currency = fields["currency"].strip().upper()
    return {
        "template_type": "receipt",
        "recipient_name": fields["name"],
        "order_number": fields["order"],
        "currency": currency,
        "payment_method": fields["payment"],
        "elements": [_line(item, currency) for item in items[:RECEIPT_ITEMS_MAX]],
        "summary": {name: value for name, value in sums.items() if value is not None},
    }


def _line(item: Mapping[str, str], currency: str) -> dict[str, Any]:
    line: dict[str, Any] = {
        "title": clean_text(item["title"]),
        "price": _number(item.get("price", "")) or 0,
        "currency": currency,
    }
    quantity, subtitle = item.get("quantity", ""), item.get("subtitle", "")
    count = _number(quantity)
    if count is not None and count >= 1 and count.is_integer():
        line["quantity"] = int(count)
    else:  # half a metre is no number of pieces: it is said as it was written
        subtitle = " · ".join(each for each in (quantity, subtitle) if each)
    for value, theirs in ((subtitle, "subtitle"), (item.get("image"), "image_url")):
        if value:
            line[theirs] = clean_text(value)
    return line


def _feedback(fields: Mapping[str, str]) -> dict[str, Any]:
    question: dict[str, Any] = {
        "id": "q_csat",
        "type": "csat",
        "title": fields["question"],
        "score_label": "neg_pos",
        "score_option": "five_stars",
    }
    if comment := fields.get("comment"):
        question["follow_up"] = {"type": "free_form", "placeholder": comment}
    rendered = {
        "template_type": "customer_feedback",
        "title": fields["title"],
        "button_title": fields["button"],
        "feedback_screens": [{"questions": [question]}],
        "business_privacy": {"url": fields["privacy"]},
        "expires_in_days": FEEDBACK_DAYS,
    }
    if subtitle := fields.get("subtitle"):
        rendered["subtitle"] = subtitle
    return rendered


def _number(text: str) -> float | None:
    """The number in a text: 45, 45.50, 45,50, 1,234.50, 45 EUR. None without one, or with several."""
    found = read_number(text)
    return None if found is None else float(found)
