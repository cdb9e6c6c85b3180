"""What is counted and timed while the house works, in memory: histograms, and counts with a bounded number of names. Knows no room."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

BOUNDS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds of a histogram's buckets: from one commit to a customer who gave up."""
NAMES_MAX = 200
"""Pages that are counted by name: more would make every scrape of a thousand Pages a large one."""
OTHER = "other"
"""What Pages beyond those are counted as."""


class Histogram:
    """How often it took how long. `buckets` has one place more than BOUNDS_SECONDS: for what took longer than all."""

    __slots__ = ("buckets", "seconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS_SECONDS) + 1)
        self.seconds = 0.0

    def observe(self, seconds: float, times: int = 1) -> None:
        """It took so long; a clock that was set back took no time."""
        self.buckets[bisect_left(BOUNDS_SECONDS, seconds)] += times
        self.seconds += max(seconds, 0.0) * times

    @property
    def count(self) -> int:
        return sum(self.buckets)


@dataclass(slots=True)
class ByPage:
    """Counts by Page: the first NAMES_MAX by name, so that no count ever goes back, all others together."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, page_id: str, many: int = 1) -> None:
        name = page_id if page_id in self.counts or len(self.counts) < NAMES_MAX else OTHER
        self.counts[name] += many


@dataclass(frozen=True, slots=True)
class Sample:
    """One value, with the labels that tell it from others of its name."""

    name: str
    value: float | Histogram
    labels: Mapping[str, str] = field(default_factory=dict)


def labelled(name: str, label: str, counts: Mapping[str, int]) -> Iterator[Sample]:
    """One sample for each of the counts."""
    return (Sample(name, count, {label: each}) for each, count in sorted(counts.items()))
