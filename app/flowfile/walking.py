"""Every way of a flow: from outside into a state, from a state to the next, and which states are reached so. Tells no problem."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from app.engine.flow import Choice, Flow, Reminder, Rule, State, card_buttons


@dataclass(frozen=True, slots=True)
class Door:
    """One way in. `label` says what opens it; a `choice` beside an answer of the FAQ has a title besides."""

    label: str
    to: str
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One way on; `to` is empty for an address. `by` is what is taken: a choice, a reminder or a rule, or the name of the key.

    `reminder` is the one that a choice stands in.
    """

    to: str
    by: Choice | Reminder | Rule | str
    reminder: Reminder | None = None


def doors_of(flow: Flow) -> Iterator[Door]:
    """Where customers come in: from the Page, from any message, by an old name, and from answers of the FAQ."""
    shared = flow.entrances
    yield Door("Get Started", shared.start)
    yield from (Door(f"menu: {title}", target) for title, target in shared.menu.items())
    yield from (Door(f"starter: {title}", target) for title, target in shared.starters.items())
    yield from (Door(f"link: {ref}", target) for ref, target in shared.links.items())
    if shared.comments:
        yield Door(f"comment: {', '.join(shared.comments.hear)}", shared.comments.goto)
    for entry in flow.anywhere:
        given = f"given: {entry.gives or entry.attachment}"
        yield Door(f"hears: {', '.join(entry.hear)}" if entry.hear else given, entry.goto)
    yield Door("not understood", flow.otherwise)
    yield from (Door(f"was: {old}", target) for old, target in flow.moved.items())
    for answer in flow.faq.values():
        yield Door(f"FAQ {answer.id}", answer.goto)
        yield from (Door(f"FAQ {answer.id}", each.to, each) for each in (*answer.choices, *card_buttons(answer.say)))


def steps_of(state: State) -> Iterator[Step]:
    """Every way on from a state, also those that lead to no other state."""
    if state.handoff and state.handoff.closed:
        yield Step(state.handoff.closed, "closed")
    yield from (Step(each.to, each) for each in (*state.choices, *state.buttons, *card_buttons(state.say)))
    if state.none:
        yield Step(state.none, "none")
    for reminder in state.remind:
        if reminder.goto:
            yield Step(reminder.goto, reminder)
        taps = (*reminder.choices, *card_buttons(reminder.say))
        yield from (Step(each.to, each, reminder) for each in taps)
    yield from (Step(rule.to, rule) for rule in state.goto)


def reached(doors: Collection[str], ways: Mapping[str, Collection[str]]) -> set[str]:
    """The states that can be reached. `ways`: for each state where it leads; what is no state is passed over."""
    waiting = [name for name in doors if name in ways]
    found = set(waiting)
    while waiting:
        for target in ways[waiting.pop()]:
            if target in ways and target not in found:
                found.add(target)
                waiting.append(target)
    return found
