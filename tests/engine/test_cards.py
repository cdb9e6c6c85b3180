"""Cards that the owner writes: whose button it is that was tapped or typed, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.engine.effects import Card, Message
from app.engine.flow import Anywhere, Choice, FaqEntry, Reminder, SayCard, SayCards, State, Text
from tests.engine.transcript import Customer, choice, flow, state, template, text


def card(title: str, *buttons: Choice, number: int = 1) -> SayCard:
    return SayCard(
        text(title), text("Below"), buttons=tuple(replace(each, key=f"{each.key}#{number}") for each in buttons)
    )


def welcome(*cards: SayCard) -> Customer:
    ana = Customer(flow(
        State("welcome", say=(text("Hi!"), SayCards(cards))), state("small", "Small."), state("large", "Large."),
    ))  # fmt: skip
    ana.taps("Get Started")
    return ana


def test_a_button_of_a_card_leads_where_its_card_says() -> None:
    ana = welcome(card("Small", choice("Choose", "small")), card("Large", choice("Choose", "large"), number=2))
    assert ana.messages[-1] == Message(cards=(
        Card("Small", "Below", buttons=ana.messages[-1].cards[0].buttons),
        Card("Large", "Below", buttons=ana.messages[-1].cards[1].buttons),
    ))  # fmt: skip
    assert ana.taps_old("welcome", "Choose#2") == ["Large."]
    assert ana.taps_old("welcome", "Choose#1") == ["Small."]


def test_a_title_that_stands_on_two_cards_is_not_guessed_when_typed() -> None:
    ana = welcome(card("Small", choice("Choose", "small")), card("Large", choice("Choose", "large"), number=2))
    ana.types("choose")
    assert ana.state == "welcome"


def test_a_title_that_stands_on_one_card_can_be_typed() -> None:
    ana = welcome(card("Small", choice("Take it", "small")), card("Large", choice("Order", "large"), number=2))
    assert ana.types("take it") == ["Small."]


def test_buttons_on_the_cards_of_a_reminder_and_of_an_answer_can_be_typed() -> None:
    reminder = Reminder("0", timedelta(hours=1), say=(SayCards((card("Small", choice("Take it", "small")),)),))
    entry = FaqEntry("size", "", (text("which sizes"),), (SayCards((card("Large", choice("Get it", "large")),)),))
    bot = flow(
        state("welcome", "Hi!", remind=(reminder,)), state("small", "Small."), state("large", "Large."),
        faq={"size": entry}, anywhere=(Anywhere("", faq="all"),),
    )  # fmt: skip
    ana = Customer(bot)
    ana.taps("Get Started")
    ana.waits(hours=1)
    assert ana.types("take it") == ["Small."]
    ana.types("which sizes")
    assert ana.types("get it") == ["Large."]


def test_a_card_that_has_lost_its_title_or_everything_else_is_left_out() -> None:
    lost = SayCard(Text({"en": template("<first_name>")}), text("Below"))
    bare = SayCard(text("Bare"), text("<first_name>"))
    assert [each.title for each in welcome(lost, bare, card("Small")).messages[-1].cards] == ["Small"]
