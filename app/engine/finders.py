"""What searches answer, as values, and the stop of a turn that has to wait for one. Runs no search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.engine.effects import Search
from app.errors import EngineError

Finders = Mapping[Search, Any]
NOTHING_FOUND: Finders = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Scored:
    """How well an entry fits, 0 to 1."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of a search, by ids. `sure` is what was meant, or empty; `unsure` are up to three that may be, the likeliest first.

    `scores` are the entries that fitted best, and `rule` says how it was decided between them; both for the turn's why alone.
    Of products `unsure` are all that are shown, the sure one among them; `dropped` are wishes that none of them fulfils, as kind and
    value; `more`: there are others behind them. `vain`: products were surely asked for and none is near; `dropped` are the wishes then.
    `said`: the answer in other words than its entry's; empty for those.
    """

    sure: str = ""
    unsure: tuple[str, ...] = ()
    scores: tuple[Scored, ...] = ()
    rule: str = ""
    dropped: tuple[tuple[str, str], ...] = ()
    more: bool = False
    said: str = ""
    vain: bool = False

    @property
    def reason(self) -> str:
        """How it was found, without a word of what was asked: `likely right: returns 0.71, swap 0.32`; empty where nothing is told."""
        told = ", ".join(f"{each.id} {each.score:.2f}" for each in self.scores)
        return f"{self.rule}: {told}" if told else self.rule


class SearchNeededError(EngineError):
    """Ends a turn that cannot go on before `search` is answered; `take_turn` makes a value of it, so nobody else meets it."""

    def __init__(self, search: Search) -> None:
        super().__init__("A search is needed first.")
        self.search = search
