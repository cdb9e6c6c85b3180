"""Whether Meta would take buttons and quick replies. Pure."""

from __future__ import annotations

from typing import Any

from webhooks.simulator.graph.failures import bad_parameter
from webhooks.simulator.graph.fields import check_fetch, check_list, check_text, is_web_address
from webhooks.simulator.limits import BUTTONS_MAX, PAYLOAD_CHARS_MAX, QUICK_REPLIES_MAX, TITLE_CHARS_MAX

BUTTON_TYPES = ("postback", "web_url", "phone_number", "account_link", "account_unlink", "game_play")
WITHOUT_TITLE = ("account_link", "account_unlink")
HEIGHTS = ("compact", "tall", "full")
QUICK_REPLY_TYPES = ("text", "user_phone_number", "user_email")


def check_buttons(buttons: Any, least: int = 0, most: int = BUTTONS_MAX, types: tuple[str, ...] = BUTTON_TYPES) -> None:
    """The buttons of a template or of one card."""
    if buttons is None and least == 0:
        return
    for button in check_list(buttons, "buttons", least, most):
        _check_button(button, types)


def _check_button(button: dict[str, Any], types: tuple[str, ...]) -> None:
    kind = button.get("type")
    if kind not in types:
        raise bad_parameter("This button type is not supported.")
    if kind not in WITHOUT_TITLE:
        check_text(button.get("title"), "buttons[title]", TITLE_CHARS_MAX)
    if kind in ("postback", "phone_number"):
        check_text(button.get("payload"), "buttons[payload]", PAYLOAD_CHARS_MAX)
    if kind in ("web_url", "account_link"):
        check_address(button)


def check_address(action: dict[str, Any]) -> None:
    """Where a button or a card leads."""
    if not is_web_address(action.get("url")):
        raise bad_parameter("The button's url is not a web address.")
    if action.get("webview_height_ratio", "full") not in HEIGHTS:
        raise bad_parameter(f"Param webview_height_ratio must be one of {', '.join(HEIGHTS)}.")


def check_action(action: Any, name: str = "default_action") -> None:
    """A web_url button without a title."""
    if action is None:
        return
    if not isinstance(action, dict) or action.get("type") != "web_url" or "title" in action:
        raise bad_parameter(f"A {name} is a web_url without a title.")
    check_address(action)


def check_quick_replies(replies: Any) -> None:
    for reply in check_list(replies, "message[quick_replies]", 1, QUICK_REPLIES_MAX):
        kind = reply.get("content_type")
        if kind not in QUICK_REPLY_TYPES:
            raise bad_parameter("Param content_type must be text, user_phone_number or user_email.")
        if kind == "text":
            check_text(reply.get("title"), "quick_replies[title]", TITLE_CHARS_MAX)
            check_text(reply.get("payload"), "quick_replies[payload]", PAYLOAD_CHARS_MAX)
        if reply.get("image_url"):
            check_fetch(reply["image_url"])
