"""The states as a whole: which can be reached, and where the bot would go round without the customer. No recursion."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from app.engine.flow import Entrances, Flow, State, card_buttons
from app.flowfile.parts.known import Known
from app.flowfile.parts.loops import find_loops
from app.flowfile.rules import structure

MISLEADING = ("F201", "F202", "F203", "F204", "F212", "F616")
"""With one of these a way may be missing from what was read, and a state would be called unreachable wrongly."""

LOOPS_TOLD_MAX = 20
"""One loop is often a sign of a habit; the rest is told when these are gone."""


def look_at_graph(flow: Flow, known: Known) -> None:
    """Report states that no way leads to, and loops."""
    if not known.report.has(*MISLEADING):
        reached = _reached(_doors(flow), flow.states)
        lost = [name for name in flow.states if name not in reached]
        known.report.take(structure.unreachable_states(lost, known.states))
    for loop in find_loops(flow.states, flow.slots, flow.entrances.start)[:LOOPS_TOLD_MAX]:
        known.report.take(structure.loop_without_customer([*loop, loop[0]], known.states[loop[0]]))


def _doors(flow: Flow) -> set[str]:
    """Where customers come in: from the Page, and from any message."""
    shared: Entrances = flow.entrances
    doors = {shared.start, flow.otherwise, *shared.menu.values(), *shared.starters.values(), *shared.links.values()}
    if shared.comments:
        doors.add(shared.comments.goto)
    answers = {way.to for entry in flow.faq.values() for way in (*entry.choices, *card_buttons(entry.say))}
    return doors | answers | {entry.goto for entry in flow.anywhere} | set(flow.moved.values())


def _ways(state: State) -> Iterable[str]:
    """Every target of a state."""
    yield from (rule.to for rule in state.goto)
    yield from (choice.to for choice in (*state.choices, *state.buttons, *card_buttons(state.say)))
    yield state.none
    if state.handoff:
        yield state.handoff.closed
    for reminder in state.remind:
        yield reminder.goto
        yield from (choice.to for choice in (*reminder.choices, *card_buttons(reminder.say)))


def _reached(doors: Collection[str], states: Mapping[str, State]) -> set[str]:
    waiting = [name for name in doors if name in states]
    reached = set(waiting)
    while waiting:
        for target in _ways(states[waiting.pop()]):
            if target in states and target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached
