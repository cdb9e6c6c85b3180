"""How long to wait before the next try: growing, bounded, with jitter so that many do not come back at once."""

from __future__ import annotations

from collections.abc import Iterator

from app.chance import Chance

SHORTEST_SECONDS = 0.1
LONGEST_SECONDS = 5.0


def waits(chance: Chance, shortest: float = SHORTEST_SECONDS, longest: float = LONGEST_SECONDS) -> Iterator[float]:
    """Seconds to wait, one for each try, for ever."""
    wait = shortest
    while True:
        yield wait * chance.uniform(0.5, 1.0)
        wait = min(wait * 2, longest)


def wait_before(attempt: int, chance: Chance, shortest: float, longest: float) -> float:
    """Seconds before try number `attempt` + 1."""
    return float(min(shortest * 2 ** min(attempt - 1, 30), longest)) * chance.uniform(0.5, 1.0)
