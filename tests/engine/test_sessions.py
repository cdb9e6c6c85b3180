"""Where a session begins and ends, how it finds its place again, and the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.engine import session
from app.engine.flow import Rule
from app.engine.session import Session
from tests.engine.shop import shop
from tests.engine.transcript import DISCLOSURE, MORNING, Customer, choice, choices, flow, question, slot, state, text

WELCOME = "Hi! What can I do for you?"


def test_the_disclosure_comes_once_a_session_before_anything_else() -> None:
    customer = Customer(shop())
    assert customer.taps("Get Started") == [DISCLOSURE, WELCOME]
    assert customer.taps("Get Started") == [WELCOME]


@pytest.mark.parametrize("first", ["10482", "asdf", "stop", "human", "hello"])
def test_whatever_comes_first_the_disclosure_goes_before_the_answer(first: str) -> None:
    assert Customer(shop()).types(first)[0] == DISCLOSURE


def test_a_bot_without_a_disclosure_of_its_own_says_none() -> None:
    assert Customer(shop(disclosure=None)).taps("Get Started") == [WELCOME]


def test_after_a_day_of_silence_a_new_session_begins_and_slots_stay() -> None:
    customer = Customer(shop())
    customer.taps_old("welcome", "Outfit ideas")
    customer.types("for me")
    customer.waits(hours=24)
    assert customer.types("party") == [DISCLOSURE, "I did not understand that."]
    assert customer.slots == {"for_whom": "For me"}
    assert customer.session.back == ()


def test_less_than_a_day_of_silence_changes_nothing() -> None:
    customer = Customer(shop())
    customer.taps_old("welcome", "Outfit ideas")
    customer.waits(hours=23, minutes=59)
    assert customer.types("for me") == ["What is the occasion?"]


def test_end_ends_the_session_and_keeps_what_was_learnt() -> None:
    bot = flow(
        state("welcome", "Hello", choices=choices(Bye="end"), set={"seen": True}),
        slots=(slot("seen", "yes_no"),),
        disclosure=text(DISCLOSURE),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.taps("Bye") == []
    assert customer.session == Session(slots={"seen": True}, last_at=MORNING)
    assert customer.taps("Get Started") == [DISCLOSURE, "Hello"]


def test_back_goes_to_the_state_before_this_one() -> None:
    bot = flow(
        state("welcome", "Hello", choices=choices(A="a")),
        state("a", "A", choices=choices(B="b", Back="back")),
        state("b", "B", choices=choices(Back="back")),
    )
    customer = Customer(bot)
    for title in ("Get Started", "A", "B"):
        customer.taps(title)
    assert [customer.taps_old(place, "Back") for place in ("b", "a")] == [["A"], ["Hello"]]
    assert customer.session.back == ()


def test_back_with_nothing_before_goes_to_the_start() -> None:
    bot = flow(state("welcome", "Hello"), state("a", "A", choices=choices(Back="back")))
    customer = Customer(bot)
    assert customer.taps_old("a", "Back") == ["Hello"]


def test_back_does_not_stop_at_states_that_were_only_passed() -> None:
    bot = flow(
        state("welcome", "Hello", choices=choices(A="a")),
        state("a", "A", goto="b"),
        state("b", "B", choices=choices(Back="back")),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    customer.taps("A")
    assert customer.taps("Back") == ["Hello"]


def test_back_into_a_form_asks_its_last_question_again() -> None:
    bot = flow(
        state("welcome", ask=(question("it", "What is it?"),), goto="done"),
        state("done", "It is <it>.", choices=choices(Back="back")),
        slots=(slot("it"),),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    customer.types("a box")
    assert customer.taps("Back") == ["What is it?"]
    assert customer.types("a ring") == ["It is a ring."]


def test_ten_states_are_remembered_for_the_way_back() -> None:
    bot = flow(
        *(state(f"s{number}", str(number), choices=choices(On=f"s{number + 1}")) for number in range(20)), state("s20")
    )
    customer = Customer(bot)
    for number in range(15):
        customer.taps_old(f"s{number}", "On")
    assert customer.session.back == tuple(f"s{number}" for number in range(5, 15))


def test_a_session_in_a_renamed_state_goes_on_there() -> None:
    customer = Customer(shop())
    customer.taps_old("welcome", "Outfit ideas")
    customer.types("for me")
    states = {("dressing" if name == "outfits" else name): each for name, each in customer.bot.states.items()}
    renamed = state("dressing", ask=customer.bot.states["outfits"].ask, rules=customer.bot.states["outfits"].goto)
    customer.meets_new_flow(
        states={**states, "dressing": renamed}, moved={"outfits": "outfits_2", "outfits_2": "dressing"}
    )
    assert customer.types("party") == ["Roughly how much would you like to spend?"]
    assert customer.state == "dressing"


def test_a_session_in_a_state_that_is_gone_begins_anew() -> None:
    customer = Customer(shop())
    customer.taps("Get Started")
    customer.meets_new_flow(states={each: customer.bot.states[each] for each in ("bye", "lost", "order_found")})
    assert customer.types("asdf") == ["I did not understand that."]
    assert customer.state == "lost"


def test_a_form_goes_on_when_the_question_that_was_open_is_gone() -> None:
    customer = Customer(shop(), given={"for_whom": "A gift", "occasion": "Work"})
    customer.taps_old("welcome", "Outfit ideas")
    shorter = state("outfits", ask=customer.bot.states["outfits"].ask[:1], goto="looks")
    customer.meets_new_flow(states={**customer.bot.states, "outfits": shorter})
    assert customer.types("asdf") == ["Here is what I would choose for Work."]


def test_a_circle_of_renamed_states_leads_nowhere() -> None:
    customer = Customer(shop(moved={"a": "b", "b": "a"}))
    assert customer.taps_old("a", "x")[-1] == "That button no longer works. Here is a way back."


def test_more_of_a_state_that_has_no_more_says_it_again() -> None:
    bot = flow(state("welcome", "Hello", buttons=(choice("Again", "more"),)))
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.taps("Again") == ["Hello"]


def test_the_language_of_the_session_is_spoken() -> None:
    bot = flow(
        state("welcome", choices=(choice("Help", "welcome", text=text("Help", fr="Aide")),)), languages=("en", "fr")
    )
    customer = Customer(bot)
    customer.stored = session.to_dict(Session(language="fr"))
    assert customer.taps("Get Started") == ["Que voulez-vous faire ?"]
    assert customer.titles() == ["Aide"]
    assert customer.session.language == "fr"


def test_a_rule_can_end_the_session() -> None:
    customer = Customer(flow(state("welcome", "Goodbye!", rules=(Rule("end"),))))
    assert customer.taps("Get Started") == ["Goodbye!"]
    assert customer.state == ""


def test_the_same_arguments_give_the_same_turn() -> None:
    first, second = Customer(shop()), Customer(shop())
    for each in (first, second):
        each.taps("Get Started")
        each.types("human")
    assert first.turn == second.turn


def test_a_turn_does_not_change_the_session_it_was_given() -> None:
    customer = Customer(shop(), given={"for_whom": "A gift"})
    before = session.from_dict(customer.stored)
    customer.taps_old("welcome", "Outfit ideas")
    customer.types("party")
    assert before.slots == {"for_whom": "A gift"}
    assert customer.now - MORNING == timedelta()


def test_what_a_state_forgets_its_own_texts_can_still_say() -> None:
    bot = flow(
        state("welcome", "I cannot find <number>.", forget=("number",), goto="again"),
        state("again", "Number <number>?"),
        slots=[slot("number")],
    )
    customer = Customer(bot, given={"number": "10482"})
    assert customer.taps("Get Started") == ["I cannot find 10482.", "Number?"]
    assert "number" not in customer.slots


def test_what_a_state_forgets_is_still_said_when_its_question_is_repeated() -> None:
    asked = state(
        "welcome", "Not <pin> either.", ask=(question("number", "I cannot find <number>. Which is it?"),), goto="done",
        forget=("number", "pin"),
    )  # fmt: skip
    bot = flow(
        asked, state("done", "<number>, not <pin>."), slots=[slot("number", "number", hint="Digits, unlike <number>.")]
    )
    customer = Customer(bot, given={"number": 10482, "pin": "1234"})
    assert customer.taps("Get Started") == ["Not 1234 either.", "I cannot find 10482. Which is it?"]
    assert customer.types("hm") == ["Digits, unlike 10482."]
    assert customer.types("are you a bot?")[-1] == "I cannot find 10482. Which is it?"
    assert (dict(customer.session.gone), dict(customer.slots)) == ({"number": 10482}, {})
    assert customer.types("7") == ["7, not."]
    assert dict(customer.session.gone) == {}


def test_an_answer_to_a_question_that_is_gone_is_no_answer_to_another() -> None:
    old = state("form", ask=(question("size", "Which size?"), question("colour", "Which colour?")), goto="done")
    new = state("form", ask=(question("colour", "Which colour?"),), goto="done")
    done = state("done", "In <colour>.")
    bot = flow(state("welcome", goto="form"), old, done, slots=(slot("size"), slot("colour")))
    customer = Customer(bot)
    assert customer.taps("Get Started") == ["Which size?"]
    customer.meets_new_flow(states={each.name: each for each in (state("welcome", goto="form"), new, done)})
    assert customer.types("large") == ["Which colour?"]
    assert customer.types("green") == ["In green."]


def test_a_photo_is_no_answer_to_a_question_that_was_put_in_meanwhile() -> None:
    old = state("form", ask=(question("size", "Which size?"), question("room", "A photo of the room?")), goto="done")
    new = state("form", ask=(question("room", "A photo of the room?"),), goto="done")
    states = (state("welcome", goto="form"), state("done", "Thank you."))
    customer = Customer(flow(old, *states, slots=(slot("size"), slot("room", "photo"))))
    assert customer.taps("Get Started") == ["Which size?"]
    customer.meets_new_flow(states={each.name: each for each in (new, *states)})
    assert customer.sends("image", url="https://cdn.example/1.jpg") == ["A photo of the room?"]
    assert customer.sends("image", url="https://cdn.example/2.jpg") == ["Thank you."]
