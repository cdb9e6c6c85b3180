"""What a state's messages look like, and the limits of a turn."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.effects import SendMessage
from app.engine.events import TextReceived
from app.engine.flow import Flow, Say, SayMedia, State
from app.engine.session import Session
from app.engine.turn import take_turn
from app.engine.words import SENTENCES
from app.errors import EngineError
from app.mask import REMOVED
from tests.engine.transcript import MORNING, Customer, choice, choices, flow, question, slot, state, template, text

PICTURE = SayMedia("image", text("https://cdn.example/1.jpg"))


def first_messages(*say: Say, **more: Any) -> Customer:
    customer = Customer(flow(State("welcome", say=say, **more)))
    customer.taps("Get Started")
    return customer


def test_choices_are_on_the_last_text() -> None:
    customer = first_messages(text("One"), text("Two"), choices=choices(Yes="welcome"))
    assert [len(each.choices) for each in customer.messages] == [0, 1]


def test_choices_are_on_the_last_message_where_they_stay_visible() -> None:
    customer = first_messages(text("One"), PICTURE, choices=choices(Yes="welcome"))
    assert [len(each.choices) for each in customer.messages] == [0, 1]
    assert customer.messages[1].media == ("image", "https://cdn.example/1.jpg")


def test_buttons_are_on_the_last_text() -> None:
    customer = first_messages(text("One"), PICTURE, buttons=choices(Yes="welcome"))
    assert [len(each.buttons) for each in customer.messages] == [1, 0]


def test_choices_without_a_text_get_one_of_ours() -> None:
    assert first_messages(choices=choices(Yes="welcome")).texts == ["What would you like to do?"]
    assert first_messages(PICTURE, buttons=choices(Yes="welcome")).texts == ["", "What would you like to do?"]


def test_a_message_never_has_both_choices_and_buttons() -> None:
    customer = first_messages(text("One"), buttons=choices(Help="welcome"), choices=choices(Yes="welcome"))
    assert [(len(each.buttons), len(each.choices)) for each in customer.messages] == [(1, 0), (0, 1)]


def test_no_more_choices_or_buttons_are_shown_than_there_is_room_for() -> None:
    many = tuple(choice(f"Choice {number}", "welcome") for number in range(20))
    assert len(first_messages(text("One"), choices=many).messages[0].choices) == 13
    assert len(first_messages(text("One"), buttons=many).messages[0].buttons) == 3


def test_a_text_that_has_become_empty_is_not_sent() -> None:
    assert first_messages(text("<nothing>"), text("One")).texts == ["One"]


def test_media_whose_address_is_no_web_address_are_not_sent() -> None:
    assert first_messages(SayMedia("image", text("<nothing>")), text("One")).texts == ["One"]


def test_a_picture_can_be_a_slot() -> None:
    bot = flow(State("welcome", say=(SayMedia("image", text("<it>")),)), slots=(slot("it", "photo"),))
    customer = Customer(bot, given={"it": "https://cdn.example/a b.jpg?x=1"})
    customer.taps("Get Started")
    assert customer.messages[0].media == ("image", "https://cdn.example/a b.jpg?x=1")


def test_at_most_twenty_messages_leave_in_one_turn() -> None:
    customer = Customer(flow(state("welcome", *(str(number) for number in range(30)))))
    assert len(customer.taps("Get Started")) == 20
    assert customer.texts[-1] == "19"
    assert "message dropped: too many in one turn" in customer.why


def circle(length: int) -> Flow:
    return flow(*(state(f"s{number}", goto=f"s{(number + 1) % length}") for number in range(length)), start="s0")


@pytest.mark.parametrize("length", [1, 2, 60])
def test_a_flow_that_goes_round_in_a_circle_is_an_error_of_the_engine(length: int) -> None:
    with pytest.raises(EngineError):
        Customer(circle(length)).taps("Get Started")


def test_fifty_steps_are_not_too_many_and_one_more_is() -> None:
    states = [state(f"s{number}", goto=f"s{number + 1}") for number in range(50)]
    assert Customer(flow(*states[:49], state("s49", "Here"), start="s0")).taps("Get Started") == ["Here"]
    with pytest.raises(EngineError):
        Customer(flow(*states, state("s50", "Here"), start="s0")).taps("Get Started")


def test_a_target_that_does_not_exist_is_an_error_of_the_engine() -> None:
    with pytest.raises(EngineError):
        Customer(flow(state("welcome", goto="gone"))).taps("Get Started")


def test_a_very_long_text_is_cut_before_it_is_read() -> None:
    bot = flow(state("welcome", "<said>"), otherwise="welcome")
    (said,) = Customer(bot).types("x" * 20_000)
    assert len(said) == 1_000


def test_a_value_is_never_read_as_a_template() -> None:
    bot = flow(state("welcome", "<said> <first_name>"), otherwise="welcome")
    assert Customer(bot, given={"first_name": "<said>"}).types("<first_name><said>") == ["<first_name><said> <said>"]


def test_names_come_from_the_customers_slots_and_the_bot() -> None:
    bot = flow(state("welcome", "<first_name> <last_name> and <bot_name>"))
    assert Customer(bot, given={"first_name": "Ana", "last_name": "Ruiz"}).taps("Get Started") == ["Ana Ruiz and Piney"]


def test_after_a_timer_nothing_was_said() -> None:
    session = Session(state="welcome")
    turn = take_turn(flow(state("welcome", "[<said>]"), otherwise="welcome"), session, TextReceived(" "), MORNING)
    assert [each.message.text for each in turn.effects if isinstance(each, SendMessage)] == ["[]"]
    assert template("a<b>") == ("a", text("<b>").by_language["en"][0])


def test_a_question_whose_text_has_become_empty_still_waits() -> None:
    bot = flow(state("welcome", ask=(question("it", "<nothing>"),), goto="done"), state("done", "<it>"))
    customer = Customer(bot)
    assert customer.taps("Get Started") == []
    assert customer.types("a box") == ["a box"]


def test_a_slot_that_the_flow_does_not_declare_takes_any_text() -> None:
    bot = flow(state("welcome", ask=(question("it", "What?"),), goto="done"), state("done", "<it>"))
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types("a box") == ["a box"]


def test_a_title_can_hold_values_and_be_typed_with_them() -> None:
    titled = (choice("<colour> one", "red"), choice("<nothing>", "red"))
    bot = flow(state("welcome", "Which?", choices=titled), state("red", "Red it is"))
    customer = Customer(bot, given={"colour": "Crimson"})
    customer.taps("Get Started")
    assert customer.titles() == ["Crimson one"]
    assert customer.types("crimson one") == ["Red it is"]


def test_a_customer_is_told_once_that_something_was_taken_out() -> None:
    ana = Customer(flow(state("welcome", "Hello!"), state("lost", "Sorry?"), otherwise="lost"))
    ana.taps("Get Started")
    assert ana.types(f"my card is {REMOVED}") == [SENTENCES["en"]["removed"], "Sorry?"]
    assert ana.types(f"and {REMOVED} too") == ["Sorry?"]
    assert ana.turn.session.warned
