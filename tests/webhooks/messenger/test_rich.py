"""Stickers, pictures together, catalogue products and utility messages: cut, written and refused as Meta has it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.channel import Failed, Refusal
from app.clock import Clock
from app.engine.effects import Form, Message, Option, message_from_dict, message_to_dict
from tests.webhooks.messenger.kit import ACCOUNT, NOW, create_send
from tests.webhooks.messenger.test_render import RESPONSE
from webhooks.messenger import http
from webhooks.messenger.pieces import pieces
from webhooks.messenger.policy import Way, may_send
from webhooks.messenger.render import render
from webhooks.messenger.rich import as_text
from webhooks.messenger.send import Messenger
from webhooks.simulator.graph.check import check_message

A, B = ({"url": f"https://cdn.example/{name}.jpg"} for name in "ab")
THUMB = Form("sticker", {"sticker": "thumbs_up"})
IMAGES = Form("images", {}, (A, B))
GRID = Form("grid", {"title": "word " * 20, "subtitle": "word " * 40}, (A, B))
PRODUCTS = Form("product", {}, ({"id": "777"}, {"id": "778"}))
UTILITY = Form(
    "utility", {"template": "order_update", "language": "en_US"}, ({"name": "order", "value": "A-1"}, {"value": " "})
)


def message_of(form: Form) -> dict[str, Any]:
    [piece] = pieces(Message(form=form))
    rendered: dict[str, Any] = render(create_send(piece), RESPONSE)["message"]
    del rendered["metadata"]
    return rendered


def test_each_is_written_as_meta_documents_it() -> None:
    assert message_of(THUMB) == {"sticker_id": 369239263222822}
    assert message_of(Form("sticker", {"sticker": "767226160478561"})) == {"sticker_id": 767226160478561}
    assert message_of(IMAGES) == {
        "attachments": [{"type": "image", "payload": A}, {"type": "image", "payload": B}],
    }
    assert message_of(PRODUCTS)["attachment"]["payload"] == {
        "template_type": "product", "elements": [{"id": "777"}, {"id": "778"}],
    }  # fmt: skip
    parameters = [{"type": "text", "text": "A-1", "parameter_name": "order"}, {"type": "text", "text": "…"}]
    assert message_of(UTILITY) == {
        "template": {
            "name": "order_update", "language": {"code": "en_US"}, "components": [{"type": "body", "parameters": parameters}],
        }
    }  # fmt: skip


def test_titles_of_a_grid_are_shortened() -> None:
    [element] = message_of(GRID)["attachment"]["payload"]["elements"]
    assert element["images"] == [A, B]
    assert len(element["title"]) <= 45
    assert len(element["subtitle"]) <= 80
    assert element["title"].endswith("…")


@pytest.mark.parametrize("form", [THUMB, IMAGES, GRID, PRODUCTS, UTILITY], ids=lambda form: form.kind)
def test_the_local_messenger_takes_them_and_they_are_stored_whole(form: Form) -> None:
    check_message(message_of(form), ())
    message = Message(form=form)
    assert message_from_dict(message_to_dict(message)) == message


def test_more_pictures_than_fit_follow_in_further_messages_and_one_alone_is_a_picture() -> None:
    many = tuple({"url": f"https://cdn.example/{number}.jpg"} for number in range(13))
    forms = pieces(Message(form=Form("grid", {"title": "Looks"}, many)))
    assert [len(each.form.items) if each.form else each.media for each in forms] == [6, 6, ("image", many[12]["url"])]
    assert [each.form.fields for each in forms if each.form] == [{"title": "Looks"}, {}]
    assert pieces(Message(form=Form("images", {}, (A, {"url": ""})))) == [Message(media=("image", A["url"]))]
    assert pieces(Message(form=Form("images", {}, ({"url": ""},)))) == []
    assert [len(each.form.items) for each in pieces(Message(form=Form("images", {}, many * 3))) if each.form] == [30, 9]
    products = tuple({"id": str(number)} for number in range(12))
    assert [len(each.form.items) for each in pieces(Message(form=Form("product", {}, products))) if each.form] == [
        10,
        2,
    ]


def test_the_title_of_a_grid_is_said_where_too_few_pictures_are_left_for_one() -> None:
    titled = {"title": "Looks", "subtitle": "of this spring"}
    said = Message("Looks\nof this spring")
    assert pieces(Message(form=Form("grid", titled, (A, {"url": ""})))) == [Message(media=("image", A["url"])), said]
    assert pieces(Message(form=Form("grid", titled, ({"url": ""},)))) == [said]
    assert as_text(Form("grid", titled, (A, B))) == f"{said.text}\n{A['url']}\n{B['url']}"


def test_choices_never_stand_on_a_utility_message() -> None:
    yes = Option("Yes", tap=("a", "yes"))
    first, second = pieces(Message(form=UTILITY, choices=(yes,)))
    assert (first.choices, second.choices, second.text) == ((), (yes,), "…")
    [sticker] = pieces(Message(form=THUMB, choices=(yes,)))
    assert sticker.choices == (yes,)


def test_a_utility_message_goes_by_its_own_type_and_only_where_meta_granted_it() -> None:
    late = create_send(Message(form=UTILITY), last_customer_at=NOW - timedelta(days=30))
    refused = may_send(late, NOW)
    assert isinstance(refused, Refusal)
    assert (refused.code, "page_utility_messaging" in refused.sentence) == ("not_granted", True)
    way = may_send(late, NOW, frozenset({"utility_messages"}))
    assert isinstance(way, Way)
    assert render(late, way)["messaging_type"] == "UTILITY"


async def test_pictures_that_messenger_cannot_fetch_are_sent_as_their_addresses() -> None:
    async with http.create_client() as client:
        _look_at_what_is_sent_instead(Messenger(ACCOUNT, "http://graph.invalid", client, Clock()))


def _look_at_what_is_sent_instead(messenger: Messenger) -> None:
    trouble = Failed("media_not_fetched", "The file could not be fetched.")
    other = messenger.instead(Message(form=GRID), trouble)
    titles = [GRID.fields[name].strip() for name in ("title", "subtitle")]
    assert other == Message("\n".join((*titles, A["url"], B["url"])))
    assert messenger.instead(Message(form=PRODUCTS), trouble) is None
    assert messenger.instead(Message(form=GRID), Failed("refused", "No.")) is None
    answer = Message("Yes.", reply_to="m_gone")
    assert messenger.instead(answer, Failed("refused", "No.")) == Message("Yes.")
