"""Writes files of a bot's folder so that each is there as it was or as it should be, never half. Knows nothing of what is in them."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from app.errors import AppError


def save(path: Path, raw: bytes) -> None:
    """Put `raw` in that file's place, rights and links as they were; missing folders are made. Raises AppError if it cannot be."""
    real = path.resolve()
    beside = real.with_name(f".{real.name}.new")
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)  # what a crash has left, or a link that leads elsewhere
        with beside.open("xb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        if real.exists():
            shutil.copymode(real, beside)
        beside.replace(real)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise AppError(
            f"{path.as_posix()} cannot be written: {error.strerror}.", "Nothing in it was changed."
        ) from error
