"""The Send API: what is taken, what comes back, what follows."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.webhooks.simulator.kit import APP_ID, OTHER_TOKEN, PAGE, TOKEN, Table, error_of, eventually, laid_table
from tests.webhooks.simulator.samples import feedback
from webhooks.messenger.signature import appsecret_proof

DAY_SECONDS = 24 * 3600


async def test_a_send_is_answered_with_recipient_and_message_id_and_shown(table: Table) -> None:
    await table.say(text="hi")
    answer = await table.send("Hello!")
    assert answer.json() == {"recipient_id": "c1", "message_id": answer.json()["message_id"]}
    last = (await table.thread())["messages"][-1]
    assert (last["from"], last["text"], last["mid"]) == ("bot", "Hello!", answer.json()["message_id"])


async def test_echo_delivery_and_read_follow_a_send_in_this_order(table: Table) -> None:
    await table.say(text="hi")
    mid = (await table.send({"text": "Hello!", "metadata": "row-7"})).json()["message_id"]
    await eventually(lambda: len(table.bot.items()) == 4)
    _, echo, delivery, read = table.bot.items()
    assert echo["message"] == {
        "is_echo": True,
        "app_id": int(APP_ID),
        "metadata": "row-7",
        "mid": mid,
        "text": "Hello!",
    }
    assert (echo["sender"], echo["recipient"]) == ({"id": PAGE}, {"id": "c1"})
    assert delivery["delivery"] == {"mids": [mid], "watermark": echo["timestamp"]}
    assert read["read"] == {"watermark": echo["timestamp"]}
    assert (await table.thread())["messages"][-1]["mark"] == "read"


async def test_without_receipts_only_the_echo_follows() -> None:
    async with laid_table(receipts=False) as table:
        await table.say(text="hi")
        await table.send("Hello!")
        await table.say(text="again")
        await eventually(lambda: len(table.bot.items()) == 3)
        assert [("delivery" in item, "read" in item) for item in table.bot.items()] == [(False, False)] * 3


@pytest.mark.parametrize(
    "path", ["v26.0/me/messages", f"v26.0/{PAGE}/messages", "v21.0/me/messages", f"v3.1/{PAGE}/messages"]
)
async def test_every_version_and_both_names_of_the_page_are_taken(table: Table, path: str) -> None:
    await table.say(text="hi")
    body = {"recipient": {"id": "c1"}, "message": {"text": "x"}, "access_token": TOKEN}
    assert (await table.http.post(f"{table.url}/{path}", json=body)).status_code == 200


async def test_a_form_with_json_values_is_taken_like_json(table: Table) -> None:
    await table.say(text="hi")
    form = {
        "recipient": '{"id":"c1"}',
        "messaging_type": "RESPONSE",
        "message": '{"text":"Grüße"}',
        "access_token": TOKEN,
    }
    answer = await table.http.post(f"{table.url}/v26.0/me/messages", data=form)
    assert answer.status_code == 200
    assert (await table.thread())["messages"][-1]["text"] == "Grüße"


@pytest.mark.parametrize("token", ["", "wrong", "  "])
async def test_a_wrong_token_is_refused_with_190(table: Table, token: str) -> None:
    await table.say(text="hi")
    body = {"recipient": {"id": "c1"}, "message": {"text": "x"}, "access_token": token}
    answer = await table.http.post(f"{table.url}/v26.0/me/messages", json=body)
    assert (answer.status_code, error_of(answer)) == (401, (190, None))
    assert (await table.thread())["got"] == 0


async def test_a_token_speaks_for_its_own_page_only(table: Table) -> None:
    await table.say(text="hi")
    foreign = await table.send("x", token=OTHER_TOKEN)
    assert error_of(foreign) == (100, 2018001)
    named = await table.http.post(
        f"{table.url}/v26.0/{PAGE}/messages",
        json={"recipient": {"id": "c1"}, "message": {"text": "x"}, "access_token": OTHER_TOKEN},
    )
    assert error_of(named) == (100, 33)


async def test_a_proof_is_checked_when_it_is_given(table: Table) -> None:
    await table.say(text="hi")
    right = appsecret_proof(TOKEN, b"demo-app-secret")
    assert (await table.send("x", appsecret_proof=right)).status_code == 200
    assert error_of(await table.send("x", appsecret_proof="0" * 64)) == (100, None)


async def test_an_unknown_customer_is_refused(table: Table) -> None:
    assert error_of(await table.send("x", customer="nobody")) == (100, 2018001)


async def test_the_window_closes_a_day_after_the_customers_last_move(table: Table) -> None:
    await table.say(text="hi")
    await table.control("clock", advance=DAY_SECONDS - 60)
    assert (await table.send("in time")).status_code == 200
    await table.control("clock", advance=120)
    assert error_of(await table.send("too late")) == (10, 2018278)
    await table.say(text="back again")
    assert (await table.send("open again")).status_code == 200


@pytest.mark.parametrize(("tag", "message"), [("HUMAN_AGENT", "x"), ("CUSTOMER_FEEDBACK", feedback())])
async def test_a_tag_reaches_seven_days(table: Table, tag: str, message: Any) -> None:
    await table.say(text="hi")
    await table.control("clock", advance=6 * DAY_SECONDS)
    assert (await table.send(message, messaging_type="MESSAGE_TAG", tag=tag)).status_code == 200
    await table.control("clock", advance=2 * DAY_SECONDS)
    assert error_of(await table.send(message, messaging_type="MESSAGE_TAG", tag=tag)) == (10, 2018278)


async def test_a_customer_who_only_opened_the_thread_cannot_be_written_to(table: Table) -> None:
    await table.control("customer", page=PAGE, customer="c1")
    assert error_of(await table.send("x")) == (10, 2018278)


async def test_a_customer_who_blocked_the_page_is_not_available(table: Table) -> None:
    await table.say(text="hi")
    await table.say(block=True)
    assert error_of(await table.send("x")) == (551, 1545041)


async def test_typing_is_shown_until_the_message_comes(table: Table) -> None:
    await table.say(text="hi")
    answer = await table.send(sender_action="typing_on")
    assert answer.json() == {"recipient_id": "c1"}
    assert (await table.thread())["typing"] is True
    await table.send("here")
    assert (await table.thread())["typing"] is False


async def test_seen_marks_the_customers_message_as_read(table: Table) -> None:
    await table.say(text="hi")
    await table.send(sender_action="mark_seen")
    assert (await table.thread())["messages"][0]["mark"] == "read"


async def test_an_uploaded_attachment_can_be_sent_by_its_id(table: Table) -> None:
    await table.say(text="hi")
    picture = {"attachment": {"type": "image", "payload": {"url": "https://cdn.example/p.png", "is_reusable": True}}}
    attachment_id = (await table.graph("POST", f"{PAGE}/message_attachments", message=picture)).json()["attachment_id"]
    sent = await table.send({"attachment": {"type": "image", "payload": {"attachment_id": attachment_id}}})
    assert sent.status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"{" * 100_000])
async def test_a_broken_body_gets_an_error_and_never_a_crash(table: Table, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
    answer = await table.http.post(f"{table.url}/v26.0/me/messages", content=body, headers=headers)
    assert answer.status_code == 400
    assert error_of(answer)[0] == 100


@pytest.mark.parametrize("path", ["v26.0/me/nothing", "v26.0/a/b/c/d", "nonsense/me/messages", "v26.0/9999/messages"])
async def test_an_unknown_path_gets_an_error_body(table: Table, path: str) -> None:
    answer = await table.http.post(f"{table.url}/{path}", json={}, headers={"Authorization": f"Bearer {TOKEN}"})
    assert error_of(answer) == (100, 33)


async def test_two_sends_to_one_customer_at_once_are_counted_as_an_overlap(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="slow", seconds=0.2, times=1)
    await _both(table)
    assert (await table.report())["overlaps"] == 1


async def _both(table: Table) -> list[httpx.Response]:
    import asyncio

    async with asyncio.TaskGroup() as group:
        first, second = group.create_task(table.send("one")), group.create_task(table.send("two"))
    return [first.result(), second.result()]


async def test_the_same_metadata_twice_is_counted_as_a_duplicate(table: Table) -> None:
    await table.say(text="hi")
    for _ in range(3):
        await table.send({"text": "same", "metadata": "row-1"})
    await table.send({"text": "same", "metadata": "row-2"})
    report = await table.report()
    assert report["duplicates"] == 2
    assert report["customers"][f"{PAGE}/c1"]["copied"] == ["row-1"]


async def test_answers_that_change_places_are_counted_as_order_violations(table: Table) -> None:
    for text in ("one", "two", "three"):
        await table.say(text=text)
    for text in ("You said: one", "You said: three", "You said: two"):
        await table.send(text)
    report = await table.report()
    assert report["order_violations"] == 1
    assert report["customers"][f"{PAGE}/c1"]["arrived"] == ["You said: one", "You said: three", "You said: two"]


async def test_calls_per_second_are_held_when_asked_for() -> None:
    async with laid_table(enforce_rates=True) as table:
        await table.say(text="hi")
        answers = [await table.graph("GET", f"{PAGE}/conversations", user_id="c1") for _ in range(8)]
        assert 613 in {error_of(answer)[0] for answer in answers if answer.status_code == 400}
        film = {"attachment": {"type": "video", "payload": {"url": "https://cdn.example/v.mp4"}}}
        sent = [await table.send(film) for _ in range(30)]
        assert 613 in {error_of(answer)[0] for answer in sent if answer.status_code == 400}


# ---- Graph batch -------------------------------------------------------------------------------------------


def _item(customer: str, text: str) -> dict[str, str]:
    message = {
        "recipient": json.dumps({"id": customer}),
        "messaging_type": "RESPONSE",
        "message": json.dumps({"text": text}),
    }
    return {"method": "POST", "relative_url": "me/messages", "body": urlencode(message)}


async def _batch(table: Table, items: list[dict[str, str]]) -> httpx.Response:
    form = {"access_token": TOKEN, "include_headers": "false", "batch": json.dumps(items)}
    return await table.http.post(f"{table.url}/v26.0/", data=form)


async def test_a_batch_answers_each_item_in_order_and_one_bad_item_harms_no_other(table: Table) -> None:
    for customer in ("c1", "c2"):
        await table.say(customer, text="hi")
    answer = await _batch(table, [_item("c1", "for 1"), _item("nobody", "x"), _item("c2", "for 2"), {"method": "POST"}])
    assert answer.status_code == 200
    assert [each["code"] for each in answer.json()] == [200, 400, 200, 400]
    assert json.loads(answer.json()[1]["body"])["error"]["error_subcode"] == 2018001
    assert (await table.thread("c1"))["messages"][-1]["text"] == "for 1"
    await eventually(lambda: sorted(echo["text"] for echo in table.bot.echoes()) == ["for 1", "for 2"])


async def test_a_batch_of_more_than_fifty_is_refused(table: Table) -> None:
    await table.say(text="hi")
    assert error_of(await _batch(table, [_item("c1", "x")] * 51)) == (100, None)
    assert (await table.thread())["got"] == 0


async def test_a_lost_answer_in_a_batch_is_null_and_the_message_is_there(table: Table) -> None:
    for customer in ("c1", "c2"):
        await table.say(customer, text="hi")
    await table.control("fault", kind="lost_answer", customer="c1")
    answer = await _batch(table, [_item("c1", "there"), _item("c2", "too")])
    assert answer.json()[0] is None
    assert answer.json()[1]["code"] == 200
    assert (await table.thread("c1"))["messages"][-1]["text"] == "there"


# ---- look-ups ----------------------------------------------------------------------------------------------

FIELDS = "messages.limit(20){message,from,created_time,id}"


async def test_a_look_up_lists_messages_newest_first_without_metadata(table: Table) -> None:
    await table.say(text="hi")
    mids = [(await table.send({"text": text, "metadata": text})).json()["message_id"] for text in ("one", "two")]
    answer = await table.graph("GET", f"{PAGE}/conversations", user_id="c1", fields=FIELDS)
    messages = answer.json()["data"][0]["messages"]["data"]
    assert [message["message"] for message in messages] == ["two", "one", "hi"]
    assert [message["id"] for message in messages[:2]] == mids[::-1]
    assert [message["from"]["id"] for message in messages] == [PAGE, PAGE, "c1"]
    assert "metadata" not in json.dumps(messages)


async def test_a_look_up_of_an_unknown_customer_is_empty(table: Table) -> None:
    assert (await table.graph("GET", f"{PAGE}/conversations", user_id="nobody", fields=FIELDS)).json() == {"data": []}


async def test_look_ups_fail_or_stay_empty_on_order(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="lookup_failed", times=1)
    assert (await table.graph("GET", f"{PAGE}/conversations", user_id="c1", fields=FIELDS)).status_code == 500
    await table.control("fault", kind="lookup_empty", times=1)
    hidden = await table.graph("GET", f"{PAGE}/conversations", user_id="c1", fields=FIELDS)
    assert hidden.json()["data"][0]["messages"]["data"] == []


async def test_a_customers_profile_and_the_page_itself_can_be_read(table: Table) -> None:
    await table.say(text="hi", name="Ada Moreno")
    person = await table.graph("GET", "c1", fields="first_name,last_name")
    assert person.json() == {"first_name": "Ada", "last_name": "Moreno", "id": "c1"}
    assert error_of(await table.graph("GET", "c1", fields="first_name,gender")) == (100, 2018247)
    assert (await table.graph("GET", "me")).json() == {"id": PAGE, "name": "Nordlicht Shoes"}
    assert error_of(await table.graph("GET", "nobody")) == (100, 33)
