"""What may go wrong and how often: drawn anew for each seed, so that every seed is another world. Injects nothing by itself."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields

MORE: dict[str, float] = {
    "killed_waiting": 0.0004,
    "lost_in_statement": 0.006,
}
"""What a changing world has besides: a kill at any await, a connection that is lost before the commit, the work half or wholly done.

Drawn by dice of their own, so that the seeds of the other worlds stay what they were.
"""

OFTEN = 3.0
"""How much more than its usual rate a fault may strike in a seed that draws it high."""


@dataclass(slots=True)
class Rates:
    """The chance of each fault at each of its occasions."""

    # the database
    locked: float = 0.01
    commit_unknown: float = 0.01
    killed_before_commit: float = 0.001
    killed_after_commit: float = 0.001
    slow_database: float = 0.003
    work_twice: float = 0.01
    # sending
    refused: float = 0.04
    limited: float = 0.02
    lost: float = 0.03
    error_lost: float = 0.03
    error_delivered: float = 0.03
    timeout_lost: float = 0.02
    timeout_delivered: float = 0.03
    slow_answer: float = 0.03
    killed_while_sending: float = 0.003
    # echoes and look-ups
    echo_twice: float = 0.05
    echo_never: float = 0.0
    look_up_none: float = 0.1
    look_up_wrong: float = 0.0
    # webhooks
    posted_twice: float = 0.1
    posted_again: float = 0.05
    wake_lost: float = 0.3
    poison: float = 0.01
    unreadable: float = 0.02

    def drawn(self, dice: random.Random) -> Rates:
        """Some of these faults not at all, the others more or less often."""
        return Rates(**_drawn({each.name: getattr(self, each.name) for each in fields(self)}, dice))


FAULTS = (*(each.name for each in fields(Rates)), *MORE)


def more(dice: random.Random) -> dict[str, float]:
    """The same for MORE."""
    return _drawn(MORE, dice)


def _drawn(rates: dict[str, float], dice: random.Random) -> dict[str, float]:
    values = {}
    for name, rate in rates.items():
        factor = 0.0 if dice.random() < 0.3 else dice.uniform(0.2, OFTEN)
        values[name] = min(rate * factor, 0.4)
    return values
