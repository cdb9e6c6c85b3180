"""A customer is spoken to in the language in which they write."""

from __future__ import annotations

import pytest

from app.engine.flow import State
from app.engine.languages import language_of
from tests.engine.transcript import Customer, choice, choices, flow, question, slot, state, text


@pytest.mark.parametrize(
    ("folded", "language"),
    [
        ("bonjour je voudrais un sapin", "fr"),
        ("hello where is my order", "en"),
        ("hallo wo ist mein paket", "de"),
        ("hola quiero un abeto", "es"),
        ("bonjour", ""),
        ("hello je voudrais un sapin", ""),
        ("10482", ""),
    ],
)
def test_only_two_words_of_one_language_and_none_of_another_are_evidence(folded: str, language: str) -> None:
    assert language_of(folded, ("en", "fr", "de", "es")) == language


def test_a_customer_is_answered_in_their_language_until_they_clearly_write_another() -> None:
    welcome = State("welcome", say=(text("Welcome!", fr="Bienvenue !"),))
    bot = flow(welcome, languages=("en", "fr"), otherwise="welcome")
    customer = Customer(bot)
    assert customer.types("Bonjour, je voudrais un sapin")[-1] == "Bienvenue !"
    assert "language fr" in customer.why
    assert customer.taps("Get Started")[-1] == "Bienvenue !"
    assert customer.types("Hello, where is my order?")[-1] == "Welcome!"


def test_a_language_that_the_bot_does_not_have_changes_nothing() -> None:
    assert language_of("hola quiero un abeto", ("en", "fr")) == ""


def test_a_state_can_choose_the_language() -> None:
    bot = flow(
        state("welcome", choices=choices(Francais="french")),
        State("french", set={"language": "fr"}, say=(text("Here we are.", fr="Nous y voilà."),)),
        languages=("en", "fr"),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.taps("Francais") == ["Nous y voilà."]
    assert customer.session.language == "fr"


def test_who_types_a_title_in_another_language_is_spoken_to_in_it() -> None:
    bot = flow(
        state("welcome", "Hi!", choices=(choice("Ideas", "ideas", text=text("Ideas", fr="Idées")),)),
        State("ideas", say=(text("Some ideas.", fr="Quelques idées."),)),
        languages=("en", "fr"),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types("idées") == ["Quelques idées."]


def test_a_title_that_is_nearly_typed_tells_the_language_too() -> None:
    bot = flow(
        state("welcome", "Hi!", choices=(choice("Outfit ideas", "ideas", text=text("Outfit ideas", fr="Idées de tenues")),)),
        State("ideas", say=(text("Some ideas.", fr="Quelques idées."),)),
        languages=("en", "fr"),
    )  # fmt: skip
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types("idees de tenus") == ["Quelques idées."]
    customer.taps("Get Started")
    assert customer.types("outfit idea") == ["Some ideas."]


def test_a_title_that_is_as_near_in_two_languages_tells_nothing() -> None:
    bot = flow(
        state(
            "welcome", "Hi!", choices=(choice("Information", "details", text=text("Information", fr="Informations")),)
        ),
        State("details", say=(text("More.", fr="Plus."),)),
        languages=("en", "fr"),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types("infomation") == ["More."]


def test_the_word_of_a_choice_that_is_nearly_typed_tells_the_language_too() -> None:
    words = {"Work": text("Work", fr="Travail"), "Wedding": text("Wedding", fr="Mariage")}
    bot = flow(
        state("welcome", ask=(question("occasion", "For what?"),), goto="done"),
        State("done", say=(text("Noted.", fr="C'est noté."),)),
        slots=(slot("occasion", "choice", values=("Work", "Wedding"), titles=words),), languages=("en", "fr"),
    )  # fmt: skip
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types("marriage") == ["C'est noté."]
