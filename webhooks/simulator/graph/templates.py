"""Whether Meta would take a template: button, generic, media and the few fields of the rarer ones. Pure."""

from __future__ import annotations

from typing import Any

from webhooks.simulator.graph.failures import bad_parameter
from webhooks.simulator.graph.fields import check_list, check_media, check_text, is_web_address
from webhooks.simulator.limits import (
    BUTTON_TEXT_CHARS_MAX,
    BUTTONS_MAX,
    CARD_CHARS_MAX,
    CARDS_MAX,
    ELEMENTS_MAX,
    FEEDBACK_TITLE_CHARS_MAX,
    NAME_CHARS_MAX,
    PAYLOAD_CHARS_MAX,
    QUESTION_CHARS_MAX,
    TITLE_CHARS_MAX,
)

OTHER_TEMPLATES = ("product", "image_grid", "notification_messages")
"""Taken when they have a payload; the chat page shows only that they came."""
BUTTON_TYPES = ("postback", "web_url", "phone_number", "account_link", "account_unlink", "game_play")


def check_template(payload: Any, attachments: Any) -> None:
    """Raises GraphError for a template that Meta refuses."""
    if not isinstance(payload, dict):
        raise bad_parameter("The template has no payload.")
    match payload.get("template_type"):
        case "button":
            check_text(payload.get("text"), "payload[text]", BUTTON_TEXT_CHARS_MAX)
            check_buttons(payload.get("buttons"), least=1)
        case "generic":
            for card in check_list(payload.get("elements"), "payload[elements]", 1, CARDS_MAX):
                _check_card(card)
        case "media":
            _check_media_template(payload, attachments)
        case "coupon":
            _check_coupon(payload)
        case "receipt":
            _check_receipt(payload)
        case "customer_feedback":
            _check_feedback(payload)
        case kind if kind in OTHER_TEMPLATES:
            _check_other(payload)
        case _:
            raise bad_parameter("This template_type is not supported.")


def _check_other(payload: dict[str, Any]) -> None:
    """Only the form that the customer's screen reads."""
    for part in check_list(payload.get("elements") or [], "payload[elements]", 0, ELEMENTS_MAX):
        check_buttons(part.get("buttons"))
    check_buttons(payload.get("buttons"))


def _check_coupon(payload: dict[str, Any]) -> None:
    check_text(payload.get("title"), "payload[title]", CARD_CHARS_MAX)
    check_text(payload.get("subtitle"), "payload[subtitle]", CARD_CHARS_MAX, required=False)
    code = payload.get("coupon_code")
    if code is not None and (not isinstance(code, str) or any(map(str.isspace, code))):
        raise bad_parameter("A coupon_code has no spaces.")
    if not code and not is_web_address(payload.get("coupon_url")):
        raise bad_parameter("A coupon needs a coupon_code or a coupon_url.")


def _check_receipt(payload: dict[str, Any]) -> None:
    for name in ("recipient_name", "order_number", "currency", "payment_method"):
        check_text(payload.get(name), f"payload[{name}]", NAME_CHARS_MAX)
    for line in check_list(payload.get("elements") or [], "payload[elements]", 0, ELEMENTS_MAX):
        check_text(line.get("title"), "elements[title]", NAME_CHARS_MAX)
        if not _is_amount(line.get("price")):
            raise bad_parameter("elements[price] must be a number.")
    summary = payload.get("summary")
    if not isinstance(summary, dict) or not _is_amount(summary.get("total_cost")):
        raise bad_parameter("summary[total_cost] must be a number.")


def _is_amount(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_feedback(payload: dict[str, Any]) -> None:
    check_text(payload.get("title"), "payload[title]", FEEDBACK_TITLE_CHARS_MAX)
    check_text(payload.get("subtitle"), "payload[subtitle]", CARD_CHARS_MAX, required=False)
    check_text(payload.get("button_title"), "payload[button_title]", TITLE_CHARS_MAX)
    (screen,) = check_list(payload.get("feedback_screens"), "payload[feedback_screens]", 1, 1)
    (question,) = check_list(screen.get("questions"), "feedback_screens[questions]", 1, 1)
    check_text(question.get("title"), "questions[title]", QUESTION_CHARS_MAX)
    privacy = payload.get("business_privacy")
    if not isinstance(privacy, dict) or not is_web_address(privacy.get("url")):
        raise bad_parameter("business_privacy[url] must be a web address.")


def check_buttons(buttons: Any, least: int = 0, most: int = BUTTONS_MAX) -> None:
    """The buttons of a template or of one card."""
    if buttons is None and least == 0:
        return
    for button in check_list(buttons, "buttons", least, most):
        _check_button(button)


def _check_button(button: dict[str, Any]) -> None:
    kind = button.get("type")
    if kind not in BUTTON_TYPES:
        raise bad_parameter("This button type is not supported.")
    if kind not in ("account_link", "account_unlink"):
        check_text(button.get("title"), "buttons[title]", TITLE_CHARS_MAX)
    if kind in ("postback", "phone_number"):
        check_text(button.get("payload"), "buttons[payload]", PAYLOAD_CHARS_MAX)
    if kind in ("web_url", "account_link") and not is_web_address(button.get("url")):
        raise bad_parameter("The button's url is not a web address.")


def _check_card(card: dict[str, Any]) -> None:
    check_text(card.get("title"), "elements[title]", CARD_CHARS_MAX)
    check_text(card.get("subtitle"), "elements[subtitle]", CARD_CHARS_MAX, required=False)
    if not any(card.get(name) for name in ("subtitle", "image_url", "default_action", "buttons")):
        raise bad_parameter("A card needs something beside its title.")
    if card.get("image_url") and not is_web_address(card["image_url"]):
        raise bad_parameter("Failed to fetch the file from the url.", 2018008)
    action = card.get("default_action")
    if action is not None and not (
        isinstance(action, dict) and action.get("type") == "web_url" and "title" not in action
    ):
        raise bad_parameter("A default_action is a web_url without a title.")
    check_buttons(card.get("buttons"))


def _check_media_template(payload: dict[str, Any], attachments: Any) -> None:
    (element,) = check_list(payload.get("elements"), "payload[elements]", 1, 1)
    if element.get("media_type") not in ("image", "video"):
        raise bad_parameter("media_type must be image or video.")
    check_media(element["media_type"], element, attachments)
    check_buttons(element.get("buttons"), most=1)
