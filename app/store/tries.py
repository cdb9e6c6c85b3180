"""How often something failed for a subject: counted in the database, so that all processes count together (S10).

A try is counted before it is made, and taken back when it succeeds: many at once gain nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, select, update

from app.store.staff_tables import sign_in_tries
from app.store.upsert import insert_new

FREE_TRIES = 5
"""From this one on each try must wait longer than the one before it."""
TRIES_MAX = 10
WINDOW = timedelta(minutes=15)
"""TRIES_MAX failures in this time: no more until it is over. Then everything begins anew: nobody is locked out for good."""
FIRST_WAIT_SECONDS = 1.0
"""After the first try that is not free; doubled by each one that follows: 1, 2, 4, 8, 16."""

_c = sign_in_tries.c


def count(connection: Connection, subjects: Sequence[bytes], now: datetime) -> float:
    """Count one try for each subject; 0, or the seconds to wait when it may not be made (then nothing was counted)."""
    ordered = sorted(set(subjects))  # one order in all processes: none waits for another in a circle
    insert_new(
        connection,
        sign_in_tries,
        [{"subject": each, "failed": 0, "since": now, "last_at": now} for each in ordered],
        ("subject",),
    )
    locked = select(_c.subject, _c.failed, _c.since, _c.last_at).where(_c.subject.in_(ordered)).order_by(_c.subject)
    rows = connection.execute(locked.with_for_update()).all()
    wait = max((_wait(failed, since, last_at, now) for _, failed, since, last_at in rows), default=0.0)
    if wait > 0:
        return wait
    for subject, failed, since, _ in rows:
        over = since <= now - WINDOW
        values = {"failed": 1 if over else failed + 1, "since": now if over else since, "last_at": now}
        connection.execute(update(sign_in_tries).where(_c.subject == subject).values(**values))
    return 0.0


def take_back(connection: Connection, subjects: Sequence[bytes]) -> None:
    """That try was no failure."""
    fewer = case((_c.failed > 0, _c.failed - 1), else_=0)
    connection.execute(update(sign_in_tries).where(_c.subject.in_(subjects)).values(failed=fewer))


def forget(connection: Connection, subject: bytes) -> None:
    """Its failures do not count any more."""
    connection.execute(delete(sign_in_tries).where(_c.subject == subject))


def delete_old(connection: Connection, now: datetime) -> None:
    connection.execute(delete(sign_in_tries).where(_c.last_at < now - WINDOW))


def _wait(failed: int, since: datetime, last_at: datetime, now: datetime) -> float:
    """Seconds until the next try may be made."""
    if since <= now - WINDOW or failed < FREE_TRIES:
        return 0.0
    if failed >= TRIES_MAX:
        return (since + WINDOW - now).total_seconds()
    pause = FIRST_WAIT_SECONDS * float(2 ** (failed - FREE_TRIES))
    return max((last_at + timedelta(seconds=pause) - now).total_seconds(), 0.0)
