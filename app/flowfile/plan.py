"""What a change of a bot means: one flow beside another, and the customers who are in the middle. Reads no file, changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.engine.anywhere import resolve
from app.engine.flow import Flow, Slot
from app.flowfile.problems import Place, Problem
from app.flowfile.rules.change import state_removed_under_customers
from app.flowfile.source.folder import MAIN_FILE


@dataclass(frozen=True, slots=True)
class Plan:
    """What is different. `moved` names the state that takes an old one's place; `questions_gone` are (state, slot).

    `slots_changed` says of a slot what it was and what it becomes; `stranded` are F701 problems, one a state.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    questions_gone: tuple[tuple[str, str], ...] = ()
    slots_changed: tuple[tuple[str, str, str], ...] = ()
    stranded: tuple[Problem, ...] = ()


def compare(before: Flow, after: Flow, waiting: Mapping[str, int]) -> Plan:
    """The change from one flow to the other; `waiting` says how many customers stand in each state."""
    gone = [name for name in before.states if name not in after.states]
    return Plan(
        added=tuple(name for name in after.states if name not in before.states),
        removed=tuple(name for name in gone if not resolve(after, name)),
        moved=tuple((name, to) for name in gone if (to := resolve(after, name))),
        questions_gone=tuple(_questions_gone(before, after)),
        slots_changed=tuple(_slots_changed(before, after)),
        stranded=tuple(_stranded(before, after, waiting)),
    )


def plan_lines(plan: Plan) -> list[str]:
    """The plan for a person, the important last."""
    lines = [f"new state: {name}" for name in plan.added]
    lines += [f"state moved: {name} -> {to}" for name, to in plan.moved]
    lines += [f"state removed: {name}" for name in plan.removed]
    lines += [f"question removed: {slot} in {state}" for state, slot in plan.questions_gone]
    lines += [f"slot changed: {slot} was {was}, becomes {becomes}" for slot, was, becomes in plan.slots_changed]
    for problem in plan.stranded:
        lines += [f"{problem.code} {problem.message}", f"    {problem.hint}"]
    return lines or ["No state, question or slot changes; texts and ways may."]


def _questions_gone(before: Flow, after: Flow) -> list[tuple[str, str]]:
    """Of states that stay."""
    pairs = [(state, after.states[name]) for name, state in before.states.items() if name in after.states]
    return [
        (was.name, question.save)
        for was, becomes in pairs
        for question in was.ask
        if question.save not in {each.save for each in becomes.ask}
    ]


def _slots_changed(before: Flow, after: Flow) -> list[tuple[str, str, str]]:
    """Slots that take other values now, so that what customers answered may not fit any more."""
    both = [(slot, after.slots[name]) for name, slot in before.slots.items() if name in after.slots]
    described = [(was.name, _described(was), _described(becomes)) for was, becomes in both]
    return [(name, was, becomes) for name, was, becomes in described if was != becomes]


def _described(slot: Slot) -> str:
    return f"one of {', '.join(slot.values)}" if slot.kind == "choice" else slot.kind


def _stranded(before: Flow, after: Flow, waiting: Mapping[str, int]) -> list[Problem]:
    """Customers count where the live flow has them now: a state that they stand in may have moved before."""
    left: Counter[str] = Counter()
    for state, customers in waiting.items():
        stands_in = resolve(before, state)
        if stands_in and not resolve(after, state) and not resolve(after, stands_in):
            left[stands_in] += customers
    place = Place(MAIN_FILE, 1, 1)
    return [
        problem
        for state, customers in left.items()
        for problem in state_removed_under_customers(place, state, customers, after.states)
    ]
