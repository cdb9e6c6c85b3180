"""How webhooks reach the bot: signed, escaped, in order, again and again."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from collections import deque

import httpx
import pytest

from app.clock import Clock
from tests.webhooks.simulator.kit import (
    APP_SECRET,
    OTHER_PAGE,
    PAGE,
    VERIFY_TOKEN,
    RecordingBot,
    Table,
    eventually,
    laid_table,
    served,
    settings_for,
)
from webhooks.simulator import create_simulator


async def test_the_bot_is_asked_for_the_challenge_first(table: Table) -> None:
    await table.say(text="hello")
    await eventually(lambda: table.bot.said() == ["hello"])
    assert table.bot.asked[0]["hub.mode"] == "subscribe"
    assert table.bot.asked[0]["hub.verify_token"] == VERIFY_TOKEN


async def test_nothing_is_delivered_to_a_bot_that_refuses_the_handshake() -> None:
    async with laid_table(RecordingBot(challenge_status=403)) as table:
        await table.say(text="hello")
        await eventually(lambda: len(table.bot.asked) >= 2)
        report = await table.report()
        assert "403" in report["handshake"]
        assert report["webhooks"]["waiting"] == 1
        assert table.bot.posts == []


async def test_a_bot_that_starts_late_gets_what_was_said_before() -> None:
    bot = RecordingBot()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bot_url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        port = taken.getsockname()[1]
    async with (
        served(create_simulator(settings_for(bot_url), Clock())) as url,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        await http.post(f"{url}/_control/say", json={"page": PAGE, "customer": "c1", "text": "early"})
        report = (await http.get(f"{url}/_control/report")).json()
        assert report["webhooks"]["waiting"] == 1
        async with served(bot.app(), port):
            await eventually(lambda: bot.said() == ["early"])


async def test_the_signature_is_over_the_bytes_sent(table: Table) -> None:
    await table.say(text="Grüße \U0001f600 http://x.example/")
    await eventually(lambda: len(table.bot.posts) == 1)
    headers, body = table.bot.posts[0]
    expected = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature-256"] == f"sha256={expected}"


async def test_bodies_are_ascii_with_lower_case_escapes_and_escaped_slashes(table: Table) -> None:
    await table.say(text="Grüße \U0001f600 http://x.example/")
    await eventually(lambda: len(table.bot.posts) == 1)
    assert b'"text":"Gr\\u00fc\\u00dfe \\ud83d\\ude00 http:\\/\\/x.example\\/"' in table.bot.posts[0][1]


async def test_the_envelope_names_page_customer_and_time(table: Table) -> None:
    said = await table.say(text="hello")
    await eventually(lambda: len(table.bot.posts) == 1)
    (entry,) = table.bot.entries()
    (item,) = entry["messaging"]
    assert entry["id"] == PAGE
    assert (item["sender"], item["recipient"]) == ({"id": "c1"}, {"id": PAGE})
    assert item["message"] == {"mid": said["mid"], "text": "hello"}
    assert item["timestamp"] <= entry["time"]


async def test_one_customers_events_arrive_in_order_even_over_failures() -> None:
    async with laid_table(RecordingBot(deque([503, 200, 503, 503]))) as table:
        for number in range(10):
            await table.say(text=str(number))
        await eventually(lambda: len(table.bot.posts) == 13)
        taken = list(dict.fromkeys(table.bot.said()))
        assert taken == [str(number) for number in range(10)]


async def test_a_delivery_is_repeated_with_the_same_item_until_it_is_taken() -> None:
    async with laid_table(RecordingBot(deque([503, 500, 404, 503]))) as table:
        await table.say(text="hello")
        await eventually(lambda: len(table.bot.posts) == 5)
        assert len({json.dumps(item) for item in table.bot.items()}) == 1
        webhooks = (await table.report())["webhooks"]
        assert (webhooks["posted"], webhooks["acked"], webhooks["retried"]) == (5, 1, 4)


async def test_a_message_shows_as_delivered_only_once_the_bot_took_it() -> None:
    async with laid_table(RecordingBot(deque([503] * 4))) as table:
        await table.say(text="hello")
        await eventually(lambda: len(table.bot.posts) >= 1)
        first = (await table.thread())["messages"][0]["mark"]
        await eventually(lambda: len(table.bot.posts) == 5)
        for _ in range(100):
            if (await table.thread())["messages"][0]["mark"] == "delivered":
                break
        assert (first, (await table.thread())["messages"][0]["mark"]) == ("sent", "delivered")


async def test_an_event_is_given_up_after_36_hours() -> None:
    async with laid_table(RecordingBot(deque([503] * 100))) as table:
        await table.say(text="hello")
        await eventually(lambda: len(table.bot.posts) >= 2)
        await table.control("clock", advance=37 * 3600)
        webhooks = {}
        for _ in range(500):
            webhooks = (await table.report())["webhooks"]
            if webhooks["given_up"]:
                break
        assert (webhooks["given_up"], webhooks["waiting"], webhooks["acked"]) == (1, 0, 0)


async def test_one_customer_that_cannot_be_delivered_holds_nobody_else() -> None:
    async with laid_table(RecordingBot(deque([503])), retry_seconds_first=60.0, retry_seconds_max=60.0) as table:
        table.bot.statuses.extend([503])
        await table.say("c1", text="stuck")
        await eventually(lambda: len(table.bot.posts) == 2)
        await table.say("c2", text="free")
        await eventually(lambda: table.bot.said()[-1] == "free")
        assert (await table.report())["webhooks"]["waiting"] == 1


async def test_items_of_several_customers_and_pages_share_a_body_when_asked() -> None:
    async with laid_table(items_per_webhook=5) as table:
        for number in range(4):
            await table.say(f"c{number}", text="hi")
        await table.control("say", page=OTHER_PAGE, customer="c9", text="hi")
        await eventually(lambda: len(table.bot.items()) == 5)
        assert max(len(json.loads(body)["entry"]) for _, body in table.bot.posts) > 1
        assert {entry["id"] for entry in table.bot.entries()} == {PAGE, OTHER_PAGE}


async def test_a_shared_body_that_fails_is_repeated_for_every_customer_in_it() -> None:
    async with laid_table(RecordingBot(deque([503])), items_per_webhook=3) as table:
        for number in range(3):
            await table.say(f"c{number}", text=f"hi {number}")
        await eventually(lambda: (set(table.bot.said()) == {"hi 0", "hi 1", "hi 2"}) and len(table.bot.posts) >= 2)
        for _ in range(200):
            if (await table.report())["webhooks"]["waiting"] == 0:
                break
        assert (await table.report())["webhooks"]["waiting"] == 0


async def test_a_raw_body_is_posted_as_it_is_and_signed() -> None:
    body = '{"object":"page","entry":[]}'
    async with laid_table() as table:
        answer = await table.control("raw", body=body)
        headers, posted = table.bot.posts[0]
        assert answer["status"] == 200
        assert posted == body.encode()
        assert (
            headers["x-hub-signature-256"] == "sha256=3c40f31ec747dd03cb82556404d27610b8f5b474bc9781fbf7d8f775adf7d07b"
        )


@pytest.mark.parametrize(("given", "expected"), [("sha256=00", "sha256=00"), ("", None)])
async def test_a_raw_body_can_be_forged_or_unsigned(table: Table, given: str, expected: str | None) -> None:
    await table.control("raw", body={"object": "page"}, signature=given)
    headers, posted = table.bot.posts[0]
    assert headers.get("x-hub-signature-256") == expected
    assert json.loads(posted) == {"object": "page"}


async def test_reset_forgets_threads_faults_counts_and_waiting_webhooks() -> None:
    async with laid_table(RecordingBot(deque([503] * 1000))) as table:
        await table.say(text="hello")
        await table.control("fault", kind="http_500")
        await eventually(lambda: len(table.bot.posts) >= 2)
        await table.control("reset")
        table.bot.statuses.clear()
        before = len(table.bot.posts)
        await table.say("c2", text="after")
        await eventually(lambda: len(table.bot.posts) > before)
        report = await table.report()
        assert list(report["customers"]) == [f"{PAGE}/c2"]
        assert report["faults"]["active"] == []
        assert table.bot.said()[before:] == ["after"]
