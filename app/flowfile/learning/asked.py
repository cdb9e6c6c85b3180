"""A question of the past as learning sees it. Comes from nowhere by itself: whoever reads the database makes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.engine.fold import fold
from app.mask import REMOVED

_PERSONAL = re.compile(r"\d[\d\s./-]{3,}\d|@|https?://|www\.")
"""Order and phone numbers, addresses of every kind."""

_HOLD_NAMES = frozenset(
    {"names", "nom", "prenom", "nombre", "apellido", "apellidos", "cognome", "nome", "naam", "pseudo"}
)
"""Words in the names of slots that hold what somebody is called; `firstname` and `vorname` are known by their end."""

NAME_CHARS_MIN = 2
"""An initial says nobody's name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, in which language, by whom, and what came of it.

    `decision` and `entry` are what the bot did then; `meant` is the entry that the customer tapped, `staff` what staff answered.
    `names` are folded words by which the customer is called, or that he gave in confidence.
    """

    text: str
    language: str
    customer: str
    decision: str
    entry: str = ""
    meant: str = ""
    rating: str = ""
    handed_off: bool = False
    staff: str = ""
    names: frozenset[str] = frozenset()

    @property
    def was_missed(self) -> bool:
        """Whether the bot could have done better."""
        return self.decision in ("fallback", "clarify") or self.rating == "not_helpful" or self.handed_off


def names_in(slots: Mapping[str, Any]) -> frozenset[str]:
    """The folded words by which a customer is called, of what the bot knows of him: from his profile, and where a form asked."""
    values = [value for slot, value in slots.items() if isinstance(value, str) and _holds_names(slot)]
    return frozenset(word for value in values for word in fold(value).split() if len(word) >= NAME_CHARS_MIN)


def _holds_names(slot: str) -> bool:
    return any(word.endswith("name") or word in _HOLD_NAMES for word in fold(slot.replace("_", " ")).split())


def is_personal(text: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether it holds what is one customer's alone, and must not stand in a file of the owner's; `names` are the customer's."""
    return REMOVED in text or _PERSONAL.search(text) is not None or not names.isdisjoint(fold(text).split())
