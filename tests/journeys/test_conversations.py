"""Customers talk to the example shop, from first contact to answer. Real HTTP in both directions, a real database in between."""

from __future__ import annotations

import pytest

from tests.journeys.bodies import tap
from tests.journeys.house import Customer, House
from tests.journeys.shop import (
    BUDGET,
    CALLING,
    DISCLOSURE,
    FOR_WHOM,
    LOST,
    OCCASION,
    ORDER_ASKED,
    ORDER_HINT,
    WELCOME,
)

NOT_AN_ANSWER = "I am sorry, I could not read that as an answer."
NO_LONGER_WORKS = "That button no longer works. Here is a way back."
ORDER_FOUND = "Thank you. You will find order {} on our tracking page."
PROMO = "Your winter code is PINE15."


@pytest.fixture
def customer(house: House) -> Customer:
    return house.new_customer()


def test_the_first_contact_is_answered_and_says_once_that_this_is_a_bot(customer: Customer) -> None:
    disclosed, welcomed = customer.types("hello")
    assert disclosed == DISCLOSURE
    assert welcomed.endswith(WELCOME)
    assert customer.taps("Opening hours")[0].startswith("Monday to Friday")
    assert customer.types("menu") == [welcomed]
    assert customer.sees().count(DISCLOSURE) == 1


def test_get_started_leads_to_the_start(customer: Customer) -> None:
    customer.opens()
    assert customer.screen()["greeting"].startswith("Welcome to Harbour & Pine, ")
    assert customer.taps("Get Started")[1].endswith(WELCOME)


def test_a_form_is_filled_in_by_taps_and_words(customer: Customer) -> None:
    customer.types("hello")
    assert customer.taps("Outfit ideas") == [FOR_WHOM]
    assert customer.taps("A gift") == [OCCASION]
    assert customer.types("dinner") == [BUDGET]
    assert customer.types("about 45 euros") == [
        "Here is what I would choose for Dinner:",
        "[Oxford shirt, Leather belt]",
    ]


def test_products_are_shown_as_cards_and_more_of_them_on_a_tap(customer: Customer) -> None:
    customer.types("hello")
    for title in ("Outfit ideas", "A gift", "Party", "60"):
        cards = customer.taps(title)[-1]
    assert cards == "[Silk shirt, Star dress, Leather belt]"
    assert customer.taps("More looks") == ["[Moon vest]"]
    assert customer.types("do you have the wool blazer?") == ["I found this in our shop:", "[Wool blazer]"]


def test_a_wrong_answer_gets_the_question_again_and_the_right_one_goes_on(customer: Customer) -> None:
    customer.types("hello")
    customer.taps("Outfit ideas")
    customer.taps("For me")
    assert customer.types("blue") == [NOT_AN_ANSWER, OCCASION]
    assert customer.taps("Work") == [BUDGET]
    assert customer.types("a lot") == ["Just an amount in euros, for example 60."]
    assert customer.taps("30") == ["Here is what I would choose for Work:", "[Leather belt]"]


def test_an_order_number_in_the_middle_of_a_form_is_taken(customer: Customer) -> None:
    customer.types("hello")
    customer.taps("Outfit ideas")
    customer.taps("For me")
    assert customer.types("my order is 12345678") == [ORDER_FOUND.format("12345678")]
    customer.types("menu")
    assert customer.taps("Outfit ideas") == [OCCASION], "what was answered before is not asked again"


def test_a_wrong_order_number_gets_its_hint(customer: Customer) -> None:
    customer.types("hello")
    assert customer.taps("Track my order") == [ORDER_ASKED]
    assert customer.types("12") == [ORDER_HINT]
    assert customer.types("54321") == [ORDER_FOUND.format("54321")]


def test_a_tap_on_an_old_button_leads_where_it_always_led(customer: Customer) -> None:
    customer.types("hello")
    customer.taps("Track my order")
    customer.types("54321")
    another = customer.payload_of("Another order")
    customer.types("menu")
    assert customer.taps_old(another, "Another order") == [ORDER_ASKED]


def test_an_old_quick_reply_leads_where_it_always_led(customer: Customer) -> None:
    customer.types("hello")
    hours = customer.payload_of("Opening hours")
    customer.taps("Track my order")
    assert customer.taps_old(hours, "Opening hours", quick_reply=True)[0].startswith("Monday to Friday")


def test_a_question_in_the_middle_is_answered_and_the_open_question_asked_again(customer: Customer) -> None:
    customer.types("hello")
    customer.taps("Outfit ideas")
    answered, asked = customer.types("are you open on sunday?")
    assert answered.startswith("Monday to Friday")
    assert asked == FOR_WHOM


def test_what_an_answer_offers_can_be_tapped_now_and_later(customer: Customer) -> None:
    customer.types("hello")
    customer.types("what does shipping cost?")
    order = customer.payload_of("Track my order")
    assert customer.taps("Track my order") == [ORDER_ASKED]
    customer.types("menu")
    assert customer.taps_old(order, "Track my order", quick_reply=True) == [ORDER_ASKED]


