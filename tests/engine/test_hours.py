"""Opening hours, through the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from app.engine.flow import Flow, Hours
from app.engine.hours import is_open, next_opening, opening_text
from tests.engine.shop import HOURS
from tests.engine.transcript import flow, state

DAILY = Hours({day: ((time(9), time(18)),) for day in range(7)})
NIGHTLY = Hours({4: ((time(22), time(4)),)})


def bot(**hours: Hours) -> Flow:
    return flow(state("welcome"), hours={name.replace("all", ""): each for name, each in hours.items()})


def utc(day: str, hour: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}:00+00:00")


@pytest.mark.parametrize(
    ("day", "hour", "open_then"),
    [
        ("2026-12-01", "08:29", False), ("2026-12-01", "08:30", True), ("2026-12-01", "17:29", True), ("2026-12-01", "17:30", False),
        ("2026-12-05", "09:00", True), ("2026-12-06", "10:00", False), ("2026-12-25", "10:00", False),
    ],
)  # fmt: skip
def test_open_is_between_the_hours_of_the_bots_own_timezone(day: str, hour: str, open_then: bool) -> None:
    assert is_open(bot(all=HOURS), "", utc(day, hour)) is open_then


@pytest.mark.parametrize(
    ("day", "hour", "open_then"),
    [
        ("2026-03-28", "08:00", True), ("2026-03-28", "07:59", False), ("2026-03-29", "07:00", True), ("2026-03-29", "06:59", False),
        ("2026-03-29", "16:00", False), ("2026-10-25", "07:30", False), ("2026-10-25", "08:00", True), ("2026-10-25", "16:59", True),
    ],
)  # fmt: skip
def test_hours_follow_summer_time(day: str, hour: str, open_then: bool) -> None:
    assert is_open(bot(all=DAILY), "", utc(day, hour)) is open_then


@pytest.mark.parametrize(
    ("day", "hour", "open_then"),
    [
        ("2026-12-04", "20:59", False),
        ("2026-12-04", "21:00", True),
        ("2026-12-05", "02:59", True),
        ("2026-12-05", "03:00", False),
    ],
)
def test_hours_can_run_past_midnight(day: str, hour: str, open_then: bool) -> None:
    assert is_open(bot(all=NIGHTLY), "", utc(day, hour)) is open_then


def test_a_closed_day_has_no_hours_that_run_past_its_midnight() -> None:
    closed = Hours(NIGHTLY.days, frozenset({date(2026, 12, 4)}))
    assert not is_open(bot(all=closed), "", utc("2026-12-05", "01:00"))


def test_a_team_has_its_own_hours_or_those_of_the_bot() -> None:
    both = bot(all=DAILY, night=NIGHTLY)
    midnight = utc("2026-12-05", "00:00")
    assert (is_open(both, "night", midnight), is_open(both, "care", midnight)) == (True, False)


def test_without_hours_it_is_always_open() -> None:
    assert is_open(bot(), "care", utc("2026-12-06", "03:00"))
    assert next_opening(bot(), "care", utc("2026-12-06", "03:00")) is None
    assert opening_text(bot(), "en", utc("2026-12-06", "03:00")) == ""


@pytest.mark.parametrize(
    ("day", "hour", "language", "said"),
    [
        ("2026-12-01", "06:00", "en", "today at 09:30"), ("2026-12-01", "09:00", "en", "tomorrow at 09:30"),
        ("2026-12-05", "20:00", "en", "Monday at 09:30"), ("2026-12-05", "20:00", "fr", "lundi à 09:30"),
        ("2026-12-24", "20:00", "de", "Samstag um 10:00"), ("2026-12-01", "06:00", "es", "hoy a las 09:30"),
    ],
)  # fmt: skip
def test_the_next_opening_is_said_as_people_say_it(day: str, hour: str, language: str, said: str) -> None:
    assert opening_text(bot(all=HOURS), language, utc(day, hour)) == said


def test_an_opening_in_another_week_is_said_with_its_date() -> None:
    rare = Hours({0: ((time(9), time(18)),)}, frozenset({date(2026, 12, 7)}))
    assert opening_text(bot(all=rare), "en", utc("2026-12-02", "10:00")) == "Monday 14.12. at 09:00"


def test_a_shop_that_stays_closed_has_no_next_opening() -> None:
    assert next_opening(bot(all=Hours({})), "", datetime(2026, 12, 1, tzinfo=UTC)) is None
