"""Letters to staff that have not left: written in the transaction of what they tell, sent by the worker, gone when they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from app.store import due
from app.store.tables_tools import letters

_l = letters.c


@dataclass(frozen=True, slots=True)
class Letter:
    """Plain text to one address. `tries` counts this one too, if it is being sent."""

    to: str
    subject: str
    text: str
    id: int = 0
    tries: int = 0


def add(connection: Connection, letter: Letter, now: datetime) -> None:
    """To be sent."""
    row = {"to": letter.to, "subject": letter.subject, "text": letter.text, "tries": 0, "next_at": now}
    connection.execute(insert(letters), row)


def claim(connection: Connection, most: int, now: datetime) -> list[Letter]:
    """What is due; counted before it is sent."""
    numbers = due.claim(connection, letters, most, now)
    if not numbers:
        return []
    rows = connection.execute(select(_l.to, _l.subject, _l.text, _l.id, _l.tries).where(_l.id.in_(numbers)))
    return [Letter(*row) for row in rows]


def forget(connection: Connection, letter_id: int) -> None:
    """It has left, or is given up."""
    connection.execute(delete(letters).where(_l.id == letter_id))


def put_off(connection: Connection, letter_id: int, until: datetime) -> None:
    """To be tried again at that moment."""
    connection.execute(update(letters).where(_l.id == letter_id).values(next_at=until))
