"""Whatever customers of the examples do, in whatever order: no turn fails, no limit is broken, nobody is left without an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import session
from app.engine.burst import take_burst
from app.engine.effects import CallService, Message, Option, Search, SendMessage
from app.engine.events import (
    Attachment,
    AttachmentReceived,
    CallAnswered,
    Event,
    StaffHandedBack,
    TapReceived,
    TextReceived,
    WaitTimedOut,
)
from app.engine.flow import Flow
from app.engine.session import Session
from app.engine.turn import Turn, take_turn
from app.flowfile.check import read_flow
from app.flowfile.finders import run_search
from webhooks.messenger.limits import BUTTONS_MAX, CARDS_MAX, QUICK_REPLIES_MAX
from webhooks.messenger.pieces import pieces

TESTS = Path(__file__).parents[1]
BOTS = {"shop": read_flow(TESTS.parent / "flows"), "large": read_flow(TESTS / "flowfile" / "large")}
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)

_WORDS = (
    "menu|human|stop|start|delete my data|yes|no|two|60|party|next friday|12/3|a dress|is breakfast included?|parking|1|👍|"
    "LH10482|10482|ana@mail.example|+49 30 901820|more rooms|other dates|beside the bed|xqzt|bonjour, je voudrais un lit"
)
WORDS = st.sampled_from(_WORDS.split("|"))
WRITTEN = st.one_of(WORDS, st.text(max_size=30))
PHOTO = AttachmentReceived((Attachment("image", url="https://cdn.example/1.jpg"),))
DEEDS = st.one_of(
    st.lists(st.one_of(WRITTEN.map(TextReceived), st.just(PHOTO)), min_size=1, max_size=3),
    st.integers(-30, 30),
    st.sampled_from(("start", "time", "call ok", "call failed", "staff come", "staff end", "an old tap")),
)


class Guest:
    """Somebody whose session goes through its stored form between two turns. `offered` is all that could ever be tapped."""

    def __init__(self, bot: Flow) -> None:
        self.bot, self.now = bot, NOW
        self.stored: dict[str, Any] = {}
        self.answered_by: session.AnsweredBy = "bot"
        self.offered: list[Option] = []
        self.calls: list[CallService] = []

    @property
    def session(self) -> Session:
        return session.from_dict(self.stored, self.answered_by)

    def does(self, deed: Any) -> None:
        self.now += timedelta(minutes=7)
        match deed:
            case list():
                self.meets(deed)
            case int() if self.offered:
                option = self.offered[-1 - abs(deed) % len(self.offered)]
                if deed < 0:  # typed
                    return self.meets([TextReceived(option.title)])
                self.meets([TapReceived(state=option.tap[0], choice=option.tap[1], title=option.title)])  # type: ignore[index]
            case "start":
                self.meets([TapReceived(state="@start", title="Get Started")])
            case "an old tap":
                self.meets([TapReceived(state="gone", choice="Gone", title="Gone")])
            case "time":
                for timer in self.session.timers:
                    self.now += timedelta(hours=1)
                    self.meets([WaitTimedOut(self.session.state, timer.partition("@")[0])])
            case "call ok" | "call failed" if self.calls:
                call = self.calls[-1]
                values = {"guest_name": "Ana", "order_eta": "soon"} if deed == "call ok" else {}
                self.meets([CallAnswered(call.state, deed.removeprefix("call "), values, call.number)])
            case "staff come":
                self.answered_by = "staff"
            case "staff end":
                self.meets([StaffHandedBack("")])
        return None

    def meets(self, happened: list[Event]) -> None:
        before = self.session
        turn = self._take(happened)
        self.stored, self.answered_by = session.to_dict(turn.session), turn.session.answered_by
        assert session.from_dict(self.stored, self.answered_by) == turn.session
        said = [each.message for each in turn.effects if isinstance(each, SendMessage)]
        self.calls += [each for each in turn.effects if isinstance(each, CallService)]
        self.offered += [option for message in said for option in message.options if option.tap]
        for message in said:
            keeps_limits(message)
        if isinstance(happened[0], TextReceived) and before.answered_by == "bot":
            is_stop = any(each.startswith("follow-ups") for each in turn.why)
            ends = "the session ends" in turn.why
            calls = any(isinstance(each, CallService) for each in turn.effects)
            assert said or is_stop or ends or calls or turn.session.answered_by != "bot", turn.why

    def _take(self, happened: list[Event]) -> Turn:
        found: dict[Search, Any] = {}
        while True:
            if isinstance(happened[0], TextReceived | AttachmentReceived):
                turn = take_burst(self.bot, self.session, happened, self.now, found)  # type: ignore[arg-type]
            else:
                turn = take_turn(self.bot, self.session, happened[0], self.now, found)
            if not (turn.effects and isinstance(turn.effects[0], Search)):
                return turn
            found[turn.effects[0]] = run_search(self.bot, turn.effects[0])


def keeps_limits(message: Message) -> None:
    assert not message.is_empty
    for piece in pieces(message):
        assert len(piece.choices) <= QUICK_REPLIES_MAX
        assert len(piece.buttons) <= BUTTONS_MAX
        assert len(piece.cards) <= CARDS_MAX
        assert all(each.title and len(each.buttons) <= BUTTONS_MAX for each in piece.cards)
        assert all(option.title for option in piece.options)


@pytest.mark.parametrize("name", BOTS)
@settings(max_examples=150, deadline=None)
@given(story=st.lists(DEEDS, min_size=1, max_size=25))
def test_nothing_that_customers_and_staff_do_breaks_a_turn(name: str, story: list[Any]) -> None:
    guest = Guest(BOTS[name])
    for deed in story:
        guest.does(deed)


@pytest.mark.parametrize("name", BOTS)
def test_every_tap_that_was_ever_offered_can_be_tapped_after_a_change_that_took_everything_away(name: str) -> None:
    guest = Guest(BOTS[name])
    for deed in ("start", [TextReceived("human")], *range(12), [TextReceived("60")], *range(12)):
        guest.does(deed)
    guest.bot = replace(guest.bot, products={}, faq={})
    for place in range(len(guest.offered)):
        guest.does(place)
