"""Sending over real sockets, with everything that may go wrong on the way."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from app.channel import Channel, Failed, Listing, Outcome, Seen, Sent, Unsure
from app.clock import Clock
from app.engine.effects import Message, Option
from tests.webhooks.messenger.graph import Graph, answer
from tests.webhooks.messenger.kit import ACCOUNT, CUSTOMER, NOW, OTHER_PAGE, PAGE, TOKEN, create_send
from webhooks.messenger import http, limits
from webhooks.messenger.account import Account, Page
from webhooks.messenger.send import Messenger

PROOF = "ca014e1c2f82017b71f98ff4ffd96c868398c4491affc0b4ec8644c870a4ef59"


@pytest.fixture
async def client() -> AsyncIterator[http.Client]:
    async with http.create_client() as running:
        yield running


@pytest.fixture
def messenger(graph: Graph, client: http.Client) -> Messenger:
    return Messenger(ACCOUNT, graph.url, client, Clock())


async def test_a_message_goes_to_its_page_with_token_and_proof_and_our_id(graph: Graph, messenger: Messenger) -> None:
    send = create_send(Message("Grüße 😀", choices=(Option("Yes", tap=("a", "b")),)), payloads=("signed",))
    assert await messenger.send(send) == Sent("m_b1")
    [came] = graph.came
    assert (came.method, came.target) == ("POST", f"/v26.0/{PAGE}/messages")
    assert came.headers["authorization"] == f"Bearer {TOKEN}"
    assert came.headers["content-type"] == "application/json"
    body = orjson.loads(came.body)
    assert body["appsecret_proof"] == PROOF
    assert body["recipient"] == {"id": CUSTOMER}
    assert body["message"]["text"] == "Grüße 😀"
    assert body["message"]["metadata"] == "fd:out-1"
    assert body["message"]["quick_replies"][0]["payload"] == "signed"


async def test_connections_are_kept(graph: Graph, messenger: Messenger) -> None:
    for _ in range(5):
        assert isinstance(await messenger.send(create_send()), Sent)
    assert graph.connections == 1


async def test_an_answer_that_says_the_allowance_is_used_up_stops_the_page(graph: Graph, messenger: Messenger) -> None:
    usage = b'{"10001": [{"type": "messenger", "call_count": 100, "estimated_time_to_regain_access": 3}]}'
    graph.reply = answer(200, {"message_id": "m_1"}, f"X-Business-Use-Case-Usage: {usage.decode()}\r\n")
    assert await messenger.send(create_send()) == Sent("m_1")
    for outcome in (await messenger.send(create_send()), *await messenger.send_batch([create_send()])):
        assert isinstance(outcome, Failed)
        assert (outcome.code, outcome.retry, outcome.scope) == ("too_many_calls", True, "page")
        assert 170.0 < outcome.wait_seconds <= 180.0
    assert isinstance(await messenger.send(create_send(page_id=OTHER_PAGE)), Sent)
    assert len(graph.came) == 2


async def test_a_file_that_messenger_has_is_sent_by_its_id(graph: Graph, messenger: Messenger) -> None:
    picture = create_send(Message(media=("image", "https://cdn.example/i.jpg")))
    graph.reply = answer(200, {"message_id": "m_1", "attachment_id": "77"})
    for _ in range(2):
        assert await messenger.send(picture) == Sent("m_1")
    assert await messenger.send(replace(picture, page_id=OTHER_PAGE)) == Sent("m_1")
    sent = [orjson.loads(came.body)["message"]["attachment"]["payload"] for came in graph.came]
    by_address = {"url": "https://cdn.example/i.jpg", "is_reusable": True}
    assert sent == [by_address, {"attachment_id": "77"}, by_address]


async def test_an_id_that_messenger_has_forgotten_is_tried_again_by_its_address(
    graph: Graph, messenger: Messenger
) -> None:
    picture = create_send(Message(media=("image", "https://cdn.example/i.jpg")))
    graph.reply = answer(200, {"message_id": "m_1", "attachment_id": "77"})
    await messenger.send(picture)
    graph.reply = answer(400, {"error": {"message": "x", "code": 100, "error_subcode": 2018074}})
    outcomes = [await messenger.send(picture), await messenger.send(picture)]
    assert [isinstance(each, Failed) and each.retry for each in outcomes] == [True, False]
    assert "url" in orjson.loads(graph.came[-1].body)["message"]["attachment"]["payload"]


async def test_typing_is_shown_alone_and_costs_nothing_when_it_fails(graph: Graph, messenger: Messenger) -> None:
    await messenger.show_typing(PAGE, CUSTOMER)
    [came] = graph.came
    assert orjson.loads(came.body) == {
        "recipient": {"id": CUSTOMER}, "sender_action": "typing_on", "appsecret_proof": PROOF
    }  # fmt: skip
    graph.reply, graph.hang_up = b"", True
    await messenger.show_typing(PAGE, CUSTOMER)
    await messenger.show_typing("99999", CUSTOMER)
    await messenger.show_typing(PAGE, "comment:9_7")
    assert len(graph.came) == 2


async def test_a_handoff_to_the_pages_inbox_passes_the_thread_and_says_nothing(
    graph: Graph, messenger: Messenger
) -> None:
    over = create_send(Message(hands_over=True), last_customer_at=None)
    graph.reply = answer(200, {"success": True})
    assert messenger.may_send(over, NOW) is None
    assert await messenger.send(over) == Sent("")
    [came] = graph.came
    assert came.path == f"/v26.0/{PAGE}/pass_thread_control"
    assert orjson.loads(came.body) == {
        "recipient": {"id": CUSTOMER}, "target_app_id": "263902037430900", "metadata": "fd:out-1", "appsecret_proof": PROOF
    }  # fmt: skip


async def test_a_thread_that_was_perhaps_passed_is_passed_again(graph: Graph, messenger: Messenger) -> None:
    graph.reply, graph.hang_up = b"", True
    outcome = await messenger.send(create_send(Message(hands_over=True)))
    assert isinstance(outcome, Failed)
    assert outcome.retry


async def test_a_handoff_in_a_batch_goes_by_itself(graph: Graph, messenger: Messenger) -> None:
    sends = [create_send(), create_send(Message(hands_over=True), customer_id="c2")]
    graph.reply = answer(200, {"success": True, "message_id": "m_1"})
    assert await messenger.send_batch(sends) == [Sent("m_1"), Sent("")]
    assert [came.path for came in graph.came] == [f"/v26.0/{PAGE}/messages", f"/v26.0/{PAGE}/pass_thread_control"]


ERROR: dict[str, object] = {"error": {"message": "x", "code": 10, "error_subcode": 2018278}}


async def test_a_refusal_is_a_failure_with_its_meaning(graph: Graph, messenger: Messenger) -> None:
    graph.reply = answer(400, ERROR)
    outcome = await messenger.send(create_send())
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.scope) == ("window_closed", "customer")


async def test_an_error_in_a_200_is_still_an_error(graph: Graph, messenger: Messenger) -> None:
    graph.reply = answer(200, ERROR)
    assert isinstance(await messenger.send(create_send()), Failed)


OK = answer(200, {"message_id": "m_b1"})
ODD_ANSWERS: dict[str, dict[str, Any]] = {
    "lost answer": {"reply": b"", "hang_up": True},
    "reset": {"reset": True},
    "5xx": {"reply": answer(503, b"")},
    "5xx with a page": {"reply": answer(502, b"<html>Sorry</html>")},
    "5xx with an error": {"reply": answer(500, {"error": {"code": 190}})},
    "error 1": {"reply": answer(400, {"error": {"code": 1, "error_subcode": 1357046}})},
    "a page": {"reply": answer(200, b"<html>Login</html>")},
    "cut JSON": {"reply": answer(200, b'{"recipient_id":"2","messa')},
    "cut body": {"reply": OK[:-4], "hang_up": True},
    "cut head": {"reply": b"HTTP/1.1 200 OK\r\nContent-", "hang_up": True},
    "no HTTP": {"reply": b"SSH-2.0-hello\r\n\r\n", "hang_up": True},
    "no message id": {"reply": answer(200, {"recipient_id": "20002"})},
    "a message id that is none": {"reply": answer(200, {"message_id": 7})},
    "a list": {"reply": answer(200, [1])},
    "redirect": {"reply": answer(302, b"", "Location: http://127.0.0.1:1/\r\n")},
    "too long": {"reply": answer(200, b'{"message_id":"m","x":"' + b"x" * limits.ANSWER_BYTES_MAX + b'"}')},
    "compressed": {"reply": answer(200, b"\x1f\x8b\x08\x00", "Content-Encoding: gzip\r\n")},
    "chunks that end early": {
        "reply": b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"mes',
        "hang_up": True,
    },
}


@pytest.mark.parametrize("odd", ODD_ANSWERS)
async def test_an_answer_that_does_not_tell_leaves_it_open(odd: str, graph: Graph, messenger: Messenger) -> None:
    for name, value in ODD_ANSWERS[odd].items():
        setattr(graph, name, value)
    assert isinstance(await messenger.send(create_send()), Unsure)
    assert isinstance((await messenger.send_batch([create_send()]))[0], Unsure | Failed)
    assert len(graph.came) == 2, "a send is never repeated by the client"


async def test_a_connection_that_breaks_after_it_was_used_is_not_taken_for_one_that_never_was(
    graph: Graph, messenger: Messenger
) -> None:
    assert isinstance(await messenger.send(create_send()), Sent)
    graph.reset = True
    assert isinstance(await messenger.send(create_send()), Unsure)
    assert len(graph.came) == 2


async def test_when_nothing_left_it_may_be_tried_again(client: http.Client) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        messenger = Messenger(ACCOUNT, url, client, Clock())
        expected = Failed("connect", "Messenger could not be reached.", retry=True, scope="page")
        assert await messenger.send(create_send()) == expected
        assert await messenger.send_batch([create_send()] * 2) == [expected] * 2
        assert await messenger.look_up(PAGE, CUSTOMER) is None


async def test_a_name_that_does_not_resolve_is_no_connection(client: http.Client) -> None:
    outcome = await Messenger(ACCOUNT, "http://graph.invalid", client, Clock()).send(create_send())
    assert isinstance(outcome, Failed)
    assert outcome.code == "connect"


async def test_a_slow_answer_ends_at_the_deadline(graph: Graph, client: http.Client) -> None:
    graph.silent = True
    ask = http.Ask("POST", http.create_url(graph.url), {}, b"{}")
    assert await http.request(client, ask, 100, seconds_max=0.1) == http.Lost("no answer in time")
    assert len(graph.came) == 1


async def test_an_answer_in_drops_ends_at_the_deadline_too(graph: Graph, client: http.Client) -> None:
    graph.reply = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
    ask = http.Ask("POST", http.create_url(graph.url), {}, b"{}")
    assert await http.request(client, ask, 100, seconds_max=0.1) == http.Lost("no answer in time")


async def test_a_cookie_is_not_sent_back(graph: Graph, messenger: Messenger) -> None:
    graph.reply = answer(200, {"message_id": "m_b1"}, "Set-Cookie: a=b\r\n")
    await messenger.send(create_send())
    await messenger.send(create_send())
    assert "cookie" not in graph.came[1].headers


async def test_a_page_that_is_not_connected_fails_as_a_whole(graph: Graph, client: http.Client) -> None:
    account = Account("4242", (b"s",), "v", {PAGE: Page(PAGE, "")})
    messenger = Messenger(account, graph.url, client, Clock())
    for page_id in (PAGE, "99999"):
        outcome = await messenger.send(create_send(page_id=page_id))
        assert isinstance(outcome, Failed)
        assert (outcome.scope, outcome.retry) == ("page", False)
        assert await messenger.send_batch([create_send(page_id=page_id)]) == [outcome]
        assert await messenger.look_up(page_id, CUSTOMER) is None
    assert graph.came == []


async def test_messenger_is_a_channel_and_an_empty_batch_costs_nothing(graph: Graph, messenger: Messenger) -> None:
    channel: Channel = messenger
    assert channel.batch_max == 50
    assert await channel.send_batch([]) == []
    assert list(channel.pieces(Message("Hi"))) == [Message("Hi")]
    refusal = channel.may_send(create_send(last_customer_at=NOW), NOW + timedelta(days=2))
    assert refusal
    assert graph.came == []


# ---- batches ------------------------------------------------------------------------------------------------


def part(mid: str) -> dict[str, object]:
    return {"code": 200, "body": orjson.dumps({"recipient_id": "2", "message_id": mid}).decode()}


async def test_a_batch_holds_each_message_as_its_own_request(graph: Graph, messenger: Messenger) -> None:
    graph.reply = answer(200, [part("m_1"), part("m_2")])
    texts = ['50% off + "more" & {more}=[]\\/:,; ü😀', "second\nline"]
    sends = [
        create_send(Message(text), page_id=OTHER_PAGE, customer_id=f"c{index}", outbox_id=f"o{index}")
        for index, text in enumerate(texts)
    ]
    assert await messenger.send_batch(sends) == [Sent("m_1"), Sent("m_2")]
    [came] = graph.came
    assert (came.method, came.target) == ("POST", "/v26.0/")
    assert came.form["include_headers"] == "false"
    assert came.form["access_token"] == "other-token"
    assert len(came.form["appsecret_proof"]) == 64
    requests = orjson.loads(came.form["batch"])
    assert [each["relative_url"] for each in requests] == [f"{OTHER_PAGE}/messages"] * 2
    forms = [type(came)("POST", "", {}, each["body"].encode()).form for each in requests]
    assert [orjson.loads(each["recipient"]) for each in forms] == [{"id": "c0"}, {"id": "c1"}]
    assert [orjson.loads(each["message"]) for each in forms] == [
        {"text": text, "metadata": f"fd:o{index}"} for index, text in enumerate(texts)
    ]
    assert {each["messaging_type"] for each in forms} == {"RESPONSE"}


async def test_each_item_of_a_batch_has_its_own_outcome(graph: Graph, messenger: Messenger) -> None:
    refused = {"code": 400, "body": orjson.dumps(ERROR).decode()}
    trouble = {"code": 500, "body": "{}"}
    odd = [
        None,
        7,
        {},
        {"code": "200", "body": "{}"},
        {"code": 200},
        {"code": 200, "body": "<html>"},
        {"code": 200, "body": "[]"},
    ]
    graph.reply = answer(200, [part("m_1"), refused, trouble, *odd, part("m_2")])
    outcomes = await messenger.send_batch([create_send()] * 13)
    assert len(outcomes) == 13
    assert outcomes[0] == Sent("m_1")
    assert isinstance(outcomes[1], Failed)
    assert all(isinstance(each, Unsure) for each in outcomes[2:10])
    assert outcomes[10] == Sent("m_2")
    assert all(isinstance(each, Unsure) for each in outcomes[11:]), "the answer was short"


async def test_more_answers_than_messages_are_not_looked_at(graph: Graph, messenger: Messenger) -> None:
    graph.reply = answer(200, [part("m_1"), part("m_2")])
    assert await messenger.send_batch([create_send()]) == [Sent("m_1")]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(400, {"error": {"code": 190}}), Failed), (answer(200, {"error": {"code": 613}}), Failed), (answer(503, b""), Unsure),
        (answer(200, b"<html>"), Unsure), (answer(200, {}), Unsure), (answer(500, [part("m_1")]), Unsure),
    ],
)  # fmt: skip
async def test_a_batch_that_fails_as_a_whole_fails_for_each(
    reply: bytes, kind: type[Outcome], graph: Graph, messenger: Messenger
) -> None:
    graph.reply = reply
    outcomes = await messenger.send_batch([create_send()] * 3)
    assert len(outcomes) == 3
    assert all(isinstance(each, kind) for each in outcomes)


# ---- look-ups -----------------------------------------------------------------------------------------------


def listed(mid: str, at: str, sender: str = PAGE, text: str = "Hi") -> dict[str, object]:
    return {"id": mid, "message": text, "created_time": at, "from": {"id": sender, "name": "X"}}


def listing(*messages: object) -> bytes:
    return answer(200, {"data": [{"id": "t_1", "messages": {"data": list(messages), "paging": {}}}]})


async def test_a_look_up_lists_the_pages_messages_newest_first(graph: Graph, messenger: Messenger) -> None:
    graph.reply = listing(
        listed("m_1", "2026-09-21T14:13:56+0000"), listed("m_2", "2026-09-21T14:14:01+0000", sender=CUSTOMER),
        listed("m_3", "2026-09-21T14:14:02+0000", text="a\0b"), listed("m_0", "2026-09-21T14:13:54+0000", sender=CUSTOMER),
    )  # fmt: skip
    assert await messenger.look_up(PAGE, CUSTOMER) == Listing(
        (
            Seen("m_3", "a\ufffdb", datetime(2026, 9, 21, 14, 14, 2, tzinfo=UTC)),
            Seen("m_1", "Hi", datetime(2026, 9, 21, 14, 13, 56, tzinfo=UTC)),
        ),
        whole=True,
        oldest_at=datetime(2026, 9, 21, 14, 13, 54, tzinfo=UTC),
    )
    [came] = graph.came
    assert (came.method, came.path) == ("GET", f"/v26.0/{PAGE}/conversations")
    assert came.query == {
        "user_id": CUSTOMER, "platform": "messenger", "fields": "messages.limit(20){id,message,created_time,from}",
        "appsecret_proof": PROOF,
    }  # fmt: skip
    assert TOKEN not in came.target
    assert came.headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("reply", [answer(200, {"data": []}), listing(), answer(200, {"data": [{"id": "t_1"}]})])
async def test_no_conversation_means_that_nothing_arrived(reply: bytes, graph: Graph, messenger: Messenger) -> None:
    graph.reply = reply
    assert await messenger.look_up(PAGE, CUSTOMER) == Listing(())


async def test_a_full_listing_says_that_it_may_not_be_whole(graph: Graph, messenger: Messenger) -> None:
    graph.reply = listing(*[listed(f"m_{index}", "2026-09-21T14:14:02+0000") for index in range(20)])
    found = await messenger.look_up(PAGE, CUSTOMER)
    assert found is not None
    assert (len(found.messages), found.whole) == (20, False)


@pytest.mark.parametrize(
    "reply",
    [
        answer(400, {"error": {"code": 10}}), answer(500, b""), answer(200, b"<html>"), answer(200, b"[]"), answer(200, {}),
        answer(200, {"data": 5}), answer(200, {"data": [5]}), answer(200, {"data": [{"messages": None}]}), listing(None),
        listing({"id": "m"}), listing(listed("m", "yesterday")), listing({**listed("m", "2026-09-21T14:14:02+0000"), "from": None}),
        listing(listed("m", "2026-09-21T14:14:02")), listing(listed("m", 5)),  # type: ignore[arg-type]
        listing({**listed("m", "2026-09-21T14:14:02+0000"), "message": 5}),
    ],
)  # fmt: skip
async def test_a_look_up_that_does_not_tell_is_none(reply: bytes, graph: Graph, messenger: Messenger) -> None:
    graph.reply = reply
    assert await messenger.look_up(PAGE, CUSTOMER) is None


@pytest.mark.parametrize("how", ["reset", "hang_up"])
async def test_a_look_up_that_breaks_is_none(how: str, graph: Graph, messenger: Messenger) -> None:
    graph.reply = b""
    setattr(graph, how, True)
    assert await messenger.look_up(PAGE, CUSTOMER) is None


async def test_what_must_be_one_message_ends_in_an_ellipsis_where_it_is_too_long(messenger: Messenger) -> None:
    option = Option("Yes", tap=("a", "b"))
    for long in (Message("word " * 1_000, choices=(option,)), Message("word " * 1_000, buttons=(option,))):
        short = messenger.shortened(long)
        assert messenger.pieces(short) == [short]
        assert (short.text[-1], short.options) == ("…", (option,))
    assert messenger.shortened(Message("Hi")) == Message("Hi")
