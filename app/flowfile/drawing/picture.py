"""What there is to draw of a flow: a box for each state, with a row for each way that leads on. Knows no format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from app.engine.anywhere import resolve
from app.engine.flow import (
    And,
    Choice,
    Compare,
    Condition,
    Flow,
    Literal,
    Name,
    Not,
    Or,
    Placeholder,
    Reminder,
    Rule,
    State,
    Text,
    Truth,
)
from app.flowfile.walking import Step, doors_of, reached, steps_of

ROWS_MAX = 40
"""Rows of one box; more than 13 choices, 3 buttons and some rules are not to be had."""

KINDS = {
    "say": "says something",
    "ask": "asks",
    "faq": "answers from the FAQ",
    "suggest": "suggests products",
    "call": "asks a service",
    "handoff": "hands over to a team",
}
"""The kinds of states and what the legend says of them."""


@dataclass(frozen=True, slots=True)
class Way:
    """One row of a box: what it is called, and the state it leads to; empty for `end`, `back` and addresses, which `label` names."""

    label: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """One state. `entrances` say how customers come in here from anywhere; `is_lost`: no way leads here."""

    name: str
    kind: str
    says: str
    entrances: tuple[str, ...]
    ways: tuple[Way, ...]
    is_lost: bool = False


def boxes_of(flow: Flow) -> tuple[Box, ...]:
    """A box for each state, in the order of the files."""
    entrances = _entrances(flow)
    ways = {
        name: tuple(_way_of(flow, state, step) for step in islice(steps_of(state), ROWS_MAX))
        for name, state in flow.states.items()
    }
    found = reached(entrances, {name: [way.to for way in each] for name, each in ways.items()})
    return tuple(
        Box(name, _kind(state), _says(flow, state), tuple(entrances.get(name, ())), ways[name], name not in found)
        for name, state in flow.states.items()
    )


def _kind(state: State) -> str:
    if state.handoff:
        return "handoff"
    if state.faq:
        return "faq"
    if state.suggest:
        return "suggest"
    if state.call:
        return "call"
    return "ask" if state.ask else "say"


def _says(flow: Flow, state: State) -> str:
    texts = [each for each in state.say if isinstance(each, Text)] or [question.say for question in state.ask]
    return plain(flow, texts[0]) if texts else ""


def plain(flow: Flow, text: Text) -> str:
    """A text of the first language on one line, its placeholders as they are written."""
    template = text.by_language[flow.languages[0]]
    parts = (f"<{each.name}>" if isinstance(each, Placeholder) else each for each in template)
    return " ".join("".join(parts).split())


# ---- ways --------------------------------------------------------------------------------------------------


def _way_of(flow: Flow, state: State, step: Step) -> Way:
    """The row of one way on."""
    after = f"after {duration_text(step.reminder.after)}: " if step.reminder else ""
    match step.by:
        case Choice() as choice:
            return _choice(flow, choice, after)
        case Reminder() as reminder:
            return _way(flow, f"after {duration_text(reminder.after)}", step.to)
        case Rule(condition=condition):
            otherwise = "then" if len(state.goto) == 1 else "else"
            return _way(flow, f"if {condition_text(condition)}" if condition else otherwise, step.to)
        case "none":
            return _way(flow, "nothing fits" if state.suggest else "no answer", step.to)
        case key:
            return _way(flow, key, step.to)


def _choice(flow: Flow, choice: Choice, before: str = "") -> Way:
    title = before + plain(flow, choice.title)
    if choice.url is not None or choice.phone:
        return Way(f"{title} ↗")
    return _way(flow, title, choice.to)


def _way(flow: Flow, label: str, target: str) -> Way:
    name = resolve(flow, target)
    return Way(label, name) if name else Way(f"{label} ({target})")


def duration_text(length: timedelta) -> str:
    """4 hours, 30 minutes, 2 days."""
    minutes = int(length.total_seconds() // 60)
    for size, word in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes % size == 0:
            return f"{minutes // size} {word}{'' if minutes == size else 's'}"
    return f"{minutes} minutes"


def condition_text(condition: Condition) -> str:
    """A condition as an owner would write it."""
    match condition:
        case Truth(Name(name)):
            return name
        case Compare(Name(name), operator, right):
            return f"{name} {operator} {right.name if isinstance(right, Name) else _literal_text(right)}"
        case Not(inner):
            return f"not {_inner_text(inner)}"
        case And(parts):
            return " and ".join(_inner_text(part) for part in parts)
        case Or(parts):
            return " or ".join(_inner_text(part) for part in parts)


def _inner_text(condition: Condition) -> str:
    text = condition_text(condition)
    return f"({text})" if isinstance(condition, And | Or) else text


def _literal_text(literal: Literal) -> str:
    value = literal.value
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


# ---- where customers come in -------------------------------------------------------------------------------


def _entrances(flow: Flow) -> dict[str, list[str]]:
    """For each state the entrances that lead there from outside."""
    found: dict[str, list[str]] = {}
    for door in doors_of(flow):
        if name := resolve(flow, door.to):
            title = f": {plain(flow, door.choice.title)}" if door.choice else ""
            found.setdefault(name, []).append(door.label + title)
    return found
