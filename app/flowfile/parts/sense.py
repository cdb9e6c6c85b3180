"""Whether the conditions of a whole bot make sense, and whether each slot is ever filled. Looks once everything else is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from app.engine.conditions import names_in
from app.engine.flow import PRODUCT_PREFIX, RESULTS, Compare, Condition, Flow, Slot, State
from app.flowfile.parts.known import Known
from app.flowfile.parts.products import PRICES, PRODUCT_KEYS
from app.flowfile.parts.truth import Domain, covered, is_always_when_known, is_never, is_within, verdict
from app.flowfile.rules import conditions as rules

MISLEADING = ("F201", "F202", "F204", "F212")
"""With one of these a question may be missing from what was read, and its slot would be called empty wrongly."""

PRODUCTS_TRIED_MAX = 100_000
"""Products that conditions are tried with in one check, some 20 microseconds each: most conditions fit one of the first few."""

CHANGING = ("stock",)
"""Fields of products that are another number every day: that nothing is left today is no mistake."""


def look_at_sense(flow: Flow, known: Known) -> None:
    """Report conditions that are always or never true, rules that are covered, slots that nothing fills."""
    domain = Domain(
        {**flow.slots, **_product_slots(known), "result": Slot("result", "choice", values=RESULTS)},
        flow.languages,
        frozenset(_filled_from_outside(flow)),
    )
    _look_at_conditions(flow, known, domain)
    _look_at_rules(known, domain)
    if not known.report.has(*MISLEADING):
        known.report.take(rules.slot_never_filled(known.slot_names, frozenset(_filled(flow))))


def _product_slots(known: Known) -> Mapping[str, Slot]:
    """What fields of products can be: of prices it is told elsewhere when they are below zero."""
    prices = {
        name: known.product_slots[name] for each in PRICES if (name := PRODUCT_PREFIX + each) in known.product_slots
    }
    return {**known.product_slots, **{name: replace(slot, minimum=0) for name, slot in prices.items()}}


def _look_at_conditions(flow: Flow, known: Known, domain: Domain) -> None:
    catalogue = _Catalogue(flow, known)
    for written, condition in known.conditions:
        if known.report.is_full():
            return
        always = verdict(condition, domain)
        if always is False:
            known.report.take(rules.condition_never_true(written.place, written.text))
        elif always:
            known.report.take(rules.condition_always_true(written.place, written.text))
        elif isinstance(condition, Compare) and is_always_when_known(condition, domain):
            slot = condition.left.name
            known.report.take(rules.condition_true_when_known(written.place, written.text, slot))
        elif catalogue.fits_none(condition, domain):
            known.report.take(rules.condition_of_no_product(written.place, written.text))


class _Catalogue:
    """The products as conditions see them, and how many may still be tried."""

    def __init__(self, flow: Flow, known: Known) -> None:
        is_whole = len(known.product_names) == len(known.product_slots)
        self._products = tuple(flow.products.values()) if is_whole else ()
        self._names = known.product_slots.keys() - {PRODUCT_PREFIX + name for name in (*PRODUCT_KEYS, *CHANGING)}
        self._tries_left = PRODUCTS_TRIED_MAX

    def fits_none(self, condition: Condition, domain: Domain) -> bool:
        """Whether no product of today fits, whoever the customer is. False where that is not certain."""
        if names_in(condition).isdisjoint(self._names) or not self._products:
            return False
        for product in self._products:
            self._tries_left -= 1
            fixed = {name: product.fields.get(name.removeprefix(PRODUCT_PREFIX)) for name in self._names}
            if self._tries_left < 0 or not is_never(condition, replace(domain, fixed=fixed)):
                return False
        return True


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
