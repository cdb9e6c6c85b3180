"""The bot of the simulation: every reply names the message it answers, and one or two of them come for each. Asks nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.engine.flow import Anywhere, Entrances, Flow, Placeholder, Question, Rule, Slot, State, Text

BEGIN = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
"""The moment at which virtual time begins."""

POISON = "poison"
"""Who writes this sends the engine round in a circle: the turn fails every time."""


def _said(after: str) -> Text:
    return Text({"en": (Placeholder("said"), after)})


def create_flow() -> Flow:
    """A form of two questions that begins anew: a lost or doubled event shows in the place and in the words."""
    return _flow("r1", "talk", (" heard", " one?", " two?"))


def create_next_flow() -> Flow:
    """What the owner made of it: the state has another name, and every text other words. Who is in the old one finds it gone."""
    return _flow("r2", "chat", (" understood", " first?", " second?"))


def _flow(revision: str, name: str, words: tuple[str, str, str]) -> Flow:
    talk = State(
        name,
        forget=("one", "two"),
        say=(_said(words[0]),),
        ask=(Question("one", _said(words[1])), Question("two", _said(words[2]))),
        goto=(Rule(name),),
    )
    circle = (State("left", goto=(Rule("right"),)), State("right", goto=(Rule("left"),)))
    return Flow(
        revision=revision,
        name="Echo",
        languages=("en",),
        timezone=ZoneInfo("UTC"),
        disclosure=None,
        states={each.name: each for each in (talk, *circle)},
        slots={name: Slot(name, "text") for name in ("one", "two")},
        entrances=Entrances(start=name),
        anywhere=(Anywhere("left", hear=(POISON,)),),
    )
