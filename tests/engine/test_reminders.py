"""Reminders: when they run, when they stop, and when they are not sent at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.engine.effects import StartTimer, StopTimers
from app.engine.events import WaitTimedOut
from app.engine.flow import Flow, Reminder
from tests.engine.shop import shop
from tests.engine.transcript import MORNING, Customer, choices, flow, question, slot, state, text


def reminding(after: timedelta, **more: Any) -> Flow:
    reminder = Reminder("0", after, say=(text("Still there?"),))
    return flow(state("welcome", "Hello", remind=(reminder,)), state("bye", "Goodbye!"), **more)


def due(customer: Customer) -> list[datetime]:
    return [each.due_at for each in customer.turn.effects if isinstance(each, StartTimer)]


def test_a_reminder_is_said_when_the_customer_is_silent() -> None:
    customer = Customer(reminding(timedelta(hours=4)))
    customer.taps("Get Started")
    assert due(customer) == [MORNING + timedelta(hours=4)]
    assert customer.waits(hours=3, minutes=59) == []
    assert customer.waits(minutes=1) == ["Still there?"]
    assert customer.session.last_at == MORNING


def test_a_reminder_is_cancelled_when_the_customer_writes() -> None:
    customer = Customer(reminding(timedelta(hours=4)))
    customer.taps("Get Started")
    customer.types("hm")
    assert StopTimers() in customer.turn.effects
    assert customer.meets(WaitTimedOut("welcome", "0")) == []
    assert customer.waits(hours=5) == []


def test_a_timer_of_a_state_that_was_left_is_ignored() -> None:
    customer = Customer(reminding(timedelta(hours=4)))
    customer.taps("Get Started")
    assert customer.meets(WaitTimedOut("bye", "0")) == []
    assert customer.why == ("a timer that nobody waits for",)


def test_a_timer_of_an_earlier_visit_is_ignored() -> None:
    customer = Customer(reminding(timedelta(hours=4)))
    customer.taps("Get Started")
    customer.waits(hours=3)
    customer.taps("Get Started")
    assert customer.meets(WaitTimedOut("welcome", "0")) == []
    assert customer.waits(hours=4) == ["Still there?"]


def test_a_timer_that_comes_twice_is_said_once() -> None:
    customer = Customer(reminding(timedelta(hours=4)))
    customer.taps("Get Started")
    customer.waits(hours=4)
    assert customer.meets(WaitTimedOut("welcome", "0")) == []


def test_a_timer_of_a_renamed_state_still_runs() -> None:
    customer = Customer(reminding(timedelta(hours=4)))
    customer.taps("Get Started")
    renamed = state("hello", "Hello", remind=customer.bot.states["welcome"].remind)
    customer.meets_new_flow(states={"hello": renamed}, moved={"welcome": "hello"})
    assert customer.waits(hours=4) == ["Still there?"]


def test_the_choices_of_a_reminder_can_be_tapped_and_typed() -> None:
    for title in ("Yes please", "No thanks"):
        for act in ("taps", "types"):
            customer = Customer(shop(), given={"for_whom": "A gift", "budget": 50, "occasion": "Work"})
            customer.taps_old("welcome", "Outfit ideas")
            assert customer.waits(hours=4) == ["Shall I show you a few more looks?"]
            assert customer.titles() == ["Yes please", "No thanks"]
            getattr(customer, act)(title)
            assert customer.state == {"Yes please": "looks", "No thanks": "bye"}[title]


def test_a_reminder_can_lead_somewhere() -> None:
    bot = flow(state("welcome", "Hello", remind=(Reminder("0", timedelta(hours=1), goto="bye"),)), state("bye", "Bye!"))
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.waits(hours=1) == ["Bye!"]
    assert customer.state == "bye"


def test_only_the_state_in_which_the_customer_waits_reminds() -> None:
    remind = (Reminder("0", timedelta(hours=1), say=(text("?"),)),)
    bot = flow(state("welcome", "Hello", goto="next", remind=remind), state("next", "Next"))
    customer = Customer(bot)
    customer.taps("Get Started")
    assert customer.timers == {}


def test_a_question_that_is_asked_again_reminds_again() -> None:
    remind = (Reminder("0", timedelta(hours=1), say=(text("Your number?"),)),)
    bot = flow(
        state("welcome", ask=(question("it", "How many?"),), remind=remind),
        slots=(slot("it", "number", hint="A number."),),
    )
    customer = Customer(bot)
    customer.taps("Get Started")
    customer.waits(minutes=30)
    customer.types("many")
    assert customer.waits(minutes=59) == []
    assert customer.waits(minutes=1) == ["Your number?"]


@pytest.mark.parametrize(
    ("hour", "after", "expected"),
    [
        (16, timedelta(hours=4), datetime(2026, 12, 2, 7, 0, tzinfo=UTC)),
        (22, timedelta(hours=4), datetime(2026, 12, 2, 7, 0, tzinfo=UTC)),
        (14, timedelta(hours=4), datetime(2026, 12, 1, 18, 0, tzinfo=UTC)),
        (22, timedelta(minutes=30), datetime(2026, 12, 1, 22, 30, tzinfo=UTC)),
    ],
)
def test_a_reminder_waits_for_the_morning(hour: int, after: timedelta, expected: datetime) -> None:
    customer = Customer(reminding(after), now=datetime(2026, 12, 1, hour, 0, tzinfo=UTC))
    customer.taps("Get Started")
    assert due(customer) == [expected]


def test_a_reminder_that_would_come_after_the_window_is_not_started() -> None:
    customer = Customer(reminding(timedelta(hours=23)), now=datetime(2026, 12, 1, 21, 0, tzinfo=UTC))
    customer.taps("Get Started")
    assert due(customer) == []


def test_stop_ends_reminders_and_is_confirmed_once() -> None:
    customer = Customer(reminding(timedelta(hours=4)))
    customer.taps("Get Started")
    assert customer.types("STOP") == ['Done. You will get no more follow-ups from us. Write "start" to get them again.']
    assert customer.session.opted_out
    assert customer.types("stop") == []
    customer.taps("Get Started")
    assert due(customer) == []


def test_start_allows_reminders_again() -> None:
    customer = Customer(reminding(timedelta(hours=4)))
    customer.types("stop")
    assert customer.types("Start") == ["Welcome back. You will get follow-ups again."]
    assert not customer.session.opted_out
    customer.taps("Get Started")
    assert len(due(customer)) == 1


@pytest.mark.parametrize("written", ["stop", "Unsubscribe.", "ARRÊT", "désabonner", "abmelden", "baja"])
def test_stop_works_in_every_language_and_every_state(written: str) -> None:
    for place in ("question", "waiting", "staff", "new"):
        customer = Customer(shop())
        if place == "question":
            customer.taps_old("welcome", "Outfit ideas")
        if place in ("waiting", "staff"):
            customer.types("human")
        if place == "staff":
            customer.staff_come()
        customer.types(written)
        assert customer.session.opted_out, place
        assert len(customer.texts) == {"staff": 0, "new": 2}.get(place, 1)


def test_stop_in_a_sentence_stops_nothing() -> None:
    customer = Customer(shop())
    customer.types("I cannot stop buying shoes")
    assert not customer.session.opted_out


def test_start_without_a_stop_begins_at_the_start() -> None:
    assert Customer(reminding(timedelta(hours=4))).types("start") == ["Hello"]


def test_a_stop_keeps_the_open_question_open() -> None:
    customer = Customer(shop())
    customer.taps_old("welcome", "Outfit ideas")
    customer.types("stop")
    assert customer.types("a gift") == ["What is the occasion?"]


def test_choices_of_a_reminder_of_another_state_are_not_read() -> None:
    remind = (Reminder("0", timedelta(hours=1), say=(text("?"),), choices=choices(Later="bye")),)
    bot = flow(
        state("welcome", "Hello", remind=remind), state("bye", "Bye!"), state("lost", "Pardon?"), otherwise="lost"
    )
    customer = Customer(bot)
    assert customer.types("later") == ["Pardon?"]


def test_a_reminder_that_leads_away_stops_the_later_ones() -> None:
    reminders = (Reminder("0", timedelta(hours=1), goto="bye"), Reminder("1", timedelta(hours=2), say=(text("?"),)))
    customer = Customer(flow(state("welcome", "Hello", remind=reminders), state("bye", "Bye!")))
    customer.taps("Get Started")
    assert customer.waits(hours=3) == ["Bye!"]
    assert customer.session.timers == ()


def test_a_question_that_staff_leave_open_reminds_once() -> None:
    remind = (Reminder("0", timedelta(hours=1), say=(text("Your number?"),)),)
    bot = flow(state("welcome", ask=(question("it", "How many?"),), remind=remind), slots=(slot("it", "number"),))
    customer = Customer(bot)
    customer.taps("Get Started")
    customer.staff_come()
    customer.waits(minutes=30)
    customer.staff_end()
    assert len(customer.session.timers) == len(customer.timers) == 1
    assert customer.waits(minutes=59) == []
    assert customer.waits(minutes=1) == ["Your number?"]


def test_a_stop_is_an_understood_message() -> None:
    customer = Customer(shop())
    for words in ("asdf", "qwer", "stop"):
        customer.types(words)
    assert customer.types("asdf") == ["I did not understand that."]
