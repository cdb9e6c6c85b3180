""" "Delete my data": asked once, then done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.engine.effects import EraseCustomer
from tests.engine.shop import shop
from tests.engine.transcript import Customer

ASKED = "Shall I delete everything that I know about you? This cannot be undone."
DONE = "Done. I have deleted what I knew about you."


def erased(customer: Customer) -> bool:
    return any(isinstance(each, EraseCustomer) for each in customer.turn.effects)


def guest() -> Customer:
    ana = Customer(shop(), given={"occasion": "Party", "first_name": "Ana"})
    ana.taps("Get Started")
    return ana


@pytest.mark.parametrize("words", ["delete my data", "Delete my data!", "supprimez mes données", "Meine Daten löschen"])
def test_it_is_asked_about_in_every_language_and_nothing_goes_before_the_answer(words: str) -> None:
    ana = guest()
    assert ana.types(words) == [ASKED]
    assert ana.titles() == ["Delete everything", "No"]
    assert not erased(ana)
    assert ana.slots["occasion"] == "Party"


@pytest.mark.parametrize("answer", ["yes", "Delete everything", "1"])
def test_a_yes_deletes_everything_the_session_knows(answer: str) -> None:
    ana = guest()
    ana.types("delete my data")
    assert ana.types(answer) == [DONE]
    assert erased(ana)
    assert (ana.state, dict(ana.slots), ana.session.disclosed) == ("", {}, False)


def test_a_tap_on_the_answer_deletes_too() -> None:
    ana = guest()
    ana.types("delete my data")
    assert ana.taps("Delete everything") == [DONE]


def test_a_no_goes_on_with_the_open_question() -> None:
    ana = guest()
    ana.taps("Outfit ideas")
    ana.types("delete my data")
    assert ana.types("no")[0] == "All right."
    assert ana.slots["occasion"] == "Party"


def test_a_yes_to_something_else_later_deletes_nothing() -> None:
    ana = guest()
    ana.types("delete my data")
    ana.types("where is my order?")
    ana.types("yes")
    assert not erased(ana)


def test_an_old_button_asks_again() -> None:
    ana = guest()
    assert ana.taps_old("@erase", "yes") == [ASKED]
    assert not erased(ana)


def test_who_waits_for_staff_leaves_the_queue() -> None:
    ana = guest()
    ana.types("human")
    assert ana.answered_by == "waiting"
    ana.types("delete my data")
    ana.types("yes")
    assert (erased(ana), ana.answered_by) == (True, "bot")


def test_that_there_are_to_be_no_follow_ups_is_not_forgotten() -> None:
    ana = guest()
    ana.types("stop")
    ana.types("delete my data")
    ana.types("yes")
    assert ana.session.opted_out


def test_a_yes_to_a_person_who_came_between_deletes_nothing() -> None:
    ana = guest()
    ana.types("delete my data")
    ana.staff_come()
    ana.types("yes")
    assert not erased(ana)
    ana.staff_end()
    ana.types("yes")
    assert not erased(ana)


@pytest.mark.parametrize("between", ["stop", "a day", "staff"])
def test_a_yes_to_something_that_came_between_deletes_nothing(between: str) -> None:
    ana = guest()
    ana.types("delete my data")
    if between == "stop":
        ana.types("stop")
    elif between == "staff":
        ana.staff_come()
        ana.staff_end()
    else:
        ana.now += timedelta(days=1)
    ana.types("yes")
    assert not erased(ana)
    assert ana.slots["occasion"] == "Party"
