"""What a customer does reaches the bot as Meta would say it, and shows on the customer's screen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webhooks.simulator.kit import PAGE, Table, eventually

CHOICES = {
    "text": "Choose",
    "quick_replies": [{"content_type": "text", "title": name, "payload": f"P-{name}"} for name in ("Yes", "No")],
}
BUTTONS = {
    "attachment": {
        "type": "template",
        "payload": {
            "template_type": "button",
            "text": "How?",
            "buttons": [
                {"type": "postback", "title": "By number", "payload": "NUMBER"},
                {"type": "web_url", "title": "Shop", "url": "https://shop.example/x"},
            ],
        },
    }
}


async def test_a_new_customer_sees_get_started_and_the_greeting_with_the_own_name(table: Table) -> None:
    await table.control("customer", page=PAGE, customer="c1", name="Ada Moreno")
    screen = await table.thread()
    assert (screen["get_started"], screen["greeting"]) == (True, "Hello Ada!")
    assert screen["taps"] == ["Get Started", "Start over"]


async def test_get_started_is_a_postback_with_the_pages_payload(table: Table) -> None:
    said = await table.say(tap="Get Started")
    await eventually(lambda: len(table.bot.items("postback")) == 1)
    assert table.bot.items("postback")[0]["postback"] == {
        "mid": said["mid"],
        "title": "Get Started",
        "payload": "START",
    }
    assert (await table.thread())["get_started"] is False


async def test_a_link_brings_its_reference_with_get_started_and_later_alone(table: Table) -> None:
    await table.say(referral="poster-12")
    await table.say(tap="Get Started")
    await table.say(referral={"ref": "spring", "ad_id": "555"})
    await eventually(lambda: len(table.bot.items()) == 2)
    started, came = table.bot.items()
    assert started["postback"]["referral"] == {"source": "SHORTLINK", "type": "OPEN_THREAD", "ref": "poster-12"}
    assert came["referral"] == {"source": "ADS", "type": "OPEN_THREAD", "ref": "spring", "ad_id": "555"}


async def test_a_tapped_quick_reply_is_a_message_with_its_payload(table: Table) -> None:
    await table.say(text="hi")
    await table.send(CHOICES)
    await table.say(tap="Yes")
    await eventually(lambda: "Yes" in table.bot.said())
    message = table.bot.items("message")[-1]["message"]
    assert (message["text"], message["quick_reply"]) == ("Yes", {"payload": "P-Yes"})


async def test_quick_replies_vanish_with_the_next_message(table: Table) -> None:
    await table.say(text="hi")
    await table.send(CHOICES)
    assert [each["title"] for each in (await table.thread())["quick_replies"]] == ["Yes", "No"]
    await table.say(text="typed instead")
    assert (await table.thread())["quick_replies"] == []
    refused = await table.http.post(f"{table.url}/_control/say", json={"page": PAGE, "customer": "c1", "tap": "Yes"})
    assert refused.status_code == 409
    assert "Start over" in refused.json()["error"]["hint"]


async def test_an_old_button_stays_alive(table: Table) -> None:
    await table.say(text="hi")
    await table.send(BUTTONS)
    await table.send("later")
    await table.say(tap="By number")
    await eventually(lambda: len(table.bot.items("postback")) == 1)
    assert table.bot.items("postback")[0]["postback"]["payload"] == "NUMBER"


async def test_a_button_can_be_tapped_by_its_payload_and_a_menu_entry_by_its_title(table: Table) -> None:
    await table.say(text="hi")
    await table.send(BUTTONS)
    await table.say(tap="NUMBER")
    await table.say(tap="Start over")
    await eventually(lambda: len(table.bot.items("postback")) == 2)
    assert [item["postback"]["payload"] for item in table.bot.items("postback")] == ["NUMBER", "OVER"]


async def test_a_web_button_opens_its_address_and_tells_the_bot_nothing(table: Table) -> None:
    await table.say(text="hi")
    await table.send(BUTTONS)
    assert (await table.say(tap="Shop"))["opened"] == "https://shop.example/x"
    assert (await table.thread())["said"] == 1


async def test_a_tap_that_was_never_offered_can_be_forged(table: Table) -> None:
    await table.say(tap={"title": "Admin", "payload": "v1:admin:all"})
    await eventually(lambda: len(table.bot.items("postback")) == 1)
    assert table.bot.items("postback")[0]["postback"]["payload"] == "v1:admin:all"


async def test_a_photo_with_words_is_one_message(table: Table) -> None:
    await table.say(text="this one", attachment={"type": "image", "url": "https://cdn.example/p.png"})
    await eventually(lambda: len(table.bot.items("message")) == 1)
    message = table.bot.items("message")[0]["message"]
    assert message["text"] == "this one"
    assert message["attachments"] == [{"type": "image", "payload": {"url": "https://cdn.example/p.png"}}]


async def test_reactions_edits_and_removals_arrive_in_metas_form(table: Table) -> None:
    mid = (await table.say(text="hi"))["mid"]
    sent = (await table.send("Hello")).json()["message_id"]
    await table.say(reaction="love")
    await table.say(edit={"text": "hi there"})
    await table.say(unsend=True)
    await eventually(
        lambda: len(table.bot.items("message_edit")) == 1 and table.bot.items()[-1].get("message", {}).get("is_deleted")
    )
    assert table.bot.items("reaction")[0]["reaction"]["mid"] == sent
    assert table.bot.items("message_edit")[0]["message_edit"] == {"mid": mid, "text": "hi there", "num_edit": 1}
    assert table.bot.items()[-1]["message"] == {"mid": mid, "is_deleted": True}
    assert (await table.thread())["messages"][0]["text"] == ""


@pytest.mark.parametrize(
    "text", ["", "\0", "\ud800", "\u202eevil", "x" * 20_000, "e\u0301\u200d\U0001f469\u200d\U0001f680"]
)
async def test_any_text_arrives_unchanged_and_is_shown(table: Table, text: str) -> None:
    await table.say(text=text)
    await eventually(lambda: table.bot.said() == [text])
    assert (await table.thread())["messages"][0]["text"] == text


async def test_any_other_webhook_item_can_be_said(table: Table) -> None:
    await table.say(item={"optin": {"ref": "PLUGIN"}}, field="messaging_optins")
    await eventually(lambda: len(table.bot.items("optin")) == 1)
    assert table.bot.items("optin")[0]["sender"] == {"id": "c1"}


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({}, 422),
        ({"text": "x", "tap": "y"}, 422),
        ({"text": "x", "page": "nowhere"}, 404),
        ({"text": "x", "customer": "a/b"}, 422),
        ({"text": "x", "customer": "c" * 65}, 422),
        ({"tap": "Not there"}, 409),
        ({"reaction": "love"}, 409),
        ({"shout": "x"}, 422),
    ],
)
async def test_a_deed_that_cannot_be_done_is_refused_in_words(table: Table, order: dict[str, Any], status: int) -> None:
    answer = await table.http.post(f"{table.url}/_control/say", json={"page": PAGE, "customer": "c1", **order})
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


async def test_customers_of_different_pages_are_different_threads(table: Table) -> None:
    await table.say("c1", text="to the first")
    await table.control("say", page="10002", customer="c1", text="to the second")
    assert [message["text"] for message in (await table.thread("c1"))["messages"]] == ["to the first"]


async def test_a_thread_can_be_waited_for(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="echo_first", times=1)
    await table.send("there")
    waited = await table.http.get(f"{table.url}/_control/thread/{PAGE}/c1?got=1&wait_seconds=5")
    assert waited.json()["messages"][-1]["text"] == "there"
    in_vain = await table.http.get(f"{table.url}/_control/thread/{PAGE}/c1?got=2&wait_seconds=0.05")
    assert in_vain.json()["got"] == 1
