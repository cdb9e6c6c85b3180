"""What the checker lets through the engine can run: random bots, random customers."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.engine.events import Event, StaffHandedBack, TapReceived, TextReceived
from app.engine.session import Session
from app.engine.turn import take_turn
from app.flowfile.check import check
from tests.flowfile.bots import TOP, write

NAMES = ["welcome", "b", "c", "d"]
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
TOP_OF_ALL = TOP + (
    "slots: {size: number, word: [Red, Blue]}\nteams: {care: [anna]}\n"
    "anywhere: [{hear: [human], goto: d}, {else: c}]\nmoved: {old: b}\n"
)

targets = st.sampled_from([*NAMES, "end", "back"])
conditions = st.sampled_from(
    ["size", "not word", "size > 40", "word is Red and open", "open or size", "language is fr"]
)
rules = st.builds(
    lambda ifs, last: "[" + "".join(f"{{if: {condition}, to: {to}}}, " for condition, to in ifs) + f"{{to: {last}}}]",
    st.lists(st.tuples(conditions, targets), max_size=2),
    targets,
)
questions = st.sampled_from(["{save: size, say: Size?}", "[{save: word, say: Word?}, {save: size, say: Size?}]"])
changes = st.sampled_from(["", "forget: [size]", "set: {size: 41}", "set: {word: Red}", "forget: [size, word]"])
kinds = st.one_of(
    st.builds(lambda to: f"goto: {to}", rules),
    st.builds(lambda ask, to: f"ask: {ask}, goto: {to}", questions, rules),
    st.builds(lambda a, b: f"choices: {{One: {a}, Two: {b}}}", targets, targets),
    st.builds(lambda closed, to: f"handoff: care, closed: {closed}, goto: {to}", st.sampled_from(NAMES), rules),
    st.just("buttons: {Shop: 'https://shop.example', One: welcome}"),
)
states = st.builds(lambda change, kind: ", ".join(part for part in ("say: Hi", change, kind) if part), changes, kinds)
bots = st.lists(states, min_size=4, max_size=4)

customers = st.lists(
    st.one_of(
        st.builds(TextReceived, st.sampled_from(["41", "12", "red", "one", "two", "human", "?", "2"])),
        st.builds(
            TapReceived, state=st.sampled_from(["@start", "old", *NAMES]), choice=st.sampled_from(["One", "Two", ""])
        ),
        st.just(StaffHandedBack()),
    ),
    max_size=12,
)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(bots, customers)
def test_a_bot_without_problems_never_fails_in_the_engine(written: list[str], events: list[Event]) -> None:
    listed = "".join(f"  {name}: {{{state}}}\n" for name, state in zip(NAMES, written, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        flow = check(write(Path(folder), f"{TOP_OF_ALL}states:\n{listed}")).flow
    assume(flow is not None)
    assert flow is not None
    session = Session()
    for event in events:
        session = take_turn(flow, session, event, NOW).session
