"""How Meta has a Page and an app: their tokens, rights, personas and subscriptions, and what changes when they are lost."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest

from tests.webhooks.simulator.kit import (
    APP_ID,
    APP_TOKEN,
    OTHER_PAGE,
    PAGE,
    TOKEN,
    VERIFY_TOKEN,
    Table,
    error_of,
    eventually,
)


async def test_a_page_is_published_until_it_is_taken_off(table: Table) -> None:
    asked = {"fields": "id,name,is_published"}
    page = {"id": PAGE, "name": "Nordlicht Shoes", "is_published": True}
    assert (await table.graph("GET", "me", **asked)).json() == page
    await table.control("page", published=False)
    assert (await table.graph("GET", PAGE, **asked)).json() == {**page, "is_published": False}


async def test_a_field_that_a_page_does_not_have_fails_the_whole_call(table: Table) -> None:
    assert error_of(await table.graph("GET", PAGE, fields="id,colour")) == (100, None)


async def test_a_token_tells_its_rights_and_its_end_to_the_app_alone(table: Table) -> None:
    told = (await table.graph("GET", "debug_token", token=APP_TOKEN, input_token=TOKEN)).json()["data"]
    assert told["is_valid"]
    assert told["expires_at"] == 0
    assert (told["app_id"], told["profile_id"], told["type"]) == (APP_ID, PAGE, "PAGE")
    assert "pages_messaging" in told["scopes"]
    assert error_of(await table.graph("GET", "debug_token", input_token=TOKEN)) == (100, 33)


@pytest.mark.parametrize(("order", "subcode"), [({"token_expires_in": -1}, 463), ({"revoked": True}, 460)])
async def test_a_dead_token_is_refused_everywhere_and_says_so(
    order: dict[str, object], subcode: int, table: Table
) -> None:
    await table.control("page", **order)
    assert error_of(await table.graph("GET", "me")) == (190, subcode)
    told = (await table.graph("GET", "debug_token", token=APP_TOKEN, input_token=TOKEN)).json()["data"]
    assert not told["is_valid"]


async def test_a_token_dies_when_its_time_is_over(table: Table) -> None:
    await table.control("page", token_expires_in=3600)
    assert (await table.graph("GET", "me")).status_code == 200
    await table.control("clock", advance=3601)
    assert error_of(await table.graph("GET", "me")) == (190, 463)


async def test_an_unknown_token_is_not_valid(table: Table) -> None:
    told = (await table.graph("GET", "debug_token", token=APP_TOKEN, input_token="nobody's")).json()["data"]
    assert not told["is_valid"]


async def test_without_its_right_a_call_is_refused(table: Table) -> None:
    await table.say(text="hi")
    await table.control("page", scopes=[])
    assert error_of(await table.graph("GET", "me/messenger_profile")) == (200, None)
    assert error_of(await table.graph("GET", f"{PAGE}/subscribed_apps")) == (200, None)
    assert error_of(await table.send("Hello")) == (200, None)


async def test_a_message_is_written_under_a_persona_of_the_page(table: Table) -> None:
    made = await table.graph("POST", f"{PAGE}/personas", name="Piney", profile_picture_url="https://shop.example/p.png")
    persona_id = made.json()["id"]
    listed = (await table.graph("GET", "me/personas")).json()["data"]
    assert [(each["id"], each["name"]) for each in listed] == [(persona_id, "Piney")]
    await table.say(text="hi")
    await table.send("Hello", persona_id=persona_id)
    await table.send("Hello again")
    shown = [each["persona"] for each in (await table.thread())["messages"] if each["from"] == "bot"]
    assert shown == ["Piney", ""]


async def test_a_deleted_persona_is_refused(table: Table) -> None:
    made = await table.graph("POST", "me/personas", name="Piney", profile_picture_url="https://shop.example/p.png")
    assert (await table.graph("DELETE", made.json()["id"])).json() == {"success": True}
    assert error_of(await table.graph("DELETE", made.json()["id"])) == (100, 33)
    await table.say(text="hi")
    assert error_of(await table.send("Hello", persona_id=made.json()["id"])) == (100, None)


@pytest.mark.parametrize(
    "persona",
    [
        {},
        {"name": "P" * 51, "profile_picture_url": "https://shop.example/p.png"},
        {"name": "Piney", "profile_picture_url": "p.png"},
    ],
)
async def test_half_a_persona_is_refused(persona: dict[str, str], table: Table) -> None:
    assert error_of(await table.graph("POST", f"{PAGE}/personas", **persona)) == (100, None)


async def test_the_app_subscribes_an_address_that_answers(table: Table) -> None:
    assert (await table.graph("GET", f"{APP_ID}/subscriptions", token=APP_TOKEN)).json() == {"data": []}
    address = table.bot_url + "/webhooks/messenger"
    order = {"object": "page", "callback_url": address, "verify_token": VERIFY_TOKEN, "fields": "messages"}
    made = await table.graph("POST", f"{APP_ID}/subscriptions", token=APP_TOKEN, **order)
    assert made.json() == {"success": True}
    (kept,) = (await table.graph("GET", f"{APP_ID}/subscriptions", token=APP_TOKEN)).json()["data"]
    assert (kept["callback_url"], kept["active"], kept["object"]) == (address, True, "page")
    assert [each["name"] for each in kept["fields"]] == ["messages"]


async def test_an_address_that_does_not_answer_is_refused(table: Table) -> None:
    order = {"object": "page", "callback_url": "http://127.0.0.1:1/x", "verify_token": "v", "fields": "messages"}
    assert error_of(await table.graph("POST", f"{APP_ID}/subscriptions", token=APP_TOKEN, **order)) == (2200, None)
    assert error_of(await table.graph("POST", f"{APP_ID}/subscriptions", token=APP_TOKEN)) == (100, None)


async def test_what_only_the_page_is_subscribed_to_does_not_arrive(table: Table) -> None:
    await table.graph("POST", f"{PAGE}/subscribed_apps", subscribed_fields="messages,messaging_postbacks")
    await table.control("app", callback_url=table.bot_url, fields=["messages"])
    await table.say(tap="Get Started")
    await table.say(text="hi")
    await eventually(lambda: table.bot.said() == ["hi"])
    assert not table.bot.items("postback")


async def test_the_app_tells_its_addresses_and_not_what_it_never_heard_of(table: Table) -> None:
    asked = {"token": APP_TOKEN, "fields": "privacy_policy_url"}
    assert (await table.graph("GET", APP_ID, **asked)).json()["privacy_policy_url"].startswith("https://")
    await table.control("app", privacy_policy_url="", unknown_fields=["data_deletion_url"])
    assert (await table.graph("GET", APP_ID, **asked)).json() == {"id": APP_ID}
    refused = await table.graph("GET", APP_ID, token=APP_TOKEN, fields="data_deletion_url")
    assert error_of(refused) == (100, None)


async def test_every_answer_tells_metas_time_and_the_page_its_usage(table: Table) -> None:
    await table.control("clock", now="2026-12-24T18:00:00Z")
    await table.control("page", usage=85)
    answer = await table.graph("GET", "me")
    assert parsedate_to_datetime(answer.headers["date"]).isoformat() == "2026-12-24T18:00:00+00:00"
    assert '"call_count": 85' in answer.headers["x-page-usage"]


async def test_orders_about_an_unknown_page_are_refused(table: Table) -> None:
    answer = await table.http.post(f"{table.url}/_control/page", json={"page": "99999"})
    assert answer.status_code == 422
    await table.control("page", page=OTHER_PAGE, published=False)
    assert (await table.graph("GET", "me", fields="is_published")).json()["is_published"]
