"""Each fault does what its name says, as often as it was ordered, and nothing else."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.webhooks.simulator.kit import PAGE, Table, error_of, eventually, laid_table


async def got(table: Table) -> int:
    return int((await table.thread())["got"])


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("http_500", 500, (2, None)),
        ("rate_limit", 400, (4, 2018354)),
        ("token_expired", 401, (190, 460)),
        ("window_closed", 400, (10, 2018278)),
        ("page_restricted", 400, (10, 1893063)),
        ("person_blocked", 400, (551, 1545041)),
    ],
)
async def test_a_refusing_fault_delivers_nothing_and_ends_by_itself(
    kind: str, status: int, expected: tuple[int, int | None]
) -> None:
    async with laid_table() as table:
        await table.say(text="hi")
        await table.control("fault", kind=kind, times=1)
        refused = await table.send("x")
        assert (refused.status_code, error_of(refused)) == (status, expected)
        assert await got(table) == 0
        assert (await table.send("x")).status_code == 200


async def test_any_error_can_be_ordered_by_code_and_subcode(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="error", code=10, subcode=1893063, status=403, times=1)
    answer = await table.send("x")
    assert (answer.status_code, error_of(answer)) == (403, (10, 1893063))


async def test_a_500_can_deliver_and_then_echoes(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="http_500", delivered=True, times=1)
    answer = await table.send({"text": "there", "metadata": "row-1"})
    assert (answer.status_code, error_of(answer)) == (500, (1, 1357046))
    assert await got(table) == 1
    await eventually(lambda: [echo["metadata"] for echo in table.bot.echoes()] == ["row-1"])


async def test_a_reset_breaks_the_connection_before_anything_is_delivered(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="reset", times=1)
    with pytest.raises(httpx.TransportError):
        await table.send("x")
    assert await got(table) == 0


async def test_a_lost_answer_delivers_and_echoes_but_answers_nothing(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="lost_answer", times=1)
    with pytest.raises(httpx.TransportError):
        await table.send({"text": "there", "metadata": "row-1"})
    assert await got(table) == 1
    await eventually(lambda: [echo["metadata"] for echo in table.bot.echoes()] == ["row-1"])


async def test_a_slow_answer_comes_after_the_message_and_its_echo(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="slow", seconds=0.4, times=1)
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(table.send("there"))
        await eventually(lambda: len(table.bot.echoes()) == 1)
        assert not sending.done()
    assert sending.result().status_code == 200


async def test_an_echo_can_come_before_the_answer(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="echo_first", times=1)
    await table.send("there")
    assert len(table.bot.echoes()) == 1


async def test_an_echo_can_come_with_the_answer_while_that_takes_its_time(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="echo_with", times=1)
    await table.control("fault", kind="slow", seconds=0.3, times=1)
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(table.send("there"))
        await eventually(lambda: len(table.bot.echoes()) == 1)
        assert not sending.done()


async def test_usage_is_told_in_metas_headers_while_it_is_ordered(table: Table) -> None:
    await table.say(text="hi")
    assert "x-page-usage" not in (await table.send("x")).headers
    await table.control("fault", kind="usage", percent=95, minutes=12, times=2)
    headers = (await table.send("x")).headers
    for name in ("x-app-usage", "x-page-usage"):
        assert json.loads(headers[name])["call_count"] == 95
    (line,) = json.loads(headers["x-business-use-case-usage"])[PAGE]
    assert (line["type"], line["call_count"], line["estimated_time_to_regain_access"]) == ("messenger", 95, 12)
    assert "x-app-usage" in (await table.graph("GET", "me")).headers
    assert "x-app-usage" not in (await table.graph("GET", "me")).headers


async def test_one_kind_of_fault_can_be_ended_and_each_kind_is_counted(table: Table) -> None:
    await table.say(text="hi")
    for kind in ("http_500", "usage"):
        await table.control("fault", kind=kind)
    await table.send("x")
    left = await table.control("fault", kind="clear", which="http_500")
    assert [each["kind"] for each in left["active"]] == ["usage"]
    assert left["struck"] == {"http_500": 1, "usage": 1}


async def test_an_echo_can_stay_away(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="no_echo", times=1)
    await table.send("silent")
    await table.send("loud")
    await eventually(lambda: len(table.bot.items("read")) == 2)
    assert [echo["text"] for echo in table.bot.echoes()] == ["loud"]


async def test_an_echo_can_be_late_without_holding_the_customer_up(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="echo_late", seconds=0.3, times=1)
    await table.send("there")
    await table.say(text="meanwhile")
    await eventually(lambda: table.bot.said() == ["hi", "meanwhile"])
    assert table.bot.echoes() == []
    await eventually(lambda: len(table.bot.echoes()) == 1)


async def test_a_webhook_can_come_twice_with_the_same_item(table: Table) -> None:
    await table.control("fault", kind="duplicate", times=1)
    await table.say(text="twice")
    await table.say(text="once")
    await eventually(lambda: table.bot.said() == ["twice", "twice", "once"])
    first, second = table.bot.items("message")[:2]
    assert first == second


async def test_two_webhooks_can_change_places(table: Table) -> None:
    await table.control("fault", kind="reorder", times=1)
    await table.say(text="first")
    await table.say(text="second")
    await eventually(lambda: len(table.bot.said()) == 2)
    assert table.bot.said() == ["second", "first"]
    first, second = table.bot.items("message")
    assert first["timestamp"] > second["timestamp"]


async def test_a_reorder_with_nothing_to_change_places_with_delivers_all_the_same(table: Table) -> None:
    await table.control("fault", kind="reorder", times=1, seconds=0.05)
    await table.say(text="alone")
    await eventually(lambda: table.bot.said() == ["alone"])


async def test_after_and_times_say_which_sends_are_struck(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="http_500", after=2, times=2)
    assert [(await table.send("x")).status_code for _ in range(6)] == [200, 200, 500, 500, 200, 200]


async def test_a_fault_without_times_lasts_until_it_is_cleared(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="http_500")
    assert [(await table.send("x")).status_code for _ in range(3)] == [500] * 3
    assert (await table.control("fault", kind="clear"))["active"] == []
    assert (await table.send("x")).status_code == 200


async def test_a_rate_of_zero_strikes_nobody_and_of_one_half_some(table: Table) -> None:
    await table.say(text="hi")
    await table.control("fault", kind="http_500", rate=0.0)
    assert {(await table.send("x")).status_code for _ in range(20)} == {200}
    await table.control("fault", kind="http_500", rate=0.5)
    assert {(await table.send("x")).status_code for _ in range(60)} == {200, 500}


async def test_a_fault_for_one_customer_spares_the_others(table: Table) -> None:
    for customer in ("c1", "c2"):
        await table.say(customer, text="hi")
    await table.control("fault", kind="http_500", customer="c1")
    assert (await table.send("x", "c1")).status_code == 500
    assert (await table.send("x", "c2")).status_code == 200


@pytest.mark.parametrize(
    "order",
    [{"kind": "earthquake"}, {}, {"kind": "slow", "rate": 2}, {"kind": "slow", "times": 0}, {"kind": "slow", "x": 1}],
)
async def test_an_order_that_makes_no_sense_is_refused_in_words(table: Table, order: dict[str, Any]) -> None:
    answer = await table.http.post(f"{table.url}/_control/fault", json=order)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]
