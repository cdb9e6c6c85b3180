"""Parking: a Page in trouble waits, for as long as the channel says or we know better; others do not."""

from __future__ import annotations

from app.channel import Failed
from app.worker.parking import PARK_RETRY_SECONDS, PARK_SECONDS, UNSURE_MAX, Parking

TOKEN = Failed("token", "The token is dead.", scope="page")
FAST = Failed("fast", "Too fast.", retry=True, scope="page")
NAMED = Failed("limit", "Too many calls.", retry=True, wait_seconds=300.0, scope="page")


def test_a_page_waits_as_long_as_the_channel_names() -> None:
    parking = Parking()
    parking.park("a", NAMED, now=100.0)
    assert parking.is_parked("a", 399.9)
    assert not parking.is_parked("a", 400.0)


def test_without_a_named_time_what_passes_by_itself_waits_shortly_and_the_rest_long() -> None:
    parking = Parking()
    parking.park("a", FAST, now=0.0)
    parking.park("b", TOKEN, now=0.0)
    assert parking.parked(PARK_RETRY_SECONDS - 0.1) == ["a", "b"]
    assert parking.parked(PARK_RETRY_SECONDS) == ["b"]
    assert parking.parked(PARK_SECONDS) == []


def test_a_shorter_wait_never_cuts_a_longer_one() -> None:
    parking = Parking()
    parking.park("a", NAMED, now=0.0)
    parking.park("a", FAST, now=1.0)
    for _ in range(UNSURE_MAX):
        parking.note_unsure("a", 2.0)
    assert parking.is_parked("a", 299.0)


def test_other_pages_go_on() -> None:
    parking = Parking()
    parking.park("a", TOKEN, now=0.0)
    assert not parking.is_parked("b", 1.0)


def test_some_unsure_sends_in_a_row_park_the_page_and_longer_each_time() -> None:
    parking = Parking()
    waits = []
    for number in range(1, UNSURE_MAX + 6):
        parking.note_unsure("a", now=0.0)
        waits.append(parking.until.get("a", 0.0))
        assert parking.is_parked("a", 0.0) == (number >= UNSURE_MAX)
    assert waits[UNSURE_MAX - 1 : UNSURE_MAX + 4] == [5.0, 10.0, 20.0, 40.0, 60.0]
    assert max(waits) == PARK_SECONDS


def test_one_clear_answer_ends_the_streak() -> None:
    parking = Parking()
    for _ in range(UNSURE_MAX - 1):
        parking.note_unsure("a", now=0.0)
    parking.note_sent("a")
    parking.note_unsure("a", now=0.0)
    assert not parking.is_parked("a", 0.0)


def test_a_streak_of_thousands_is_no_trouble() -> None:
    parking = Parking()
    for _ in range(3_000):
        parking.note_unsure("a", now=0.0)
    assert parking.until["a"] == PARK_SECONDS
