"""The processes at work: heartbeats, who is dead, and the handing over of what the dead had in hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from app.store import claims, underway
from app.store.outbox import OutMessage
from app.store.tables import workers
from app.store.upsert import insert_new


def join(connection: Connection, worker_id: str, now: datetime) -> None:
    """Begin to work under this name; once more does no harm."""
    insert_new(connection, workers, [{"id": worker_id, "beat": 0, "started_at": now}], ("id",))


def beat(connection: Connection, worker_id: str) -> dict[str, int]:
    """Show that this worker lives, and see everybody's beats; without its own name in them it has been declared dead."""
    connection.execute(_beat, {"worker": worker_id})
    return {row.id: row.beat for row in connection.execute(_beats)}


def list_all(connection: Connection) -> list[str]:
    return list(connection.execute(_names).scalars())


_beat = update(workers).where(workers.c.id == bindparam("worker")).values(beat=workers.c.beat + 1)
_beats = select(workers.c.id, workers.c.beat)
_names = select(workers.c.id)


def list_unlisted(connection: Connection) -> list[str]:
    """Names that have work in hand and are not on the list: who left with something in doubt, or took it on when already buried."""
    return sorted({*claims.list_claimers(connection), *underway.list_owners(connection)} - {*list_all(connection)})


def bury(connection: Connection, dead_id: str, worker_id: str) -> list[OutMessage]:
    """Take a dead worker's name off the list and its work over; what it was sending is this worker's to settle now.

    Nothing is left to take over when another worker was quicker.
    """
    connection.execute(delete(workers).where(workers.c.id == dead_id))
    claims.release_all_of(connection, dead_id, tried=True)
    return underway.adopt(connection, dead_id, worker_id)


def leave(connection: Connection, worker_id: str) -> None:
    """Stop working in good order: nothing in flight is left, what waits for another try is anybody's.

    What is in doubt stays in this name, which is on no list any more: the next worker that looks settles it.
    """
    claims.release_all_of(connection, worker_id, tried=False)
    underway.free_pending(connection, worker_id)
    connection.execute(delete(workers).where(workers.c.id == worker_id))
