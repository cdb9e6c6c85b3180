"""The pace at which a Page's messages leave, and what Meta's own word on its allowance changes."""

from __future__ import annotations

import json

import pytest

from webhooks.messenger.pace import BURST_SECONDS, Pace

FOR_EVER = 1e9


def left(pace: Pace, seconds: float, slow: int = 0, page: str = "p") -> int:
    """How many messages leave within so many seconds when each leaves as soon as it may."""
    now, count = 0.0, 0
    while True:
        now += pace.wait_before(page, 1, slow, now, FOR_EVER)
        if now >= seconds:
            return count
        count += 1


def page_usage(percent: float) -> dict[str, str]:
    return {"x-page-usage": json.dumps({"call_count": 3, "total_time": percent, "total_cputime": 1})}


def business_usage(percent: float, minutes: int = 0, kind: str = "messenger") -> dict[str, str]:
    usage = {"type": kind, "call_count": percent, "estimated_time_to_regain_access": minutes}
    return {"x-business-use-case-usage": json.dumps({"10001": [usage]})}


def test_a_page_sends_300_messages_a_second_and_no_more() -> None:
    assert left(Pace(), 10.0) == pytest.approx(3_000 + 300 * BURST_SECONDS, abs=2)


def test_sound_and_film_leave_10_times_a_second() -> None:
    assert left(Pace(), 10.0, slow=1) == pytest.approx(100 + 10 * BURST_SECONDS, abs=2)


def test_film_holds_up_no_text() -> None:
    pace = Pace()
    for _ in range(50):
        pace.wait_before("p", 1, 1, 0.0, FOR_EVER)
    assert pace.wait_before("p", 1, 0, 0.0, FOR_EVER) == 0.0


def test_each_page_has_a_pace_of_its_own() -> None:
    pace = Pace()
    for _ in range(1_000):
        pace.wait_before("p", 1, 0, 0.0, FOR_EVER)
    assert pace.wait_before("q", 1, 0, 0.0, FOR_EVER) == 0.0


def test_processes_share_a_pages_rate() -> None:
    assert left(Pace(lambda: 3), 10.0) == pytest.approx(1_000, abs=70)


def test_a_batch_counts_as_its_messages() -> None:
    pace = Pace()
    assert [pace.wait_before("p", 50, 0, 0.0, FOR_EVER) for _ in range(4)] == pytest.approx(
        [0, 0, 0.1333, 0.3], abs=0.001
    )


def test_who_would_wait_too_long_is_not_counted() -> None:
    pace = Pace()
    pace.wait_before("p", 600, 0, 0.0, 1.0)
    assert pace.wait_before("p", 1, 0, 0.0, 1.0) == pytest.approx(1.8)
    assert pace.wait_before("p", 1, 0, 0.0, 1.0) == pytest.approx(1.8)


@pytest.mark.parametrize(("percent", "a_second"), [(79.9, 300.0), (80.0, 10.0), (90.0, 5.0), (99.9, 0.5)])
@pytest.mark.parametrize("usage", [page_usage, business_usage])
def test_the_nearer_the_end_of_the_allowance_the_slower(percent: float, a_second: float, usage: object) -> None:
    pace = Pace()
    pace.note("p", usage(percent), 0.0)  # type: ignore[operator]
    assert left(pace, 20.0) == pytest.approx(20 * a_second, rel=0.06, abs=1)


def test_a_used_up_allowance_stops_the_page_for_as_long_as_meta_says() -> None:
    pace = Pace()
    pace.note("p", business_usage(100.0, minutes=7), 10.0)
    assert pace.wait_before("p", 1, 0, 10.0, 1.0) == 420.0
    assert pace.wait_before("p", 1, 0, 430.0, 1.0) == 0.0


def test_without_a_time_it_waits_for_some_minutes() -> None:
    pace = Pace()
    pace.note("p", page_usage(104.0), 0.0)
    assert pace.wait_before("p", 1, 0, 0.0, 1.0) == 300.0


def test_when_usage_falls_the_page_goes_on_at_full_speed() -> None:
    pace = Pace()
    pace.note("p", page_usage(95.0), 0.0)
    pace.note("p", page_usage(20.0), 1.0)
    assert left(pace, 10.0) > 2_000


def test_no_number_of_metas_stops_a_page_for_more_than_a_day() -> None:
    pace = Pace()
    pace.note("p", business_usage(1e300, minutes=10**18), 0.0)
    assert pace.wait_before("p", 1, 0, 0.0, 1.0) == 24 * 3600.0


def test_metas_word_holds_for_some_minutes_for_it_tells_none_where_little_is_used() -> None:
    pace = Pace()
    pace.note("p", business_usage(100.0, minutes=7), 0.0)
    assert pace.wait_before("p", 50, 0, 420.0, 1.0) == 0.0
    assert pace.wait_before("p", 1, 0, 421.0, 1.0) > 1.0
    pace.note("p", {}, 421.0)
    assert [pace.wait_before("p", 50, 0, 721.0 + each, 1.0) for each in range(3)] == [0.0] * 3


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"x-page-usage": "none"}, {"x-page-usage": "[1]"}, {"x-page-usage": '{"call_count": "100"}'},
        {"x-business-use-case-usage": '{"1": 100}'}, {"x-business-use-case-usage": '{"1": [100, null]}'},
        {"x-app-usage": '{"call_count": -5, "total_time": null}'}, business_usage(100.0, kind="ads_management"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_is_not_ours_changes_nothing(headers: dict[str, str]) -> None:
    pace = Pace()
    pace.note("p", headers, 0.0)
    assert left(pace, 10.0) > 2_000
