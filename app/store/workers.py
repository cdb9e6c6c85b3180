"""The processes at work: heartbeats, who is dead, and the handing over of what the dead had in hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from app.store import claims, outbox
from app.store.outbox import OutMessage
from app.store.tables import workers


def join(connection: Connection, worker_id: str, now: datetime) -> None:
    """Begin to work under this name."""
    connection.execute(insert(workers).values(id=worker_id, beat=0, started_at=now))


def beat(connection: Connection, worker_id: str) -> dict[str, int]:
    """Show that this worker lives, and see everybody's beats; without its own name in them it has been declared dead."""
    connection.execute(update(workers).where(workers.c.id == worker_id).values(beat=workers.c.beat + 1))
    return {row.id: row.beat for row in connection.execute(select(workers.c.id, workers.c.beat))}


def list_all(connection: Connection) -> list[str]:
    return list(connection.execute(select(workers.c.id)).scalars())


def bury(connection: Connection, dead_id: str, worker_id: str) -> list[OutMessage]:
    """Take a dead worker's name off the list and its work over; what it was sending is this worker's to settle now."""
    gone = connection.execute(delete(workers).where(workers.c.id == dead_id))
    if not gone.rowcount:
        return []  # another worker was quicker
    claims.release_all_of(connection, dead_id)
    return outbox.adopt(connection, dead_id, worker_id)


def leave(connection: Connection, worker_id: str) -> None:
    """Stop working in good order: nothing in flight is left, what waits for another try is anybody's."""
    claims.release_all_of(connection, worker_id)
    outbox.free_pending(connection, worker_id)
    connection.execute(delete(workers).where(workers.c.id == worker_id))
