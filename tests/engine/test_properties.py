"""Whatever comes, in whatever order: no text crashes a turn, and every turn keeps its limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.events import (
    Attachment,
    AttachmentReceived,
    CallAnswered,
    Event,
    ReferralReceived,
    StaffHandedBack,
    StaffLeft,
    TapReceived,
    TextReceived,
    WaitTimedOut,
)
from app.engine.flow import Flow, State
from tests.engine.shop import STATES, shop
from tests.engine.transcript import Customer, choices, flow, question, slot, state

KINDS = ("text", "number", "yes_no", "email", "phone", "date", "photo", "place", "choice")
WORDS = (
    "human",
    "menu",
    "stop",
    "start",
    "10482",
    "yes",
    "60",
    "party",
    "tomorrow",
    "a@b.co",
    "+33612345678",
    "hello",
    "1",
    "👍",
)
STATE_NAMES = tuple(each.name for each in STATES)
SHOP = shop()

anything = st.text(st.characters(codec=None), max_size=60)
"""Lone surrogates, controls and marks that turn a line around, too."""

written = st.one_of(st.sampled_from(WORDS), anything, st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join))
titles = tuple({choice.key for each in STATES for choice in (*each.choices, *each.buttons)} | {"A gift", "30", "Great"})
places = st.sampled_from((*STATE_NAMES, "ask_size", "@start", "@menu", "@starter", "@offer", "", "gone"))
keys = st.one_of(st.sampled_from((*titles, "Track my order", "Help me choose", "")), anything)
numbers = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))
attachments = st.builds(
    Attachment,
    kind=st.sampled_from(("image", "video", "audio", "file", "sticker", "place", "other")),
    url=st.one_of(anything, st.just("https://cdn.example/1.jpg")),
    title=anything,
    latitude=numbers,
    longitude=numbers,
)
happenings: st.SearchStrategy[Event] = st.one_of(
    st.builds(TextReceived, written),
    st.builds(
        TapReceived, state=places, choice=keys, title=anything, ref=st.sampled_from(("", "winter-promo", "gone"))
    ),
    st.builds(AttachmentReceived, st.lists(attachments, max_size=3).map(tuple), text=st.one_of(st.just(""), written)),
    st.builds(ReferralReceived, st.one_of(st.just("winter-promo"), anything)),
    st.builds(WaitTimedOut, st.sampled_from(STATE_NAMES), st.sampled_from(("0", "1", "x"))),
    st.builds(CallAnswered, st.sampled_from(STATE_NAMES), st.just("ok")),
    st.builds(StaffHandedBack, st.sampled_from(("", "bye", "gone", "end"))),
    st.builds(StaffLeft),
)
steps = st.tuples(happenings, st.sampled_from((0, 1, 20, 700, 3_000)), st.booleans())


def lives_through(bot: Flow, story: list[tuple[Event, int, bool]]) -> None:
    customer = Customer(bot, given={"first_name": "Ana"})
    for event, minutes, staff_come in story:
        customer.now += timedelta(minutes=minutes)
        if staff_come and customer.answered_by == "waiting":
            customer.staff_come()
        customer.meets(event)
        assert len(customer.messages) <= 20
        assert all(len(each.text) <= 4_000 for each in customer.messages)
        assert all("\x00" not in each and each.encode() is not None for each in customer.texts)
        assert customer.state in {"", *bot.states}
        assert len(customer.session.back) <= 10
        asked = [each.save for each in bot.states[customer.state].ask] if customer.state else []
        assert customer.session.asking in {"", *asked}


@given(st.lists(steps, max_size=12))
@settings(max_examples=120, deadline=None)
def test_any_sequence_of_events_keeps_the_limits(story: list[tuple[Event, int, bool]]) -> None:
    lives_through(SHOP, story)


ASKING = {
    kind: flow(
        state("welcome", ask=(question("it", "What?"),), goto="done"),
        state("done", "<it> <said>"),
        slots=(slot("it", kind, values=("Work", "Dinner", "Party"), hint="Hm.", minimum=None),),
    )
    for kind in KINDS
}


@given(st.sampled_from(KINDS), st.one_of(written, st.text("0123456789 .,-+/k€@٣", max_size=40)))
@settings(max_examples=300, deadline=None)
def test_no_text_crashes_a_question(kind: str, typed: str) -> None:
    lives_through(ASKING[kind], [(TapReceived(state="@start"), 0, False), (TextReceived(typed), 0, False)])


@given(st.lists(st.tuples(happenings, st.just(1), st.booleans()), min_size=1, max_size=4), st.sampled_from(STATE_NAMES))
@settings(max_examples=60, deadline=None)
def test_a_change_of_flow_at_any_moment_loses_nobody(story: list[tuple[Event, int, bool]], gone: str) -> None:
    customer = Customer(SHOP)
    for event, _, _ in story:
        customer.meets(event)
    kept = {name: each for name, each in SHOP.states.items() if name != gone}
    renamed = replace(SHOP.states[gone], name="renamed")
    customer.meets_new_flow(states={**kept, "renamed": renamed}, moved={gone: "renamed"}, anywhere=())
    for event, _, _ in story:
        customer.meets(event)
        assert customer.state in {"", "renamed", *kept}


class CountedStates(dict[str, State]):
    """States that count how often they are looked at."""

    looked_at = 0

    def __getitem__(self, name: str) -> State:
        self.looked_at += 1
        return super().__getitem__(name)

    def __iter__(self) -> Iterator[str]:
        for name in super().__iter__():
            self.looked_at += 1
            yield name


def test_a_big_flow_costs_a_turn_no_more_than_a_small_one() -> None:
    def looked_at(size: int) -> int:
        many = tuple(state(f"s{number}", str(number)) for number in range(size))
        bot = flow(state("welcome", "Hello", choices=choices(Go="s0")), *many, otherwise="welcome")
        states = CountedStates(bot.states)
        customer = Customer(replace(bot, states=states))
        customer.types("the first turn of a flow makes its index")
        states.looked_at = 0
        for words in ("asdf", "go", "asdf", "person"):
            customer.types(words)
        return states.looked_at

    assert 0 < looked_at(1_000) == looked_at(10) < 100
