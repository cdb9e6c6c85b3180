"""Any value in any place of a message is taken or refused in Meta's form; neither the call nor the customer's screen breaks."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.webhooks.simulator.kit import PAGE, TOKEN, Table, error_of
from tests.webhooks.simulator.samples import (
    OPT_IN,
    buttons,
    cards,
    coupon,
    grid,
    images,
    media,
    product,
    question,
    receipt,
    replies,
    template,
)

ODD: tuple[Any, ...] = (None, True, 5, -1.5, "", "x", "\ud800", [], ["x"], [[]], {}, {"x": {}})
MESSAGES = {
    "replies": replies(),
    "buttons": buttons(),
    "cards": cards(default_action={"type": "web_url", "url": "https://shop.example"}, image_url="https://cdn.example/p.png"),
    "media": template(template_type="media", elements=[{"media_type": "image", "url": "https://cdn.example/p.png"}]),
    "receipt": receipt(timestamp="1790000000"),
    "coupon": coupon(payload="x", subtitle="x"),
    "feedback": question(follow_up={"type": "free_form", "placeholder": "x"}, score_option="five_stars"),
    "product": product(),
    "grid": grid(images=[{"url": "https://cdn.example/p.png", "action": {"type": "postback", "payload": "x"}}] * 2),
    "opt-in": template(**OPT_IN, elements=[], buttons=[]),
    "images": images(1),
    "picture": media(url="https://cdn.example/p.png", is_reusable=True),
    "utility": {"template": {"name": "order_update", "language": {"code": "en"}, "components": [{"parameters": [{"text": "x"}]}]}},
    "sticker": {"sticker_id": "1", "metadata": "x"},
}  # fmt: skip


async def post(table: Table, **values: Any) -> httpx.Response:
    """A send whose body holds half an emoji, too, if need be."""
    body = {"recipient": {"id": "c1"}, "messaging_type": "RESPONSE", "message": {"text": "x"}, **values}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
    return await table.http.post(f"{table.url}/v26.0/me/messages", content=json.dumps(body), headers=headers)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in the value, the whole of it too."""
    yield at
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        yield from places(each, (*at, key))


def changed(value: Any, at: tuple[Any, ...], odd: Any) -> Any:
    if not at:
        return odd
    made = copy.deepcopy(value)
    holder = made
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = odd
    return made


@pytest.mark.parametrize("name", MESSAGES)
async def test_any_value_anywhere_is_taken_or_refused_and_the_screen_still_shows(table: Table, name: str) -> None:
    await table.say(text="hi")
    await table.control("template_status", page=PAGE, template="order_update", text="{{1}}")
    values = {"messaging_type": "UTILITY" if name == "utility" else "RESPONSE"}
    for at in places(MESSAGES[name]):
        for odd in ODD:
            answer = await post(table, message=changed(MESSAGES[name], at, odd), **values)
            assert answer.status_code in (200, 400), (at, odd, answer.text)
            if answer.status_code == 400:
                assert error_of(answer)[0] == 100, (at, odd)
    assert (await table.thread())["messages"]
    assert (await table.http.get(f"{table.url}/_control/threads")).status_code == 200


@pytest.mark.parametrize(
    "key", ["recipient", "messaging_type", "tag", "reply_to", "thread_control", "notification_type", "sender_action"]
)
async def test_any_value_of_a_sends_other_keys_is_taken_or_refused(table: Table, key: str) -> None:
    await table.say(text="hi")
    for odd in (
        *ODD,
        {"mid": []},
        {"id": []},
        {"control_type": []},
        {"control_type": "pass", "app_id": []},
        {"user_ref": "x"},
    ):
        answer = await post(table, **{key: odd})
        assert answer.status_code in (200, 400), (odd, answer.text)
    assert (await table.thread())["messages"]
