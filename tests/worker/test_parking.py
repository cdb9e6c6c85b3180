"""Parking: a Page in trouble waits, for as long as the channel says or we know better; others do not."""

from __future__ import annotations

from datetime import timedelta

from app.channel import Failed
from app.store import pages
from app.store.pages import Trouble
from app.worker.parking import PARK_RETRY_SECONDS, PARK_SECONDS, UNSURE_MAX, Parking, write_down
from tests.store.kit import NOW
from tests.worker.database import Troubled

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


def test_no_wait_is_longer_than_the_operator_wants_and_all_are_told_so() -> None:
    parking = Parking(wait_seconds_max=20.0)
    parking.park("a", NAMED, now=0.0)
    parking.park("b", FAST, now=0.0)
    assert (parking.is_parked("a", 19.9), parking.is_parked("a", 20.0)) == (True, False)
    assert not parking.is_parked("b", PARK_RETRY_SECONDS)
    news = parking.take_news()
    assert [each.wait_seconds for each in news.values() if each] == [20.0]


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
    parking, now, waits = Parking(), 0.0, []
    for number in range(1, UNSURE_MAX + 6):
        parking.note_unsure("a", now)
        assert parking.is_parked("a", now) == (number >= UNSURE_MAX)
        if number >= UNSURE_MAX:
            waits.append(parking.silent_until["a"] - now)
            now = parking.silent_until["a"]
            assert not parking.is_parked("a", now)
    assert waits == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]
    assert waits[-1] == PARK_SECONDS


def test_many_that_were_under_way_at_once_count_as_one_trouble() -> None:
    parking = Parking()
    for number in range(50):
        parking.note_unsure("a", now=number / 100)
    assert parking.is_parked("a", 4.9)
    assert not parking.is_parked("a", PARK_RETRY_SECONDS + 0.1)


def test_a_clear_answer_ends_the_wait_at_once() -> None:
    parking = Parking()
    for _ in range(UNSURE_MAX):
        parking.note_unsure("a", now=0.0)
    assert parking.parked(1.0) == ["a"]
    parking.note_sent("a", now=1.0)
    assert parking.parked(1.0) == []
    for _ in range(UNSURE_MAX):
        parking.note_unsure("a", now=2.0)
    assert not parking.is_parked("a", 2.0 + PARK_RETRY_SECONDS)


def test_one_clear_answer_ends_the_streak() -> None:
    parking = Parking()
    for _ in range(UNSURE_MAX - 1):
        parking.note_unsure("a", now=0.0)
    parking.note_sent("a", now=0.0)
    parking.note_unsure("a", now=0.0)
    assert not parking.is_parked("a", 0.0)


def test_a_streak_of_thousands_is_no_trouble() -> None:
    parking = Parking()
    for number in range(3_000):
        parking.note_unsure("a", now=number * PARK_SECONDS)
    assert parking.silent_until["a"] == 3_000 * PARK_SECONDS


# ---- with the others ----------------------------------------------------------------------------------------

BLOCKED = Failed("page_blocked", "Blocked.", wait_seconds=3600.0, scope="page")


def trouble(page_id: str = "a", seconds: float = 60.0) -> Trouble:
    return Trouble(page_id, "token_dead", "The token is dead.", NOW, NOW + timedelta(seconds=seconds))


def running() -> Parking:
    """One that has been at work for a while."""
    parking = Parking()
    parking.read([], NOW, now=0.0)
    return parking


def test_who_has_just_started_lets_one_message_go_ahead_at_once() -> None:
    parking = Parking()
    parking.read([trouble()], NOW, now=0.0)
    assert [parking.lets_go("a", 0.1), parking.lets_go("a", 0.2)] == [True, False]
    parking.park("a", TOKEN, now=0.3)
    parking.read([trouble()], NOW, now=0.5)
    assert not parking.lets_go("a", 20.0)


def test_a_clock_that_is_put_back_makes_no_page_wait_longer() -> None:
    parking = running()
    for second in range(70):
        parking.read([trouble()], NOW, now=float(second))
    assert parking.lets_go("a", 70.0)


