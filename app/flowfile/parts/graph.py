"""The states as a whole: which can be reached, and where the bot would go round without the customer. No recursion."""

from __future__ import annotations

from app.engine.flow import Flow
from app.flowfile.parts.known import Known
from app.flowfile.parts.loops import find_loops
from app.flowfile.rules import structure
from app.flowfile.walking import doors_of, reached, steps_of

MISLEADING = ("F201", "F202", "F203", "F204", "F212", "F616")
"""With one of these a way may be missing from what was read, and a state would be called unreachable wrongly."""

LOOPS_TOLD_MAX = 20
"""One loop is often a sign of a habit; the rest is told when these are gone."""


def look_at_graph(flow: Flow, known: Known) -> None:
    """Report states that no way leads to, and loops."""
    if not known.report.has(*MISLEADING):
        ways = {name: [step.to for step in steps_of(state)] for name, state in flow.states.items()}
        found = reached({door.to for door in doors_of(flow)}, ways)
        lost = [name for name in flow.states if name not in found]
        known.report.take(structure.unreachable_states(lost, known.states))
    for loop in find_loops(flow.states, flow.slots, flow.entrances.start)[:LOOPS_TOLD_MAX]:
        known.report.take(structure.loop_without_customer([*loop, loop[0]], known.states[loop[0]]))
