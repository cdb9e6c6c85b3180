"""Whom a send can be for beside a customer's id: a comment, a post, a checkbox, a consent for notifications; utility messages."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.webhooks.simulator.kit import PAGE, Table, error_of, eventually

DAY_SECONDS = 24 * 3600
TEMPLATE = {"name": "order_update", "category": "UTILITY", "language": "en",
            "components": [{"type": "BODY", "text": "{{name}}, order {{number}} is on its way."}]}  # fmt: skip


async def commented(table: Table, **more: Any) -> str:
    """Somebody asks below the Page's post; the comment's id."""
    done = await table.say(comment={"text": "How much?", "post_id": f"{PAGE}_1", **more})
    return str(done["comment_id"])


async def reply(table: Table, comment_id: str, text: str = "40 euros") -> httpx.Response:
    return await table.send(text, recipient={"comment_id": comment_id})


async def test_a_comment_is_told_as_a_change_with_its_time_in_seconds(table: Table) -> None:
    comment_id = await commented(table, parent_id=f"{PAGE}_1")
    await eventually(lambda: len(table.bot.posts) == 1)
    (entry,) = table.bot.entries()
    (change,) = entry["changes"]
    assert entry["time"] < 10**11
    assert change["field"] == "feed"
    assert change["value"]["from"]["id"] == "c1"
    shown = {name: change["value"][name] for name in ("item", "verb", "comment_id", "post_id", "parent_id", "message")}
    assert shown == {
        "item": "comment", "verb": "add", "comment_id": comment_id, "post_id": f"{PAGE}_1", "parent_id": f"{PAGE}_1",
        "message": "How much?",
    }  # fmt: skip


async def test_a_comment_has_one_private_reply_and_the_window_stays_closed_until_the_answer(table: Table) -> None:
    comment_id = await commented(table)
    answer = await reply(table, comment_id)
    assert answer.json()["recipient_id"] == "c1"
    assert (await table.thread())["messages"][-1]["text"] == "40 euros"
    assert error_of(await reply(table, comment_id)) == (100, 2018292)
    assert error_of(await table.send("more")) == (10, 2018278)
    await table.say(text="thanks")
    assert (await table.send("more")).status_code == 200


async def test_a_private_reply_is_late_after_seven_days(table: Table) -> None:
    first, second = await commented(table), await commented(table)
    await table.control("clock", advance=7 * DAY_SECONDS - 60)
    assert (await reply(table, first)).status_code == 200
    await table.control("clock", advance=120)
    assert error_of(await reply(table, second)) == (10, 2018278)


async def test_a_comment_of_the_pages_own_or_one_that_is_gone_has_no_private_reply(table: Table) -> None:
    own, gone = await commented(table, by_page=True), await commented(table)
    await table.say(comment={"verb": "remove", "comment_id": gone})
    assert error_of(await reply(table, own)) == (100, 2018292)
    assert error_of(await reply(table, gone)) == (100, 2018292)
    await eventually(lambda: len(table.bot.posts) == 3)
    assert table.bot.entries()[0]["changes"][0]["value"]["from"]["id"] == PAGE
    assert table.bot.entries()[2]["changes"][0]["value"]["verb"] == "remove"


async def test_a_post_on_the_wall_can_be_answered_once(table: Table) -> None:
    post_id = (await table.say(comment={"text": "Are you open?"}))["post_id"]
    assert (await table.send("Yes", recipient={"post_id": post_id})).status_code == 200
    await eventually(lambda: "changes" in table.bot.entries()[0])
    assert table.bot.entries()[0]["changes"][0]["value"]["item"] == "post"


async def test_a_checkbox_can_be_written_to_for_a_day_without_echo_and_without_a_name(table: Table) -> None:
    await table.say(optin={"ref": "NEWS", "user_ref": "chk-1"})
    await eventually(lambda: len(table.bot.items("optin")) == 1)
    assert "sender" not in table.bot.items("optin")[0]
    answer = await table.send("Hello!", recipient={"user_ref": "chk-1"})
    assert list(answer.json()) == ["message_id"]
    await table.say(text="hi")
    await eventually(lambda: table.bot.said() == ["hi"])
    assert len(table.bot.items()) == 2
    await table.control("clock", advance=DAY_SECONDS + 1)
    assert error_of(await table.send("x", recipient={"user_ref": "chk-1"})) == (10, 2018278)
    assert error_of(await table.send("x", recipient={"user_ref": "chk-2"})) == (100, 2018001)


async def test_a_consent_reaches_beyond_the_window_until_it_is_stopped(table: Table) -> None:
    given = (await table.say(optin={"type": "notification_messages", "payload": "NEWS"}))["optin"]
    token = given["notification_messages_token"]
    to_token = {"recipient": {"notification_messages_token": token}}
    await table.control("clock", advance=30 * DAY_SECONDS)
    assert (await table.send("News!", **to_token)).json()["recipient_id"] == "c1"
    stopped = {"type": "notification_messages", "notification_messages_token": token,
               "notification_messages_status": "STOP NOTIFICATIONS"}  # fmt: skip
    await table.say(optin=stopped)
    assert error_of(await table.send("News!", **to_token)) == (10, 1893015)


# ---- utility messages --------------------------------------------------------------------------------------


def utility(**parameters: str) -> dict[str, Any]:
    listed = [{"type": "text", "parameter_name": name, "text": text} for name, text in parameters.items()]
    return {"template": {"name": "order_update", "language": {"code": "en"},
                         "components": [{"type": "body", "parameters": listed}]}}  # fmt: skip


async def test_a_utility_message_reaches_beyond_the_window_with_its_holes_filled(table: Table) -> None:
    await table.say(text="hi")
    made = await table.graph("POST", f"{PAGE}/message_templates", **TEMPLATE)
    assert made.json()["status"] == "PENDING"
    await eventually(lambda: "changes" in table.bot.entries()[-1])
    told = table.bot.entries()[-1]["changes"][0]
    assert (told["field"], told["value"]["event"]) == ("message_template_status_update", "APPROVED")
    await table.control("clock", advance=30 * DAY_SECONDS)
    sent = await table.send(utility(name="Ada", number="A-1"), messaging_type="UTILITY")
    assert sent.status_code == 200, sent.text
    shown = (await table.thread())["messages"][-1]
    assert (shown["text"], shown["utility"]) == ("Ada, order A-1 is on its way.", True)


@pytest.mark.parametrize(
    ("message", "messaging_type"),
    [
        (utility(name="Ada"), "UTILITY"),
        (utility(name="Ada", number="A-1", more="x"), "UTILITY"),
        (utility(name="Ada", number="A-1"), "RESPONSE"),
        ({**utility(name="Ada", number="A-1"), "quick_replies": [{"content_type": "user_email"}]}, "UTILITY"),
        ({"template": {"name": "unknown", "language": {"code": "en"}}}, "UTILITY"),
    ],
)
async def test_a_utility_message_that_does_not_fit_its_template_is_refused(
    table: Table, message: dict[str, Any], messaging_type: str
) -> None:
    await table.say(text="hi")
    await table.graph("POST", f"{PAGE}/message_templates", **TEMPLATE)
    assert error_of(await table.send(message, messaging_type=messaging_type)) == (100, None)


async def test_a_template_that_was_rejected_cannot_be_sent_and_can_be_listed_and_deleted(table: Table) -> None:
    await table.say(text="hi")
    await table.control("template_status", page=PAGE, template="order_update", text="Hello", event="REJECTED")
    assert error_of(await table.send(utility(), messaging_type="UTILITY")) == (100, None)
    await table.control("template_status", page=PAGE, template="order_update")
    assert (await table.send(utility(), messaging_type="UTILITY")).status_code == 200
    listed = (await table.graph("GET", f"{PAGE}/message_templates")).json()["data"]
    assert [(each["name"], each["status"]) for each in listed] == [("order_update", "APPROVED")]
    await table.graph("DELETE", f"{PAGE}/message_templates", name="order_update")
    assert (await table.graph("GET", f"{PAGE}/message_templates")).json() == {"data": []}
