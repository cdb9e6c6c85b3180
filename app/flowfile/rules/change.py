"""F7xx: what a change would do to customers who are in the middle. Only asked where it is known who waits where."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from app.flowfile.problems import Place, Problem, nearest_name, problem_at


def state_removed_under_customers(
    place: Place, state: str, customers: int, states: Collection[str]
) -> Iterator[Problem]:
    """F701: a state that goes while customers stand in it. Advice: their next message is read as from nowhere, and nobody is lost."""
    who = "1 customer waits" if customers == 1 else f"{customers} customers wait"
    instead = nearest_name(state, states) or "the state that takes its place"
    yield replace(
        problem_at(
            place,
            "F701",
            f"{who} in {state}, which this change removes.",
            f"Add to moved: {{{state}: {instead}}}",
        ),
        advice=True,
    )
