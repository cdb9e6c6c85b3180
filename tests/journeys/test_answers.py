"""Questions to the FAQ over real sockets: answered, asked back, in a form, in another language, rated, given to a person."""

from __future__ import annotations

from typing import Any

from tests.journeys.house import Customer, House
from tests.journeys.shop import CALLING, DISCLOSURE, FOR_WHOM, LOST

RETURNED = "You have 30 days. Keep the label on and bring it back or post it."
SIZES = "We have sizes 34 to 46. When you are between two sizes, take the larger one."
SIZES_ASKED = "Did you mean:\n- Which sizes do you have?"
UNSURE = "is it possible to change the size"
"""A question which the example's FAQ asks back about."""

OFFERED = "I am sorry, I still do not understand. Would you like to talk to a person?"


def kept(customer: Customer, columns: str) -> list[tuple[Any, ...]]:
    """What is kept of the customer's questions."""
    return customer.house.rows(f"SELECT {columns} FROM questions WHERE customer_id = '{customer.id}' ORDER BY number")


def test_a_question_is_answered_and_the_answer_rated(house: House) -> None:
    customer = house.new_customer()
    assert customer.types("I want a refund please") == [DISCLOSURE, RETURNED]
    assert customer.taps("👍 Helpful") == ["Thank you for telling me."]
    assert kept(customer, "text, decision, entry, rating") == [
        ("I want a refund please", "answer", "returns", "helpful")
    ]


def test_an_answer_that_did_not_help_leads_to_a_person_who_knows_the_question(house: House) -> None:
    customer = house.new_customer()
    customer.types("I want a refund please")
    assert customer.taps("👎 Not helpful")[0].startswith("I am sorry that this did not help.")
    assert customer.taps("Talk to a person") == [CALLING]
    assert kept(customer, "rating, handed_off") == [("not_helpful", 1)]
    [(note,)] = house.rows(f"SELECT handoff_note FROM conversations WHERE customer_id = '{customer.id}'")
    assert note.endswith("Not answered: I want a refund please")


def test_what_is_unsure_is_asked_back_and_answered_by_a_tap(house: House) -> None:
    customer = house.new_customer()
    assert customer.types(UNSURE) == [DISCLOSURE, SIZES_ASKED]
    assert customer.taps("size") == [SIZES]
    assert kept(customer, "decision, offered, meant") == [("clarify", '["sizes"]', "sizes")]


def test_and_by_its_title_that_is_typed(house: House) -> None:
    customer = house.new_customer()
    customer.types(UNSURE)
    assert customer.types("Size") == [SIZES]
    assert kept(customer, "decision, meant") == [("clarify", "sizes")]


def test_the_third_failure_offers_a_person_who_gets_the_questions(house: House) -> None:
    customer = house.new_customer()
    assert customer.types("do you rent out tents")[-1] == LOST
    assert customer.types("can you repair a zip") == [LOST]
    assert customer.types("what about a zeppelin then") == [OFFERED]
    assert customer.taps("Talk to a person") == [CALLING]
    [(note,)] = house.rows(f"SELECT handoff_note FROM conversations WHERE customer_id = '{customer.id}'")
    asked = ("do you rent out tents", "can you repair a zip", "what about a zeppelin then")
    assert note == f"Not answered: {' / '.join(asked)}"
    assert kept(customer, "text, decision, handed_off") == [(each, "fallback", 1) for each in asked]


def test_a_question_in_the_middle_of_a_form_is_answered_and_the_form_goes_on(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    customer.taps("Outfit ideas")
    assert customer.types("I want a refund please") == [RETURNED, FOR_WHOM]
    assert customer.taps("A gift") == ["What is the occasion?"]


def test_a_question_in_another_language_is_answered_in_it_and_the_language_can_be_changed(house: House) -> None:
    customer = house.new_customer()
    answered = customer.types("combien coûte la livraison svp")
    assert answered[-1].startswith("Deux à quatre jours en France")
    assert kept(customer, "language, entry") == [("fr", "shipping")]
    assert customer.types("English please") == ["All right."]
    assert customer.types("refund") == [RETURNED]


def test_the_questions_can_be_tapped_by_topic(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    customer.taps("Opening hours")
    customer.taps("Another question")
    assert customer.taps("Orders")[0].startswith("Which question?")
    assert customer.taps("send back") == [RETURNED]
    assert kept(customer, "decision, entry, text") == [("tap", "returns", "")]
