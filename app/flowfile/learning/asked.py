"""A question of the past as learning sees it. Comes from nowhere by itself: whoever reads the database makes it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.mask import REMOVED

_PERSONAL = re.compile(r"\d[\d\s./-]{3,}\d|@|https?://|www\.")
"""Order and phone numbers, addresses of every kind."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, in which language, by whom, and what came of it.

    `decision` and `entry` are what the bot did then; `meant` is the entry that the customer tapped, `staff` what staff answered.
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

    @property
    def was_missed(self) -> bool:
        """Whether the bot could have done better."""
        return self.decision in ("fallback", "clarify") or self.rating == "not_helpful" or self.handed_off


def is_personal(text: str) -> bool:
    """Whether it holds what is one customer's alone, and must not stand in a file of the owner's."""
    return REMOVED in text or _PERSONAL.search(text) is not None
