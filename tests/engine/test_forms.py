"""`ask`: questions, their answers, and what a form does with what it knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.engine.effects import SendMessage, message_from_dict, message_to_dict
from app.engine.flow import Compare, HandOffTo, Literal, Name, Question, Rule, State, Text
from app.engine.words import SENTENCES
from tests.engine.shop import shop
from tests.engine.transcript import MORNING, Customer, choice, choices, flow, question, slot, state, text


def form(kind: str, *titles: str, **options: Any) -> Customer:
    bot = flow(
        state("welcome", ask=(question("it", "What is it?", *titles),), goto="done"),
        state("done", "It is <it>."),
        slots=(slot("it", kind, **options),),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    return customer


def test_known_answers_are_skipped() -> None:
    customer = Customer(shop(), given={"for_whom": "A gift", "budget": 50})
    assert customer.taps_old("welcome", "Outfit ideas")[-1] == "What is the occasion?"
    assert customer.types("work") == ["Here is what I would choose for Work."]


def test_a_form_that_knows_everything_goes_on_at_once() -> None:
    customer = Customer(shop(), given={"for_whom": "A gift", "budget": 50, "occasion": "Work"})
    assert customer.taps_old("welcome", "Outfit ideas")[-1] == "Here is what I would choose for Work."


def test_a_form_says_its_text_before_its_first_question() -> None:
    bot = flow(state("welcome", "Let us begin.", ask=(question("it", "What is it?"),)), slots=(slot("it"),))
    assert Customer(bot).taps("Get Started") == ["Let us begin.", "What is it?"]


@pytest.mark.parametrize(("kind", "offers"), [("phone", "phone"), ("email", "email"), ("text", ""), ("number", "")])
def test_a_question_for_a_number_or_an_address_may_offer_the_customers_own(kind: str, offers: str) -> None:
    turn = form(kind).turn
    [asked] = [each.message for each in turn.effects if isinstance(each, SendMessage)][-1:]
    assert (asked.offers, message_from_dict(message_to_dict(asked))) == (offers, asked)


def test_a_yes_no_question_shows_yes_and_no_in_the_customers_language() -> None:
    bot = flow(
        state("welcome", ask=(Question("it", text("Now?", fr="Maintenant ?")),)),
        slots=(slot("it", "yes_no"),),
        languages=("fr", "en"),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.titles() == ["Oui", "Non"]
    customer.taps("Non")
    assert customer.slots["it"] is False


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("text", "  anything\x00 at all ", "anything at all"),
        ("number", "about 60", 60),
        ("number", "1 299,50", 1299.5),
        ("yes_no", "yes please", True),
        ("yes_no", "nein danke", False),
        ("email", "it is ana@example.com.", "ana@example.com"),
        ("phone", "+33 6 12 34 56 78", "+33612345678"),
        ("date", "tomorrow", "2026-12-02"),
        ("place", "12 Harbour Street", "12 Harbour Street"),
    ],
)
def test_every_kind_of_slot_reads_what_people_type(kind: str, written: str, value: object) -> None:
    customer = form(kind)
    customer.types(written)
    assert customer.slots["it"] == value
    assert customer.state == "done"


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("number", "many"), ("yes_no", "perhaps"), ("email", "ana at example"), ("phone", "ring me"),
        ("date", "some day"), ("photo", "I have no photo"), ("text", "\u202e\u200d\x00"),
    ],
)  # fmt: skip
def test_what_a_slot_cannot_be_is_asked_again(kind: str, written: str) -> None:
    customer = form(kind)
    assert customer.types(written)[-1] == "What is it?"
    assert "it" not in customer.slots


def test_a_photo_answers_a_question_for_a_photo() -> None:
    customer = form("photo")
    customer.sends("image", url="https://cdn.example/1.jpg")
    assert customer.slots["it"] == "https://cdn.example/1.jpg"


def test_a_place_answers_a_question_for_a_place() -> None:
    customer = form("place")
    assert customer.sends("place", title="Pier 4", latitude=43.3, longitude=5.4) == ["It is Pier 4."]
    assert customer.slots["it"] == {"title": "Pier 4", "latitude": 43.3, "longitude": 5.4}


@pytest.mark.parametrize("latitude", [float("nan"), float("inf"), 91.0, None])
def test_a_place_that_is_not_on_earth_is_no_answer(latitude: float | None) -> None:
    customer = form("place")
    customer.sends("place", latitude=latitude, longitude=5.4)
    assert "it" not in customer.slots


def test_a_photo_that_is_no_web_address_is_no_answer() -> None:
    customer = form("photo")
    customer.sends("image", url="javascript:alert(1)")
    assert "it" not in customer.slots


def test_a_caption_answers_the_question_when_the_picture_does_not() -> None:
    customer = form("number")
    customer.sends("image", "60", url="https://cdn.example/1.jpg")
    assert customer.slots["it"] == 60


@pytest.mark.parametrize("written", ["9", "2001", "-60"])
def test_a_number_outside_its_limits_is_no_answer(written: str) -> None:
    customer = form("number", minimum=10, maximum=2000, hint="10 to 2000")
    assert customer.types(written) == ["10 to 2000"]


def test_a_date_outside_its_limits_is_no_answer() -> None:
    customer = form("date", minimum="2026-12-05", hint="From 5 December.")
    assert customer.types("4 December") == ["From 5 December."]
    assert customer.types("5 December") == ["It is 5 December 2026."]


def test_a_choice_is_typed_in_any_language_and_kept_in_the_first() -> None:
    customer = form(
        "choice",
        values=("Work", "Party"),
        titles={"Party": text("Party", fr="Fête"), "Work": text("Work", fr="Travail")},
    )
    customer.types("fete")
    assert customer.slots["it"] == "Party"


def test_a_shortcut_is_read_like_a_typed_answer() -> None:
    customer = form("number", "About 30", "About 60")
    customer.taps("About 60")
    assert customer.slots["it"] == 60


def test_the_shortcut_of_a_text_question_is_kept_in_the_first_language() -> None:
    bot = flow(
        state(
            "welcome", ask=(Question("it", text("What?"), (choice("Red", text=text("Red", fr="Rouge")),)),), goto="done"
        ),
        state("done", "<it>"),
        slots=(slot("it"),),
        languages=("en", "fr"),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types("rouge") == ["Red"]


def test_an_answer_goes_to_its_own_question_when_the_owner_puts_another_before_it() -> None:
    email, name = question("email", "Your address?"), question("name", "Your name?")
    customer = Customer(flow(state("welcome", ask=(email,)), slots=(slot("email", "email"), slot("name"))))
    customer.taps("Get Started")
    customer.meets_new_flow(states={"welcome": state("welcome", ask=(name, email))})
    assert customer.types("ana@example.com") == ["Your name?"]
    assert customer.slots == {"email": "ana@example.com"}


def test_a_tap_on_an_earlier_question_changes_its_answer_and_asks_the_open_one_again() -> None:
    customer = Customer(shop())
    customer.taps_old("welcome", "Outfit ideas")
    customer.taps("A gift")
    assert customer.taps("For me") == ["What is the occasion?"]
    assert customer.slots["for_whom"] == "For me"


def test_a_tap_on_a_question_of_an_old_form_takes_the_customer_there_again() -> None:
    customer = Customer(shop())
    customer.taps_old("welcome", "Outfit ideas")
    customer.types("menu")
    assert customer.taps("A gift") == ["What is the occasion?"]
    assert (customer.state, customer.session.asking) == ("outfits", "occasion")


def test_the_same_title_in_two_questions_answers_the_open_one() -> None:
    bot = flow(
        state("welcome", ask=(question("first", "One?"), question("second", "Two?")), goto="done"),
        state("done", "Done."),
        slots=(slot("first", "yes_no"), slot("second", "yes_no")),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    customer.taps("Yes")
    assert customer.taps("No") == ["Done."]
    assert customer.slots == {"first": True, "second": False}


def test_a_form_without_a_way_on_shows_its_choices_when_it_is_done() -> None:
    bot = flow(
        state("welcome", ask=(question("it", "What is it?"),), choices=choices(Again="welcome")), slots=(slot("it"),)
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types("a box") == ["What would you like to do?"]
    assert customer.titles() == ["Again"]


def test_set_and_forget_come_before_everything_else() -> None:
    bot = flow(
        state("welcome", "In <colour>, not <size>.", set={"colour": "blue"}, forget=("size",), goto="next"),
        state("next", "<size>", ask=(question("size", "Which size?"),)),
        slots=(slot("colour"), slot("size")),
    )
    assert Customer(bot, given={"size": "L"}).taps("Get Started") == ["In blue, not L.", "Which size?"]


def test_a_value_is_forgotten_when_its_time_is_over() -> None:
    customer = form("email", keep=timedelta(days=30))
    customer.types("ana@example.com")
    assert customer.session.slots_until == {"it": MORNING + timedelta(days=30)}
    customer.waits(days=29)
    customer.types("hello")
    assert "it" in customer.slots
    customer.waits(days=1)
    customer.types("hello")
    assert "it" not in customer.slots
    assert customer.session.slots_until == {}


def test_conditions_choose_the_way_on() -> None:
    rich = Compare(Name("it"), ">=", Literal(100))
    bot = flow(
        state("welcome", ask=(question("it", "How much?"),), rules=(Rule("rich", rich), Rule("poor"))),
        state("rich", "Rich"),
        state("poor", "Poor"),
        slots=(slot("it", "number"),),
    )
    for written, said in (("100", "Rich"), ("99,99", "Poor")):
        customer = Customer(bot)
        customer.taps("Get Started")
        assert customer.types(written) == [said]


def test_a_value_saved_anew_follows_the_present_rule_for_keeping() -> None:
    customer = form("email", keep=timedelta(days=30))
    customer.types("ana@example.com")
    customer.meets_new_flow(slots={"it": slot("it", "email")})
    customer.stored["asking"], customer.stored["state"] = "it", "welcome"
    customer.types("ana@example.org")
    assert customer.slots == {"it": "ana@example.org"}
    assert customer.session.slots_until == {}


@pytest.mark.parametrize("kind", ["number", "yes_no"])
def test_a_no_to_the_offer_of_a_person_goes_on_with_the_question(kind: str) -> None:
    ana = Customer(
        flow(
            state("welcome", ask=(question("size", "Which?"),), goto="done"),
            state("done", "Done."),
            state("person", handoff=HandOffTo("care")),
            slots=(slot("size", kind),),
        )
    )
    ana.taps("Get Started")
    for _ in range(3):
        ana.types("xqzt")
    assert ana.types("no") == [SENTENCES["en"]["all_right"], "Which?"]
    assert ana.turn.session.failures == 0
    assert ana.turn.session.slots == {}


# ---- days that could be two --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "titles"),
    [
        ("12/3", ["3 December 2026", "12 March 2027"]),
        ("next friday", ["4 December 2026", "11 December 2026"]),
        ("on next Tuesday.", ["8 December 2026", "15 December 2026"]),
    ],
)
def test_a_day_that_could_be_two_is_asked_about(written: str, titles: list[str]) -> None:
    customer = form("date")
    assert customer.types(written) == ["Which day do you mean?"]
    assert customer.titles() == titles
    assert customer.taps(titles[1]) == [f"It is {titles[1]}."]


def test_the_day_that_was_meant_can_be_typed() -> None:
    customer = form("date")
    customer.types("12/3")
    assert customer.types("12 march") == ["It is 12 March 2027."]


def test_one_of_two_days_can_be_typed_by_its_number_while_they_are_on_the_screen() -> None:
    customer = form("date")
    customer.types("12/3")
    assert customer.types("2") == ["It is 12 March 2027."]
    customer = form("date")
    customer.types("12/3")
    customer.types("hm")
    assert customer.types("2")[-1] == "What is it?"


def test_a_day_that_the_slot_refuses_is_not_offered() -> None:
    customer = form("date", maximum="2026-12-31")
    assert customer.types("12/3") == ["It is 3 December 2026."]


def test_a_tap_on_a_day_whose_question_is_gone_gets_a_way_back() -> None:
    customer = form("date")
    customer.types("12/3")
    customer.types("5 december")
    assert customer.taps_old("welcome", "@day/2027-03-12") == [SENTENCES["en"]["unknown_tap"]]


def test_next_friday_in_french_is_asked_about_too() -> None:
    bot = flow(
        state("welcome", ask=(question("it", "Quand ?"),), goto="done"), state("done", "C'est le <it>."),
        slots=(slot("it", "date"),), languages=("fr",),
    )  # fmt: skip
    customer = Customer(replace(bot, states={
        name: replace(each, say=tuple(Text({"fr": text.by_language["en"]}) for text in each.say if isinstance(text, Text)),
                      ask=tuple(replace(asked, say=Text({"fr": asked.say.by_language["en"]})) for asked in each.ask))
        for name, each in bot.states.items()
    }))  # fmt: skip
    customer.taps("Get Started")
    customer.types("vendredi prochain")
    assert customer.titles() == ["4 décembre 2026", "11 décembre 2026"]


def test_a_day_too_long_for_a_title_is_offered_without_its_year() -> None:
    spanish = {"es": ("¿Cuándo?",)}
    bot = flow(
        State("welcome", ask=(Question("it", Text(spanish)),)), slots=(slot("it", "date"),), languages=("es",)
    )  # fmt: skip
    customer = Customer(bot, now=MORNING + timedelta(days=280))
    customer.taps("Get Started")
    customer.types("próximo viernes")
    assert customer.titles() == ["10 de septiembre", "17 de septiembre"]
