"""What is kept of questions to the FAQ, ratings of answers, and browsing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.engine.effects import KeepQuestion, SettleQuestion
from app.engine.flow import Anywhere, FaqEntry, Flow, HandOffTo, Reminder, SayMedia
from tests.engine.transcript import Customer, choices, flow, question, slot, state, text
from tests.engine.transcript import choice as a_choice

RETURNED, TOMORROW, NEXT_WEEK = "You have 30 days.", "Tomorrow.", "Next week."
ENTRIES = (
    FaqEntry("returns", "orders", (text("refund"), text("How can I return an item?", fr="Rendre un article ?")), (text(RETURNED),)),
    FaqEntry("express", "orders", (text("express shipping"),), (text(TOMORROW),)),
    FaqEntry("shipping", "orders", (text("slow shipping"),), (text(NEXT_WEEK),)),
    FaqEntry("rooms", "house", (text("which rooms"),), (text("Let us see."),), goto="rooms"),
    FaqEntry("pets", "", (text("my dog"),), (text("Dogs are welcome."),)),
)  # fmt: skip


def bot(**changes: Any) -> Flow:
    values: dict[str, Any] = {
        "anywhere": (Anywhere("person", hear=("human",)), Anywhere("", faq="all")),
        "otherwise": "lost",
        "faq": {each.id: each for each in ENTRIES},
        "languages": ("en", "fr"),
        "topics": {"orders": text("orders", fr="commandes"), "house": text("house", fr="maison")},
        "slots": (slot("occasion", "choice", values=("Work", "Party")),),
        "teams": {"care": ("anna",)},
    }
    states = (
        state("welcome", "Hello!", choices=choices(Outfits="outfits", Browse="browse")),
        state("outfits", ask=[question("occasion", "What is the occasion?")], goto="done"),
        state("done", "Done."),
        state("person", "A person comes.", handoff=HandOffTo("care", text("Please help"))),
        state("browse", "Ask me.", faq="all", browse=True, choices=choices(Back_home="welcome")),
        state("rooms", "Three rooms."),
        state("lost", "What?"),
    )
    return flow(*states, **{**values, **changes})


@pytest.fixture
def ana() -> Customer:
    return Customer(bot())


@pytest.fixture
def bea() -> Customer:
    """Whose bot wants its answers rated."""
    return Customer(bot(rates_answers=True))


def kept(customer: Customer) -> list[KeepQuestion]:
    return [each for each in customer.turn.effects if isinstance(each, KeepQuestion)]


def settled(customer: Customer) -> list[SettleQuestion]:
    return [each for each in customer.turn.effects if isinstance(each, SettleQuestion)]


# ---- kept --------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_with_entry_scores_and_rule(ana: Customer) -> None:
    ana.types("Refund!")
    [asked] = kept(ana)
    assert (asked.number, asked.text, asked.language, asked.decision, asked.entry) == (
        1,
        "Refund!",
        "en",
        "answer",
        "returns",
    )
    assert asked.rule == "the words of a phrase"
    assert asked.scores[0] == ("returns", 1.0)


@pytest.mark.parametrize("way", ["slow shipping", "2", "slow shiping"])
def test_a_question_back_is_settled_by_what_is_tapped_or_typed(way: str) -> None:
    for taps in (True, False):
        ana = Customer(bot())
        ana.types("shipping")
        [asked] = kept(ana)
        assert (asked.decision, set(asked.offered)) == ("clarify", {"express", "shipping"})
        title = ana.titles()[1] if way == "2" else "slow shipping"
        if taps:
            ana.taps(title)
        else:
            ana.types(way)
        meant = asked.offered[1] if way == "2" else "shipping"
        assert settled(ana) == [SettleQuestion(asked.number, meant=meant)]
        assert kept(ana) == []


def test_what_is_typed_after_something_else_settles_nothing(ana: Customer) -> None:
    ana.types("shipping")
    ana.taps("Get Started")
    ana.taps("slow shipping")
    assert settled(ana) == []
    [tapped] = kept(ana)
    assert (tapped.decision, tapped.text, tapped.entry) == ("tap", "", "shipping")


def test_what_has_no_answer_is_kept_and_a_wrong_answer_to_a_question_is_not(ana: Customer) -> None:
    ana.types("gibberish")
    assert [each.decision for each in kept(ana)] == ["fallback"]
    ana.taps("Get Started")
    ana.taps("Outfits")
    ana.types("gibberish")
    assert kept(ana) == []
    ana.types("why is the sky blue?")
    assert [each.decision for each in kept(ana)] == ["fallback"]


def test_the_third_failure_offers_a_person_and_the_note_has_the_questions(ana: Customer) -> None:
    for words in ("blah one", "blah two", "blah three"):
        ana.types(words)
    assert ana.texts == ["I am sorry, I still do not understand. Would you like to talk to a person?"]
    ana.types("yes")
    [order] = ana.handed_to
    assert order.note == "Please help\nNot answered: blah one / blah two / blah three"
    assert settled(ana) == [SettleQuestion(number, handed_off=True) for number in (1, 2, 3)]
    assert "unanswered" not in ana.stored


def test_staff_are_told_of_it_in_a_bot_without_faq_too() -> None:
    ana = Customer(bot(faq={}, anywhere=()))
    ana.types("blah one")
    ana.types("human")
    assert ana.handed_to[0].note == "Please help\nNot answered: blah one"
    assert kept(ana) == settled(ana) == []


def test_a_question_that_was_answered_is_handed_off_with_who_asks_for_a_person_next(ana: Customer) -> None:
    ana.types("refund")
    ana.types("human")
    assert settled(ana) == [SettleQuestion(1, handed_off=True)]
    assert ana.handed_to[0].note == "Please help"


def test_what_failed_is_over_with_what_is_understood(ana: Customer) -> None:
    ana.types("gibberish")
    ana.types("refund")
    ana.types("hello")
    ana.types("human")
    assert ana.handed_to[0].note == "Please help"


def test_an_entry_leads_on_unless_a_question_is_open(ana: Customer) -> None:
    assert ana.types("which rooms") == ["Let us see.", "Three rooms."]
    assert ana.state == "rooms"
    ana.taps("Get Started")
    ana.taps("Outfits")
    assert ana.types("which rooms") == ["Let us see.", "What is the occasion?"]
    assert ana.state == "outfits"


def test_texts_pictures_and_choices_are_sent_and_in_a_form_the_question_is_asked_again(ana: Customer) -> None:
    picture = SayMedia("image", text("https://shop.example/garage.jpg"))
    parking = FaqEntry(
        "park", "", (text("parking"),), (text("Behind."), picture, text("Free.")), choices(Back_home="welcome")
    )
    ana.meets_new_flow(faq={"park": parking})
    assert ana.types("parking") == ["Behind.", "", "Free."]
    assert ana.messages[1].media == ("image", "https://shop.example/garage.jpg")
    assert ana.titles() == ["Back home"]
    ana.taps("Get Started")
    ana.taps("Outfits")
    assert ana.types("parking") == ["Behind.", "", "Free.", "What is the occasion?"]
    assert ana.titles() == ["Work", "Party"]


# ---- rated -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "rating"),
    [("👍 Helpful", "helpful"), ("👎 Not helpful", "not_helpful"), ("👍", "helpful"), ("pas utile", "not_helpful")],
)
def test_an_answer_is_rated_by_tap_or_in_words(bea: Customer, said: str, rating: str) -> None:
    bea.types("refund")
    assert bea.titles() == ["👍 Helpful", "👎 Not helpful"]
    bea.types(said)
    assert settled(bea)[0] == SettleQuestion(1, rating=rating)
    other = Customer(bot(rates_answers=True))
    other.types("refund")
    other.taps("👍 Helpful" if rating == "helpful" else "👎 Not helpful")
    assert settled(other)[0] == SettleQuestion(1, rating=rating)


def test_a_rating_is_never_in_the_way_of_an_open_question(bea: Customer) -> None:
    bea.taps("Get Started")
    bea.taps("Outfits")
    assert bea.types("refund") == [RETURNED, "What is the occasion?"]
    assert bea.titles() == ["Work", "Party"]


def test_without_the_owners_wish_nothing_is_rated(ana: Customer) -> None:
    ana.types("refund")
    assert ana.titles() == []
    assert ana.types("👍") == ["What?"]


def test_an_answer_that_did_not_help_offers_what_came_near_and_a_person(bea: Customer) -> None:
    assert bea.types("can you send it by express shipping today") == [TOMORROW]
    bea.taps("👎 Not helpful")
    assert bea.texts == ["I am sorry that this did not help.\nDid you mean:\n- slow shipping"]
    assert bea.titles() == ["slow shipping", "Talk to a person", "Start over"]
    assert bea.taps("slow shipping") == [NEXT_WEEK]
    assert settled(bea) == [SettleQuestion(1, meant="shipping")]


def test_who_goes_to_a_person_from_an_answer_that_did_not_help_has_the_question_in_the_note(bea: Customer) -> None:
    bea.types("refund")
    bea.taps("👎 Not helpful")
    bea.taps("Talk to a person")
    assert bea.handed_to[0].note == "Please help\nNot answered: refund"
    assert settled(bea) == [SettleQuestion(1, handed_off=True)]


def test_a_rating_long_afterwards_means_nothing(bea: Customer) -> None:
    bea.types("refund")
    bea.taps("Get Started")
    assert bea.taps("👍 Helpful") == ["Thank you for telling me."]
    assert settled(bea) == []


def test_a_rating_behind_a_question_without_an_answer_is_none_of_that_question(bea: Customer) -> None:
    bea.types("refund")
    bea.types("what is the weather in Rome?")
    assert kept(bea)[0].decision == "fallback"
    bea.taps_old("@rate", "helpful")
    assert settled(bea) == []


def test_what_answers_a_question_back_can_be_rated_too(bea: Customer) -> None:
    bea.types("shipping")
    bea.taps("slow shipping")
    bea.taps("👎 Not helpful")
    assert settled(bea) == [SettleQuestion(1, rating="not_helpful")]


# ---- in the middle of a form -------------------------------------------------------------------------------


OPEN = "What is the occasion?"


def fills_in(customer: Customer) -> Customer:
    """With the form's question open."""
    customer.taps("Get Started")
    customer.taps("Outfits")
    return customer