def test_what_one_worker_finds_out_is_news_for_the_others() -> None:
    parking = Parking()
    parking.park("a", BLOCKED, now=0.0)
    assert parking.take_news() == {"a": BLOCKED}
    assert parking.take_news() == {}


def test_a_short_wait_is_nobody_elses_business() -> None:
    parking = Parking()
    parking.park("a", FAST, now=0.0)
    assert parking.take_news() == {}


def test_a_trouble_that_another_worker_found_parks_the_page_here() -> None:
    parking = running()
    parking.read([trouble("a"), trouble("b", seconds=-1.0)], NOW, now=100.0)
    assert parking.parked(159.0) == ["a"]
    assert parking.parked(161.0) == []


def test_when_a_trouble_may_be_over_one_message_goes_ahead() -> None:
    parking = running()
    parking.read([trouble()], NOW, now=0.0)
    assert [parking.lets_go("a", at) for at in (59.0, 61.0, 61.0, 65.9, 66.1)] == [False, True, False, False, True]


def test_a_message_that_was_refused_for_its_own_sake_lets_another_go_ahead_at_once() -> None:
    parking = running()
    parking.read([trouble()], NOW, now=0.0)
    assert parking.lets_go("a", 61.0)
    parking.note_refused("a")
    assert [parking.lets_go("a", 61.1), parking.lets_go("a", 61.2)] == [True, False]


async def test_a_wait_without_measure_is_one_of_a_day(both: Troubled) -> None:
    endless = Failed("limit", "Too many calls.", retry=True, wait_seconds=1e300, scope="page")
    parking = Parking()
    parking.park("a", endless, now=0.0)
    assert not parking.is_parked("a", 24 * 3600.0)
    await both.inner.transaction(lambda c: write_down(c, {"a": endless}, NOW))
    [found] = await both.inner.read(pages.list_troubles)
    assert found.until == NOW + timedelta(days=1)


def test_when_it_was_taken_the_others_follow_and_the_trouble_is_over_for_all() -> None:
    parking = running()
    parking.read([trouble()], NOW, now=0.0)
    assert parking.lets_go("a", 61.0)
    parking.note_sent("a", 61.2)
    assert parking.lets_go("a", 61.3)
    assert parking.take_news() == {"a": None}


def test_what_was_under_way_when_the_trouble_began_ends_nothing() -> None:
    parking = running()
    parking.read([trouble()], NOW, now=0.0)
    parking.note_sent("a", 1.0)
    assert parking.is_parked("a", 1.0)
    assert parking.take_news() == {}


def test_a_trouble_that_is_over_before_it_was_read_back_frees_the_page_too() -> None:
    """Somebody put things right within the half second between two looks."""
    parking = running()
    parking.park("a", BLOCKED, now=0.0)
    parking.note_written(parking.take_news(), NOW, now=0.0)
    assert parking.is_parked("a", 0.1)
    parking.read([], NOW, now=0.2)
    assert parking.lets_go("a", 0.2)


def test_a_trouble_that_is_over_elsewhere_frees_the_page_here() -> None:
    parking = running()
    parking.park("a", BLOCKED, now=0.0)
    parking.read([trouble()], NOW, now=0.0)
    parking.read([], NOW, now=1.0)
    assert parking.lets_go("a", 1.0)


async def test_news_are_written_down_once_and_since_their_beginning(both: Troubled) -> None:
    database = both.inner
    for minutes in (0, 5):
        await database.transaction(lambda c: write_down(c, {"a": BLOCKED}, NOW + timedelta(minutes=minutes)))  # noqa: B023
    [found] = await database.read(pages.list_troubles)
    assert (found.code, found.since, found.until) == ("page_blocked", NOW, NOW + timedelta(minutes=65))
    await database.transaction(lambda c: write_down(c, {"a": None}, NOW))
    assert await database.read(pages.list_troubles) == []
