"""The names of one bot that its schema offers. Taken from what the checker knows, also of a bot with problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.engine.flow import Slot
from app.flowfile.parts.known import Known


@dataclass(frozen=True, slots=True)
class Names:
    """States, slots, teams, languages and FAQ topics, each in the owner's order. `kinds` are the slots that could be read."""

    bot: str
    states: Sequence[str]
    slots: Sequence[str]
    kinds: Mapping[str, Slot]
    teams: Sequence[str]
    languages: Sequence[str]
    topics: Sequence[str]


def names_of(known: Known) -> Names:
    """The names of this bot."""
    return Names(
        known.bot_name,
        tuple(known.states),
        tuple(known.slot_names),
        known.slots,
        tuple(known.teams),
        known.languages,
        known.faq_topics,
    )
