"""The audit for people: its entries in lines, whether its chain is whole; and what the door refused, minute by minute. Joins rooms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection

from app.aside import in_transaction
from app.clock import Clock
from app.errors import UnavailableError
from app.settings import Settings
from app.store import audit
from app.store.audit import Entry
from app.store.database import Database

COUNTED_SECONDS = 60.0
"""Refused signatures become one entry a minute: whoever floods the door must not fill the audit."""
BROKEN = (
    "Entry {} was changed, or one before it is missing: somebody wrote into the database by another way than this program. "
    "Compare it with a backup."
)


def list_lines(settings: Settings, most: int, page_id: str | None) -> tuple[list[str], bool]:
    """The newest entries, the oldest of them first, and whether the chain is whole; the last line says so."""

    def work(connection: Connection) -> tuple[list[Entry], int | None]:
        return audit.list_entries(connection, most=most, page_id=page_id), audit.find_break(connection)

    entries, broken = asyncio.run(in_transaction(settings, work))
    lines = [_line(each) for each in reversed(entries)]
    if broken is not None:
        return [*lines, BROKEN.format(broken)], False
    if not entries:
        return ["Nothing is written down yet."], True
    return [*lines, f"Nothing was changed. Newest of these: {entries[0].hash}"], True


def find_line(settings: Settings, noted: str) -> tuple[str, bool]:
    """Whether the entry whose hash somebody noted is still there, with an unbroken chain; how to say so."""

    def work(connection: Connection) -> bool:
        return audit.find_break(connection) is None and audit.holds(connection, noted)

    if asyncio.run(in_transaction(settings, work)):
        return "That entry is there, and nothing before it was changed.", True
    return "That entry is not there, or something was changed.", False


def _line(entry: Entry) -> str:
    details = "".join(f", {name} {value}" for name, value in entry.details.items())
    page = f", Page {entry.page_id}" if entry.page_id else ""
    what = entry.what.replace("_", " ")
    return f"{entry.id}  {entry.at:%Y-%m-%d %H:%M:%S}Z  {what}, by {entry.who.replace('_', ' ')}{page}{details}"


async def count_refused(database: Database, clock: Clock, refused: Callable[[], int]) -> None:
    """Write down once a minute how many signatures were refused in it, until cancelled; what is left then, too."""
    told = 0
    try:
        while True:
            await clock.sleep(COUNTED_SECONDS)
            told = await _note_refused(database, clock, refused(), told)
    finally:
        await _note_refused(database, clock, refused(), told)


async def _note_refused(database: Database, clock: Clock, refused: int, told: int) -> int:
    """How many are told of now; those of a minute in which the database was away are told of with the next."""
    if refused == told:
        return told
    now, details = clock.now(), {"count": refused - told}
    try:
        await database.transaction(
            lambda connection: audit.add(connection, "signatures_refused", now, who="unknown", details=details)
        )
    except UnavailableError:
        return told
    return refused