@pytest.mark.parametrize(
    ("rating", "said"),
    [("helpful", "Thank you for telling me."), ("not_helpful", "I am sorry that this did not help.")],
)
def test_after_a_rating_the_open_question_stands_again(bea: Customer, rating: str, said: str) -> None:
    bea.types("refund")
    fills_in(bea)
    assert bea.taps_old("@rate", rating) == [f"{said}\n\n{OPEN}"]
    assert bea.titles()[-2:] == ["Work", "Party"]
    assert bea.types("party") == ["Done."]


def test_with_questions_to_be_tapped_the_open_question_stands_again_and_after_the_answer(ana: Customer) -> None:
    fills_in(ana)
    [listed] = ana.taps_old("@browse", "0/orders")
    assert listed.startswith("Which question?\n- refund")
    assert listed.endswith(f"\n\n{OPEN}")
    assert ana.titles() == ["refund", "express shipping", "slow shipping", "Work", "Party"]
    assert ana.taps("refund") == [RETURNED, OPEN]
    assert ana.taps("Party") == ["Done."]


@pytest.mark.parametrize("said", ["slow shipping", "2"])
def test_after_what_was_asked_back_the_open_question_is_asked_again(said: str) -> None:
    for follow in (Customer.types, Customer.taps):
        ana = fills_in(Customer(bot()))
        [asked] = ana.types("shipping")
        assert asked.startswith("Did you mean:")
        title = said if follow is Customer.types else "slow shipping"
        assert follow(ana, title) == [NEXT_WEEK, OPEN]
        assert ana.types("work") == ["Done."]


