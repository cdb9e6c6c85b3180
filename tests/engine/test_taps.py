"""Taps: on what is shown, on old messages, on what the whole Page shares, and on what never existed."""

from __future__ import annotations

import pytest

from app.engine.events import TapReceived
from app.engine.flow import Compare as Is
from app.engine.flow import Entrances, Literal, Name, Truth
from tests.engine.shop import shop
from tests.engine.transcript import DISCLOSURE, Customer, choice, choices, flow, state, text

WELCOME = "Hi! What can I do for you?"
UNKNOWN = "That button no longer works. Here is a way back."


@pytest.fixture
def customer() -> Customer:
    someone = Customer(shop())
    someone.taps("Get Started")
    return someone


def test_a_tap_leads_to_its_target(customer: Customer) -> None:
    assert customer.taps("Track my order") == ["What is your order number?"]


def test_a_tap_on_an_old_message_works(customer: Customer) -> None:
    customer.taps("Outfit ideas")
    customer.taps("For me")
    assert customer.taps("Track my order") == ["What is your order number?"]


def test_a_tap_on_a_state_that_was_renamed_leads_to_the_new_one(customer: Customer) -> None:
    assert customer.taps_old("find_us", "A gift") == ["What is the occasion?"]


def test_a_tap_on_a_choice_that_a_renamed_state_no_longer_has_leads_to_that_state(customer: Customer) -> None:
    assert customer.taps_old("ask_size", "Medium") == ["Are we dressing you or somebody else?"]


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ("", ""), ("gone", "x"), ("welcome", "gone"), ("@menu", "gone"), ("@menu", "Visit the shop"), ("@starter", "welcome"),
        ("@admin", ""), ("@offer_all", "person"), ("end", ""), ("\x00", "\ud800"),
    ],
)  # fmt: skip
def test_a_tap_that_leads_nowhere_gets_a_way_back(customer: Customer, place: str, key: str) -> None:
    assert customer.taps_old(place, key) == [UNKNOWN]
    assert customer.state == "welcome"
    assert customer.taps("Start over") == [WELCOME]


def test_a_tap_that_leads_nowhere_leaves_the_question_open(customer: Customer) -> None:
    customer.taps("Outfit ideas")
    assert customer.taps_old("", "") == [UNKNOWN, "Are we dressing you or somebody else?"]
    assert customer.types("a gift") == ["What is the occasion?"]


@pytest.mark.parametrize(
    ("place", "key", "reached"),
    [("@start", "", "welcome"), ("@menu", "Track my order", "order"), ("@starter", "Help me choose", "outfits")],
)
def test_taps_on_what_the_page_shares_reach_what_is_listed_there(place: str, key: str, reached: str) -> None:
    customer = Customer(shop())
    customer.taps_old(place, key)
    assert customer.state == reached


def test_the_offer_of_a_person_leads_nowhere_in_a_flow_without_one() -> None:
    assert Customer(flow(state("welcome", "Hello"))).taps_old("@offer", "welcome") == [UNKNOWN]


def test_a_link_leads_to_its_target() -> None:
    assert Customer(shop()).comes_by("winter-promo")[:2] == [DISCLOSURE, "Your winter code is PINE15."]


@pytest.mark.parametrize("ref", ["gone", "", "welcome", "<said>", "\x00"])
def test_a_link_that_nobody_knows_is_like_the_start(ref: str) -> None:
    assert Customer(shop()).comes_by(ref) == [DISCLOSURE, WELCOME]


def test_a_link_that_comes_with_get_started_is_followed() -> None:
    customer = Customer(shop())
    assert "Your winter code is PINE15." in customer.meets(TapReceived(state="@start", ref="winter-promo"))
    assert customer.meets(TapReceived(state="@start", ref="gone")) == [WELCOME]


def test_a_link_to_a_web_address_is_like_the_start() -> None:
    bot = flow(state("welcome", "Hello"), entrances=Entrances(start="welcome", links={"x": "https://shop.example"}))
    assert Customer(bot).comes_by("x") == ["Hello"]
    assert Customer(bot).meets(TapReceived(state="@start", ref="x")) == ["Hello"]


def test_a_choice_is_only_shown_while_its_condition_holds() -> None:
    bot = flow(
        state(
            "welcome",
            "Hello",
            choices=(
                choice("Now", "welcome", condition=Truth(Name("open"))),
                choice("In English", "welcome", condition=Is(Name("language"), "is", Literal("en"))),
                choice("In French", "welcome", condition=Is(Name("language"), "is", Literal("fr"))),
            ),
        )
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.titles() == ["Now", "In English"]


def test_when_no_choice_is_left_the_state_goes_on() -> None:
    closed = choice("Never", "welcome", condition=Truth(Name("nothing")))
    bot = flow(state("welcome", "Hello", choices=(closed,), goto="next"), state("next", "Next"))
    assert Customer(bot).taps("Get Started") == ["Hello", "Next"]


def test_a_choice_is_waited_for_before_the_state_goes_on() -> None:
    bot = flow(state("welcome", "Hello", choices=choices(Yes="next"), goto="next"), state("next", "Next"))
    customer = Customer(bot)
    assert customer.taps("Get Started") == ["Hello"]
    assert customer.taps("Yes") == ["Next"]


def test_buttons_stay_and_are_not_waited_for() -> None:
    bot = flow(
        state("welcome", "Hello", buttons=choices(Help="help"), goto="next"), state("next", "Next"), state("help", "?")
    )
    customer = Customer(bot)
    assert customer.taps("Get Started") == ["Hello", "Next"]
    assert customer.taps("Help") == ["?"]


def test_the_title_that_was_tapped_is_what_was_said() -> None:
    bot = flow(state("welcome", "Hello", choices=choices(Red="echo")), state("echo", "You said <said>."))
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.taps("Red") == ["You said Red."]


def test_buttons_that_open_an_address_or_a_number_move_nothing() -> None:
    bot = flow(
        state(
            "welcome",
            "Hello",
            buttons=(
                choice("Shop", url=text("https://shop.example/?q=<colour>")),
                choice("Ring", phone="+33612345678"),
            ),
        )
    )
    customer = Customer(bot, given={"colour": "red & blue"})
    customer.taps("Get Started")
    assert customer.option("Shop").url == "https://shop.example/?q=red%20%26%20blue"
    assert customer.option("Ring").phone == "+33612345678"
    assert customer.taps_old("welcome", "Shop") == ["Shop: https://shop.example/?q=red%20%26%20blue"]
    assert customer.state == "welcome"
    assert customer.types("shop") == ["Shop: https://shop.example/?q=red%20%26%20blue"]
    assert customer.types("2") == ["Ring: +33612345678"]


def test_an_old_tap_on_a_button_that_opens_an_address_by_now_tells_it() -> None:
    customer = Customer(flow(state("welcome", "Hi!", buttons=(choice("See", "welcome"),))))
    customer.taps("Get Started")
    now = state("welcome", "Hi!", buttons=(choice("See", url=text("https://shop.example")),))
    customer.meets_new_flow(states={"welcome": now})
    assert customer.taps_old("welcome", "See") == ["See: https://shop.example"]
