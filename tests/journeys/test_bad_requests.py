"""What is forged, broken, too large, too slow or unknown: refused or set aside, nothing kept of it, and everybody else is served."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.journeys import raw
from tests.journeys.bodies import APP_SECRET, PAGE, SIGNATURE, VERIFY_TOKEN, message, new_id, sign, to_bytes, wrap
from tests.journeys.house import House
from tests.journeys.shop import DISCLOSURE

MEBIBYTE = 1024 * 1024
CANARY_SECONDS = 5.0
BODY_SECONDS = 10.0
"""How long a sender may take for one body."""


@pytest.fixture(autouse=True)
def _everybody_else_is_served(house: House) -> Iterator[None]:
    yield
    began = time.monotonic()
    assert house.new_customer().types("hello")[0] == DISCLOSURE
    assert time.monotonic() - began < CANARY_SECONDS


def kept(house: House) -> list[tuple[Any, ...]]:
    """Everything that a request could have left behind."""
    return house.rows("SELECT count(*), max(id) FROM inbox")


def metric(house: House, name: str) -> int:
    lines = house.http.get(f"{house.bot_url}/metrics").text.splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f"frontdesk_{name} ")))


BODY = wrap(message("31337", "let me in"))
GOOD = sign(BODY)
FORGED = {
    "no signature": [],
    "empty": [f"{SIGNATURE}: "],
    "of another secret": [f"{SIGNATURE}: {sign(BODY, 'not-our-secret')}"],
    "of another body": [f"{SIGNATURE}: {sign(BODY + b' ')}"],
    "without its prefix": [f"{SIGNATURE}: {GOOD.removeprefix('sha256=')}"],
    "with another prefix": [f"{SIGNATURE}: sha1={GOOD.removeprefix('sha256=')}"],
    "in capitals": [f"{SIGNATURE}: sha256={GOOD.removeprefix('sha256=').upper()}"],
    "cut": [f"{SIGNATURE}: {GOOD[:-1]}"],
    "with more": [f"{SIGNATURE}: {GOOD}0"],
    "not hexadecimal": [f"{SIGNATURE}: sha256={'g' * 64}"],
    "not ascii": [f"{SIGNATURE}: sha256={'é' * 64}"],
    "twice, the first right": [f"{SIGNATURE}: {GOOD}", f"{SIGNATURE}: {sign(BODY, 'x')}"],
    "twice, the second right": [f"{SIGNATURE}: {sign(BODY, 'x')}", f"{SIGNATURE}: {GOOD}"],
    "twice the same": [f"{SIGNATURE}: {GOOD}", f"{SIGNATURE}: {GOOD}"],
    "by the old algorithm only": [
        f"X-Hub-Signature: sha1={hmac.new(APP_SECRET.encode(), BODY, hashlib.sha1).hexdigest()}"
    ],
    "with an empty secret": [f"{SIGNATURE}: {sign(BODY, '')}"],
}


def test_a_body_whose_signature_is_missing_wrong_or_malformed_is_refused_and_not_kept(house: House) -> None:
    before, forged = kept(house), metric(house, "webhook_forged_total")
    statuses = {name: raw.post_body(house, BODY, *headers) for name, headers in FORGED.items()}
    assert statuses == dict.fromkeys(FORGED, 403)
    assert kept(house) == before
    assert metric(house, "webhook_forged_total") - forged == len(FORGED)


def test_a_refusal_tells_nothing(house: House) -> None:
    answer = house.post(BODY, "not-our-secret")
    assert answer.status_code == 403
    assert GOOD.removeprefix("sha256=") not in f"{answer.text}{answer.headers}{house.bot.printed()}"
    assert "let me in" not in f"{answer.text}{house.bot.printed()}"


def test_a_flood_of_forged_bodies_costs_the_healthy_nothing(house: House) -> None:
    before = kept(house)
    with ThreadPoolExecutor(8) as threads:
        flood = [threads.submit(house.post, BODY, "not-our-secret") for _ in range(400)]
        began = time.monotonic()
        assert house.new_customer().types("hello")[0] == DISCLOSURE
        assert time.monotonic() - began < CANARY_SECONDS
        assert {each.result().status_code for each in flood} == {403}
    assert kept(house)[0][0] > before[0][0], "the healthy one only"
    assert house.rows("SELECT count(*) FROM inbox WHERE customer_id = '31337'") == [(0,)]


NOT_JSON = (b"", b"hello", b"{", b'{"object": "page"', b"\xff\xfe\x00", b"entry=1&object=page", b"{'object': 'page'}", b"<xml/>",
            b'{"a": 1} trailing', b"\x00", b'{"a": "\xc3\x28"}')  # fmt: skip


def test_a_body_that_is_no_json_is_refused(house: House) -> None:
    before = kept(house)
    assert {body: house.post(body).status_code for body in NOT_JSON} == dict.fromkeys(NOT_JSON, 400)
    assert kept(house) == before


def test_a_body_that_is_too_large_is_refused(house: House) -> None:
    before = kept(house)
    body = wrap(message("31337", "x" * MEBIBYTE))
    assert house.post(body).status_code == 413
    assert raw.post(house, f"Content-Length: {10**30}", f"{SIGNATURE}: {GOOD}") in (400, 413)
    assert raw.post(house, f"Content-Length: {MEBIBYTE + 1}", f"{SIGNATURE}: {GOOD}") == 413, (
        "at once, before any byte of it"
    )
    assert kept(house) == before


def test_a_body_without_a_length_that_grows_too_large_is_refused(house: House) -> None:
    body = wrap(message("31337", "x" * MEBIBYTE))
    assert raw.post_chunks(house, (body[at : at + 65_536] for at in range(0, len(body), 65_536)), body) == 413


def test_a_body_in_chunks_is_taken(house: House) -> None:
    customer = house.new_customer().opens()
    body = wrap(message(customer.id, "hello"))
    assert raw.post_chunks(house, (body[at : at + 7] for at in range(0, len(body), 7)), body) == 200
    assert customer.sees_new()[0] == DISCLOSURE


def test_a_length_that_lies_is_no_way_in(house: House) -> None:
    before = kept(house)
    assert raw.post(house, f"Content-Length: {len(BODY) - 5}", f"{SIGNATURE}: {GOOD}", pieces=[BODY]) in (400, 403)
    assert kept(house) == before


def test_a_slow_sender_is_cut_off_and_holds_nobody_up(house: House) -> None:
    """Slow senders at once, of which the first would be right if it ever came to its end."""
    headers = (f"Content-Length: {len(BODY)}", f"{SIGNATURE}: {GOOD}")
    with ThreadPoolExecutor(6) as threads:
        began = time.monotonic()
        slow = [threads.submit(raw.post, house, *headers, pieces=raw.drip(BODY[:60], 0.2)) for _ in range(6)]
        assert house.new_customer().types("hello")[0] == DISCLOSURE
        assert {each.result() for each in slow} == {408}
        assert BODY_SECONDS * 0.9 < time.monotonic() - began < BODY_SECONDS * 2
    assert house.rows("SELECT count(*) FROM inbox WHERE customer_id = '31337'") == [(0,)]


def test_a_body_that_nests_too_deep_is_set_aside(house: House) -> None:
    for depth in (60, 2_000, 200_000):
        assert house.post(b'{"object":"page","entry":' + b"[" * depth + b"]" * depth + b"}").status_code == 200
    assert house.rows("SELECT DISTINCT status, reason FROM inbox WHERE reason LIKE '%deep%'") == [
        ("quarantined", "it nests too deep")
    ]


UNKNOWN: dict[str, Any] = {
    "an unknown kind": {"sender": {"id": "77"}, "recipient": {"id": PAGE}, "timestamp": 1, "hologram": {"x": 1}},
    "a message without a sender": {"recipient": {"id": PAGE}, "timestamp": 1, "message": {"mid": "m_u1", "text": "hi"}},
    "a message with nothing in it": {"sender": {"id": "77"}, "recipient": {"id": PAGE}, "message": {"mid": "m_u2"}},
    "a text": "hello",
    "a number": 7,
    "nothing": None,
    "a list": [[]],
    "a sender that is a list": {"sender": [], "recipient": {"id": PAGE}, "message": {"mid": "m_u3", "text": "hi"}},
    "a message that is a text": {"sender": {"id": "77"}, "recipient": {"id": PAGE}, "timestamp": 1, "message": "hi"},
}


def test_unknown_and_broken_items_are_set_aside_with_a_reason_and_their_neighbours_are_answered(house: House) -> None:
    customer = house.new_customer().opens()
    items = [*UNKNOWN.values(), message(customer.id, "hello")]
    before = dict(house.counts())
    body = to_bytes({"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": items}]})
    assert house.post(body).status_code == 200
    assert customer.sees_new()[0] == DISCLOSURE
    assert house.counts()["quarantined"] - before.get("quarantined", 0) == len(UNKNOWN)
    assert house.rows("SELECT count(*) FROM inbox WHERE status = 'quarantined' AND coalesce(reason, '') = ''") == [(0,)]


@pytest.mark.parametrize("whole", [[], {}, "page", 7, None, {"object": "page"}, {"object": "page", "entry": "x"},
                                   {"object": "page", "entry": [7, None, "x", []]}, {"object": ["page"], "entry": []}])  # fmt: skip
def test_json_of_any_other_shape_is_taken_and_harms_nobody(house: House, whole: Any) -> None:
    assert house.post(to_bytes(whole)).status_code == 200


NUMBERS = ("9" * 5_000, "1e999", "-1", str(2**63), str(2**64), "-0.0", "NaN", "1" * 400 + ".5")


def test_numbers_that_no_database_takes_harm_nobody(house: House) -> None:
    customer = house.new_customer().opens()
    for number in NUMBERS:
        item = json.dumps(message(customer.id, "hello", mid=new_id())).replace(
            '"timestamp": ', f'"timestamp": {number}, "t": '
        )
        body = b'{"object":"page","entry":[{"id":"%s","time":%s,"messaging":[%s]}]}'
        assert house.post(body % (PAGE.encode(), number.encode(), item.encode())).status_code == 200, number[:20]
    house.wait_until_quiet()
    told = house.rows(f"SELECT count(*) FROM history WHERE customer_id = '{customer.id}'")
    assert told == [(len(NUMBERS),)]


def test_the_same_key_twice_cannot_make_check_and_use_differ(house: House) -> None:
    customer = house.new_customer().opens()
    twice = wrap(message(customer.id, "hello")).replace(b'"object"', b'"entry":[],"object":"user","object"', 1)
    assert house.post(twice).status_code == 200
    assert customer.sees_new()[0] == DISCLOSURE


def test_only_the_right_word_gets_the_challenge(house: House) -> None:
    def ask(**query: str) -> tuple[int, str]:
        asked = {f"hub.{name}": value for name, value in query.items()}
        answer = house.http.get(f"{house.bot_url}/webhooks/messenger", params=asked)
        return answer.status_code, answer.text

    assert ask(mode="subscribe", verify_token=VERIFY_TOKEN, challenge="<b>42</b>") == (200, "<b>42</b>")
    assert ask(mode="subscribe", verify_token="", challenge="42")[0] == 403
    assert ask(mode="subscribe", verify_token=f"{VERIFY_TOKEN}é", challenge="42") == (403, "forbidden")
    assert ask(mode="unsubscribe", verify_token=VERIFY_TOKEN, challenge="42")[0] == 403


def test_other_methods_and_paths_are_not_there(house: House) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        assert house.http.request(method, f"{house.bot_url}/webhooks/messenger").status_code == 405
    assert house.http.get(f"{house.bot_url}/docs").status_code == 401
    for path in ("/openapi.json", "/.env", "/webhooks/messenger/../../app/settings.py"):
        assert house.http.get(f"{house.bot_url}{path}").status_code == 404
