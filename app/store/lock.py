"""The lock beside a SQLite file: one process that takes in, one that works; the system frees it when the process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

from app.errors import SettingsError


def hold(database: Path, role: str) -> IO[bytes]:
    """Hold the role (`web` or `worker`) until the file handed back is closed. Raises SettingsError when another process has it."""
    path = database.with_name(f"{database.name}.{role}.lock")
    try:
        file = path.open("a+b")
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be opened: {error.strerror}.", "Check the folder's owner and rights."
        ) from error
    if not _lock(file):
        file.close()
        raise SettingsError(
            f"Another process already works on {database} as {role}.",
            "A SQLite file serves one process, or one web and one worker; PostgreSQL serves many.",
        )
    return file


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        os.set_inheritable(file.fileno(), False)
        return True
