"""From the bot to a person and back, while the shop is open and while it is closed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.house import Customer, House, Plan, running
from tests.journeys.shop import CALLING, DISCLOSURE, NOBODY_FREE, RATING_ASKED, WELCOME, copy_shop


@pytest.fixture(scope="module")
def closed_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("closed")
    with running(Plan(folder, copy_shop(folder / "shop", "never"))) as started:
        yield started


def answered_by(customer: Customer) -> str:
    query = f"SELECT answered_by FROM conversations WHERE customer_id = '{customer.id}'"
    return str(customer.house.rows(query)[0][0])


def test_a_handoff_goes_from_waiting_to_a_person_and_back_to_the_bot(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    assert customer.taps("Talk to a person") == [CALLING]
    assert answered_by(customer) == "waiting"
    assert customer.types("my parcel is wet") == []
    assert customer.is_answered_by_person("Hello, I am Anna.") == []
    assert answered_by(customer) == "staff"
    assert customer.types("hello Anna") == []
    assert customer.sends_photo() == []
    assert customer.is_given_back() == [DISCLOSURE, RATING_ASKED]
    assert answered_by(customer) == "bot"
    assert customer.taps("Great") == ["Goodbye from Harbour & Pine!"]


def test_a_person_who_answers_unasked_silences_the_bot(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    assert customer.is_answered_by_person("I saw your message, one moment.") == []
    assert customer.types("track my order") == []
    customer.is_given_back()
    assert customer.types("menu")[-1].endswith(WELCOME)


def test_what_was_written_while_a_person_answered_is_never_answered_by_the_bot(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    customer.is_answered_by_person("Hello, I am Luc.")
    customer.types("12345678")
    customer.is_given_back()
    customer.types("thank you")
    assert not any("12345678" in text for text in customer.sees())


def test_what_customer_and_person_wrote_is_in_the_transcript(house: House) -> None:
    customer = house.new_customer()
    customer.types("human")
    customer.types("my parcel is wet")
    customer.is_answered_by_person("We send a new one.")
    query = f"SELECT who, text FROM history WHERE customer_id = '{customer.id}' ORDER BY id"
    said = [row for row in house.rows(query) if row[1]]
    assert said == [("customer", "human"), ("customer", "my parcel is wet"), ("page_inbox", "We send a new one.")]


def test_who_waits_for_a_person_can_go_back_to_the_bot(house: House) -> None:
    customer = house.new_customer()
    customer.types("human")
    assert customer.types("menu")[0].endswith(WELCOME)
    assert answered_by(customer) == "bot"


def test_bad_service_leads_back_to_a_person(house: House) -> None:
    customer = house.new_customer()
    customer.types("human")
    customer.is_answered_by_person("Yes?")
    customer.is_given_back()
    assert customer.taps("Bad")[0].startswith("I am sorry to hear that.")
    assert customer.taps("Yes please") == [CALLING]


def test_out_of_hours_a_message_is_left(closed_house: House) -> None:
    customer = closed_house.new_customer()
    customer.types("hello")
    assert customer.taps("Talk to a person") == [NOBODY_FREE]
    assert answered_by(customer) == "bot"
    assert customer.types("anna at home")[0] == "An e-mail address looks like ana@mail.example."
    [thanks] = customer.types("you can write to ana@mail.example please")
    assert thanks == "Thank you! We will write to ana@mail.example as soon as we open."


def test_out_of_hours_the_next_opening_is_told(closed_house: House) -> None:
    customer = closed_house.new_customer()
    customer.types("hello")
    [told] = customer.taps("Opening hours")
    assert "10:00." in told
