"""Handling: what one customer's events become, before anything is written."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.engine.effects import Search
from app.engine.flow import Anywhere, Flow
from app.engine.words import SENTENCES
from app.errors import EngineError
from app.store.claims import Claim
from app.store.inbox import WaitingEvent
from app.worker.handle import TURN_SECONDS_MAX, Hands, handle, no_search, set_aside
from app.worker.handled import Handled, Manners
from tests.store.kit import NOW, PAGE
from tests.worker.channel import Outside
from tests.worker.clock import GivenClock
from tests.worker.flows import small_bot
from tests.worker.kit import SECRET

BOT = small_bot()
LATER = NOW + timedelta(hours=1)


def said(text: str, number: int = 1, at: datetime = NOW, *, opens: bool = True) -> WaitingEvent:
    return WaitingEvent(number, "TextReceived", {"text": text, "mid": f"m_{number}"}, at, opens)


def fact(kind: str, number: int = 9, at: datetime = NOW, **values: Any) -> WaitingEvent:
    return WaitingEvent(number, f"fact:{kind}", values, at, opens_window=False)


def claim(*events: WaitingEvent, customer_id: str = "ana", **values: Any) -> Claim:
    given: dict[str, Any] = {
        "fence": 1, "epoch": 3, "answered_by": "bot", "next_seq": 5, "tries": 0, "last_customer_at": None, "session": None, **values,
    }  # fmt: skip
    return Claim(PAGE, customer_id, events=events, **given)


@pytest.fixture
def hands(clock: GivenClock) -> Hands:
    return Hands(lambda _: BOT, SECRET, Outside(clock))


def texts(handled: Handled) -> list[str]:
    return [str(each["text"]) for each in handled.messages]


async def test_what_was_written_one_after_the_other_is_one_turn(hands: Hands) -> None:
    handled = await handle(hands, claim(said("one", 1), said("two", 2)), NOW)
    assert texts(handled) == ["You said: one", "two"]  # the channel of these tests cuts at a new line
    assert [line.text for line in handled.said] == ["one", "two"]
    assert [(event, status) for event, status, _ in handled.finished] == [(1, "done"), (2, "done")]


async def test_events_of_other_kinds_are_taken_in_their_order(hands: Hands) -> None:
    handled = await handle(hands, claim(said("one", 1), fact("reaction", 2, mid="m"), said("two", 3)), NOW)
    assert texts(handled) == ["You said: one", "You said: two"]
    assert [event for event, _, _ in handled.finished] == [1, 2, 3]


async def test_what_the_customer_did_opens_the_window(hands: Hands) -> None:
    handled = await handle(hands, claim(said("hi", at=NOW - timedelta(minutes=5))), NOW)
    assert handled.last_customer_at == NOW - timedelta(minutes=5)


async def test_a_time_ahead_of_ours_opens_nothing_beyond_now(hands: Hands) -> None:
    assert (await handle(hands, claim(said("hi", at=LATER)), NOW)).last_customer_at == NOW


async def test_an_older_event_never_shortens_the_window(hands: Hands) -> None:
    late = said("hi", at=NOW - timedelta(hours=30))
    assert (await handle(hands, claim(late, last_customer_at=NOW), NOW)).last_customer_at == NOW


async def test_what_is_not_the_customer_s_doing_opens_nothing(hands: Hands) -> None:
    handled = await handle(hands, claim(said("hi", opens=False), fact("reaction")), NOW)
    assert handled.last_customer_at is None


@pytest.mark.parametrize("kind", ["person_replied", "person_took_over"])
async def test_a_person_who_came_after_a_message_silences_the_bot_before_it(hands: Hands, kind: str) -> None:
    handled = await handle(hands, claim(said("hi", 1), fact(kind, 2, text="Anna here", mid="m_p")), NOW)
    assert handled.messages == []
    assert (handled.session.answered_by, handled.epoch) == ("staff", 4)
    assert handled.stop_timers
    assert handled.someone_else_answers


async def test_a_person_who_answers_once_more_begins_no_new_epoch(hands: Hands) -> None:
    handled = await handle(hands, claim(fact("person_replied", text="And"), answered_by="staff"), NOW)
    assert (handled.epoch, handled.someone_else_answers) == (3, False)


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        ("person_replied", "page_inbox"), ("other_app_replied", "other_app"), ("person_took_over", "channel"),
        ("reaction", "customer"), ("standby", "customer"),
    ],
)  # fmt: skip
async def test_a_fact_stands_in_the_transcript_as_whose_it_is(hands: Hands, kind: str, who: str) -> None:
    handled = await handle(hands, claim(fact(kind, text="words", mid="m_9")), NOW)
    [line] = handled.said
    assert (line.who, line.kind, line.text, line.mid) == (who, kind, "words", "m_9")
    assert handled.finished == [(9, "done", None)]


async def test_a_fact_without_values_is_kept_too(hands: Hands) -> None:
    [line] = (await handle(hands, claim(replace(fact("unsupported"), body=None)), NOW)).said
    assert (line.text, line.body, line.mid) == ("", None, None)


async def test_what_its_writer_took_back_is_named_to_be_erased(hands: Hands) -> None:
    assert (await handle(hands, claim(fact("unsent", mid="m_1")), NOW)).unsent == ["m_1"]


async def test_a_customer_s_words_stand_in_the_transcript(hands: Hands) -> None:
    tap = WaitingEvent(2, "TapReceived", {"title": "Say it twice", "payload": "x"}, NOW, opens_window=True)
    photo = {"attachments": [{"kind": "image", "url": "https://x.example/a"}], "text": "look", "mid": "m_3"}
    sent = WaitingEvent(3, "AttachmentReceived", photo, NOW, opens_window=True)
    handled = await handle(hands, claim(said("hi", 1), tap, sent), NOW)
    assert [(each.kind, each.text, each.mid) for each in handled.said] == [
        ("TextReceived", "hi", "m_1"), ("TapReceived", "Say it twice", None), ("AttachmentReceived", "look", "m_3"),
    ]  # fmt: skip
    assert [each["url"] for each in handled.said[2].body["attachments"]] == ["https://x.example/a"]


async def test_time_that_passed_says_nothing(hands: Hands) -> None:
    timed_out = WaitingEvent(1, "WaitTimedOut", {"state": "later", "name": "0"}, NOW, opens_window=False)
    handled = await handle(hands, claim(timed_out), NOW)
    assert (handled.said, handled.finished) == ([], [(1, "done", None)])


async def test_what_can_be_tapped_is_signed_for_its_customer_and_leads_where_it_says(hands: Hands) -> None:
    [menu] = (await handle(hands, claim(said("menu")), NOW)).messages
    tap = WaitingEvent(2, "TapReceived", {"payload": menu["payloads"][0], "title": "Say it twice"}, NOW, True)
    session = {"state": "menu"}
    assert texts(await handle(hands, claim(tap, session=session), NOW)) == ["One.", "Two."]
    stolen = replace(claim(tap, session=session), customer_id="bea")
    assert "One." not in texts(await handle(hands, stolen, NOW))


async def test_a_message_without_choices_carries_no_payloads(hands: Hands) -> None:
    [reply] = (await handle(hands, claim(said("hi")), NOW)).messages
    assert "payloads" not in reply


async def test_a_message_is_cut_into_the_pieces_that_the_channel_takes(hands: Hands) -> None:
    handled = await handle(hands, claim(said("one\ntwo")), NOW)
    assert texts(handled) == ["You said: one", "two"]


async def test_a_later_event_of_the_batch_stops_the_timer_of_an_earlier_one(hands: Hands) -> None:
    handled = await handle(hands, claim(said("later", 1), said("hi", 2)), NOW)
    assert (handled.timers, handled.stop_timers) == ({}, True)


async def test_a_timer_that_outlives_the_batch_is_started(hands: Hands) -> None:
    handled = await handle(hands, claim(said("hi", 1), said("later", 2)), NOW)
    assert list(handled.timers) == [("later", "0")]


async def test_staff_who_hand_back_begin_a_new_epoch(hands: Hands) -> None:
    back = WaitingEvent(1, "StaffHandedBack", {"to": "twice"}, NOW, opens_window=False)
    handled = await handle(hands, claim(back, answered_by="staff"), NOW)
    assert (handled.session.answered_by, handled.epoch, texts(handled)[-2:]) == ("bot", 4, ["One.", "Two."])
    assert handled.someone_else_answers


async def test_who_asks_for_a_person_is_handed_off_and_who_goes_on_with_the_bot_is_not(hands: Hands) -> None:
    handled = await handle(hands, claim(said("person")), NOW)
    assert handled.handoff is not None
    assert handled.someone_else_answers
    again = await handle(hands, claim(said("person", 1), said("menu", 2)), NOW)
    assert (again.session.answered_by, again.handoff) == ("bot", None)


async def test_who_goes_on_with_the_bot_at_once_is_not_given_to_the_channel_s_inbox(hands: Hands) -> None:
    tap = {"title": "Say it twice", "payload": ""}
    events = said("person", 1), WaitingEvent(2, "TapReceived", tap, NOW, opens_window=True), said("menu", 3)
    over = replace(hands, manners=Manners(hands_over=True))
    assert (await handle(over, claim(events[0]), NOW)).messages[-1] == {"hands_over": True}
    handled = await handle(over, claim(*events), NOW)
    assert handled.session.answered_by == "bot"
    assert {"hands_over": True} not in handled.messages


async def test_a_silence_that_ended_by_handing_back_never_ends_a_later_one(hands: Hands) -> None:
    silent = replace(hands, manners=Manners(silence=timedelta(hours=24)))
    back = WaitingEvent(1, "StaffHandedBack", {}, NOW, opens_window=False)
    handled = await handle(silent, claim(back, answered_by="staff"), NOW)
    assert (handled.stop_timers, handled.timers) == (True, {})
    both = await handle(silent, claim(fact("person_replied", 2, text="Yes?"), replace(back, id=3)), NOW)
    assert (both.session.answered_by, both.timers) == ("bot", {})


async def test_a_page_without_a_flow_has_its_events_ignored_and_its_facts_kept(clock: GivenClock) -> None:
    hands = Hands(lambda _: None, SECRET, Outside(clock))
    handled = await handle(hands, claim(said("hi", 1), fact("reaction", 2, mid="m")), NOW)
    assert handled.finished == [(1, "ignored", "no bot serves this Page"), (2, "done", None)]
    assert handled.messages == []


async def test_an_event_of_a_kind_that_nobody_knows_fails_its_turn(hands: Hands) -> None:
    with pytest.raises(KeyError):
        await handle(hands, claim(WaitingEvent(1, "FromTheFuture", {}, NOW, True)), NOW)


def test_a_house_without_a_search_says_so() -> None:
    with pytest.raises(EngineError, match="faq"):
        no_search(BOT, Search("faq", "opening hours"))


# ---- set aside ---------------------------------------------------------------------------------------------


async def test_setting_aside_says_sorry_and_hands_off(hands: Hands) -> None:
    handled = set_aside(hands, claim(said("circle", 7), said("hi", 8)), "The turn failed.", NOW)
    assert handled.set_aside == (7, "The turn failed.")
    assert texts(handled) == [SENTENCES["en"]["sorry"]]
    assert handled.session.answered_by == "waiting"
    assert handled.handoff is not None
    assert handled.finished == []
    assert handled.last_customer_at == NOW


async def test_the_apology_is_in_the_customer_s_language(hands: Hands) -> None:
    handled = set_aside(hands, claim(said("circle"), session={"language": "de"}), "why", NOW)
    assert texts(handled) == [SENTENCES["de"]["sorry"]]


@pytest.mark.parametrize("answered_by", ["staff", "waiting"])
async def test_who_is_with_a_person_already_is_told_nothing(hands: Hands, answered_by: str) -> None:
    handled = set_aside(hands, claim(said("circle"), answered_by=answered_by), "why", NOW)
    assert (handled.messages, handled.session.answered_by, handled.handoff) == ([], answered_by, None)


async def test_on_a_page_without_a_flow_nobody_is_told(hands: Hands) -> None:
    assert set_aside(replace(hands, flow_of=lambda _: None), claim(said("circle")), "why", NOW).messages == []


async def test_where_people_answer_in_the_channel_s_inbox_what_is_set_aside_goes_there(hands: Hands) -> None:
    handled = set_aside(replace(hands, manners=Manners(hands_over=True)), claim(said("circle")), "why", NOW)
    assert handled.messages[1:] == [{"hands_over": True}]


async def test_a_comment_that_cannot_be_handled_is_not_answered(hands: Hands) -> None:
    handled = set_aside(hands, claim(said("circle"), customer_id="comment:9_77"), "why", NOW)
    assert (handled.messages, handled.handoff, handled.set_aside) == ([], None, (1, "why"))


async def test_a_search_that_does_not_come_to_an_end_fails_the_turn(hands: Hands, clock: GivenClock) -> None:
    done = threading.Event()

    def hang(flow: Flow, search: Search) -> Any:
        clock.move(TURN_SECONDS_MAX + 1)
        done.wait(5)

    searching = replace(BOT, anywhere=(Anywhere("", faq="all"),))
    try:
        with pytest.raises(EngineError, match="not over"):
            await handle(replace(hands, flow_of=lambda _: searching, search=hang), claim(said("hours?")), NOW)
    finally:
        done.set()
