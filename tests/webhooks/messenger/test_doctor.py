"""The judgement of a Page and an app: whatever Graph answers, it is judged and never an error."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.flowfile.check import read_flow
from app.settings import example_folder
from webhooks.messenger.checkup import AppFacts, Callback, PageFacts
from webhooks.messenger.doctor import judge_app, judge_page
from webhooks.messenger.graph_api import Refused, Result, Told, Unanswered, hint_for, read_answer
from webhooks.messenger.http import Answer
from webhooks.messenger.subscriptions import FIELDS, Subscription, read_app, read_page

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
FLOW = read_flow(example_folder())
NAMES = (
    "data", "id", "name", "error", "code", "message", "error_subcode", "is_valid", "scopes", "expires_at", "app_id", "fields",
    "data_access_expires_at", "is_published", "subscribed_fields", "object", "callback_url", "active", "locale", "text",
    "get_started", "greeting", "persistent_menu", "ice_breakers", "whitelisted_domains", "call_to_actions", "privacy_policy_url",
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.sampled_from(["page", "10001", "x", ""])
ANY_JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
)
USAGES = st.sampled_from(["", "x", "[]", '{"call_count":85}', '{"call_count":"much"}', "7"])


def heard(value: Any, usage: str = "") -> Result:
    return read_answer(Answer(200, orjson.dumps(value), {"x-page-usage": usage}))


def page_facts(**more: Any) -> PageFacts:
    """A Page at which nothing is wrong but its profile."""
    usual: dict[str, Any] = {
        "page_id": "10001", "me": Told({"id": "10001", "name": "Shop"}), "page": Told({"is_published": True}),
        "subscribed": Subscription((*FIELDS, "feed")), "profile": {}, "personas": {}, "token": None, "skew_seconds": 0.0,
    }  # fmt: skip
    return PageFacts(**{**usual, **more})


@settings(max_examples=300, deadline=None)
@given(ANY_JSON, ANY_JSON, USAGES)
def test_any_answer_of_graph_is_judged(value: Any, other: Any, usage: str) -> None:
    answer = heard(value, usage)
    profile = value if isinstance(value, dict) else {}
    for me in (answer, Told({"id": "10001"})):
        subscribed = read_page(heard({"data": [{"id": "4242", "subscribed_fields": other}, value]}), "4242")
        facts = page_facts(me=me, page=answer, subscribed=subscribed, profile=profile, token=heard({"data": other}))
        findings = judge_page(facts, FLOW, "4242", NOW)
        assert all(each.says and bool(each.todo) == (each.verdict != "ok") for each in findings)
    app = AppFacts(read_app(heard({"data": [{"object": "page", "fields": other}]})), answer, heard(other))
    assert judge_app(app, [FLOW], "https://bot.example", NOW)
    assert judge_app(AppFacts(read_app(answer)), [], "", NOW)


@pytest.mark.parametrize(
    "answer", [Answer(500, b"<html>"), Answer(200, b"[]"), Answer(404, b"{}"), Answer(200, b""), Answer(200, b"7")]
)
def test_what_is_no_answer_of_graph_is_none(answer: Answer) -> None:
    assert isinstance(read_answer(answer), Unanswered)


def test_a_token_that_meta_quotes_is_told_to_nobody() -> None:
    for code in (190, 100):
        error = {"code": code, "message": "Malformed access token EAAGm0PX4ZCpsBAKZBZCZC1234567890abcdefgh"}
        refused = read_answer(Answer(400, orjson.dumps({"error": error})))
        assert isinstance(refused, Refused)
        assert "EAAG" not in str(refused)


@pytest.mark.parametrize(
    ("callback", "verdict", "says"),
    [
        (None, "advice", "could not be found out"),
        (Callback(200, is_challenge=True), "ok", "answers"),
        (Callback(200, is_challenge=False), "problem", "status 200 and no challenge"),
        (Callback(502, is_challenge=False), "problem", "status 502"),
        (Callback(403, is_challenge=False), "problem", "verify token"),
        (Callback(0, is_challenge=False), "problem", "Nothing answers"),
    ],
)
def test_our_address_is_judged_by_what_it_answers(callback: Callback | None, verdict: str, says: str) -> None:
    found = judge_app(AppFacts(None, callback=callback), [FLOW], "https://bot.example", NOW)[0]
    assert (found.verdict, says in found.says) == (verdict, True)


def test_a_page_of_another_app_is_not_asked_about_its_token() -> None:
    checks = {each.check for each in judge_page(page_facts(), FLOW, "4242", NOW)}
    assert "token's life" not in checks
    assert "Page's fields" in checks


def test_without_its_id_a_page_is_judged_no_further() -> None:
    findings = judge_page(page_facts(me=Unanswered("Away.")), FLOW, "4242", NOW)
    assert [each.check for each in findings if each.verdict == "problem"] == ["messenger"]


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        (Refused(613, None, "x"), "Try again after 10:10 UTC"),
        (Refused(190, 463, "x"), "FRONTDESK_PAGE_TOKEN"),
        (Refused(200, None, "x"), "pages_messaging"),
        (Refused(2200, None, "x"), "verify token"),
        (Refused(100, None, "x"), "frontdesk doctor"),
        (Unanswered("x"), "FRONTDESK_GRAPH_URL"),
    ],
)
def test_every_refusal_comes_with_what_to_do(refusal: Refused | Unanswered, says: str) -> None:
    assert says in hint_for(refusal, NOW)