@pytest.mark.parametrize("does", ["asked back", "browsed"])
def test_who_looks_for_an_answer_is_reminded_of_the_open_question_later(does: str) -> None:
    reminded = (Reminder("0", timedelta(hours=2), say=(text("Still there?"),)),)
    form = state("outfits", ask=[question("occasion", OPEN)], goto="done", remind=reminded)
    made = bot()
    ana = fills_in(Customer(replace(made, states={**made.states, "outfits": form})))
    if does == "browsed":
        ana.taps_old("@browse", "0/orders")
    else:
        ana.types("shipping")
    assert ana.waits(hours=3) == ["Still there?"]


# ---- browsed -----------------------------------------------------------------------------------------------


def test_topics_then_their_questions_can_be_tapped(ana: Customer) -> None:
    ana.taps("Get Started")
    ana.taps("Browse")
    assert ana.titles() == ["orders", "house", "Other questions", "Back home"]
    ana.taps("orders")
    assert ana.titles() == ["refund", "express shipping", "slow shipping", "Back home"]
    assert ana.taps("express shipping") == [TOMORROW]
    assert ana.titles() == ["Back home", "More questions"]
    ana.taps("More questions")
    assert ana.taps("Other questions") == ["Which question?\n- my dog"]


def test_what_can_be_tapped_can_be_typed_in_any_language(ana: Customer) -> None:
    ana.taps("Get Started")
    ana.taps("Browse")
    ana.types("commandes")
    assert ana.titles()[0] == "refund"
    assert ana.types("2") == [TOMORROW]


