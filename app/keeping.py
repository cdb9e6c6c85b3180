"""Backups: everything that is kept, in one file, and back from it. A composition root: joins settings and store."""

from __future__ import annotations

import asyncio
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from app import __version__
from app.aside import in_transaction
from app.clock import Clock
from app.errors import AppError
from app.settings import Settings, sqlite_file
from app.store import audit, copies, lock
from app.store.database import open_database, read_url
from app.store.migrate import migrate
from app.store.migrations import HEAD

FORMAT = 1
"""Of the file: a zip with these three in it."""
ABOUT, DATABASE, KEY = "about.json", "database", "key"
ABOUT_BYTES_MAX = 10_000
KEY_BYTES_MAX = 1_000
OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class About:
    """What a backup says of itself. `kind`: sqlite or postgresql; `schema`: the newest migration that its database has."""

    format: int
    program: str
    schema: str
    kind: str
    taken_at: str


def backup(settings: Settings, file: Path, *, with_key: bool) -> list[str]:
    """Write the file; what to tell. Servers may run meanwhile. Raises AppError, and leaves no half of a file."""
    if file.exists():
        raise AppError(f"{file} is there already.", "Name another file.")
    database, clock = sqlite_file(settings), Clock()
    asyncio.run(in_transaction(settings, lambda _: None))  # there is one, of this program's schema
    taken_at = clock.now()
    key = database.with_suffix(".key") if database and with_key and not settings.secret_key else None
    with _scratch(file) as scratch:
        copy = scratch / DATABASE
        if database:
            copies.copy_sqlite(database, copy)
        else:
            copies.dump_postgres(read_url(settings.database_url.get_secret_value()), copy)
        about = About(FORMAT, __version__, HEAD, "sqlite" if database else "postgresql", taken_at.isoformat())
        _pack(scratch / "whole", about, copy, key if key and key.is_file() else None)
        _put(scratch / "whole", file)
    size = file.stat().st_size
    asyncio.run(in_transaction(settings, lambda connection: _note(connection, "backup_made", taken_at, size=size)))
    return _told(file, size, has_key=key is not None and key.is_file())


def _told(file: Path, size: int, *, has_key: bool) -> list[str]:
    key = "the key, too" if has_key else "not the key: keep FRONTDESK_SECRET_KEY or the .key file apart"
    return [
        f"{file} written, {size / 1e6:.1f} MB. It holds what customers wrote, every flow that went live, and {key}.",
        "Keep it as safe as the database. The bot's folder and the settings are not in it.",
    ]


def restore(settings: Settings, file: Path) -> list[str]:
    """Make the database from a backup; what to tell. Raises AppError when one is there already, or the backup is none of ours."""
    try:
        with zipfile.ZipFile(file) as packed:
            about = _read_about(packed, "sqlite" if sqlite_file(settings) else "postgresql")
            if database := sqlite_file(settings):
                _restore_sqlite(packed, about, database)
            else:
                _restore_postgres(packed, about, settings.database_url.get_secret_value())
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise AppError(f"{file} is no whole backup: {type(error).__name__}.", "Take another one.") from None
    except OSError as error:
        raise AppError(
            f"The backup cannot be brought back: {error.strerror}.", "Look at rights and free space."
        ) from None
    return [
        f"Restored as it was at {about.taken_at}. What was acknowledged since then is not there, and who was erased since then is.",
        "Start frontdesk serve, then run frontdesk doctor --fleet.",
    ]


