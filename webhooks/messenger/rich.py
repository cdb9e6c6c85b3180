"""Stickers, pictures together, products of Meta's catalogue and utility messages as contents of a message. Pure.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages: sticker-api (2026-06-03),
template/image-grid (2026-06-30), template/product, utility-messages (2026-03-13).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.engine.effects import Form, Message
from webhooks.messenger.cut import shorten, split_text
from webhooks.messenger.limits import (
    CARD_CHARS_MAX,
    GRID_IMAGES_MAX,
    GRID_TITLE_CHARS_MAX,
    IMAGES_MAX,
    PRODUCTS_MAX,
    UTILITY_VALUE_CHARS_MAX,
)
from webhooks.messenger.payload import clean_text

KINDS = ("sticker", "images", "grid", "product", "utility")
THUMBS = {
    "thumbs_up": 369_239_263_222_822,
    "thumbs_up_medium": 369_239_343_222_814,
    "thumbs_up_large": 369_239_383_222_810,
}
"""Meta's ids of the three sizes of the thumb."""
CHARS_MAX = {("grid", "title"): GRID_TITLE_CHARS_MAX, ("grid", "subtitle"): CARD_CHARS_MAX}
"""What is shortened, and to how much."""
_PICTURES_MAX = {"images": IMAGES_MAX, "grid": GRID_IMAGES_MAX}


def split_rich(form: Form) -> Iterator[Message]:
    """The messages that show it: more pictures or products than fit in further ones, a picture that is left alone as one."""
    match form.kind:
        case "images" | "grid":
            yield from _split_pictures(form)
        case "product":
            for start in range(0, len(form.items), PRODUCTS_MAX):
                yield Message(form=Form("product", {}, form.items[start : start + PRODUCTS_MAX]))
        case _:
            yield Message(form=form)


def _split_pictures(form: Form) -> Iterator[Message]:
    most = _PICTURES_MAX[form.kind]
    whole = [each for each in form.items if each.get("url")]
    for start in range(0, len(whole), most):
        part = tuple(whole[start : start + most])
        if len(part) > 1:
            yield Message(form=Form(form.kind, form.fields if start == 0 else {}, part))
        else:
            yield Message(media=("image", part[0]["url"]))
    if len(whole) < 2:  # no grid, on which its title could stand
        yield from (Message(each) for each in split_text("\n".join(_titles(form))))


def as_text(form: Form) -> str:
    """What it says where it cannot be shown: titles, addresses, and the values of a utility message."""
    values = (value for item in form.items for name, value in item.items() if name in ("url", "value") and value)
    return "\n".join((*_titles(form), *values))


def _titles(form: Form) -> list[str]:
    return [title for _, name in CHARS_MAX if (title := form.fields.get(name, "").strip())]


def render_rich(form: Form) -> dict[str, Any]:
    """What stands in the message."""
    match form.kind:
        case "sticker":
            name = form.fields["sticker"]
            return {"sticker_id": THUMBS.get(name) or int(name)}
        case "images":
            return {
                "attachments": [{"type": "image", "payload": {"url": clean_text(each["url"])}} for each in form.items]
            }
        case "grid":
            return _template({"template_type": "image_grid", "elements": [_grid(form)]})
        case "product":
            return _template({"template_type": "product", "elements": [{"id": each["id"]} for each in form.items]})
        case _:
            return {"template": _utility(form)}


def _template(payload: dict[str, Any]) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": payload}}


def _grid(form: Form) -> dict[str, Any]:
    element: dict[str, Any] = {"images": [{"url": clean_text(each["url"])} for each in form.items]}
    for (_, name), chars_max in CHARS_MAX.items():
        if value := clean_text(form.fields.get(name, "")):
            element[name] = shorten(value, chars_max)
    return element


def _utility(form: Form) -> dict[str, Any]:
    """A hole whose value is not known is filled with an ellipsis: Meta refuses a template with a hole."""
    parameters = [_parameter(each.get("name", ""), clean_text(each.get("value", "")).strip()) for each in form.items]
    rendered: dict[str, Any] = {"name": form.fields["template"], "language": {"code": form.fields["language"].strip()}}
    return {**rendered, "components": [{"type": "body", "parameters": parameters}]} if parameters else rendered


def _parameter(name: str, value: str) -> dict[str, str]:
    parameter = {"type": "text", "text": shorten(value, UTILITY_VALUE_CHARS_MAX) or "…"}
    return {**parameter, "parameter_name": name} if name else parameter
