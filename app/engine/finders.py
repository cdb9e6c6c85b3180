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
class Found:
    """The answer of a search, by ids. `sure` is what was meant, or empty; `unsure` are up to three that may be, the likeliest first."""

    sure: str = ""
    unsure: tuple[str, ...] = ()


class SearchNeededError(EngineError):
    """Ends a turn that cannot go on before `search` is answered; `take_turn` makes a value of it, so nobody else meets it."""

    def __init__(self, search: Search) -> None:
        super().__init__("A search is needed first.")
        self.search = search
