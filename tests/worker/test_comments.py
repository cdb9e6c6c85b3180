"""The one reply to a comment, and who taps in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.engine.events import TapReceived
from app.engine.page import Comments
from app.store.inbox import WaitingEvent
from app.worker import taps
from app.worker.comments import as_one
from app.worker.handle import Hands, Manners, handle
from tests.store.kit import NOW, PAGE
from tests.worker.channel import Outside
from tests.worker.clock import GivenClock
from tests.worker.flows import small_bot
from tests.worker.kit import SECRET
from tests.worker.test_handle import claim

COMMENT = "comment:9_77"


@pytest.fixture
def hands(clock: GivenClock) -> Hands:
    bot = small_bot()
    shared = replace(bot.entrances, comments=Comments(("how much",), "twice"))
    bot = replace(bot, entrances=shared)
    return Hands(lambda _: bot, SECRET, Outside(clock))


def commented(text: str) -> WaitingEvent:
    return WaitingEvent(
        1, "CommentReceived", {"text": text, "comment_id": "9_77", "post_id": "9"}, NOW, opens_window=True
    )


async def test_a_comment_is_answered_by_one_message_and_leaves_no_session(hands: Hands) -> None:
    handled = await handle(hands, claim(commented("how much?"), customer_id=COMMENT), NOW)
    [reply] = handled.messages
    assert reply["text"].count("\n\n") >= 1
    assert (handled.session.state, handled.timers, handled.handoff) == ("", {}, None)
    assert handled.last_customer_at == NOW
    assert [line.text for line in handled.said] == ["how much?"]


async def test_a_comment_that_says_nothing_of_it_is_left_alone(hands: Hands) -> None:
    handled = await handle(hands, claim(commented("lovely"), customer_id=COMMENT), NOW)
    assert handled.messages == []
    assert handled.finished == [(1, "done", None)]


def test_who_taps_in_the_reply_is_known_by_the_comment() -> None:
    payload = taps.sign(SECRET, (PAGE, COMMENT), "menu", "sizes:large")
    for customer in ("ana", "bea"):
        read = taps.read(SECRET, (PAGE, customer), TapReceived(payload))
        assert (read.state, read.choice) == ("menu", "sizes:large")


@pytest.mark.parametrize(
    "payload",
    ["v1c", "v1c:", "v1c:9_77:menu:sizes:AAAAAAAAAAAA", "v1c:9_78{rest}", "v1:9_77{rest}", "v1c:9_77:x{rest}"],
)
def test_a_forged_tap_of_a_comment_leads_nowhere(payload: str) -> None:
    rest = taps.sign(SECRET, (PAGE, COMMENT), "menu", "sizes").removeprefix("v1c:9_77")
    assert taps.read(SECRET, (PAGE, "ana"), TapReceived(payload.format(rest=rest))).state == ""


@pytest.mark.parametrize("comment", ["9:77", "9_77:menu", "9%3A77", "é", ":"])
def test_a_comment_with_an_odd_id_can_be_tapped_too(comment: str) -> None:
    payload = taps.sign(SECRET, (PAGE, f"comment:{comment}"), "menu", "sizes:large")
    read = taps.read(SECRET, (PAGE, "ana"), TapReceived(payload))
    assert (read.state, read.choice) == ("menu", "sizes:large")


def test_a_tap_of_another_pages_comment_leads_nowhere() -> None:
    payload = taps.sign(SECRET, ("99", COMMENT), "menu", "sizes")
    assert taps.read(SECRET, (PAGE, "ana"), TapReceived(payload)).state == ""


def test_several_messages_are_one_with_what_can_be_tapped_on_the_last() -> None:
    first, last = {"text": "I am a bot."}, {"text": "Hi!", "choices": [{"title": "Yes"}], "payloads": ["p"]}
    assert as_one([first, {"media": ["image", "https://x.example/i"]}, last]) == {**last, "text": "I am a bot.\n\nHi!"}


def test_cards_alone_stay_what_they_are_and_beside_words_give_way() -> None:
    cards = {"cards": [{"title": "Boots"}], "payloads": ["p"]}
    assert as_one([cards]) == cards
    assert as_one([{"text": "Look:"}, cards]) == {"text": "Look:"}


def test_what_hands_over_says_nothing_to_a_comment() -> None:
    over = {"hands_over": True}
    menu = {"text": "Which?", "choices": [{"title": "Yes"}], "payloads": ["p"]}
    assert as_one([menu, over]) == menu
    assert as_one([over]) is None
    assert as_one([]) is None


async def test_a_comment_whose_state_hands_off_is_answered_and_handed_to_nobody(hands: Hands) -> None:
    bot = hands.flow_of(PAGE)
    assert bot is not None
    person = replace(bot, entrances=replace(bot.entrances, comments=Comments(("how much",), "person")))
    over = replace(hands, flow_of=lambda _: person, manners=Manners(hands_over=True))
    handled = await handle(over, claim(commented("how much?"), customer_id=COMMENT), NOW)
    assert [each["text"] for each in handled.messages] == ["I am calling a colleague."]
    assert handled.handoff is None
