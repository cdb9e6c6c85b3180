"""What a message means among phrases: exactly, nearly, perhaps, or not at all."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.answers.phrases import UNSURE_MAX, Hits, find, index_of

SHOP = index_of(
    [
        ("hours", ["what are your opening hours", "when are you open", "open on sunday", "quels sont vos horaires"]),
        ("returns", ["how can i return an item", "send back", "refund", "exchange"]),
        ("shipping", ["slow shipping", "delivery time"]),
        ("express", ["express shipping"]),
        ("where", ["where are you"]),
    ]
)


@pytest.mark.parametrize(
    ("message", "entry"),
    [
        ("refund", "returns"),
        ("are you open on sunday", "hours"),
        ("quels sont vos horaires svp", "hours"),
        ("i want a refnud", "returns"),
        ("can i send back my dress", "returns"),
        ("waht are your openning hours", "hours"),
        ("is the express shipping", "express"),
        ("where are you", "where"),
        ("how can i return an", "returns"),
    ],
)
def test_a_phrase_is_found_among_other_words_and_mistyped(message: str, entry: str) -> None:
    assert find(SHOP, message) == Hits(sure=entry)


@pytest.mark.parametrize(
    "message", ["", "what", "how are you", "party", "the", "10482", "👍", "lots of words about cats"]
)
def test_common_words_and_other_matters_mean_nothing(message: str) -> None:
    assert find(SHOP, message) == Hits()


def test_a_word_of_two_entries_is_asked_back() -> None:
    hits = find(SHOP, "shipping")
    assert hits.sure == ""
    assert set(hits.unsure) == {"shipping", "express"}


def test_one_word_of_a_phrase_is_not_enough_to_answer() -> None:
    assert find(SHOP, "i am looking for an item") == Hits(unsure=("returns",))


def test_no_more_entries_are_asked_back_than_fit_a_screen() -> None:
    many = index_of(
        [(f"size-{number}", [f"size {word}"]) for number, word in enumerate(["small", "medium", "large", "huge"])]
    )
    assert len(find(many, "size").unsure) == UNSURE_MAX


def test_a_short_word_that_is_mistyped_is_never_sure() -> None:
    assert find(index_of([("care", ["care"])]), "card").sure == ""


def test_nothing_is_found_without_entries() -> None:
    assert find(index_of([]), "refund") == Hits()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=300))
def test_no_message_breaks_the_search(message: str) -> None:
    hits = find(SHOP, message)
    assert not (hits.sure and hits.unsure)


THOUSAND = index_of(
    [
        (f"entry-{number}", [f"word{number} thing{number % 97}", f"question {number} about part{number % 31}"])
        for number in range(1_000)
    ]
)


@pytest.mark.parametrize(
    "message", ["about " * 2_000, "x" * 10_000, " ".join(f"wrod{number}" for number in range(1_200)), "thing12 part7"]
)
def test_a_thousand_entries_are_searched_at_once_whatever_is_written(message: str) -> None:
    began = perf_counter()
    for _ in range(5):
        find(THOUSAND, message)
    assert (perf_counter() - began) / 5 < 0.2
