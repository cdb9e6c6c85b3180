"""F4xx: conditions that cannot be what somebody meant, and slots that nothing fills. Claims only what is certain."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from app.flowfile.problems import Place, Problem, problem_at, quoted


def slot_never_filled(slots: Mapping[str, Place], filled: Collection[str]) -> Iterator[Problem]:
    """F409: a slot that nothing asks for, sets or saves. Advice: it stays empty, and the bot works."""
    for name, place in slots.items():
        if name not in filled:
            yield replace(
                problem_at(
                    place,
                    "F409",
                    f"Nothing ever fills the slot {quoted(name)}.",
                    f"Ask for it in a state, as in ask: {{save: {name}, say: …}}; or take it out.",
                ),
                advice=True,
            )


def condition_always_true(place: Place, text: str) -> Iterator[Problem]:
    """F410: a condition that holds whatever the customer says."""
    yield problem_at(
        place,
        "F410",
        f"{quoted(text)} is always true.",
        "Take the condition out; or, if one of two things is meant, ask for one of them only.",
    )


def condition_true_when_known(place: Place, text: str, slot: str) -> Iterator[Problem]:
    """F410: a comparison that every value of the slot passes."""
    yield problem_at(
        place,
        "F410",
        f"{quoted(text)} is true for every value that {quoted(slot)} can have.",
        f"To ask whether it is known, write {slot} alone; else write a value that makes a difference.",
    )


def condition_never_true(place: Place, text: str) -> Iterator[Problem]:
    """F411: a condition that can never hold."""
    yield problem_at(
        place,
        "F411",
        f"{quoted(text)} is never true.",
        "If one of several things is meant, write or instead of and; else look at the values and at min and max.",
    )


def condition_of_no_product(place: Place, text: str) -> Iterator[Problem]:
    """F411: a condition that no product fulfils. Advice: one may come tomorrow."""
    hint = "Look at the values of the products; or leave it, if such a product is to come."
    yield replace(problem_at(place, "F411", f"{quoted(text)} is true for no product that there is.", hint), advice=True)


def rule_covered_before(place: Place) -> Iterator[Problem]:
    """F412: a goto rule that can only hold when a rule above it does."""
    yield problem_at(
        place,
        "F412",
        "This line is never reached, because whenever its condition holds, one above holds too.",
        "Move it up, above the line that takes its customers, or take it out.",
    )
