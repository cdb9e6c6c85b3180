"""Meta's policy: one test for each cell of the table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.channel import Refusal
from app.engine.effects import Form, Message
from tests.webhooks.messenger.kit import NOW, create_send
from webhooks.messenger.policy import WAYS, Circumstances, Way, decide, may_send

JUST_NOW, TODAY, YESTERDAY, LAST_WEEK = (
    timedelta(0),
    timedelta(hours=23, minutes=54),
    timedelta(hours=30),
    timedelta(days=8),
)
GRANTED = frozenset({"human_agent", "utility_messages"})
REFUSED = "no"


def way_of(now: datetime = NOW, ago: timedelta | None = JUST_NOW, **given: Any) -> str:
    decided = decide(Circumstances(**given, last_customer_at=None if ago is None else now - ago), now)
    return decided.name if isinstance(decided, Way) else REFUSED


# Rows: who writes, what for. Columns: how long ago the customer last acted, then the same with what Meta grants in review.
CELLS = [
    # writer, purpose, never, just now, 23:54, 30 h, 8 days; granted: 30 h, 8 days, never
    ("bot", "answer", REFUSED, "RESPONSE", "RESPONSE", REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    ("staff", "answer", REFUSED, "RESPONSE", "RESPONSE", REFUSED, REFUSED, "HUMAN_AGENT", REFUSED, REFUSED),
    ("campaign", "answer", REFUSED, "RESPONSE", "RESPONSE", REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    (
        "bot",
        "feedback",
        REFUSED,
        "RESPONSE",
        "RESPONSE",
        "CUSTOMER_FEEDBACK",
        REFUSED,
        "CUSTOMER_FEEDBACK",
        REFUSED,
        REFUSED,
    ),
    (
        "staff",
        "feedback",
        REFUSED,
        "RESPONSE",
        "RESPONSE",
        "CUSTOMER_FEEDBACK",
        REFUSED,
        "CUSTOMER_FEEDBACK",
        REFUSED,
        REFUSED,
    ),
    (
        "campaign",
        "feedback",
        REFUSED,
        "RESPONSE",
        "RESPONSE",
        "CUSTOMER_FEEDBACK",
        REFUSED,
        "CUSTOMER_FEEDBACK",
        REFUSED,
        REFUSED,
    ),
    ("bot", "utility", REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, "UTILITY", "UTILITY", "UTILITY"),
    ("staff", "utility", REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, "UTILITY", "UTILITY", "UTILITY"),
    ("campaign", "utility", REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, "UTILITY", "UTILITY", "UTILITY"),
    (
        "bot",
        "comment",
        REFUSED,
        "PRIVATE_REPLY",
        "PRIVATE_REPLY",
        "PRIVATE_REPLY",
        REFUSED,
        "PRIVATE_REPLY",
        REFUSED,
        REFUSED,
    ),
    (
        "staff",
        "comment",
        REFUSED,
        "PRIVATE_REPLY",
        "PRIVATE_REPLY",
        "PRIVATE_REPLY",
        REFUSED,
        "PRIVATE_REPLY",
        REFUSED,
        REFUSED,
    ),
    ("campaign", "comment", REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    ("bot", "news", REFUSED, "RESPONSE", "RESPONSE", REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    ("staff", "news", REFUSED, "RESPONSE", "RESPONSE", REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    ("campaign", "news", REFUSED, "RESPONSE", "RESPONSE", REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
]
COLUMNS: list[dict[str, Any]] = [
    {"ago": None}, {"ago": JUST_NOW}, {"ago": TODAY}, {"ago": YESTERDAY}, {"ago": LAST_WEEK},
    {"ago": YESTERDAY, "features": GRANTED}, {"ago": LAST_WEEK, "features": GRANTED}, {"ago": None, "features": GRANTED},
]  # fmt: skip


@pytest.mark.parametrize(
    ("writer", "purpose", "column", "way"),
    [(row[0], row[1], column, way) for row in CELLS for column, way in zip(COLUMNS, row[2:], strict=True)],
)
def test_each_cell_of_writer_purpose_and_time(writer: str, purpose: str, column: dict[str, Any], way: str) -> None:
    assert way_of(written_by=writer, purpose=purpose, **column) == way


@pytest.mark.parametrize(
    ("written_by", "purpose", "ends"),
    [
        ("bot", "answer", timedelta(hours=23, minutes=55)),
        ("staff", "answer", timedelta(days=6, hours=23, minutes=55)),
        ("bot", "feedback", timedelta(days=6, hours=23, minutes=55)),
    ],
)
def test_a_window_ends_to_the_second(written_by: str, purpose: str, ends: timedelta) -> None:
    given = {"written_by": written_by, "purpose": purpose, "features": GRANTED}
    assert way_of(ago=ends - timedelta(seconds=1), **given) != REFUSED
    assert way_of(ago=ends, **given) == REFUSED


def test_a_customers_clock_ahead_of_ours_closes_nothing() -> None:
    assert way_of(ago=timedelta(seconds=-3)) == "RESPONSE"


DAY_BEFORE, RETIRED = datetime(2026, 4, 26, 23, 59, 59, tzinfo=UTC), datetime(2026, 4, 27, tzinfo=UTC)


def test_the_old_tags_end_with_the_day_meta_named() -> None:
    assert way_of(now=DAY_BEFORE, ago=YESTERDAY, purpose="utility") == "CONFIRMED_EVENT_UPDATE"
    assert way_of(now=RETIRED, ago=YESTERDAY, purpose="utility") == REFUSED


@pytest.mark.parametrize("tag", ["CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"])
def test_each_retired_tag_is_a_row_with_its_day(tag: str) -> None:
    row = next(way for way in WAYS if way.tag == tag)
    assert (row.messaging_type, row.until) == ("MESSAGE_TAG", RETIRED.date())


@pytest.mark.parametrize("region", ["AU", "EU", "JP", "KR", "UK", "US", ""])
def test_news_go_to_who_asked_for_them_where_meta_still_has_them(region: str) -> None:
    asked = {"purpose": "news", "ago": LAST_WEEK, "consent_until": NOW + timedelta(days=1)}
    kept = "NOTIFICATION" if region not in ("US", "") else REFUSED
    assert way_of(written_by="campaign", region=region, **asked) == kept


def test_news_went_everywhere_before_they_ended() -> None:
    then = datetime(2026, 2, 9, 12, tzinfo=UTC)
    assert way_of(now=then, ago=None, purpose="news", consent_until=then + timedelta(days=1)) == "NOTIFICATION"


def test_a_consent_that_ran_out_is_none() -> None:
    assert way_of(ago=LAST_WEEK, purpose="news", region="EU", consent_until=NOW) == REFUSED


@pytest.mark.parametrize("written_by", ["bot", "staff", "campaign"])
def test_a_page_that_meta_stopped_writes_to_nobody(written_by: Any) -> None:
    decided = decide(
        Circumstances(written_by, last_customer_at=NOW, page_trouble="Messenger has restricted this Page."), NOW
    )
    assert decided == Refusal("page_stopped", "Messenger has restricted this Page.")


def test_who_opted_out_hears_answers_but_no_campaign() -> None:
    assert way_of(opted_out=True) == "RESPONSE"
    assert way_of(opted_out=True, written_by="staff") == "RESPONSE"
    decided = decide(Circumstances("campaign", last_customer_at=NOW, opted_out=True), NOW)
    assert isinstance(decided, Refusal)
    assert decided.code == "opted_out"


def test_a_refusal_names_what_is_still_possible_and_until_when() -> None:
    last = NOW - YESTERDAY
    refusal = decide(Circumstances("bot", last_customer_at=last, features=GRANTED), NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.until == last + timedelta(days=7) - timedelta(minutes=5)
    assert refusal.sentence.endswith(
        "Until 27 September 2026 08:09 UTC a request for feedback may be sent and a person may answer."
    )


def test_without_the_grant_no_refusal_offers_a_person() -> None:
    refusal = decide(Circumstances("staff", last_customer_at=NOW - YESTERDAY), NOW)
    assert isinstance(refusal, Refusal)
    assert "a person may answer" not in refusal.sentence
    assert "a request for feedback may be sent" in refusal.sentence


def test_after_everything_only_the_customer_can_open_the_conversation() -> None:
    refusal = decide(Circumstances("staff", last_customer_at=NOW - LAST_WEEK, features=GRANTED), NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.until is None
    assert refusal.sentence.endswith("as soon as the person writes.")


def test_who_never_wrote_is_never_written_to() -> None:
    refusal = may_send(create_send(last_customer_at=None), NOW)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.until) == ("window_closed", None)


def test_the_reply_to_a_comment_is_known_by_its_customer() -> None:
    decided = may_send(create_send(customer_id="comment:9_77", last_customer_at=NOW - timedelta(days=6)), NOW)
    assert isinstance(decided, Way)
    assert decided.name == "PRIVATE_REPLY"


def test_a_form_for_feedback_is_known_by_itself() -> None:
    form = Message(form=Form("feedback", {"title": "Happy?"}))
    late = create_send(form, last_customer_at=NOW - YESTERDAY)
    decided = may_send(late, NOW)
    assert isinstance(decided, Way)
    assert decided.tag == "CUSTOMER_FEEDBACK"


@pytest.mark.parametrize("writer", ["bot", "staff", "campaign"])
@pytest.mark.parametrize(("ago", "stopped", "way"), [
    (timedelta(hours=1), timedelta(hours=1), REFUSED), (timedelta(hours=2), timedelta(hours=1), REFUSED),
    (None, timedelta(hours=1), REFUSED), (timedelta(minutes=59), timedelta(hours=1), "RESPONSE"),
])  # fmt: skip
def test_who_stopped_messages_gets_none_until_the_next_move(
    writer: str, ago: timedelta | None, stopped: timedelta, way: str
) -> None:
    assert way_of(ago=ago, written_by=writer, stopped_after=NOW - stopped) == way
    refusal = may_send(create_send(last_customer_at=NOW, stopped_after=NOW), NOW)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, "stopped messages" in refusal.sentence) == ("stopped", True)
