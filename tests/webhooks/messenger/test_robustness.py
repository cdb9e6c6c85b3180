"""Bodies that are genuine and odd: always items, never an exception; and the keys by which repeats are known."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.channel import Fact, Ignored, Item, Received, Unreadable
from app.engine.events import TapReceived, TextReceived
from tests.webhooks.messenger.kit import BODIES, CUSTOMER, HAPPENED_AT, NOW, PAGE, load, parse_body, say, wrap
from webhooks.messenger.limits import PAYLOAD_CHARS_MAX, RAW_CHARS_MAX, TEXT_CHARS_IN_MAX
from webhooks.messenger.parse import parse
from webhooks.messenger.payload import TooDeep

PEOPLE = {"sender": {"id": CUSTOMER}, "recipient": {"id": PAGE}, "timestamp": 1_790_000_000_100}


def entry(**fields: Any) -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": PAGE, "time": 1_790_000_000_123, **fields}]}


@pytest.mark.parametrize(
    "payload",
    [
        {"object": "page", "entry": []}, entry(), entry(messaging=[]), entry(messaging=None), entry(standby=[], messaging=[]),
        entry(changes=[]), entry(messaging=[], something_new=[{"a": 1}]),
    ],
)  # fmt: skip
def test_a_body_with_nothing_in_it_gives_nothing(payload: Any) -> None:
    assert parse_body(payload) == []


@pytest.mark.parametrize(
    "payload",
    [
        None, 1, "text", [], [1], {}, {"object": "page"}, {"object": "page", "entry": 5}, {"object": "page", "entry": "x"},
        {"entry": [{"id": PAGE}]}, {"object": "page", "entry": [1]}, {"object": "page", "entry": [{}]},
        entry(messaging="x"), entry(messaging=7), entry(messaging=[1]), entry(messaging=[None]), entry(messaging=[{}]),
        entry(unknown=[1]), wrap(PEOPLE), wrap({**PEOPLE, "something_new": {}}), wrap({**PEOPLE, "message": None}),
        wrap({**PEOPLE, "message": "hi"}), wrap({**PEOPLE, "message": {}}), wrap({**PEOPLE, "message": {"mid": "m_1"}}),
        wrap(say(None, attachments=None)), wrap(say("", attachments=[])), wrap(say({"a": 1})),
        wrap({"recipient": {"id": PAGE}, "message": {"mid": "m_1", "text": "who?"}}),
        wrap({**PEOPLE, "sender": None, "message": {"mid": "m_1", "text": "who?"}}),
        wrap({**PEOPLE, "sender": {"id": "a/b"}, "message": {"mid": "m_1", "text": "who?"}}),
        wrap({**PEOPLE, "sender": {"id": "9" * 200}, "message": {"mid": "m_1", "text": "who?"}}),
        wrap({"sender": {"id": PAGE}, "message": {"mid": "m_1", "text": "to whom?", "is_echo": True}}),
        wrap({**PEOPLE, "recipient": {"id": "1"}, "message": {"mid": "m_1", "text": "wrong Page"}}),
        wrap({**PEOPLE, "message_edit": {"text": "which?"}}), wrap({**PEOPLE, "template": {"type": "new"}}),
        wrap({"recipient": {"id": PAGE}, "postback": {"payload": "x"}}), wrap({"recipient": {"id": PAGE}, "referral": {}}),
        wrap({"recipient": {"id": PAGE}, "pass_thread_control": {}}), wrap({"recipient": {"id": PAGE}, "take_thread_control": {}}),
        entry(changes=[{}]), entry(changes=[{"field": "feed"}]), entry(changes=[{"field": "new", "value": {}}]), entry(changes=[5]),
        entry(changes=[{"field": "feed", "value": {"item": "comment", "verb": "add"}}]),
        wrap(say(), page_id="99999"), wrap({**say(), "recipient": {"id": "99999"}}, page_id="99999"),
        {"object": "page", "entry": [{"id": "99999", "changes": [{"field": "feed", "value": {"item": "comment"}}]}]},
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_kept_with_its_reason(payload: Any) -> None:
    items = parse_body(payload)
    assert items
    for item in items:
        assert isinstance(item, Unreadable)
        assert item.reason
        assert item.raw
        assert len(item.key) == 16


@pytest.mark.parametrize(
    "attachments",
    [
        [{"type": "image"}], [{"type": "image", "payload": None}], [{"type": "image", "payload": {"url": None}}],
        [{"type": "image", "payload": "a bare string"}], [{"type": "image", "payload": {"url": 5}}], [{}], [None], [7], [[]],
        [{"type": None}], [{"type": ["image"]}], {"type": "image"}, [{"type": "location", "payload": {"coordinates": 5}}],
        [{"type": "location", "payload": {"coordinates": {"lat": "x", "long": True}}}],
        [{"type": "template", "payload": {"product": {"elements": [None]}}}], [{"type": "image"}] * 1000,
        [{"type": "image", "payload": {"url": "javascript:alert(1)"}}], [{"type": "file", "payload": {"url": "/relative"}}],
        [{"type": "file", "payload": {"url": "https://x.example/" + "a" * 5000}}],
    ],
)  # fmt: skip
def test_odd_attachments_are_attachments_without_an_address(attachments: Any) -> None:
    [item] = parse_body(wrap(say(None, attachments=attachments)))
    assert isinstance(item, Received)
    assert all(not each.url and each.latitude is None for each in item.event.attachments)  # type: ignore[union-attr]
    assert 1 <= len(item.event.attachments) <= 100  # type: ignore[union-attr]


def test_coordinates_off_the_globe_are_no_place() -> None:
    odd = [{"type": "location", "payload": {"coordinates": {"lat": 91, "long": 13}}}]
    [item] = parse_body(wrap(say(None, attachments=odd)))
    assert item.event.attachments[0].kind == "other"  # type: ignore[union-attr]


def test_messaging_may_be_one_object_and_ids_may_be_numbers() -> None:
    item = {
        "sender": {"id": 20002},
        "recipient": {"id": 10001},
        "timestamp": 1_790_000_000,
        "message": {"mid": "m_1", "text": "x"},
    }
    [found] = parse_body({"object": "page", "entry": {"id": 10001, "messaging": item}})
    assert isinstance(found, Received)
    assert (found.page_id, found.customer_id) == (PAGE, CUSTOMER)


def test_a_deep_body_is_kept_as_unreadable() -> None:
    [item] = parse_body(TooDeep("[[["))
    assert isinstance(item, Unreadable)
    assert "[[[" in item.raw


def test_what_is_kept_of_an_unreadable_item_is_limited() -> None:
    [item] = parse_body(wrap({**PEOPLE, "new": "x" * 200_000}))
    assert isinstance(item, Unreadable)
    assert len(item.raw) == RAW_CHARS_MAX
    assert item.customer_id == CUSTOMER


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ("x" * 30_000, "x" * TEXT_CHARS_IN_MAX), ("a\0b", "a\ufffdb"), ("a\ud800b", "a\ufffdb"), ("😀👨‍👩‍👧", "😀👨‍👩‍👧"),
        ("\u202eabc\u200f", "\u202eabc\u200f"), ("e\u0301", "e\u0301"), (42, "42"),
    ],
)  # fmt: skip
def test_texts_are_kept_as_they_came_but_for_what_no_database_takes(came: Any, kept: str) -> None:
    [item] = parse_body(wrap(say(came)))
    assert isinstance(item, Received)
    assert item.event == TextReceived(kept, mid="m_a1")


def test_long_payloads_are_cut() -> None:
    [item] = parse_body(wrap({**PEOPLE, "postback": {"mid": "m", "title": "t", "payload": "p" * 2_000}}))
    assert isinstance(item, Received)
    assert item.event == TapReceived(payload="p" * PAYLOAD_CHARS_MAX, title="t", mid="m")


# ---- moments ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        (1_790_000_000_100, HAPPENED_AT), ("1790000000100", HAPPENED_AT), (1_790_000_000_100.0, HAPPENED_AT),
        (1_790_000_000, HAPPENED_AT.replace(microsecond=0)), ("1790000000", HAPPENED_AT.replace(microsecond=0)),
    ],
)  # fmt: skip
def test_time_stamps_come_in_seconds_or_milliseconds_as_numbers_or_digits(timestamp: Any, expected: datetime) -> None:
    [item] = parse_body(wrap({**say(), "timestamp": timestamp}))
    assert isinstance(item, Received)
    assert item.happened_at == expected


@pytest.mark.parametrize(
    "timestamp",
    [None, "", "x", "²", -1, 0, 5, True, 10**15, 10**30, 10**400, float("inf"), float("nan"), [], {}, "9" * 50],
)
def test_a_time_stamp_that_is_none_falls_back_to_the_entrys_time(timestamp: Any) -> None:
    [item] = parse_body(wrap({**say(), "timestamp": timestamp}))
    assert isinstance(item, Received)
    assert item.happened_at == datetime(2026, 9, 21, 14, 13, 20, 123_000, tzinfo=UTC)


def test_without_any_time_the_arrival_counts() -> None:
    item = {key: value for key, value in say().items() if key != "timestamp"}
    [found] = parse_body({"object": "page", "entry": [{"id": PAGE, "messaging": [item]}]})
    assert isinstance(found, Received)
    assert found.happened_at == NOW


def test_a_time_stamp_from_the_future_cannot_keep_the_window_open() -> None:
    ahead = int((NOW + timedelta(days=300)).timestamp() * 1000)
    [item] = parse_body(wrap({**say(), "timestamp": ahead}))
    assert isinstance(item, Received)
    assert item.happened_at == NOW


def test_items_are_sorted_by_time_and_stay_in_line_where_it_is_the_same() -> None:
    stamps = [300, 100, 200, 100, 100]
    items = [
        {**say(str(index), mid=f"m_{index}"), "timestamp": 1_790_000_000_000 + at} for index, at in enumerate(stamps)
    ]
    found = parse_body(wrap(*items))
    assert [each.event.text for each in found if isinstance(each, Received)] == ["1", "3", "4", "2", "0"]  # type: ignore[union-attr]


# ---- keys ---------------------------------------------------------------------------------------------------


def keys(payload: Any) -> list[bytes]:
    return [item.key for item in parse_body(payload) if isinstance(item, Received | Unreadable)]


@pytest.mark.parametrize("name", sorted(path.stem for path in BODIES.glob("*.json")))
def test_a_repeated_delivery_has_the_same_keys_whenever_it_comes(name: str) -> None:
    body = load(name)
    later = parse(deepcopy(body), NOW + timedelta(hours=3), "4242")
    assert keys(body) == [item.key for item in later if isinstance(item, Received | Unreadable)]


def test_different_bodies_have_different_keys() -> None:
    same = {"change_with_message", "attachment", "text", "standby", "reaction"}
    names = [path.stem for path in BODIES.glob("*.json") if path.stem.split("_")[0] not in same]
    found = [key for name in names for key in keys(load(name))]
    assert len(found) == len(set(found)) > 40


def test_the_same_tap_in_messaging_and_in_standby_is_one_event() -> None:
    tap = {**PEOPLE, "postback": {"mid": "m_c1", "title": "Sizes", "payload": "p"}}
    aside = {**PEOPLE, "postback": {"mid": "m_c1", "title": "Sizes"}}
    first, second = parse_body(entry(messaging=[tap], standby=[aside]))
    assert isinstance(first, Received)
    assert isinstance(second, Received)
    assert first.key == second.key
    assert isinstance(first.event, TapReceived)
    assert isinstance(second.event, Fact)


def test_a_message_its_echo_and_its_removal_are_three_facts() -> None:
    echo = {
        "sender": {"id": PAGE},
        "recipient": {"id": CUSTOMER},
        "message": {"is_echo": True, "mid": "m_a1", "text": "Hello"},
    }
    [message], [echoed] = keys(wrap(say())), keys(wrap(echo))
    removal, place, *_ = keys(wrap(say(is_deleted=True)))
    assert len({message, echoed, removal}) == 3
    assert place == message, "so that one that comes late is known"


def test_the_same_message_id_on_two_pages_is_two_facts() -> None:
    other = {**say(), "recipient": {"id": "10002"}}
    assert keys(wrap(say())) != keys(wrap(other, page_id="10002"))


def test_messages_without_an_id_are_told_apart_by_all_that_they_hold() -> None:
    first, second = keys(wrap(say("a", mid=None), say("b", mid=None)))
    later = {**say("a", mid=None), "timestamp": 1_790_000_000_101}
    assert len({first, second, *keys(wrap(later))}) == 3


def test_two_taps_without_an_id_at_different_times_are_two() -> None:
    tap = {**PEOPLE, "postback": {"payload": "p"}}
    assert len(set(keys(wrap(tap, {**tap, "timestamp": 1_790_000_000_101})))) == 2


def test_each_reaction_and_each_edit_is_a_fact_of_its_own() -> None:
    given_, taken = (
        {**PEOPLE, "reaction": {"mid": "m", "action": action, "emoji": "x"}} for action in ("react", "unreact")
    )
    edits = [{**PEOPLE, "message_edit": {"mid": "m", "text": "t", "num_edit": number}} for number in (1, 2)]
    assert len(set(keys(wrap(given_, taken, {**given_, "timestamp": 1_790_000_000_101}, *edits)))) == 5


# ---- anything -----------------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    [
        "id", "time", "messaging", "standby", "changes", "sender", "recipient", "timestamp", "message", "mid", "text",
        "attachments", "type", "payload", "url", "is_echo", "app_id", "metadata", "quick_reply", "postback", "title", "referral",
        "ref", "delivery", "read", "watermark", "reaction", "emoji", "field", "value", "item", "verb", "from", "user_ref", "optin",
        "message_edit", "pass_thread_control", "new_owner_app_id", "app_roles", "messaging_feedback", "feedback_screens",
        "questions", "template", "coordinates", "product", "elements",
    ]
)  # fmt: skip
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters(), max_size=5)
    | st.sampled_from([PAGE, CUSTOMER, "page", "feed", "comment", "add", "m_1", 1_790_000_000_100, "0", "\\u{2764}", "fd:1", "coupon"])
)  # fmt: skip
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
READERS = st.sampled_from(
    [
        "message", "postback", "referral", "reaction", "message_edit", "optin", "delivery", "read", "pass_thread_control",
        "take_thread_control", "request_thread_control", "app_roles", "policy_enforcement", "account_linking",
        "messaging_feedback", "response_feedback", "template",
    ]
)  # fmt: skip
ITEMS = st.builds(lambda name, value: {**PEOPLE, name: value}, READERS, st.dictionaries(NAMES, VALUES, max_size=5))
PAYLOADS = st.one_of(
    VALUES,
    ITEMS.map(wrap),
    ITEMS.map(lambda item: entry(standby=[item])),
    st.dictionaries(NAMES, VALUES, max_size=5).map(lambda fields: {"object": "page", "entry": [fields]}),
    st.dictionaries(NAMES, VALUES, max_size=5).map(lambda fields: entry(changes=[{"field": "feed", "value": fields}])),
)


@settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(PAYLOADS)
def test_any_json_gives_items_and_never_an_exception(payload: Any) -> None:
    for item in parse_body(payload):
        assert isinstance(item, Item)
        if isinstance(item, Received | Unreadable):
            assert len(item.key) == 16
            assert item.happened_at.tzinfo is UTC
            assert item.happened_at <= NOW + timedelta(minutes=5)
            repr(item).encode()
        assert not isinstance(item, Ignored) or item.reason