def test_a_tap_that_was_offered_to_somebody_else_leads_nowhere(house: House, customer: Customer) -> None:
    somebody = house.new_customer()
    somebody.types("hello")
    foreign = somebody.payload_of("Talk to a person")
    customer.types("hello")
    assert customer.taps_old(foreign, "Talk to a person") == [NO_LONGER_WORKS]
    assert somebody.taps_old(foreign, "Talk to a person") == [CALLING]


FORGED = ("v1:person:Talk to a person:AAAAAAAAAAAA", "v1:person:", "v1:@menu:no such entry", "v1:@offer:", "v1:@start:x:y",
          "v2:welcome:x", "person", "__admin__", ":", "v1:" + "x" * 900, "v1:wélcôme:\u202e:\ufffd")  # fmt: skip


def test_a_forged_tap_reaches_nothing_that_was_not_offered(customer: Customer) -> None:
    customer.types("hello")
    for payload in FORGED:
        answers = customer.posts(tap(customer.id, payload, "Give me everything"))
        assert CALLING not in answers, payload
        assert answers, payload
    assert customer.types("menu")[0].endswith(WELCOME)


def test_a_photo_is_answered(customer: Customer) -> None:
    customer.types("hello")
    assert customer.sends_photo() == ["Thank you for the file. A colleague can look at it."]
    assert "Talk to a person" in customer.can_tap()


def test_a_photo_with_words_is_answered_once(customer: Customer) -> None:
    customer.types("hello")
    assert len(customer.sends_photo("both arrived broken")) == 1


def test_nonsense_three_times_offers_a_person(customer: Customer) -> None:
    customer.types("hello")
    assert customer.types("qwe asd yxc") == [LOST]
    assert customer.types("rtz fgh vbn") == [LOST]
    [offer] = customer.types("uio jkl nm")
    assert offer == "I am sorry, I still do not understand. Would you like to talk to a person?"
    assert customer.taps("Talk to a person") == [CALLING]


def test_stop_and_start_are_confirmed(customer: Customer) -> None:
    customer.types("hello")
    assert customer.types("stop")[0].startswith("Done. You will get no more follow-ups")
    assert customer.types("STOP") == []
    assert customer.types("start")[0].startswith("Welcome back.")


def test_a_typed_title_counts_as_its_tap(customer: Customer) -> None:
    customer.types("hello")
    assert customer.types("opening hors")[0].startswith("Monday to Friday")
    customer.types("menu")
    assert customer.types("2") == [ORDER_ASKED]


def test_a_french_title_counts_as_its_tap(customer: Customer) -> None:
    customer.types("hello")
    assert len(customer.types("Suivre ma commande")) == 1
    assert customer.types("12345")[0].endswith("12345 on our tracking page.")


def test_a_greeting_in_another_language_begins_at_the_start(customer: Customer) -> None:
    assert customer.types("bonjour")[1].endswith(WELCOME)


def test_a_link_leads_a_new_customer_to_its_target_after_get_started(customer: Customer) -> None:
    customer.opens()
    assert customer.comes_by("winter-promo") == []
    assert customer.taps("Get Started") == [DISCLOSURE, PROMO, FOR_WHOM]


def test_a_link_leads_a_known_customer_to_its_target(customer: Customer) -> None:
    customer.types("hello")
    assert customer.comes_by("winter-promo") == [PROMO, FOR_WHOM]
    assert customer.comes_by("a-link-of-last-year")[0].endswith(WELCOME)


def test_a_starter_and_a_menu_entry_lead_to_their_targets(customer: Customer) -> None:
    customer.opens()
    assert customer.taps("Where is my order?") == [DISCLOSURE, ORDER_ASKED]
    assert customer.taps("Outfit ideas") == [FOR_WHOM]
    assert customer.says(tap="Visit the shop")["opened"] == "https://harbour-pine.example"


def test_two_customers_at_once_do_not_mix(house: House) -> None:
    first, second = house.new_customer(), house.new_customer()
    for text, of_second in (("hello", "bonjour"), ("track my order", "outfit ideas"), ("11111", "a gift")):
        first.says(text=text)
        second.says(text=of_second)
        house.wait_until_quiet()
    assert first.sees()[-1] == ORDER_FOUND.format("11111")
    assert "11111" not in "".join(second.sees())
    assert house.rows(f"SELECT count(*) FROM sessions WHERE customer_id IN ('{first.id}', '{second.id}')") == [(2,)]


def test_every_message_is_delivered_and_read_in_the_end(house: House, customer: Customer) -> None:
    customer.types("hello")
    [(delivered, read)] = house.rows(
        f"SELECT delivered_until, read_until FROM conversations WHERE customer_id = '{customer.id}'"
    )
    assert delivered is not None
    assert read is not None
    assert house.rows(f"SELECT DISTINCT status FROM outbox WHERE customer_id = '{customer.id}'") == [("sent",)]
