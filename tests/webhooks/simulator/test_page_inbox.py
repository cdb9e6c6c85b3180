"""A person answers from the Page's own inbox, and gives the conversation back; apps pass threads to each other."""

from __future__ import annotations

import pytest

from tests.webhooks.simulator.kit import APP_ID, PAGE, Table, error_of, eventually

INBOX = "263902037430900"


async def answered_by_a_person(table: Table) -> None:
    await table.say(text="hi")
    await table.control("staff_reply_in_page_inbox", page=PAGE, customer="c1", text="Sam here")
    await eventually(lambda: len(table.bot.echoes()) == 1)


async def test_a_persons_answer_takes_the_thread_and_is_echoed_in_standby(table: Table) -> None:
    await answered_by_a_person(table)
    _, taken, echoed = table.bot.entries()
    assert taken["messaging"][0]["take_thread_control"] == {
        "previous_owner_app_id": APP_ID,
        "new_owner_app_id": INBOX,
        "metadata": "",
    }
    message = echoed["standby"][0]["message"]
    assert (message["is_echo"], message["app_id"], message["text"]) == (True, int(INBOX), "Sam here")
    screen = await table.thread()
    assert screen["status"] == "person"
    assert (screen["messages"][-1]["from"], screen["messages"][-1]["text"]) == ("person", "Sam here")


async def test_the_thread_is_taken_once_however_much_the_person_writes(table: Table) -> None:
    await answered_by_a_person(table)
    await table.control("staff_reply_in_page_inbox", page=PAGE, customer="c1", text="Still here")
    await eventually(lambda: len(table.bot.echoes()) == 2)
    assert len(table.bot.items("take_thread_control")) == 1


async def test_the_bot_cannot_send_while_a_person_has_the_thread(table: Table) -> None:
    await answered_by_a_person(table)
    assert error_of(await table.send("me too")) == (10, 2018300)
    assert (await table.thread())["got"] == 0


async def test_the_customer_is_heard_in_standby_and_a_tap_there_has_no_payload(table: Table) -> None:
    await answered_by_a_person(table)
    await table.say(text="thanks")
    await table.say(tap="Start over")
    await eventually(lambda: len(table.bot.entries()) == 5)
    text, tap = table.bot.entries()[-2:]
    assert text["standby"][0]["message"]["text"] == "thanks"
    assert tap["standby"][0]["postback"]["title"] == "Start over"
    assert "payload" not in tap["standby"][0]["postback"]


async def test_given_back_the_bot_is_told_and_may_send_again(table: Table) -> None:
    await answered_by_a_person(table)
    await table.control("give_back", page=PAGE, customer="c1")
    await eventually(lambda: len(table.bot.items("pass_thread_control")) == 1)
    passed = table.bot.items("pass_thread_control")[0]["pass_thread_control"]
    assert passed == {"previous_owner_app_id": INBOX, "new_owner_app_id": APP_ID, "metadata": ""}
    assert (await table.send("back again")).status_code == 200
    assert (await table.thread())["status"] == "bot"


async def test_a_person_loses_the_thread_after_a_day_without_the_customer(table: Table) -> None:
    await answered_by_a_person(table)
    await table.control("clock", advance=25 * 3600)
    assert (await table.thread())["status"] == "bot"
    await table.say(text="anybody?")
    await eventually(lambda: "anybody?" in table.bot.said())
    assert "messaging" in table.bot.entries()[-1]
    assert (await table.send("I am here")).status_code == 200


@pytest.mark.parametrize("verb", ["release", "take", "request", "extend"])
async def test_our_app_may_call_every_thread_control(table: Table, verb: str) -> None:
    await table.say(text="hi")
    more = {"duration": 3600} if verb == "extend" else {}
    answer = await table.graph("POST", f"{PAGE}/{verb}_thread_control", recipient={"id": "c1"}, **more)
    assert answer.json() == {"success": True}


async def test_our_app_can_pass_the_thread_and_take_it_again(table: Table) -> None:
    await table.say(text="hi")
    await table.graph("POST", "me/pass_thread_control", recipient={"id": "c1"}, target_app_id=INBOX)
    owner = (await table.graph("GET", "me/thread_owner", recipient="c1")).json()
    assert owner["data"][0]["thread_owner"]["app_id"] == INBOX
    assert error_of(await table.graph("POST", "me/pass_thread_control", recipient={"id": "c1"}, target_app_id="1")) == (
        10,
        2018300,
    )
    await table.graph("POST", "me/take_thread_control", recipient={"id": "c1"})
    assert (await table.send("mine")).status_code == 200
