"""What a SQLite file holds into PostgreSQL, for a fleet. A composition root: joins settings, store and what judges databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Connection

from app.aside import in_transaction
from app.clock import Clock
from app.errors import AppError, SettingsError
from app.findings import Finding
from app.insights import fleet
from app.log import key_tags
from app.settings import Settings, secret_key, sqlite_file
from app.store import audit, lock
from app.store.database import open_database, read_url
from app.store.invariants import LOOKED_AT
from app.store.moving import Note, Source, carry

Started = Callable[[int], Note]
"""Told how many rows there are; gives who is told of each batch."""


def move(settings: Settings, address: str, started: Started) -> tuple[list[str], bool]:
    """Carry the file's database over; what to tell, and whether all that must hold does hold there.

    Raises AppError when a server works on the file, or somebody keeps something at the address: then nothing was written there.
    """
    file, place = _read_ends(settings, address)
    key_tags(secret_key(settings))
    with _held(file):
        asyncio.run(in_transaction(settings, lambda _: None))  # there is one, of this program's schema
        with Source(file) as source:
            total = sum(source.counts.values())
            asyncio.run(_carry(source, address, started))
        before, after = (asyncio.run(_look(settings, each)) for each in (_address(settings), address))
    broken = {each.check for each in before}
    new = [each for each in after if each.check not in broken]
    lines = [f"{total} rows moved to {place}, each table counted on both sides."]
    lines += [f"{each.check}: {each.says}{'' if each in new else ' It was so before.'} {each.todo}" for each in after]
    lines += [] if after else ["All that doctor --fleet looks at holds there."]
    return [
        *lines,
        *([f"{file} is as it was: go on with it, and report this."] if new else _next(settings, file)),
    ], not new


def _read_ends(settings: Settings, address: str) -> tuple[Path, str]:
    """The file, and how the new database is called, without who may enter."""
    file = sqlite_file(settings)
    if file is None:
        raise AppError("FRONTDESK_DATABASE_URL names PostgreSQL already.", "backup and restore bring that elsewhere.")
    wanted = "Name it as postgresql+asyncpg://user:password@host/name."
    try:
        target = read_url(address)
    except SettingsError:
        raise AppError("The new address is none.", wanted) from None
    if target.get_backend_name() != "postgresql":
        raise AppError("The new address is none of PostgreSQL.", wanted)
    return file, f"{target.host or 'localhost'}/{target.database}"


def _address(settings: Settings) -> str:
    return settings.database_url.get_secret_value()


@contextmanager
def _held(file: Path) -> Iterator[None]:
    """No server works on the file, and none starts to."""
    with ExitStack() as held:
        try:
            for role in ("web", "worker"):
                held.enter_context(lock.hold(file, role))
        except SettingsError as error:
            raise AppError(error.message, "Stop it first: what it takes in meanwhile would stay behind.") from None
        yield


async def _carry(source: Source, address: str, started: Started) -> None:
    """In one transaction: all of it, or nothing."""
    moved_at = Clock().now()

    def work(connection: Connection) -> None:
        carry(source, connection, started(sum(source.counts.values())))
        details = {"rows": sum(source.counts.values())}
        audit.add(connection, "database_moved", moved_at, who=audit.COMMAND_LINE, details=details)

    database = open_database(address)
    try:
        await database.transaction(work)
    finally:
        await database.close()


async def _look(settings: Settings, address: str) -> list[Finding]:
    """Every rule that the database there breaks; of workers nothing, for none is at work."""
    doubt_seconds = max((settings.echo_grace_seconds, *settings.look_up_after_seconds))
    database = open_database(address)
    try:
        seen = await database.read(lambda connection: fleet.look(connection, Clock(), doubt_seconds, LOOKED_AT))
    finally:
        await database.close()
    return [each for each in fleet.judge(seen, None) if each.verdict == "problem" and each.check != "workers"]


def _next(settings: Settings, file: Path) -> list[str]:
    key = "" if settings.secret_key else f" and FRONTDESK_SECRET_KEY to what {file.with_suffix('.key').name} holds"
    return [
        f"Set FRONTDESK_DATABASE_URL to the new address{key}, on every machine, and start frontdesk serve there.",
        f"{file} is as it was. Start no server with it any more: customers would be answered by two.",
    ]
