"""The processes at work: heartbeats, who is dead, and the handing over of what the dead had in hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, text, update

from app.store import claims, underway
from app.store.database import APPLICATION
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

    Nothing is left to take over when another worker was quicker. On PostgreSQL it waits LOCK_SECONDS for what the dead one may
    still have locked, and is then to be tried again: the beat must not stand still with it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
    connection.execute(delete(workers).where(workers.c.id == dead_id))
    claims.release_all_of(connection, dead_id, tried=True)
    return underway.adopt(connection, dead_id, worker_id)


LOCK_SECONDS = 1
"""Less than a worker may stand still without being taken for dead itself."""


def cut_off_frozen(connection: Connection) -> None:
    """End connections of ours that have stood still in the middle of a command for FROZEN_SECONDS: their process is frozen.

    The server ends those that stand still between two commands by itself (app/store/postgres.py), but not these, and their locks
    would keep everybody from taking the process's work over until it wakes.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_cut_off, {"application": APPLICATION, "seconds": FROZEN_SECONDS})


FROZEN_SECONDS = 2
"""No living process leaves the server waiting for the rest of a command for so long."""
_cut_off = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
    " AND application_name = :application AND pid <> pg_backend_pid() AND state = 'active' AND wait_event = 'ClientRead'"
    " AND state_change < clock_timestamp() - make_interval(secs => :seconds)"
)


def leave(connection: Connection, worker_id: str) -> None:
    """Stop working in good order: nothing in flight is left, what waits for another try is anybody's.

    What is in doubt stays in this name, which is on no list any more: the next worker that looks settles it.
    """
    claims.release_all_of(connection, worker_id, tried=False)
    underway.free_pending(connection, worker_id)
    connection.execute(delete(workers).where(workers.c.id == worker_id))
