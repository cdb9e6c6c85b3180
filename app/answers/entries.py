"""The values that go into a search and come out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
Decision = Literal["answer", "clarify", "fallback"]

OFFERED_MAX = 3
"""Entries offered when it is not sure what was meant: more is a menu."""


class Encoder(Protocol):
    """Makes numbers of what texts mean, in any language that it knows."""

    name: str
    """Model and version: vectors of two names must not be compared."""

    def encode(self, texts: Sequence[str]) -> Numbers:
        """One row of length 1 for each text: the nearer two rows, the nearer two meanings."""

    def is_known(self, word: str) -> bool:
        """Whether a word, small letters, is one of those that it has learnt whole: such a word is no slip of the finger."""

    def familiarity(self, word: str) -> float:
        """How likely any word is in the languages it has learnt, as a logarithm: about -10 for common words, -25 for none at all."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be answered: its id and the ways to ask for it, in any languages. Without phrases it is never found."""

    id: str
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """How well an entry fits: the whole `score`, and the three judges that it is the mean of, all about 0 to 1.

    `best` is the likeness of its nearest phrase, which is `phrase`; `middle` of the middle of its phrases; `learnt` what a regression
    over all phrases expects. `words` and `meaning` are the two halves of `best`.
    """

    id: str
    score: float
    best: float = 0.0
    middle: float = 0.0
    learnt: float = 0.0
    words: float = 0.0
    meaning: float = 0.0
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Chances:
    """How likely it is that the first entry is right, that another of the first three is, that a later one is, or none at all."""

    right: float = 0.0
    near: float = 0.0
    missed: float = 0.0
    outside: float = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a text means: entries, the best first, and what to do. `rule` says in a word how it was decided."""

    decision: Decision = "fallback"
    ranked: tuple[Ranked, ...] = ()
    chances: Chances = field(default_factory=Chances)
    rule: str = "nothing"
