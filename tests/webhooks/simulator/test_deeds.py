"""Everything else that a customer or Meta can do: each comes to the bot in Meta's form, and opens the window or not."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.webhooks.simulator.kit import APP_ID, PAGE, Table, error_of, eventually
from tests.webhooks.simulator.samples import COUPON, coupon, feedback, question, template

DAY_SECONDS = 24 * 3600
THUMB = {"type": "sticker", "payload": {"sticker_id": 369239263222822, "url": "https://cdn.example/s.png"}}


async def item(table: Table, kind: str) -> dict[str, Any]:
    """What the last item of this kind holds."""
    await eventually(lambda: bool(table.bot.items(kind)))
    return dict(table.bot.items(kind)[-1][kind])


async def refused(table: Table, **deed: Any) -> httpx.Response:
    return await table.http.post(f"{table.url}/_control/say", json={"page": PAGE, "customer": "c1", **deed})


ATTACHMENTS = [
    THUMB,
    {"type": "image", "payload": {"url": "https://cdn.example/i.jpg"}},
    {"type": "video", "payload": {"url": "https://cdn.example/v.mp4"}},
    {"type": "audio", "payload": {"url": "https://cdn.example/a.mp4"}},
    {"type": "file", "payload": {"url": "https://cdn.example/d.pdf"}},
    {"type": "fallback", "payload": {"url": "https://shop.example/x", "title": "A page"}},
    {"type": "template", "payload": {"product": {"elements": [{"id": "777", "title": "Boots", "subtitle": "$40"}]}}},
    {"type": "reel", "payload": {"url": "https://fb.example/r", "title": "clip", "reel_video_id": "888"}},
    {"type": "ig_reel", "payload": {"url": "https://ig.example/r", "title": "clip", "reel_video_id": "889"}},
    {"type": "post", "payload": {"url": "https://fb.example/p", "id": "10001_9", "title": "post"}},
    {"type": "ig_post", "payload": {"url": "https://ig.example/p", "title": "post"}},
    {"type": "appointment_booking", "payload": {"booking_id": "b1", "status": "requested", "start_time": 1790000000}},
    {"type": "location", "title": "Pinned", "payload": {"coordinates": {"lat": 52.5, "long": 13.4}}},
]


@pytest.mark.parametrize("attachment", ATTACHMENTS, ids=lambda each: each["type"])
async def test_a_message_of_every_attachment_kind_arrives_as_it_was_given(
    table: Table, attachment: dict[str, Any]
) -> None:
    await table.say(attachment=attachment)
    assert (await item(table, "message"))["attachments"] == [attachment]
    assert (await table.thread())["messages"][-1]["attachments"] == [attachment]


async def test_several_attachments_and_a_text_are_one_message(table: Table) -> None:
    await table.say(text="these", attachments=ATTACHMENTS[1:3])
    message = await item(table, "message")
    assert (message["text"], len(message["attachments"])) == ("these", 2)


async def test_a_message_can_carry_commands_a_product_and_what_came_before(table: Table) -> None:
    await table.say(text="book me a slot", message={"commands": [{"name": "book"}], "prior_message": {"source": "x"}})
    assert (await item(table, "message"))["commands"] == [{"name": "book"}]
    await table.say(text="in stock?", referral={"product": {"id": "777"}})
    await eventually(lambda: len(table.bot.items("message")) == 2)
    assert (await item(table, "message"))["referral"] == {"product": {"id": "777"}}


async def test_a_message_that_meta_cannot_show_says_so(table: Table) -> None:
    await table.say(unsupported=True)
    assert (await item(table, "message"))["is_unsupported"] is True
    assert (await table.thread())["messages"][-1]["unsupported"] is True


async def test_a_reply_names_the_message_and_whether_it_is_the_customers_own(table: Table) -> None:
    first = (await table.say(text="one"))["mid"]
    answered = (await table.send("two", reply_to={"mid": first})).json()["message_id"]
    assert (await table.thread())["messages"][-1]["reply_to"] == {"mid": first, "from": "customer", "text": "one"}
    await table.say(text="three", reply_to=answered)
    await eventually(lambda: table.bot.said() == ["one", "three"])
    said = [each for each in table.bot.items("message") if each["message"].get("text") == "three"]
    assert said[0]["message"]["reply_to"] == {"mid": answered, "is_self_reply": False}
    assert (await refused(table, text="x", reply_to="m_nobody")).status_code == 409


async def test_a_message_is_changed_five_times_at_most_and_only_by_its_writer(table: Table) -> None:
    await table.say(text="one")
    for number in range(1, 6):
        await table.say(edit={"text": f"version {number}"})
    await eventually(lambda: len(table.bot.items("message_edit")) == 5)
    assert (await item(table, "message_edit"))["num_edit"] == 5
    assert (await refused(table, edit={"text": "one too many"})).status_code == 409
    mid = (await table.send("mine")).json()["message_id"]
    assert (await refused(table, unsend=mid)).status_code == 409


async def test_a_reaction_opens_the_window_and_taking_it_back_does_not(table: Table) -> None:
    await table.say(text="hi")
    await table.send("Hello!")
    await table.control("clock", advance=2 * DAY_SECONDS)
    await table.say(reaction={"action": "unreact"})
    assert error_of(await table.send("x")) == (10, 2018278)
    await table.say(reaction="love")
    assert (await table.send("x")).status_code == 200


@pytest.mark.parametrize(("referral", "status"), [("poster-12", 200), ({"ad_id": "555", "ref": ""}, 400)])
async def test_a_link_into_an_existing_thread_opens_the_window_and_an_ad_alone_does_not(
    table: Table, referral: Any, status: int
) -> None:
    await table.say(text="hi")
    await table.control("clock", advance=2 * DAY_SECONDS)
    await table.say(referral=referral)
    assert (await item(table, "referral"))["source"] == ("SHORTLINK" if status == 200 else "ADS")
    assert (await table.send("x")).status_code == status


async def test_a_link_holds_2083_characters(table: Table) -> None:
    await table.say(text="hi")
    await table.say(referral="r" * 2083)
    assert (await refused(table, referral="r" * 2084)).status_code == 422


async def test_an_opt_in_for_notifications_gets_a_token_and_one_by_plugin_none(table: Table) -> None:
    await table.say(text="hi")
    await table.say(optin={"type": "notification_messages", "payload": "NEWS", "title": "Weekly news"})
    given = await item(table, "optin")
    assert given["notification_messages_token"]
    assert given["user_token_status"] == "NOT_REFRESHED"
    await table.say(optin={"ref": "PLUGIN_REF"})
    await eventually(lambda: len(table.bot.items("optin")) == 2)
    assert await item(table, "optin") == {"ref": "PLUGIN_REF"}


async def test_a_form_is_filled_in_once_with_a_score_of_its_scale(table: Table) -> None:
    await table.say(text="hi")
    await table.send(question(id="q_csat"))
    assert (await refused(table, feedback={"score": 6})).status_code == 422
    await table.say(feedback={"score": 4, "text": "quick help"})
    answers = (await item(table, "messaging_feedback"))["feedback_screens"]
    assert answers == [{"screen_id": 0, "questions": {"q_csat": {
        "type": "csat", "payload": "4", "follow_up": {"type": "free_form", "payload": "quick help"}}}}]  # fmt: skip
    assert (await refused(table, feedback={"score": 4})).status_code == 409
    assert (await table.thread())["messages"][-1]["answer"] == "4"


async def test_a_form_is_over_after_its_days(table: Table) -> None:
    await table.say(text="hi")
    await table.send(feedback(expires_in_days=2))
    await table.control("clock", advance=2 * DAY_SECONDS + 60)
    assert (await refused(table, feedback={"score": 4})).status_code == 409


async def test_a_thumb_under_a_message_names_it(table: Table) -> None:
    await table.say(text="hi")
    mid = (await table.send("Hello!")).json()["message_id"]
    await table.say(rating={"good": False})
    assert await item(table, "response_feedback") == {"feedback": "Bad response", "mid": mid}


async def test_a_coupon_is_uncovered_with_its_payload(table: Table) -> None:
    await table.say(text="hi")
    await table.send(coupon(payload="EXTRA"))
    await table.say(coupon=True)
    assert await item(table, "template") == {"type": "coupon", "payload": "EXTRA", "coupon_code": COUPON["coupon_code"]}


async def test_an_account_is_linked_and_unlinked(table: Table) -> None:
    await table.say(text="hi")
    await table.send(template(template_type="button", text="Account", buttons=[
        {"type": "account_link", "url": "https://shop.example/login"}, {"type": "account_unlink"}]))  # fmt: skip
    assert (await table.say(tap="Log in"))["opened"] == "https://shop.example/login"
    await table.say(account_linking={"status": "linked", "authorization_code": "code"})
    assert await item(table, "account_linking") == {"status": "linked", "authorization_code": "code"}
    await table.say(tap="Log out")
    await eventually(lambda: len(table.bot.items("account_linking")) == 2)
    assert await item(table, "account_linking") == {"status": "unlinked"}


async def test_without_receipts_a_customer_reads_when_it_is_said(table: Table) -> None:
    await table.say(text="hi")
    mids = [(await table.send(text)).json()["message_id"] for text in ("one", "two")]
    await eventually(lambda: len(table.bot.items("read")) == 2)
    await table.say(seen=mids[0])
    await eventually(lambda: len(table.bot.items("read")) == 3)
    assert table.bot.items("delivery")[-1]["delivery"]["mids"] == [mids[0]]


# ---- Meta --------------------------------------------------------------------------------------------------


async def test_a_blocked_page_sends_nothing_until_it_is_unblocked(table: Table) -> None:
    await table.say(text="hi")
    await table.control("policy", page=PAGE, action="block", reason="Too many complaints.")
    assert await item(table, "policy_enforcement") == {"action": "block", "reason": "Too many complaints."}
    assert "sender" not in table.bot.items("policy_enforcement")[0]
    assert error_of(await table.send("x")) == (10, 1404170)
    await table.control("policy", page=PAGE, action="unblock")
    assert (await table.send("x")).status_code == 200
    await eventually(lambda: len(table.bot.items("policy_enforcement")) == 2)
    assert await item(table, "policy_enforcement") == {"action": "unblock"}


async def test_roles_of_the_old_protocol_name_no_customer(table: Table) -> None:
    await table.control("app_roles", page=PAGE, roles={APP_ID: ["primary_receiver"]})
    assert await item(table, "app_roles") == {APP_ID: ["primary_receiver"]}
    assert "sender" not in table.bot.items("app_roles")[0]


async def test_the_dashboards_test_is_a_change_of_page_zero(table: Table) -> None:
    await table.control("dashboard_test", field="messages")
    await eventually(lambda: len(table.bot.posts) == 1)
    (entry,) = table.bot.entries()
    assert entry["id"] == "0"
    assert entry["changes"][0]["field"] == "messages"
    assert entry["changes"][0]["value"]["message"]["text"]


async def test_deeds_that_do_not_go_together_are_refused(table: Table) -> None:
    for deed in ({"feedback": {"score": 1}, "text": "x"}, {"coupon": True, "unsend": True}, {}):
        assert (await refused(table, **deed)).status_code == 422
