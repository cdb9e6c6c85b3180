"""One turn: a session and an event in, a session and effects out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app.engine.effects import Effect, Search
from app.engine.events import Event
from app.engine.flow import Flow
from app.engine.session import Session

Finders = Mapping[Search, Any]
NOTHING_FOUND: Finders = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of an event. `why` says step by step how it was read, without the customer's words.

    When `effects` is one `Search`, the turn has not happened yet: `session` is the one that came in, and the caller takes the
    same turn again with the answer in `finders`.
    """

    session: Session
    effects: tuple[Effect, ...] = ()
    why: tuple[str, ...] = ()


def take_turn(flow: Flow, session: Session, event: Event, now: datetime, finders: Finders = NOTHING_FOUND) -> Turn:
    """Move the session by one event. Pure: the same arguments give the same turn."""
    raise EngineErrorPlaceholder
