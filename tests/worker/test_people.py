"""People who answer in the channel's own inbox: the bot is silent while they do, and for how long after."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.engine.effects import message_from_dict
from app.engine.events import PERSON
from app.engine.session import to_dict
from app.store import conversations
from app.store.inbox import WaitingEvent
from app.worker.handle import Hands, handle
from app.worker.handled import Handled, Manners
from tests.store.kit import NOW, PAGE, event, message
from tests.worker.channel import Outside
from tests.worker.clock import GivenClock
from tests.worker.database import Troubled
from tests.worker.flows import small_bot
from tests.worker.kit import SECRET, Crew, acquaint, add, lines, pass_time, queue, running, written
from tests.worker.test_handle import claim, fact, said, texts

DAY = timedelta(days=1)
LATER = NOW + timedelta(hours=5)


@pytest.fixture
def hands(clock: GivenClock) -> Hands:
    bot = small_bot()
    return Hands(lambda _: bot, SECRET, Outside(clock), manners=Manners(DAY))


def fell_silent(since: datetime, number: int = 20) -> WaitingEvent:
    body = {"state": PERSON, "name": since.isoformat()}
    return WaitingEvent(number, "WaitTimedOut", body, since + DAY, opens_window=False)


def stored(handled: Handled) -> dict[str, object]:
    return {"last_at": handled.session.last_at.isoformat()} if handled.session.last_at else {}


@pytest.mark.parametrize("kind", ["person_replied", "person_took_over", "standby"])
async def test_whoever_answers_elsewhere_silences_the_bot_for_as_long_as_the_operator_says(
    hands: Hands, kind: str
) -> None:
    handled = await handle(hands, claim(fact(kind, at=NOW, text="I am Anna", mid="m_x")), NOW)
    assert (handled.session.answered_by, handled.epoch) == ("staff", 4)
    [timer] = handled.timers.values()
    assert (timer.state, timer.due_at) == (PERSON, NOW + DAY)


async def test_each_reply_of_a_person_begins_the_time_anew(hands: Hands) -> None:
    replies = [fact("person_replied", 1, at=NOW, mid="m_1"), fact("person_replied", 2, at=LATER, mid="m_2")]
    handled = await handle(hands, claim(*replies), LATER)
    assert [timer.due_at for timer in handled.timers.values()] == [LATER + DAY]
    assert (handled.stop_timers, handled.epoch) == (True, 4)


@pytest.mark.parametrize("kind", ["person_replied", "person_took_over", "standby"])
async def test_a_word_that_comes_late_behind_the_handing_back_silences_nobody(hands: Hands, kind: str) -> None:
    handed_back = WaitingEvent(1, "StaffHandedBack", {}, LATER, opens_window=False)
    back = await handle(hands, claim(handed_back, answered_by="staff"), LATER)
    late = fact(kind, 2, at=NOW, text="I am Anna", mid="m_1", app_id="263902037430900")
    handled = await handle(hands, claim(late, session=to_dict(back.session)), LATER)
    assert (handled.session.answered_by, handled.epoch, handled.timers) == ("bot", 3, {})
    assert [each.text for each in handled.said] == ["I am Anna"]
    again = fact(kind, 3, at=LATER + DAY, text="It is me again", app_id="263902037430900")
    handled = await handle(hands, claim(again, session=to_dict(back.session)), LATER + DAY)
    assert (handled.session.answered_by, handled.epoch) == ("staff", 4)


async def test_a_word_that_comes_late_behind_a_later_one_does_not_end_the_time_sooner(hands: Hands) -> None:
    first = await handle(hands, claim(fact("person_replied", 2, at=LATER, mid="m_2")), LATER)
    late = claim(fact("person_replied", 1, at=NOW, mid="m_1"), answered_by="staff", session=to_dict(first.session))
    handled = await handle(hands, late, LATER)
    assert (handled.session.answered_by, handled.stop_timers, handled.timers) == ("staff", False, {})


async def test_what_the_customer_does_while_they_answer_does_not(hands: Hands) -> None:
    handled = await handle(hands, claim(fact("standby", text="to the human"), answered_by="staff"), NOW)
    assert handled.timers == {}
    assert not handled.stop_timers


async def test_without_a_limit_the_bot_is_silent_until_they_hand_back(hands: Hands) -> None:
    handled = await handle(replace(hands, manners=Manners(None)), claim(fact("person_replied", mid="m")), NOW)
    assert (handled.session.answered_by, handled.timers) == ("staff", {})


async def test_after_that_time_the_bot_answers_the_next_message_and_says_nothing_before(hands: Hands) -> None:
    silent = await handle(hands, claim(fell_silent(NOW), answered_by="staff"), NOW + DAY)
    assert (silent.session.answered_by, silent.epoch, silent.messages) == ("bot", 4, [])
    then = await handle(hands, claim(said("hello", at=NOW + DAY)), NOW + DAY)
    assert texts(then)


async def test_who_wrote_meanwhile_and_waits_in_vain_is_put_into_the_queue(hands: Hands) -> None:
    wrote = await handle(hands, claim(said("are you there?", at=LATER), answered_by="staff"), LATER)
    events = (fell_silent(NOW),)
    handled = await handle(hands, claim(*events, answered_by="staff", session=stored(wrote)), NOW + DAY)
    assert (handled.session.answered_by, handled.handoff is not None) == ("waiting", True)
    assert texts(handled)


async def test_when_they_have_handed_back_already_the_time_says_nothing(hands: Hands) -> None:
    handled = await handle(hands, claim(fell_silent(NOW)), NOW + DAY)
    assert (handled.session.answered_by, handled.epoch, handled.messages) == ("bot", 3, [])


async def test_a_yes_after_another_apps_message_deletes_nothing(hands: Hands) -> None:
    asked = await handle(hands, claim(said("delete my data", 1)), NOW)
    assert asked.session.erasing
    told = await handle(hands, claim(fact("other_app_replied", 2, text="Shall we?"), session={"erasing": True}), NOW)
    assert not told.session.erasing


async def test_a_handoff_to_the_channels_inbox_follows_what_the_bot_says(hands: Hands) -> None:
    there = replace(hands, manners=Manners(DAY, hands_over=True))
    handled = await handle(there, claim(said("person")), NOW)
    assert [message_from_dict(each).hands_over for each in handled.messages] == [False] * (
        len(handled.messages) - 1
    ) + [True]
    assert len(handled.messages) > 1


async def test_who_goes_on_with_the_bot_in_the_same_breath_is_not_handed_over(hands: Hands) -> None:
    there = replace(hands, manners=Manners(DAY, hands_over=True))
    handled = await handle(there, claim(said("person", 1), said("menu", 2)), NOW)
    assert not any(message_from_dict(each).hands_over for each in handled.messages)


# ---- customers whom staff blocked -----------------------------------------------------------------------------


async def test_of_a_blocked_customer_everything_is_kept_and_nothing_answered(hands: Hands) -> None:
    handled = await handle(hands, claim(said("person", 1), fact("reaction", 2, mid="m"), is_blocked=True), NOW)
    assert (handled.messages, handled.handoff, handled.session.state) == ([], None, "")
    assert [line.text for line in handled.said] == ["person", ""]
    assert handled.finished == [(1, "ignored", "the customer is blocked"), (2, "done", None)]


async def test_who_is_blocked_is_told_nothing_any_more_and_again_after_it(both: Troubled, clock: GivenClock) -> None:
    crew = Crew(both, clock)
    await acquaint(both, "ana")
    await queue(both, message("ana", 1, "still to be said"))
    await both.inner.transaction(lambda connection: conversations.block(connection, (PAGE, "ana"), NOW))
    await add(both.inner, event("ana", "hello"))
    async with running(crew.sender.run()):
        await crew.turns.run_batch()
        await pass_time(clock, both, 1.0)
    assert crew.channel.texts() == []
    assert await lines(both, "ana") == [(1, "cancelled", 0)]
    assert await both.inner.transaction(lambda connection: conversations.unblock(connection, (PAGE, "ana")))
    await add(both.inner, event("ana", "hello again"))
    await crew.turns.run_batch()
    assert await written(both, "ana") == ["still to be said", "You said: hello again"]


# ---- the desk ----------------------------------------------------------------------------------------------


def ordered(kind: str, epoch: int | None, number: int = 30) -> WaitingEvent:
    body = {} if epoch is None else {"epoch": epoch}
    return WaitingEvent(number, kind, body, NOW, opens_window=False)


@pytest.mark.parametrize("kind", ["StaffHandedBack", "StaffLeft"])
async def test_what_staff_gave_away_after_a_colleague_took_it_stays_with_the_colleague(hands: Hands, kind: str) -> None:
    handled = await handle(hands, claim(ordered(kind, epoch=2), answered_by="staff"), NOW)
    assert (handled.session.answered_by, handled.epoch) == ("staff", 3)
    assert handled.finished == [(30, "ignored", "somebody else had the conversation by then")]


async def test_staff_who_leave_put_the_customer_back_into_the_queue(hands: Hands) -> None:
    handled = await handle(hands, claim(ordered("StaffLeft", epoch=3), answered_by="staff"), NOW)
    assert (handled.session.answered_by, handled.epoch, handled.came_back) == ("waiting", 4, True)


async def test_a_reply_elsewhere_starts_no_silence_where_somebody_at_the_desk_has_the_customer(hands: Hands) -> None:
    taken = replace(claim(fact("person_replied", at=NOW, mid="m_1"), answered_by="staff"), staff_id="anna")
    assert (await handle(hands, taken, NOW)).timers == {}
