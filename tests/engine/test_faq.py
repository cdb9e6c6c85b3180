"""Answers from the FAQ, in the middle of anything."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.effects import Search
from app.engine.events import TapReceived, TextReceived
from app.engine.flow import Anywhere, FaqEntry, Flow, Slot
from app.engine.session import Session
from app.engine.turn import take_turn
from tests.engine.transcript import MORNING, Customer, choices, flow, question, state, text

HOURS, RETURNED = "From nine to six.", "You have 30 days."
ENTRIES = (
    FaqEntry(
        "hours",
        "shop",
        (text("When are you open?", fr="Quand êtes-vous ouverts ?"), text("open on sunday")),
        (text(HOURS),),
    ),
    FaqEntry(
        "returns",
        "orders",
        (text("refund"), text("How can I return an item?")),
        (text(RETURNED),),
        choices(A_person="person"),
    ),
    FaqEntry("express", "orders", (text("express shipping"),), (text("Tomorrow."),)),
    FaqEntry("shipping", "orders", (text("slow shipping"),), (text("Next week."),)),
)
STATES = (
    state("welcome", "Hello!", choices=choices(Outfits="outfits", Questions="questions")),
    state("outfits", ask=[question("occasion", "What is the occasion?"), question("name", "Your name?")], goto="done"),
    state("done", "Done."),
    state("person", "A person comes."),
    state("questions", "Ask me.", faq="orders", none="unknown", choices=choices(Back_home="welcome")),
    state("unknown", "No idea.", choices=choices(Again="questions")),
    state("lost", "What?"),
)


def bot(**changes: Any) -> Flow:
    values: dict[str, Any] = {
        "anywhere": (Anywhere("person", hear=("human",)), Anywhere("", faq="all")),
        "otherwise": "lost",
        "faq": {each.id: each for each in ENTRIES},
        "languages": ("en", "fr"),
        "slots": (Slot("occasion", "choice", ("Work", "Party")), Slot("name", "text", pattern="[A-Z]+")),
    }
    return flow(*STATES, **{**values, **changes})


@pytest.fixture
def ana() -> Customer:
    return Customer(bot())


def test_a_question_is_answered_at_any_moment(ana: Customer) -> None:
    assert ana.types("are you open on sunday?") == [HOURS]
    assert ana.stored.get("state", "") == ""


def test_an_answer_in_the_middle_of_a_form_repeats_the_open_question(ana: Customer) -> None:
    ana.taps("Get Started")
    ana.taps("Outfits")
    assert ana.types("I want a refund") == [RETURNED, "What is the occasion?"]
    assert ana.types("party") == ["Your name?"]


def test_a_question_in_another_language_of_the_bot_is_heard(ana: Customer) -> None:
    assert ana.types("quand etes vous ouverts") == [HOURS]


def test_what_is_unsure_is_asked_back_and_answered_by_a_tap(ana: Customer) -> None:
    assert ana.types("shipping") == ["Did you mean:\n- express shipping\n- slow shipping"]
    assert ana.taps("slow shipping") == ["Next week."]


def test_a_question_that_is_too_long_for_a_title_is_cut_and_may_be_typed_as_shown() -> None:
    long = FaqEntry("late", "", (text("Why is my parcel still not here?"),), (text("Soon."),))
    other = FaqEntry("lost", "", (text("Who has the lost parcel?"),), (text("Nobody."),))
    ana = Customer(bot(faq={"late": long, "lost": other}))
    assert ana.types("parcel").pop().count("\n") == 2
    assert sorted(each.title for each in ana.thread[-1].choices) == ["Who has the lost pa…", "Why is my parcel st…"]
    assert ana.types("Why is my parcel st…") == ["Soon."]


def test_questions_that_are_cut_to_the_same_title_are_numbered() -> None:
    when = FaqEntry("when", "", (text("When will my next parcel come?"),), (text("Soon."),))
    where = FaqEntry("where", "", (text("When will my next parcel leave?"),), (text("Now."),))
    ana = Customer(bot(faq={"when": when, "where": where}))
    ana.types("parcel")
    assert [each.title for each in ana.thread[-1].choices] == ["1. When will my next", "2. When will my next"]
    assert ana.taps("2. When will my next") == ["Now."]


def test_asking_back_is_no_failure_and_no_success(ana: Customer) -> None:
    ana.types("gibberish")
    ana.types("shipping")
    assert ana.stored["failures"] == 1
    ana.types("refund")
    assert "failures" not in ana.stored


def test_the_choices_of_an_answer_can_be_tapped_and_typed(ana: Customer) -> None:
    ana.types("refund")
    assert ana.taps("A person") == ["A person comes."]
    ana.types("refund")
    assert ana.types("a person") == ["A person comes."]
    assert ana.types("a person") == ["What?"]


def test_a_tap_on_an_old_answer_works_while_the_entry_is_there(ana: Customer) -> None:
    old = TapReceived(state="@faq/returns", choice="A person", title="A person")
    assert ana.meets(old) == ["A person comes."]
    gone = Customer(bot(faq={}))
    assert gone.meets(old) == ["That button no longer works. Here is a way back."]


def test_a_choice_that_the_entry_does_not_offer_leads_nowhere(ana: Customer) -> None:
    forged = TapReceived(state="@faq/hours", choice="A person", title="A person")
    assert ana.meets(forged) == ["That button no longer works. Here is a way back."]


def test_a_state_answers_one_question_after_the_other(ana: Customer) -> None:
    ana.taps("Get Started")
    assert ana.taps("Questions") == ["Ask me."]
    assert ana.types("express shipping please") == ["Tomorrow."]
    assert ana.types("slow shipping") == ["Next week."]
    assert ana.taps("Back home") == ["Hello!"]


def test_a_question_without_answer_leads_where_none_says_and_counts_as_a_failure(ana: Customer) -> None:
    ana.taps("Get Started")
    ana.taps("Questions")
    assert ana.types("gibberish") == ["No idea."]
    assert ana.stored["failures"] == 1


def test_a_state_without_none_says_that_it_has_no_answer() -> None:
    ana = Customer(flow(state("welcome", "Ask me.", faq="all"), faq={each.id: each for each in ENTRIES}))
    ana.taps("Get Started")
    assert ana.types("gibberish") == ["I am sorry, I have no answer to that."]
    assert ana.types("refund") == [RETURNED]


def test_the_third_failure_offers_a_person_in_a_state_of_questions_too(ana: Customer) -> None:
    ana.taps("Get Started")
    ana.taps("Questions")
    ana.types("gibberish")
    ana.taps("Again")
    for _ in range(2):
        ana.types("gibberish")
    assert "failures" in ana.stored


def test_words_of_hear_beat_a_question(ana: Customer) -> None:
    ana.taps("Get Started")
    ana.taps("Questions")
    assert ana.types("human") == ["A person comes."]


def test_a_sure_later_topic_wins_over_an_unsure_earlier_one() -> None:
    anywhere = (Anywhere("", faq="orders"), Anywhere("", faq="shop"))
    entries = (*ENTRIES, FaqEntry("days", "shop", (text("shipping"),), (text("Any day."),)))
    assert Customer(bot(anywhere=anywhere, faq={each.id: each for each in entries})).types("shipping") == ["Any day."]


def test_a_turn_that_needs_a_search_has_not_happened_yet() -> None:
    before = Session(failures=1)
    turn = take_turn(bot(), before, TextReceived("Refund!"), MORNING)
    assert turn.session is before
    assert turn.effects == (Search("faq", "Refund!", "all"),)


def test_the_explanation_names_the_entry_and_never_the_words(ana: Customer) -> None:
    ana.types("are you open on sunday, I am Anna")
    assert "faq hours" in ana.turn.why
    assert "anna" not in " ".join(ana.turn.why).lower()
