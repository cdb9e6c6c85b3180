"""Customers who write without end, and machines that answer each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.engine.words import SENTENCES
from app.store.inbox import WaitingEvent
from app.worker.flood import SAME_MAX
from app.worker.handle import Hands, handle
from app.worker.handled import Handled, Manners
from tests.store.kit import NOW
from tests.worker.channel import Outside
from tests.worker.clock import GivenClock
from tests.worker.flows import small_bot
from tests.worker.kit import SECRET
from tests.worker.test_handle import claim, said, texts

TOLD = SENTENCES["en"]["slowly"]
SECOND = timedelta(seconds=1)


@pytest.fixture
def hands(clock: GivenClock) -> Hands:
    bot = small_bot()
    return Hands(lambda _: bot, SECRET, Outside(clock), manners=Manners(a_minute=3))


async def one_after_the_other(hands: Hands, events: Sequence[WaitingEvent], answered_by: str = "bot") -> list[Handled]:
    """Each in a turn of its own, with the session that the one before left."""
    found: list[Handled] = []
    for event in events:
        before = found[-1].stored_session if found else None
        who = found[-1].session.answered_by if found else answered_by
        found.append(await handle(hands, claim(event, session=before, answered_by=who), event.happened_at))
    return found


def at_once(count: int, since: datetime = NOW) -> list[WaitingEvent]:
    return [said(f"message {number}", number, since + number * SECOND) for number in range(count)]


async def test_who_writes_without_end_is_told_once_and_then_only_written_down(hands: Hands) -> None:
    found = await one_after_the_other(hands, at_once(6))
    assert [TOLD in texts(each) for each in found] == [False, False, False, True, False, False]
    assert [len(texts(each)) > 0 for each in found] == [True, True, True, True, False, False]
    assert [each.said[0].text for each in found] == [f"message {number}" for number in range(6)]
    assert [each.finished[0][1:] for each in found[3:]] == [("ignored", "too many messages in a minute")] * 3


async def test_a_minute_later_the_bot_reads_on(hands: Hands) -> None:
    found = await one_after_the_other(hands, [*at_once(5), *at_once(1, NOW + timedelta(minutes=1))])
    assert texts(found[-1]) == ["You said: message 0"]


async def test_of_what_waits_together_the_first_are_answered(hands: Hands) -> None:
    handled = await handle(hands, claim(*at_once(6)), NOW)
    assert texts(handled)[-1] == TOLD
    assert [status for _, status, _ in handled.finished] == ["done"] * 3 + ["ignored"] * 3
    assert len(handled.said) == 6


async def test_what_waited_while_we_were_down_is_no_flood(hands: Hands) -> None:
    spread = [said(f"message {number}", number, NOW + number * timedelta(minutes=1)) for number in range(6)]
    handled = await handle(hands, claim(*spread), NOW + timedelta(hours=1))
    assert TOLD not in texts(handled)
    assert {status for _, status, _ in handled.finished} == {"done"}


async def test_of_what_waits_from_two_minutes_the_first_of_each_are_answered(hands: Hands) -> None:
    handled = await handle(hands, claim(*at_once(4), said("and now", 9, NOW + timedelta(minutes=1))), NOW)
    assert [status for _, status, _ in handled.finished] == ["done"] * 3 + ["ignored", "done"]
    assert "and now" in " ".join(texts(handled))


@pytest.mark.parametrize("kind", ["CallAnswered", "WaitTimedOut", "StaffHandedBack"])
async def test_what_the_customer_did_not_do_is_never_too_much(hands: Hands, kind: str) -> None:
    bodies = {"CallAnswered": {"state": "menu", "result": "ok"}, "WaitTimedOut": {"state": "later", "name": "0"}}
    other = WaitingEvent(9, kind, bodies.get(kind, {}), NOW + 5 * SECOND, opens_window=False)
    found = await one_after_the_other(hands, [*at_once(4), other])
    assert (found[-1].finished, TOLD in texts(found[-1])) == ([(9, "done", None)], False)


async def test_with_a_person_everybody_may_write_as_they_like(hands: Hands) -> None:
    found = await one_after_the_other(hands, at_once(6), answered_by="staff")
    assert all(texts(each) == [] and each.finished[0][1] == "done" for each in found)


async def test_the_same_text_over_and_over_ends_in_the_queue_in_silence(hands: Hands) -> None:
    many = replace(hands, manners=Manners())
    echo = [said("Thanks for your message!", number, NOW + number * SECOND) for number in range(SAME_MAX + 2)]
    found = await one_after_the_other(many, echo)
    assert [bool(texts(each)) for each in found[: SAME_MAX - 1]] == [True] * (SAME_MAX - 1)
    circle = found[SAME_MAX - 1]
    assert (texts(circle), circle.session.answered_by) == ([], "waiting")
    assert circle.handoff is not None
    assert circle.handoff.reason == "The same message came over and over."


async def test_another_word_between_begins_anew(hands: Hands) -> None:
    many = replace(hands, manners=Manners())
    words = ["again"] * (SAME_MAX - 1) + ["else"] + ["again"] * (SAME_MAX - 1)
    found = await one_after_the_other(
        many, [said(each, number, NOW + number * SECOND) for number, each in enumerate(words)]
    )
    assert found[-1].session.answered_by == "bot"
