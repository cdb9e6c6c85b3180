"""What a listing says of a send in doubt: by the order of the line, and by clocks only where the line says nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.channel import Listing, Seen
from app.store.outbox import OutMessage
from app.worker.settling import find_in

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
OURS = OutMessage("10001", "ana", 5, {"text": " Hello there "}, "bot", 0, 1, NOW, NOW, NOW, "unknown", 1)


def _seen(mid: str, text: str, minutes: float = 0.0) -> Seen:
    return Seen(mid, text, NOW + timedelta(minutes=minutes))


def test_the_same_words_under_an_unknown_id_are_it() -> None:
    assert find_in(Listing((_seen("m_5", "Hello there"),)), OURS, {}) == ("m_5", False)


def test_the_same_words_of_a_message_that_is_known_are_not_it() -> None:
    assert find_in(Listing((_seen("m_4", "Hello there"),)), OURS, {"m_4": 4}) == ("", True)


def test_what_is_older_than_a_message_from_further_ahead_is_not_it_whatever_the_clock_says() -> None:
    listing = Listing((_seen("m_4", "Bye", -1), _seen("m_x", "Hello there", -1)), whole=False, oldest_at=NOW)
    assert find_in(listing, OURS, {"m_4": 4}) == ("", True)


def test_a_message_that_our_clock_dates_after_its_arrival_is_found() -> None:
    listing = Listing((_seen("m_5", "Hello there", -300), _seen("m_4", "Bye", -301)), whole=False, oldest_at=NOW)
    assert find_in(listing, OURS, {"m_4": 4}) == ("m_5", False)


def test_it_is_found_in_a_listing_that_does_not_reach_back() -> None:
    listing = Listing((_seen("m_6", "Other"), _seen("m_5", "Hello there")), whole=False, oldest_at=NOW)
    assert find_in(listing, OURS, {}) == ("m_5", False)


def test_a_listing_that_does_not_reach_back_does_not_say_that_it_is_absent() -> None:
    listing = Listing((_seen("m_6", "Other"),), whole=False, oldest_at=NOW)
    assert find_in(listing, OURS, {}) == ("", False)


def test_a_listing_that_reaches_back_says_that_it_is_absent() -> None:
    old = NOW - timedelta(hours=3)
    assert find_in(Listing((_seen("m_6", "Other"),), whole=False, oldest_at=old), OURS, {}) == ("", True)


def test_an_old_message_of_another_database_is_not_it() -> None:
    assert find_in(Listing((_seen("m_old", "Hello there", -600),)), OURS, {}) == ("", True)
