"""What people do and see at the desk, for the audit: which deed, whose customer, never what was written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from app.desk.access.identity import Staff
from app.log import customer_tag
from app.store import audit
from app.store.database import Database
from app.store.keys import Key

KNOWN_MOST = 50_000
"""Who saw what in this hour, in memory; beyond that something may be written down twice."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What is written down once it is done. `details`: to whom, to which team or state, which place in the customer's line."""

    what: audit.What
    details: dict[str, str | int] = field(default_factory=dict)


def note(connection: Connection, staff: Staff, key: Key, deed: Deed, now: datetime) -> None:
    """As the last thing of the transaction that does it."""
    _add(connection, staff.who, key, deed, now)


def note_left(connection: Connection, key: Key, now: datetime) -> None:
    """Whoever had it was gone for too long."""
    _add(connection, "server", key, Deed("conversation_left"), now)


def _add(connection: Connection, who: str, key: Key, deed: Deed, now: datetime) -> None:
    details = {"customer": customer_tag("/".join(key)), **deed.details}
    audit.add(connection, deed.what, now, who=who, page_id=key[0], details=details)


@dataclass(slots=True)
class Sights:
    """Who was shown which conversation: written down once an hour for each, before it is shown.

    Each process remembers its own, so that in a fleet the same may stand there once for each of them.
    """

    _hour: datetime | None = None
    _known: set[tuple[str, Key]] = field(default_factory=set)

    async def note(self, database: Database, staff: Staff, key: Key, now: datetime) -> None:
        """Raises UnavailableError when it cannot be written down: then nothing is shown either."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour != self._hour or len(self._known) >= KNOWN_MOST:
            self._hour, self._known = hour, set()
        sight = (staff.id, key)
        if sight in self._known:
            return
        deed = Deed("conversation_seen")
        await database.transaction(lambda connection: note(connection, staff, key, deed, now))
        self._known.add(sight)
