"""What there is to draw of a flow: a box for each state, with a row for each way that leads on. Knows no format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

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
    State,
    Text,
    Truth,
    card_buttons,
)

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
    ways = {state.name: tuple(_ways(flow, state))[:ROWS_MAX] for state in flow.states.values()}
    reached = _reached(set(entrances), ways)
    return tuple(
        Box(name, _kind(state), _says(flow, state), tuple(entrances.get(name, ())), ways[name], name not in reached)
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


def _ways(flow: Flow, state: State) -> Iterator[Way]:
    if state.handoff and state.handoff.closed:
        yield _way(flow, "closed", state.handoff.closed)
    for choice in (*state.choices, *state.buttons, *card_buttons(state.say)):
        yield _choice(flow, choice)
    if state.none:
        yield _way(flow, "nothing fits" if state.suggest else "no answer", state.none)
    for reminder in state.remind:
        after = f"after {duration_text(reminder.after)}"
        if reminder.goto:
            yield _way(flow, after, reminder.goto)
        for choice in (*reminder.choices, *card_buttons(reminder.say)):
            yield _choice(flow, choice, f"{after}: ")
    for rule in state.goto:
        label = f"if {condition_text(rule.condition)}" if rule.condition else "then" if len(state.goto) == 1 else "else"
        yield _way(flow, label, rule.to)


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
    for label, target in _doors(flow):
        if name := resolve(flow, target):
            found.setdefault(name, []).append(label)
    return found


def _doors(flow: Flow) -> Iterator[tuple[str, str]]:
    shared = flow.entrances
    yield "Get Started", shared.start
    yield from ((f"menu: {title}", target) for title, target in shared.menu.items())
    yield from ((f"starter: {title}", target) for title, target in shared.starters.items())
    yield from ((f"link: {ref}", target) for ref, target in shared.links.items())
    if shared.comments:
        yield f"comment: {', '.join(shared.comments.hear)}", shared.comments.goto
    for entry in flow.anywhere:
        label = entry.gives or entry.attachment
        what = f"hears: {', '.join(entry.hear)}" if entry.hear else f"given: {label}"
        yield what, entry.goto
    yield "not understood", flow.otherwise
    yield from ((f"was: {old}", target) for old, target in flow.moved.items())
    for answer in flow.faq.values():
        ways = (*answer.choices, *card_buttons(answer.say))
        yield from ((f"FAQ {answer.id}: {plain(flow, each.title)}", each.to) for each in ways)


def _reached(doors: set[str], ways: dict[str, tuple[Way, ...]]) -> set[str]:
    waiting, reached = list(doors), set(doors)
    while waiting:
        for way in ways[waiting.pop()]:
            if way.to and way.to not in reached:
                reached.add(way.to)
                waiting.append(way.to)
    return reached
