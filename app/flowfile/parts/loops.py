"""Where the bot would go round without the customer: rings of states that lead on at once. No recursion.

A question is passed when its answer is known, so a ring may lead through questions: then everything that the ring asks or sets is
known, unless the ring forgets it, and conditions are read with that in mind. What is told here is a real ring; one that hangs on
values is left to the engine's own limit of steps.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.engine.flow import BACK, MORE, And, Condition, Not, Or, Reminder, Slot, State, Truth

RINGS_MAX = 100
"""Rings that are looked at: each costs as much as it is long, and a person mends them one by one."""

Graph = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Given:
    """What holds while the bot goes round: slots that have a value, and slots that are forgotten on the way.

    `changes`: whether the ring sets or forgets anything, so that other products may fit the next time round.
    """

    known: frozenset[str] = frozenset()
    forgotten: frozenset[str] = frozenset()
    changes: bool = True


def find_loops(states: Mapping[str, State], slots: Mapping[str, Slot], start: str) -> list[list[str]]:
    """Rings, each as the names of its states in order; a ring is told once."""
    silent = {name: state for name, state in states.items() if not _asks(state)}
    keeping = {name: state for name, state in states.items() if not state.forget}
    still = {name: state for name, state in silent.items() if not (state.set or state.forget)}
    rings = {
        frozenset(ring): ring for part in (still, silent, keeping, states) for ring in _loops_in(part, slots, start)
    }
    return list(rings.values())


def find_reminder_rings(states: Mapping[str, State]) -> list[list[str]]:
    """Rings in which nothing but reminders moves a customer who stays silent; the first state of each has a reminder that leads on.

    Only what is certain counts: the earliest reminder that leads anywhere, and a goto without a condition.
    """
    following = {name: target for name, state in states.items() if (target := _when_silent(state)) in states}
    rings: list[list[str]] = []
    seen: set[str] = set()
    for start in following:
        path: dict[str, None] = {}
        name = start
        while name in following and name not in seen:
            seen.add(name)
            path[name] = None
            name = following[name]
        if name in path:
            ring = list(path)[list(path).index(name) :]
            reminding = [place for place, each in enumerate(ring) if _waits(states[each])]
            rings += [[*ring[place:], *ring[:place]] for place in reminding[:1]]
    return rings


def _when_silent(state: State) -> str:
    """Where the state leads when the customer does nothing; empty if it stays."""
    if not _waits(state):
        return state.goto[0].to if state.goto[0].condition is None else ""
    first = earliest_leading(state)
    if first is None or first.goto != MORE:
        return first.goto if first else ""
    return "" if state.none else state.name


def earliest_leading(state: State) -> Reminder | None:
    """The reminder by which a silent customer leaves the state, or sees more there."""
    return min((each for each in state.remind if each.goto), key=lambda each: each.after, default=None)


def _waits(state: State) -> bool:
    return bool(state.handoff or state.suggest or state.faq or state.ask or state.choices or not state.goto)


def _loops_in(states: Mapping[str, State], slots: Mapping[str, Slot], start: str) -> list[list[str]]:
    """Rings among these states: looked for in each knot of them, with what holds in that knot."""
    everything = _graph(states, _Given(changes=_changes(states)), start)
    order = {name: position for position, name in enumerate(states)}
    rings: list[list[str]] = []
    for knot in _knots(everything):
        tied = {name: states[name] for name in sorted(knot, key=order.__getitem__)}
        rings += _rings(_graph(tied, _given_in(tied, slots), start))
    return rings


def _given_in(states: Mapping[str, State], slots: Mapping[str, Slot]) -> _Given:
    """What everybody who goes round in these states has answered. A yes_no slot may be no, so it tells nothing."""
    forgotten = frozenset(slot for state in states.values() for slot in state.forget)
    asked = {slot for state in states.values() for slot in _asks(state)}
    learnt = asked | {slot for state in states.values() for slot in state.set}
    sure = {name for name in learnt - forgotten if name in slots and slots[name].kind != "yes_no"}
    return _Given(frozenset(sure), forgotten, _changes(states))


def _changes(states: Mapping[str, State]) -> bool:
    return any(_asks(state) or state.set or state.forget for state in states.values())


def _graph(states: Mapping[str, State], given: _Given, start: str) -> Graph:
    """Where each of these states leads at once, among them; `back` is what led here."""
    targets = {name: _targets(state, given) for name, state in states.items()}
    before: dict[str, list[str]] = {name: [] for name, ways in targets.items() if BACK in ways}
    if start in before:
        before[start].append(start)  # With nothing remembered, back is the start.
    for name, ways in targets.items():
        for target in ways if not _asks(states[name]) else ():  # Back to a form asks again.
            if target in before:
                before[target].append(name)
    return {
        name: tuple(each for each in (*ways, *before.get(name, ())) if each in states) for name, ways in targets.items()
    }


def _targets(state: State, given: _Given) -> tuple[str, ...]:
    """Where the state may lead without waiting."""
    if state.handoff:
        return (state.handoff.closed,)
    if state.suggest:
        return () if given.changes else (state.none,)
    if _asks(state) & given.forgotten:
        return ()
    targets: list[str] = []
    for rule in state.goto:
        may_hold, may_fail = _outcomes(rule.condition, given.known)
        if may_hold:
            targets.append(rule.to)
        if not may_fail:
            break
    return tuple(targets)


def _asks(state: State) -> set[str]:
    """The slots that the state may have to ask for: what it sets itself is known by then."""
    return {question.save for question in state.ask} - (state.set.keys() - set(state.forget))


def _outcomes(condition: Condition | None, known: Collection[str]) -> tuple[bool, bool]:
    """Whether the condition may hold, and whether it may fail. Conditions are short, so this recursion is too."""
    match condition:
        case None:
            return True, False
        case Truth(name):
            return True, name.name not in known
        case Not(inner):
            may_hold, may_fail = _outcomes(inner, known)
            return may_fail, may_hold
        case And(parts):
            both = [_outcomes(part, known) for part in parts]
            return all(hold for hold, _ in both), any(fail for _, fail in both)
        case Or(parts):
            both = [_outcomes(part, known) for part in parts]
            return any(hold for hold, _ in both), all(fail for _, fail in both)
        case _:
            return True, True


def _knots(graph: Graph) -> list[list[str]]:
    """Groups of states that all lead to each other; a state alone only if it leads to itself.

    A walk along the ways gives the order in which states are left; a walk against the ways, the last left first, gives the groups.
    """
    against: dict[str, list[str]] = {name: [] for name in graph}
    for name, targets in graph.items():
        for target in targets:
            against[target].append(name)
    seen: set[str] = set()
    left = [name for start in graph for name in _walk(start, graph, seen)]
    seen = set()
    groups = [_walk(start, against, seen) for start in reversed(left)]
    return [group for group in groups if len(group) > 1 or (group and group[0] in graph[group[0]])]


def _walk(start: str, graph: Mapping[str, Collection[str]], seen: set[str]) -> list[str]:
    """Every state that can be reached from `start` and was not seen before, in the order in which it is left."""
    if start in seen:
        return []
    seen.add(start)
    left: list[str] = []
    path = [(start, iter(graph[start]))]
    while path:
        name, ways = path[-1]
        target = next((way for way in ways if way not in seen), None)
        if target is None:
            left.append(name)
            path.pop()
        else:
            seen.add(target)
            path.append((target, iter(graph[target])))
    return left


def _rings(graph: Graph) -> list[list[str]]:
    """One ring for each place where a walk comes back to a state that it is still in; every state is walked once."""
    done: set[str] = set()
    rings: list[list[str]] = []
    for start in graph:
        if start in done:
            continue
        path, position = [start], {start: 0}
        ways = [iter(graph[start])]
        while path:
            target = next(ways[-1], None)
            if target is None:
                ways.pop()
                left = path.pop()
                del position[left]
                done.add(left)
            elif target in position:
                if len(rings) < RINGS_MAX:
                    rings.append(path[position[target] :])
            elif target not in done:
                position[target] = len(path)
                path.append(target)
                ways.append(iter(graph[target]))
    return rings
