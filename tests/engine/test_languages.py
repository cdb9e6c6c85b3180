"""A customer is spoken to in the language in which they write."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.flow import Question, Slot, State, Text
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


def two_languages(**more: Any) -> Customer:
    greeting = text("Welcome!", fr="Bienvenue !")
    states = (
        State("welcome", say=(greeting,)),
        state("address", ask=(question("street", "Where do you live?"),), goto="welcome"),
    )
    return Customer(flow(*states, languages=("en", "fr"), otherwise="welcome", slots=(slot("street"),), **more))


@pytest.mark.parametrize("written", ["bonjour merci", "livraison combien", "quel prix svp", "très bien"])
def test_under_four_words_tell_no_language(written: str) -> None:
    assert two_languages().types(written) == ["Welcome!"]


@pytest.mark.parametrize(
    "written", ["livraison combien de temps", "c'est quoi vos horaires", "puis-je payer avec PayPal ?"]
)
def test_a_sentence_without_telling_words_tells_the_language_too(written: str) -> None:
    customer = two_languages()
    assert customer.types(written) == ["Bienvenue !"]
    assert "language fr" in customer.why
    assert customer.types("do you ship to Germany") == ["Welcome!"]


@pytest.mark.parametrize(
    "written", ["wo bleibt mein paket denn", "vorrei sapere gli orari di apertura", "i need size 38 asap"]
)
def test_a_sentence_in_a_language_that_the_bot_lacks_or_that_is_unclear_changes_nothing(written: str) -> None:
    customer = two_languages()
    customer.types("livraison combien de temps")
    assert customer.types(written) == ["Bienvenue !"]


def test_an_address_that_answers_a_question_tells_no_language() -> None:
    customer = two_languages(start="address")
    customer.taps("Get Started")
    assert customer.types("12 rue de la paix paris") == ["Welcome!"]


@pytest.mark.parametrize("written", ["français", "In French!", "en français"])
def test_a_language_can_be_asked_for_at_any_time(written: str) -> None:
    customer = two_languages(start="address")
    customer.types("Hello, where is my order?")
    assert customer.types(written) == ["D'accord."]
    assert customer.session.language == "fr"
    assert customer.types("English please") == ["All right."]
    assert customer.types("auf Deutsch") == ["Welcome!"]
    assert customer.session.language == "en"


WORDS = {"Work": text("Work", fr="Travail"), "Wedding": text("Wedding", fr="Mariage")}
KINDS = (
    slot("asked", "choice", values=("Work", "Wedding"), titles=WORDS), slot("asked", "number"), slot("asked", "date"),
    slot("asked", "yes_no"), slot("asked", "email"), slot("asked", "place"), slot("asked"),
)  # fmt: skip


def asked_in_two(kind: Slot, say: Text) -> Customer:
    """With a question open, asked in English."""
    bot = flow(
        state("welcome", ask=(Question("asked", say),), goto="done"),
        State("done", say=(text("Noted.", fr="C'est noté."),)),
        slots=(kind,), languages=("en", "fr"),
    )  # fmt: skip
    customer = Customer(bot)
    assert customer.taps("Get Started")[-1] == say.by_language["en"][0]
    return customer


@pytest.mark.parametrize("kind", KINDS, ids=lambda each: each.kind)
@pytest.mark.parametrize("written", ["français", "French please"])
def test_a_language_that_is_asked_for_is_no_answer_to_the_open_question(kind: Slot, written: str) -> None:
    customer = asked_in_two(kind, text("What shall it be?", fr="Que voulez-vous ?"))
    assert customer.types(written) == ["D'accord.", "Que voulez-vous ?"]
    assert customer.session.language == "fr"


def test_the_name_of_the_language_that_is_spoken_by_now_is_an_answer() -> None:
    customer = asked_in_two(slot("asked"), text("Which teacher?", fr="Quel professeur ?"))
    customer.types("français")
    assert customer.types("français") == ["C'est noté."]
    assert customer.session.slots["asked"] == "français"


@pytest.mark.parametrize(
    ("name", "say"), [("asked", "Which language do you teach?"), ("language_at_home", "And at home?")]
)
def test_where_a_language_is_asked_for_its_name_is_the_answer(name: str, say: str) -> None:
    bot = flow(
        state("welcome", ask=(question(name, say),), goto="done"), state("done", "Noted."),
        slots=(slot(name),), languages=("en", "fr"),
    )  # fmt: skip
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types("French") == ["Noted."]
    assert customer.session.slots[name] == "French"
