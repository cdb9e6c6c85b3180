"""Who has a thread: our app, the Page's inbox, another app, nobody; what each of their moves tells the bot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.webhooks.simulator.kit import APP_ID, PAGE, Table, error_of, eventually

INBOX, OTHER_APP = "263902037430900", "777"
HOUR_SECONDS = 3600


async def control(table: Table, what: str, **more: Any) -> dict[str, Any]:
    return await table.control("thread_control", page=PAGE, customer="c1", control=what, **more)


async def owner(table: Table) -> str:
    listed = (await table.graph("GET", "me/thread_owner", recipient="c1")).json()["data"]
    return str(listed[0]["thread_owner"]["app_id"]) if listed else ""


async def handovers(table: Table, kind: str, count: int = 1) -> list[dict[str, Any]]:
    await eventually(lambda: len(table.bot.items(kind)) == count)
    return [item[kind] for item in table.bot.items(kind)]


async def test_another_app_takes_the_thread_and_passes_it_back(table: Table) -> None:
    await table.say(text="hi")
    await control(table, "take", app_id=OTHER_APP)
    assert await owner(table) == OTHER_APP
    assert (await table.thread())["status"] == "other"
    assert error_of(await table.send("x")) == (10, 2018300)
    await control(table, "pass", app_id=OTHER_APP, metadata="yours")
    (taken,), (passed,) = await handovers(table, "take_thread_control"), await handovers(table, "pass_thread_control")
    assert taken == {"previous_owner_app_id": None, "new_owner_app_id": OTHER_APP, "metadata": ""}
    assert passed == {"previous_owner_app_id": OTHER_APP, "new_owner_app_id": APP_ID, "metadata": "yours"}
    assert (await table.send("x")).status_code == 200


async def test_a_released_thread_belongs_to_nobody_and_the_default_app_is_told(table: Table) -> None:
    await table.say(text="hi")
    await control(table, "take")
    await control(table, "release")
    assert await owner(table) == ""
    (released,) = await handovers(table, "pass_thread_control")
    assert released == {"previous_owner_app_id": INBOX, "new_owner_app_id": None, "metadata": ""}
    assert (await table.send("x")).status_code == 200


async def test_another_app_asks_for_the_thread_and_does_not_get_it_by_that(table: Table) -> None:
    await table.say(text="hi")
    await control(table, "request", metadata="please")
    (asked,) = await handovers(table, "request_thread_control")
    assert asked == {"requested_owner_app_id": INBOX, "metadata": "please"}
    assert await owner(table) == ""


async def test_an_app_passes_only_what_it_has_and_a_pass_between_others_comes_in_standby(table: Table) -> None:
    await table.say(text="hi")
    refused = await table.http.post(
        f"{table.url}/_control/thread_control", json={"page": PAGE, "customer": "c1", "control": "pass"}
    )
    assert refused.status_code == 409
    await control(table, "take")
    await control(table, "pass", to_app_id=OTHER_APP)
    await eventually(lambda: len(table.bot.items("pass_thread_control")) == 1)
    assert "standby" in table.bot.entries()[-1]
    assert await owner(table) == OTHER_APP


async def test_another_apps_answer_is_echoed_with_its_id(table: Table) -> None:
    await table.say(text="hi")
    await table.control("staff_reply_in_page_inbox", page=PAGE, customer="c1", text="Ad bot", app_id=OTHER_APP)
    await eventually(lambda: len(table.bot.echoes()) == 1)
    assert table.bot.echoes()[0]["app_id"] == int(OTHER_APP)
    assert (await table.thread())["messages"][-1]["from"] == "app"


async def test_a_person_may_answer_without_taking_the_thread(table: Table) -> None:
    await table.say(text="hi")
    await table.control("staff_reply_in_page_inbox", page=PAGE, customer="c1", text="Sam here", control=False)
    await eventually(lambda: len(table.bot.echoes()) == 1)
    assert "messaging" in table.bot.entries()[-1]
    assert (await table.send("x")).status_code == 200


async def test_our_app_keeps_a_thread_longer_than_a_day_when_it_asks_to(table: Table) -> None:
    await table.say(text="hi")
    too_long = await table.graph("POST", "me/extend_thread_control", recipient={"id": "c1"}, duration=8 * 24 * 3600)
    assert error_of(too_long) == (100, None)
    await table.graph("POST", "me/extend_thread_control", recipient={"id": "c1"}, duration=48 * HOUR_SECONDS)
    await table.control("clock", advance=47 * HOUR_SECONDS)
    assert await owner(table) == APP_ID
    await table.control("clock", advance=2 * HOUR_SECONDS)
    assert await owner(table) == ""


async def test_a_send_can_pass_or_release_the_thread_as_it_goes(table: Table) -> None:
    await table.say(text="hi")
    passed = await table.send("A colleague comes", thread_control={"control_type": "pass", "app_id": INBOX})
    assert passed.status_code == 200
    assert await owner(table) == INBOX
    await table.graph("POST", "me/take_thread_control", recipient={"id": "c1"})
    assert (await table.send("Bye", thread_control={"control_type": "release"})).status_code == 200
    assert await owner(table) == ""


@pytest.mark.parametrize("verb", ["pass", "take", "request", "release"])
async def test_the_metadata_of_a_thread_control_has_at_most_a_thousand_characters(table: Table, verb: str) -> None:
    await table.say(text="hi")
    path = f"me/{verb}_thread_control"
    values = {"recipient": {"id": "c1"}, "target_app_id": INBOX}
    assert error_of(await table.graph("POST", path, metadata="m" * 1_001, **values)) == (100, None)
    assert (await table.graph("POST", path, metadata="m" * 1_000, **values)).json() == {"success": True}
