"""A handoff: who answers, what still works while the customer waits, and how the bot comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from app.engine.effects import HandOff, StartTimer, WithdrawHandOff
from app.engine.events import CallAnswered, StaffHandedBack, StaffLeft, WaitTimedOut
from app.engine.flow import Anywhere, HandOffTo, Reminder
from tests.engine.shop import shop
from tests.engine.transcript import DISCLOSURE, MORNING, Customer, choices, flow, state, text

NIGHT = datetime(2026, 12, 1, 22, 0, tzinfo=UTC)


@pytest.fixture
def waiting() -> Customer:
    customer = Customer(shop())
    customer.taps("Get Started")
    customer.taps("Talk to a person")
    return customer


def test_a_handoff_gives_the_conversation_to_its_team(waiting: Customer) -> None:
    assert waiting.texts == ["I am calling a colleague."]
    assert [each.team for each in waiting.handed_to] == ["care"]
    assert waiting.answered_by == "waiting"


@pytest.mark.parametrize(
    ("given", "note"),
    [
        ({}, ""),
        ({"budget": 60}, "60 euros"),
        ({"order_number": "10482", "budget": 60}, "Order 10482, 60 euros"),
        ({"order_number": "10482", "occasion": "Party", "budget": 60}, "Order 10482, Party, 60 euros"),
    ],
)
def test_parts_of_a_note_without_a_value_are_left_out(given: dict[str, object], note: str) -> None:
    customer = Customer(shop(), given=given)
    customer.types("human")
    assert customer.handed_to == [HandOff("care", note, "person")]


def test_out_of_hours_the_customer_goes_where_closed_says_and_nobody_is_called() -> None:
    customer = Customer(shop(), now=NIGHT)
    assert customer.types("human") == [DISCLOSURE, "Nobody is free. Where can we write to you?"]
    assert customer.handed_to == []
    assert customer.answered_by == "bot"
    assert customer.types("ana@example.com") == [
        "Thank you! We will write to ana@example.com as soon as we open, tomorrow at 09:30."
    ]


def test_a_handoff_without_closed_hands_off_at_any_hour() -> None:
    bot = flow(state("welcome", "Calling", handoff=HandOffTo("care")), hours=shop().hours)
    customer = Customer(bot, now=NIGHT)
    customer.taps("Get Started")
    assert customer.answered_by == "waiting"


def test_while_a_customer_waits_the_bot_says_nothing_to_what_he_writes(waiting: Customer) -> None:
    acts: tuple[Callable[[], list[str]], ...] = (
        lambda: waiting.types("hello?"),
        lambda: waiting.types("10482"),
        lambda: waiting.types("outfit ideas"),
        lambda: waiting.sends("image", url="https://cdn.example/1.jpg"),
        lambda: waiting.taps("Get Started"),
        lambda: waiting.taps("Outfit ideas"),
        lambda: waiting.taps_old("nowhere", "nothing"),
        lambda: waiting.comes_by("winter-promo"),
    )
    for act in acts:
        assert act() == []
        assert waiting.turn.effects == ()
        assert waiting.state == "person"


def test_a_phrase_takes_a_waiting_customer_out_of_the_queue(waiting: Customer) -> None:
    assert waiting.types("start over, please") == ["Hi! What can I do for you?"]
    assert waiting.turn.effects[0] == WithdrawHandOff()
    assert waiting.answered_by == "bot"


def test_asking_again_for_the_person_one_waits_for_changes_nothing(waiting: Customer) -> None:
    assert waiting.types("human!!") == []
    assert waiting.turn.effects == ()


def test_a_choice_of_the_handoff_itself_works_while_waiting() -> None:
    bot = flow(
        state("welcome", "Calling", handoff=HandOffTo("care"), choices=choices(Never_mind="bye")),
        state("bye", "Goodbye!", choices=choices(Never_mind="welcome")),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types("1") == []
    assert customer.taps_old("bye", "Never mind") == []
    assert customer.answered_by == "waiting"
    for act in ("tap", "type"):
        customer = Customer(bot)
        customer.taps("Get Started")
        assert (customer.taps("Never mind") if act == "tap" else customer.types("never mind")) == ["Goodbye!"]
        assert customer.answered_by == "bot"


def test_reminders_of_a_handoff_run_although_the_customer_goes_on_writing(waiting: Customer) -> None:
    waiting.waits(minutes=5)
    waiting.types("my parcel is broken")
    assert waiting.waits(minutes=6) == ["We are a little busy."]
    assert waiting.answered_by == "waiting"


def test_a_reminder_that_leads_away_takes_the_customer_out_of_the_queue(waiting: Customer) -> None:
    assert waiting.waits(hours=3)[-1] == "Nobody is free. Where can we write to you?"
    assert WithdrawHandOff() in waiting.turn.effects
    assert waiting.answered_by == "bot"


def test_while_staff_answer_the_bot_is_silent(waiting: Customer) -> None:
    waiting.staff_come()
    acts: tuple[Callable[[], list[str]], ...] = (
        lambda: waiting.types("menu"),
        lambda: waiting.types("are you a bot?"),
        lambda: waiting.sends("audio"),
        lambda: waiting.taps("Get Started"),
        lambda: waiting.comes_by("winter-promo"),
        lambda: waiting.meets(WaitTimedOut("person", "0")),
        lambda: waiting.meets(CallAnswered("person", "ok")),
    )
    for act in acts:
        assert act() == []
        assert waiting.turn.effects == ()
        assert waiting.answered_by == "staff"


def test_what_a_customer_writes_to_staff_counts_as_life(waiting: Customer) -> None:
    waiting.staff_come()
    waiting.waits(hours=20)
    waiting.types("thank you")
    assert waiting.session.last_at == MORNING + timedelta(hours=20)


def test_when_staff_hand_back_the_bot_says_what_it_is_and_goes_on(waiting: Customer) -> None:
    waiting.staff_come()
    waiting.waits(hours=30)
    assert waiting.staff_end() == [DISCLOSURE, "How did we do?"]
    assert waiting.answered_by == "bot"
    assert waiting.types("great") == ["Goodbye from Harbour & Pine!"]


def test_staff_can_hand_back_to_a_state_of_their_choice(waiting: Customer) -> None:
    waiting.staff_come()
    assert waiting.staff_end("promo")[:2] == [DISCLOSURE, "Your winter code is PINE15."]


def test_a_state_that_does_not_exist_is_handed_back_to_where_the_flow_says(waiting: Customer) -> None:
    waiting.staff_come()
    assert waiting.staff_end("gone") == [DISCLOSURE, "How did we do?"]


def test_handing_back_a_customer_who_still_waits_stops_the_reminders(waiting: Customer) -> None:
    waiting.staff_end()
    assert waiting.timers == {}
    assert waiting.session.timers == ()


def test_a_handoff_that_leads_nowhere_ends_the_session_when_staff_hand_back() -> None:
    customer = Customer(flow(state("welcome", "Calling", handoff=HandOffTo("care"))))
    customer.taps("Get Started")
    customer.staff_come()
    assert customer.staff_end() == []
    assert (customer.state, customer.answered_by) == ("", "bot")


def test_staff_who_came_by_themselves_leave_the_open_question_open() -> None:
    customer = Customer(shop())
    customer.taps_old("welcome", "Outfit ideas")
    customer.staff_come()
    customer.types("what is this?")
    assert customer.staff_end() == [DISCLOSURE, "Are we dressing you or somebody else?"]


def test_handing_back_twice_says_nothing_twice(waiting: Customer) -> None:
    waiting.staff_end()
    assert waiting.meets(StaffHandedBack()) == []


def test_a_handoff_is_no_place_to_come_back_to(waiting: Customer) -> None:
    waiting.staff_end()
    assert waiting.session.back == ("welcome",)


def test_one_handoff_can_lead_to_another() -> None:
    bot = flow(
        state(
            "welcome", "Calling", handoff=HandOffTo("care"), remind=(Reminder("0", timedelta(hours=1), goto="other"),)
        ),
        state("other", "Calling others", handoff=HandOffTo("style")),
        anywhere=(Anywhere("other", hear=("stylist",)),),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.types("a stylist") == ["Calling others"]
    assert customer.turn.effects.index(WithdrawHandOff()) < customer.turn.effects.index(HandOff("style", "", "other"))
    assert [each.team for each in customer.handed_to] == ["style"]
    assert customer.answered_by == "waiting"


def test_a_customer_who_said_stop_is_still_reminded_of_his_own_handoff() -> None:
    customer = Customer(shop())
    customer.types("stop")
    customer.types("human")
    assert [each.name for each in customer.turn.effects if isinstance(each, StartTimer)] == ["0", "1"]


def test_the_text_of_a_handoff_names_who_comes() -> None:
    bot = flow(state("welcome", "Hi <first_name>", handoff=HandOffTo("care", text("From <first_name>, <colour>"))))
    customer = Customer(bot, given={"first_name": "Ana"})
    assert customer.taps("Get Started") == ["Hi Ana"]
    assert customer.handed_to[0].note == "From Ana"


# ---- staff who leave ---------------------------------------------------------------------------------------


def test_when_staff_leave_the_customer_waits_again_and_the_reminders_begin_anew(waiting: Customer) -> None:
    waiting.staff_come()
    assert waiting.meets(StaffLeft()) == []
    assert waiting.answered_by == "waiting"
    reminders = [each for each in waiting.turn.effects if isinstance(each, StartTimer)]
    assert [(each.state, each.name) for each in reminders] == [("person", "0"), ("person", "1")]


def test_staff_who_left_what_the_bot_has_change_nothing() -> None:
    customer = Customer(shop())
    customer.taps("Get Started")
    assert customer.meets(StaffLeft()) == []
    assert customer.answered_by == "bot"


def test_staff_who_are_done_end_the_session_without_a_word(waiting: Customer) -> None:
    waiting.staff_come()
    assert waiting.meets(StaffHandedBack("end")) == []
    assert (waiting.answered_by, waiting.session.state) == ("bot", "")
