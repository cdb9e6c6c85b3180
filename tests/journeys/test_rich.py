"""Stickers, pictures together, catalogue products and utility messages travel to the customer's screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.bodies import PAGE, TOKENS
from tests.journeys.house import House, Plan, running

BOT = """flow: 1
bot: {name: Piney, disclosure: I am a bot.}
messenger: {start: welcome}
slots: {order: {type: text, pattern: "[A-Z]-[0-9]+"}}
anywhere: [{gives: order, goto: sent}, {hear: [looks], goto: welcome}, {hear: [rate], goto: rate}]
states:
  welcome:
    say:
      - {images: ["https://cdn.example/1.jpg", "https://cdn.example/2.jpg"]}
      - {grid: {title: Our looks, images: ["https://cdn.example/1.jpg", "https://cdn.example/2.jpg", "https://cdn.example/3.jpg"]}}
      - {product: [777, 778]}
      - {sticker: thumbs_up}
    choices: {Again: welcome}
  rate:
    say:
      - feedback:
          title: Your opinion
          button: Rate us
          question: Did we help you?
          comment: What could be better?
          privacy: https://shop.example/privacy
  sent:
    say:
      - {utility: {template: order_update, language: en_US, values: {order: <order>}}}
    choices: {Looks: welcome}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("rich")
    (folder / "bot").mkdir()
    (folder / "bot" / "bot.yaml").write_text(BOT)
    with running(Plan(folder, folder / "bot", settings={"APP_FEATURES": "utility_messages"})) as started:
        yield started


def make_template(house: House) -> None:
    given = {
        "name": "order_update", "language": "en_US", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Order {{order}} is on its way."}],
    }  # fmt: skip
    url = f"{house.messenger_url}/v26.0/{PAGE}/message_templates"
    made = house.http.post(url, json=given, headers={"Authorization": f"Bearer {TOKENS[PAGE]}"})
    assert made.status_code == 200, made.text


def kinds(messages: list[dict[str, Any]]) -> list[list[str]]:
    return [
        [each["payload"].get("template_type") or each["type"] for each in message["attachments"]]
        for message in messages
    ]


def test_each_kind_is_on_the_screen_and_choices_stand_on_the_last(house: House) -> None:
    customer = house.new_customer()
    customer.types("looks")
    *_, images, grid, products, thumb = customer.messages()
    assert kinds([images, grid, products, thumb]) == [["image", "image"], ["image_grid"], ["product"], ["sticker"]]
    assert grid["attachments"][0]["payload"]["elements"][0]["title"] == "Our looks"
    assert [each["id"] for each in products["attachments"][0]["payload"]["elements"]] == ["777", "778"]
    assert "Again" in customer.can_tap()
    assert len(customer.taps("Again")) == 4


def test_a_utility_message_is_filled_in_and_one_whose_answer_was_lost_is_not_sent_twice(house: House) -> None:
    make_template(house)
    customer = house.new_customer()
    customer.types("hello")
    house.fault("lost_answer", times=1)
    house.fault("no_echo", times=1)
    said = customer.types("A-17")
    house.fault("clear")
    assert said[0] == "Order A-17 is on its way."
    assert said.count(said[0]) == 1
    assert house.rows("SELECT attempt, status FROM outbox WHERE body LIKE '%order_update%'") == [(1, "sent")]
    assert "Looks" in customer.can_tap()


def test_a_form_for_feedback_is_filled_in_and_what_was_said_is_kept_and_not_answered(house: House) -> None:
    customer = house.new_customer()
    customer.types("rate")
    assert kinds(customer.messages()[-1:]) == [["customer_feedback"]]
    customer.says(feedback={"score": 4, "text": "Quick help"})
    assert customer.sees_new() == []
    assert customer.messages()[-1]["answer"] == "4"
    [(body,)] = house.rows(f"SELECT body FROM history WHERE customer_id = '{customer.id}' AND kind = 'feedback'")
    assert json.loads(body) == {
        "answers": [{"question": "q_csat", "type": "csat", "answer": "4", "follow_up": "Quick help"}]
    }