def _restore_sqlite(packed: zipfile.ZipFile, about: About, database: Path) -> None:
    if any(database.with_name(database.name + rest).exists() for rest in ("", "-wal", "-shm")):
        raise AppError(f"{database} is there already.", "Stop the servers and move it away, with its -wal and -shm.")
    with _scratch(database) as scratch, ExitStack() as held:
        for role in ("web", "worker"):
            held.enter_context(lock.hold(database, role))
        copy, key, kept = scratch / DATABASE, scratch / KEY, database.with_suffix(".key")
        _unpack(packed, DATABASE, copy)
        copies.check_sqlite(copy)
        asyncio.run(_prepare(f"sqlite:///{copy}", about))
        if KEY in packed.namelist():
            _check_size(packed, KEY, KEY_BYTES_MAX)
            _unpack(packed, KEY, key)
            if not kept.exists():
                _put(key, kept)
            elif kept.read_bytes().strip() != key.read_bytes().strip():
                raise AppError(f"{kept} is another key than the backup's.", "Move it away.")
        _put(copy, database)


def _restore_postgres(packed: zipfile.ZipFile, about: About, address: str) -> None:
    if not asyncio.run(_is_empty(address)):
        raise AppError("The database is not empty.", "Make a new one (createdb) and name it in FRONTDESK_DATABASE_URL.")
    with TemporaryDirectory() as scratch:
        copy = Path(scratch) / DATABASE
        _unpack(packed, DATABASE, copy)
        copies.load_postgres(read_url(address), copy)
    asyncio.run(_prepare(address, about))


async def _is_empty(address: str) -> bool:
    database = open_database(address)
    try:
        return await database.read(copies.is_empty)
    finally:
        await database.close()


async def _prepare(address: str, about: About) -> None:
    """Bring it to this program's schema, and let nothing that is new be taken for something that the backup does not know."""

    def work(connection: Connection) -> None:
        copies.skip_numbers(connection)
        _note(connection, "database_restored", Clock().now(), taken_at=about.taken_at)

    database = open_database(address)
    try:
        await migrate(database)
        await database.transaction(work)
    finally:
        await database.close()


def _note(connection: Connection, what: audit.What, at: datetime, **details: object) -> None:
    audit.add(connection, what, at, who=audit.COMMAND_LINE, details=details)


# ---- the file ----------------------------------------------------------------------------------------------


@contextmanager
def _scratch(beside: Path) -> Iterator[Path]:
    """A folder for its owner alone, on the same disk."""
    try:
        with TemporaryDirectory(prefix=".frontdesk-", dir=beside.resolve().parent) as folder:
            yield Path(folder)
    except OSError as error:
        raise AppError(f"{beside} cannot be written: {error.strerror}.", "Look at rights and free space.") from None


def _pack(whole: Path, about: About, copy: Path, key: Path | None) -> None:
    with zipfile.ZipFile(whole, "x", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(ABOUT, json.dumps(asdict(about)))
        packed.write(copy, DATABASE)
        if key:
            packed.write(key, KEY)


def _unpack(packed: zipfile.ZipFile, name: str, target: Path) -> None:
    """The size and check sum of what came out are the written ones, or BadZipFile is raised."""
    with packed.open(name) as source, target.open("xb") as file:
        copyfileobj(source, file)


def _put(made: Path, place: Path) -> None:
    """Whole and on the disk, and only where nothing was."""
    made.chmod(OWNER_ONLY)
    with made.open("rb+") as file:
        os.fsync(file.fileno())
    os.link(made, place)


def _read_about(packed: zipfile.ZipFile, kind: str) -> About:
    _check_size(packed, ABOUT, ABOUT_BYTES_MAX)
    try:
        said: Mapping[str, Any] = json.loads(packed.read(ABOUT))
        about = About(**{name: said[name] for name in About.__slots__})
    except (ValueError, TypeError) as error:
        raise zipfile.BadZipFile from error
    if about.format != FORMAT or str(about.schema) > HEAD:
        raise AppError(f"The backup is of a newer program ({about.program}).", "Restore it with that one.")
    if about.kind != kind:
        raise AppError(f"The backup is of a {about.kind} database.", f"FRONTDESK_DATABASE_URL names {kind}.")
    return about


def _check_size(packed: zipfile.ZipFile, name: str, most: int) -> None:
    if packed.getinfo(name).file_size > most:
        raise zipfile.BadZipFile
