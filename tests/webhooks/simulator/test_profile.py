"""The Messenger profile and the subscriptions of a Page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webhooks.simulator.kit import PAGE, Table, error_of, eventually


def menu(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"locale": "default", "call_to_actions": list(entries)}]


async def test_a_pushed_profile_shows_on_the_customers_screen(table: Table) -> None:
    await table.graph(
        "POST", "me/messenger_profile", greeting=[{"locale": "default", "text": "Moin {{user_full_name}}"}]
    )
    await table.graph(
        "POST", "me/messenger_profile", persistent_menu=menu({"type": "postback", "title": "Orders", "payload": "O"})
    )
    await table.control("customer", page=PAGE, customer="c1", name="Ada Moreno")
    screen = await table.thread()
    assert screen["greeting"] == "Moin Ada Moreno"
    assert [entry["title"] for entry in screen["menu"]] == ["Orders"]


async def test_ice_breakers_can_be_tapped_before_the_first_message(table: Table) -> None:
    starters = [{"locale": "default", "call_to_actions": [{"question": "Where is my order?", "payload": "ORDER"}]}]
    await table.graph("POST", "me/messenger_profile", ice_breakers=starters)
    await table.control("customer", page=PAGE, customer="c1")
    await table.say(tap="Where is my order?")
    await eventually(lambda: len(table.bot.items("postback")) == 1)
    assert table.bot.items("postback")[0]["postback"]["payload"] == "ORDER"
    assert (await table.thread())["starters"] == []


async def test_a_profile_can_be_read_and_parts_of_it_deleted(table: Table) -> None:
    assert (await table.graph("GET", "me/messenger_profile", fields="get_started")).json() == {
        "data": [{"get_started": {"payload": "START"}}]
    }
    await table.graph("DELETE", "me/messenger_profile", fields=["get_started", "persistent_menu"])
    await table.control("customer", page=PAGE, customer="c1")
    assert (await table.thread())["taps"] == []


async def test_the_eleventh_call_in_ten_minutes_is_one_too_many(table: Table) -> None:
    for _ in range(10):
        assert (await table.graph("GET", "me/messenger_profile")).status_code == 200
    assert error_of(await table.graph("GET", "me/messenger_profile")) == (613, None)
    await table.control("clock", advance=600)
    assert (await table.graph("GET", "me/messenger_profile")).status_code == 200


async def test_get_started_cannot_be_deleted_under_a_menu(table: Table) -> None:
    assert error_of(await table.graph("DELETE", "me/messenger_profile", fields=["get_started"])) == (100, None)


@pytest.mark.parametrize(
    "profile",
    [
        {},
        {"get_started": {}},
        {"get_started": {"payload": "p" * 1001}},
        {"greeting": [{"locale": "de_DE", "text": "x"}]},
        {"greeting": [{"locale": "default", "text": "x" * 161}]},
        {"persistent_menu": menu({"type": "postback", "title": "t" * 31, "payload": "p"})},
        {"persistent_menu": menu(*[{"type": "postback", "title": "t", "payload": "p"}] * 21)},
        {"persistent_menu": menu({"type": "nested", "title": "t"})},
        {"ice_breakers": menu(*[{"question": "q", "payload": "p"}] * 5)},
        {"whitelisted_domains": ["shop"]},
        {"whitelisted_domains": ["https://shop.example"] * 51},
    ],
)
async def test_a_profile_over_a_limit_is_refused(table: Table, profile: dict[str, Any]) -> None:
    assert error_of(await table.graph("POST", "me/messenger_profile", **profile)) == (100, None)


async def test_only_subscribed_fields_are_delivered(table: Table) -> None:
    answer = await table.graph("POST", f"{PAGE}/subscribed_apps", subscribed_fields="messages")
    assert answer.json() == {"success": True}
    await table.say(tap="Get Started")
    await table.say(text="hi")
    await table.send("Hello")
    await table.say(text="end")
    await eventually(lambda: table.bot.said() == ["hi", "end"])
    assert len(table.bot.items()) == 2


async def test_an_unsubscribed_app_is_told_nothing_until_it_subscribes_again(table: Table) -> None:
    await table.graph("DELETE", f"{PAGE}/subscribed_apps")
    assert (await table.graph("GET", f"{PAGE}/subscribed_apps")).json() == {"data": []}
    await table.say(text="unheard")
    await table.graph("POST", f"{PAGE}/subscribed_apps", subscribed_fields="messages,message_echoes")
    await table.say(text="heard")
    await eventually(lambda: table.bot.said() == ["heard"])


async def test_commands_are_offered_marked_in_what_is_written_and_refused_without_a_description(table: Table) -> None:
    listed = [{"name": "track", "description": "Track an order"}, {"name": "menu", "description": "Everything"}]
    pushed = await table.graph("POST", "me/messenger_profile", commands=[{"locale": "default", "commands": listed}])
    assert pushed.status_code == 200
    await table.say(text="please /track my parcel")
    assert (await table.thread())["commands"] == listed
    await eventually(lambda: len(table.bot.items("message")) == 1)
    assert table.bot.items("message")[0]["message"]["commands"] == [{"name": "track"}]
    for wrong in ([{"name": "track"}], [{"description": "x"}], []):
        refused = await table.graph("POST", "me/messenger_profile", commands=[{"locale": "default", "commands": wrong}])
        assert error_of(refused) == (100, None)
