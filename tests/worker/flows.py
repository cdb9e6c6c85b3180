"""A small bot for the worker's tests: one state for each thing that a turn may ask for."""

from __future__ import annotations

from datetime import timedelta

from app.engine.flow import Anywhere, Flow, HandOffTo, Reminder
from tests.engine.transcript import choices, flow, question, slot, state, text

HEAR = ("twice", "circle", "unwritable", "later", "menu", "silence")


def small_bot(**changes: str) -> Flow:
    """Repeats what is said; `changes` are other values of the flow, such as its revision."""
    return flow(
        state("repeat", forget=("said_before",), ask=(question("said_before", "You said: <said>"),), goto="repeat"),
        state("twice", "One.", "Two."),
        state("circle", goto="circle"),
        state("unwritable", "half a sign \ud83d"),
        state(
            "later", "I will remind you.", remind=(Reminder("0", timedelta(minutes=10), say=(text("Still there?"),)),)
        ),
        state("menu", "What do you want?", choices=choices(Say_it_twice="twice", Nothing="silence")),
        state("silence"),
        state("person", "I am calling a colleague.", handoff=HandOffTo("care", text("Please help"))),
        slots=(slot("said_before"),),
        teams={"care": ("anna",)},
        anywhere=(*(Anywhere(each, hear=(each,)) for each in HEAR), Anywhere("person", hear=("person",))),
        otherwise="repeat",
        start="repeat",
        **changes,
    )