def test_numbers_count_as_on_the_screen(ana: Customer, bea: Customer) -> None:
    ana.taps("Get Started")
    ana.taps("Browse")
    assert ana.types("4") == ["Hello!"]
    ana.taps("Browse")
    ana.types("1")
    ana.types("2")
    assert ana.titles() == ["Back home", "More questions"]
    assert ana.types("2") == ["What is it about?"]
    bea.types("refund")
    assert bea.types("2")[0].startswith("I am sorry that this did not help.")


def test_more_questions_than_fit_come_a_screenful_at_a_time() -> None:
    entries = [
        FaqEntry(f"e{number}", "", (text(f"question {number}"),), (text(f"Answer {number}."),)) for number in range(30)
    ]
    ana = Customer(bot(faq={each.id: each for each in entries}))
    ana.taps("Get Started")
    ana.taps("Browse")
    assert ana.titles() == [*(f"question {number}" for number in range(11)), "More questions", "Back home"]
    ana.taps("More questions")
    ana.types("more questions")
    assert ana.titles()[:2] == ["question 22", "question 23"]
    assert ana.taps("question 29") == ["Answer 29."]


def test_where_questions_can_be_tapped_no_answer_shows_them_again(ana: Customer) -> None:
    ana.taps("Get Started")
    ana.taps("Browse")
    assert ana.types("gibberish") == ["I am sorry, I have no answer to that."]
    assert ana.titles() == ["orders", "house", "Other questions", "Back home"]


def test_a_list_of_long_ago_still_opens_and_one_that_is_gone_does_not(ana: Customer) -> None:
    assert ana.taps_old("@browse", "0/orders")[0].startswith("Which question?")
    for key in ("0/gone", "x/orders", "-1/all", "", f"{'9' * 40}/orders"):
        assert ana.taps_old("@browse", key) == ["That button no longer works. Here is a way back."]
    assert ana.taps_old("@browse", "4/orders")[0].startswith("Which question?")


def test_a_long_question_stands_whole_above_its_title() -> None:
    entry = FaqEntry(
        "late", "", (text("Why is my parcel still not here?"),), (text("Soon."),), (a_choice("Track", "done"),)
    )
    ana = Customer(bot(faq={"late": entry}))
    ana.taps("Get Started")
    assert ana.taps("Browse") == ["Ask me.", "Which question?\n- Why is my parcel still not here?"]
    assert ana.types("Why is my parcel st…") == ["Soon."]
