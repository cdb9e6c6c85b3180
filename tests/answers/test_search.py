"""What a question means among entries: any text has an answer, and manner, haste and language do not change it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from app.answers.book import Book, book_of, look_up
from app.answers.decide import offered
from app.answers.entries import OFFERED_MAX, Entry
from app.answers.report import confused, shared
from app.answers.tidy import tidy
from app.flowfile.encoder import encoder_of

SHOP = (
    Entry("hours", ("when are you open", "opening hours", "are you open on sundays")),
    Entry("returns", ("how can i send something back", "i want a refund", "exchange an item")),
    Entry("delivery", ("how long does delivery take", "when does my parcel come", "delivery time")),
    Entry("payment", ("how can i pay", "do you take credit cards", "paypal")),
    Entry("job", ("do you hire people", "i would like to work for you")),
    Entry("account", ("i forgot my password", "i cannot log in")),
)


@pytest.fixture(scope="module")
def shop() -> Book:
    return book_of(SHOP, encoder_of(None))


@pytest.fixture(scope="module")
def by_letters() -> Book:
    return book_of(SHOP)


def answered(book: Book, text: str) -> str:
    answer = look_up(book, text)
    return answer.ranked[0].id if answer.decision == "answer" else answer.decision


def test_questions_keep_to_one_thread(shop: Book) -> None:
    """Two that wait for each other beside other processes make a question twenty times as long."""
    look_up(shop, "is there a sale")
    assert {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"} == {1}


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("When are you open?", "hours"),
        ("I want my money back", "returns"),
        ("can I pay with visa", "payment"),
        ("do you hire people for the summer?", "job"),
        ("quelles sont vos heures d'ouverture ?", "hours"),
        ("¿cuánto tarda el envío?", "delivery"),
        ("ich habe mein passwort vergessen", "account"),
        ("Hello, sorry to bother you, i frogot my pasword!!! 😭😭 thanks a lot", "account"),
        ("DELIVERY TIIIIME", "delivery"),
    ],
)
def test_a_question_is_answered_in_other_words_languages_and_haste(shop: Book, text: str, entry: str) -> None:
    assert answered(shop, text) == entry


@pytest.mark.parametrize(
    "text",
    [
        "what is the capital of france",
        "tell me a joke",
        "my dog is ill",
        "combien coûte un vol pour tokyo",
        "asdfgh jkl",
    ],
)
def test_what_is_about_something_else_gets_no_answer(shop: Book, text: str) -> None:
    assert answered(shop, text) == "fallback"


def test_letters_alone_answer_what_is_near(by_letters: Book) -> None:
    assert answered(by_letters, "please: opening hours on sunday") == "hours"
    assert answered(by_letters, "i forgot my pasword") == "account"
    assert answered(by_letters, "tell me a joke") == "fallback"


def test_words_that_fit_two_entries_are_asked_back() -> None:
    book = book_of((Entry("slow", ("slow shipping",)), Entry("express", ("express shipping",))), encoder_of(None))
    answer = look_up(book, "shipping")
    assert answer.decision == "clarify"
    assert set(offered(answer)) == {"slow", "express"}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_an_answer(text: str) -> None:
    book = book_of(SHOP, encoder_of(None))
    answer = look_up(book, text)
    assert answer.decision in ("answer", "clarify", "fallback")
    assert len(offered(answer)) <= OFFERED_MAX
    assert answer.decision == "fallback" or answer.ranked


@pytest.mark.parametrize(
    "text", ["", " ", "😀", "?" * 300, "a" * 20_000, "word " * 4_000, "שלום עולם", "\ud800", "١٢٣", "ก" * 500]
)
def test_odd_texts_get_no_answer_and_break_nothing(shop: Book, text: str) -> None:
    assert answered(shop, text) == "fallback"


def test_a_script_that_the_encoder_has_not_learnt_is_read_by_its_letters() -> None:
    book = book_of((*SHOP, Entry("greek", ("ποιο είναι το ωράριο", "ώρες λειτουργίας"))), encoder_of(None))
    assert answered(book, "ποιο ειναι το ωραριο σας") == "greek"
    assert answered(book, "θέλω μια πίτσα") == "fallback"


def test_entries_without_phrases_and_none_at_all_are_never_found() -> None:
    assert answered(book_of((Entry("nothing"), Entry("empty", ("", " ")))), "nothing") == "fallback"
    assert answered(book_of(()), "anything") == "fallback"


def test_a_phrase_that_is_only_drawn_is_found_as_it_stands() -> None:
    assert answered(book_of((*SHOP, Entry("thumb", ("👍",)))), "👍") == "thumb"


def test_very_many_equal_entries_are_asked_back_or_nothing() -> None:
    same = [Entry(f"e{number:04}", ("where is my parcel", "parcel lost")) for number in range(2_000)]
    answer = look_up(book_of(same), "has somebody lost my parcel")
    assert answer.decision != "answer"
    assert [each.id for each in answer.ranked] == sorted(each.id for each in answer.ranked)


def test_the_order_of_entries_and_phrases_changes_nothing() -> None:
    chance = random.Random(1)
    for _ in range(5):
        mixed = [Entry(each.id, tuple(chance.sample(each.phrases, len(each.phrases)))) for each in SHOP]
        chance.shuffle(mixed)
        for text in ("my parcel", "i want to send it back", "can i work on sundays", "refund"):
            assert look_up(book_of(mixed), text) == look_up(book_of(SHOP), text)


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("Hello there, I have a quick question: WHERE is my parcel??? 📦 Thank you so much!", "where is my parcel"),
        ("Bonjour madame, où est mon colis s'il vous plaît ? Merci d'avance", "où est mon colis"),
        ("Hallo zusammen, wann habt ihr offen? Danke im Voraus", "wann habt ihr offen"),
        ("Hola buenas tardes, ¿cuánto cuesta? Muchas gracias", "cuánto cuesta"),
        ("Thank you!", "thank you"),
        ("heeeeelp", "heelp"),
        ("ｏｐｅｎ　ｎｏｗ", "open now"),
        ("", ""),
    ],
)
def test_manner_and_haste_are_cleaned_away(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


@given(st.text(max_size=300))
def test_cleaning_twice_is_cleaning_once_for_length(text: str) -> None:
    assert len(tidy(text)) <= 2 * max(1, len(text)) + 40


def test_entries_that_are_taken_for_each_other_are_told() -> None:
    entries = (*SHOP, Entry("late", ("how long will the delivery take", "paypal")))
    index = book_of(entries, encoder_of(None)).index
    assert shared(index) == (("paypal", ("late", "payment")),)
    assert confused(index)[0].entries == ("delivery", "late")
    assert not confused(book_of(SHOP).index)
