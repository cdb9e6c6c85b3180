"""Whether the conditions of a whole bot make sense, and whether each slot is ever filled. Looks once everything else is read."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.conditions import names_in
from app.engine.flow import RESULTS, Compare, Flow, Slot, State
from app.flowfile.parts.known import Known
from app.flowfile.parts.truth import Domain, covered, is_always_when_known, is_within, verdict
from app.flowfile.rules import conditions as rules

MISLEADING = ("F201", "F202", "F204", "F212")
"""With one of these a question may be missing from what was read, and its slot would be called empty wrongly."""

OUTSIDE_NAMES = ("product",)
"""Names whose values stand in another file: conditions about them are not looked at."""


def look_at_sense(flow: Flow, known: Known) -> None:
    """Report conditions that are always or never true, rules that are covered, slots that nothing fills."""
    domain = Domain(
        {**flow.slots, "result": Slot("result", "choice", values=RESULTS)},
        flow.languages,
        frozenset(_filled_from_outside(flow)),
    )
    _look_at_conditions(known, domain)
    _look_at_rules(known, domain)
    if not known.report.has(*MISLEADING):
        known.report.take(rules.slot_never_filled(known.slot_names, frozenset(_filled(flow))))


def _look_at_conditions(known: Known, domain: Domain) -> None:
    for written, condition in known.conditions:
        if known.report.is_full():
            return
        if any(name.partition(".")[0] in OUTSIDE_NAMES for name in names_in(condition)):
            continue
        always = verdict(condition, domain)
        if always is False:
            known.report.take(rules.condition_never_true(written.place, written.text))
        elif always:
            known.report.take(rules.condition_always_true(written.place, written.text))
        elif isinstance(condition, Compare) and is_always_when_known(condition, domain):
            slot = condition.left.name
            known.report.take(rules.condition_true_when_known(written.place, written.text, slot))


def _look_at_rules(known: Known, domain: Domain) -> None:
    for listed in known.rule_lists:
        conditioned = [(place, condition) for place, condition in listed if condition is not None]
        for index in covered([condition for _, condition in conditioned], domain):
            known.report.take(rules.rule_covered_before(conditioned[index][0]))


def _filled(flow: Flow) -> Iterator[str]:
    """Every slot that something fills."""
    yield from (entry.gives for entry in flow.anywhere)
    for state in flow.states.values():
        yield from state.set
        yield from (question.save for question in state.ask)
        yield from _saved(state)


def _filled_from_outside(flow: Flow) -> Iterator[str]:
    """Slots that take what no customer could answer: from a call, or set by the owner beyond `min` and `max`."""
    for state in flow.states.values():
        yield from (
            name for name, value in state.set.items() if name in flow.slots and not is_within(flow.slots[name], value)
        )
        yield from _saved(state)


def _saved(state: State) -> Iterator[str]:
    """Slots that the answer of a call fills."""
    yield from state.call.save if state.call else ()
