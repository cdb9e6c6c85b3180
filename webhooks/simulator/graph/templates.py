"""Whether Meta would take a template. Pure."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from webhooks.simulator.graph.buttons import check_action, check_buttons
from webhooks.simulator.graph.failures import bad_parameter
from webhooks.simulator.graph.feedback import check_feedback
from webhooks.simulator.graph.fields import (
    check_fetch,
    check_list,
    check_media,
    check_object,
    check_text,
    is_web_address,
)
from webhooks.simulator.limits import (
    BUTTON_TEXT_CHARS_MAX,
    CARD_CHARS_MAX,
    CARDS_MAX,
    ELEMENTS_MAX,
    GRID_IMAGES_MAX,
    GRID_IMAGES_MIN,
    GRID_TITLE_CHARS_MAX,
    NAME_CHARS_MAX,
    OPT_IN_TITLE_CHARS_MAX,
    PAYLOAD_CHARS_MAX,
    PRODUCTS_MAX,
)

SECONDS_MAX = 10**11
"""O: a time stamp beyond it is in milliseconds."""


def check_template(payload: Any, attachments: Container[str]) -> None:
    """Raises GraphError for a template that Meta refuses."""
    if not isinstance(payload, dict):
        raise bad_parameter("The template has no payload.")
    match payload.get("template_type"):
        case "button":
            check_text(payload.get("text"), "payload[text]", BUTTON_TEXT_CHARS_MAX)
            check_buttons(payload.get("buttons"), least=1)
        case "generic":
            _check_cards(payload)
        case "media":
            _check_media_template(payload, attachments)
        case "coupon":
            _check_coupon(payload)
        case "receipt":
            _check_receipt(payload)
        case "product":
            for product in check_list(payload.get("elements"), "payload[elements]", 1, PRODUCTS_MAX):
                check_text(product.get("id"), "elements[id]", NAME_CHARS_MAX)
        case "image_grid":
            _check_grid(payload)
        case "customer_feedback":
            check_feedback(payload)
        case "notification_messages" | "one_time_notif_req":
            check_text(payload.get("title"), "payload[title]", OPT_IN_TITLE_CHARS_MAX)
            check_text(payload.get("payload"), "payload[payload]", PAYLOAD_CHARS_MAX)
        case _:
            raise bad_parameter("This template_type is not supported.")


def _check_cards(payload: dict[str, Any]) -> None:
    if payload.get("image_aspect_ratio", "horizontal") not in ("horizontal", "square"):
        raise bad_parameter("Param image_aspect_ratio must be horizontal or square.")
    for card in check_list(payload.get("elements"), "payload[elements]", 1, CARDS_MAX):
        _check_card(card)


def _check_card(card: dict[str, Any]) -> None:
    check_text(card.get("title"), "elements[title]", CARD_CHARS_MAX)
    check_text(card.get("subtitle"), "elements[subtitle]", CARD_CHARS_MAX, required=False)
    if not any(card.get(name) for name in ("subtitle", "image_url", "default_action", "buttons")):
        raise bad_parameter("A card needs something beside its title.")
    if card.get("image_url"):
        check_fetch(card["image_url"])
    check_action(card.get("default_action"))
    check_buttons(card.get("buttons"))


def _check_media_template(payload: dict[str, Any], attachments: Container[str]) -> None:
    (element,) = check_list(payload.get("elements"), "payload[elements]", 1, 1)
    if element.get("media_type") not in ("image", "video"):
        raise bad_parameter("media_type must be image or video.")
    if element.get("attachment_id") is not None and element.get("url") is not None:
        raise bad_parameter("A media element has either an attachment_id or a url.")
    check_media(element["media_type"], element, attachments)
    check_buttons(element.get("buttons"), most=1)


def _check_coupon(payload: dict[str, Any]) -> None:
    check_text(payload.get("title"), "payload[title]", CARD_CHARS_MAX)
    check_text(payload.get("subtitle"), "payload[subtitle]", CARD_CHARS_MAX, required=False)
    check_text(payload.get("payload"), "payload[payload]", PAYLOAD_CHARS_MAX, required=False)
    code = payload.get("coupon_code")
    if code is not None and (not isinstance(code, str) or any(map(str.isspace, code))):
        raise bad_parameter("A coupon_code has no spaces.")
    if not code and not is_web_address(payload.get("coupon_url")):
        raise bad_parameter("A coupon needs a coupon_code or a coupon_url.")
    if payload.get("image_url"):
        check_fetch(payload["image_url"])


def _check_receipt(payload: dict[str, Any]) -> None:
    for name in ("recipient_name", "order_number", "currency", "payment_method"):
        check_text(payload.get(name), f"payload[{name}]", NAME_CHARS_MAX)
    for line in check_list(payload.get("elements") or [], "payload[elements]", 0, ELEMENTS_MAX):
        check_text(line.get("title"), "elements[title]", NAME_CHARS_MAX)
        if not _is_amount(line.get("price")):
            raise bad_parameter("elements[price] must be a number.")
    if not _is_amount(check_object(payload.get("summary"), "payload[summary]").get("total_cost")):
        raise bad_parameter("summary[total_cost] must be a number.")
    made_at = payload.get("timestamp")
    if made_at is not None and not (str(made_at).isdecimal() and int(made_at) < SECONDS_MAX):
        raise bad_parameter("A receipt's timestamp is in seconds.")


def _is_amount(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_grid(payload: dict[str, Any]) -> None:
    (element,) = check_list(payload.get("elements"), "payload[elements]", 1, 1)
    images = check_list(element.get("images"), "elements[images]", GRID_IMAGES_MIN, GRID_IMAGES_MAX)
    for image in images:
        check_fetch(image.get("url"))
        if image.get("action") is not None:
            check_buttons([{"title": "-", **check_object(image["action"], "images[action]")}], types=GRID_BUTTONS)
    if sum(image.get("is_hero_image") is True for image in images) > 1:
        raise bad_parameter("Only one image of a grid can be the hero.")
    check_text(element.get("title"), "elements[title]", GRID_TITLE_CHARS_MAX, required=False)
    check_text(element.get("subtitle"), "elements[subtitle]", CARD_CHARS_MAX, required=False)
    check_buttons(element.get("buttons"), types=GRID_BUTTONS)


GRID_BUTTONS = ("web_url", "postback")
