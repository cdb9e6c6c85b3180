"""What an owner declined, kept in a file beside the bot's: by hashes, so that no word of a customer's stands there. Decides nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.engine.fold import fold
from app.errors import AppError
from app.flowfile.writing.save import save

FILE = "learn-declined.txt"

LINES_MAX = 2_000
"""Declined proposals that are kept: the latest."""

_HEAD = (
    "# What `frontdesk learn` proposed and you declined, a line each; no word of a customer's is in it.\n"
    "# A proposal whose line is taken out comes again.\n"
)
_MARK = re.compile(r"\b[0-9a-f]{16}\b")


@dataclass(frozen=True, slots=True)
class Declined:
    """The marks of declined proposals."""

    marks: frozenset[str] = frozenset()

    def has(self, target: str, texts: Iterable[str]) -> bool:
        """Whether the same was declined for one of these questions. `target`: what they would lead to."""
        return any(_mark(target, each) in self.marks for each in texts)


def _mark(target: str, text: str) -> str:
    return hashlib.blake2b(f"{target}\0{fold(text)}".encode(), digest_size=8).hexdigest()


def line_of(what: str, target: str, texts: Iterable[str], day: date) -> str:
    """One declined proposal. `what` says in the owner's words what it was."""
    return f"{day.isoformat()} {what}: {' '.join(sorted({_mark(target, each) for each in texts}))}"


def read(folder: Path) -> Declined:
    """What was declined for this folder. Raises AppError for a file that is there and cannot be read."""
    return Declined(frozenset(mark for line in _lines(folder) for mark in _MARK.findall(line)))


def _lines(folder: Path) -> list[str]:
    try:
        text = (folder / FILE).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise AppError(f"{(folder / FILE).as_posix()} cannot be read: {error.strerror}.") from error
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def add(folder: Path, lines: Sequence[str]) -> None:
    """Keep these too. Raises AppError, with nothing changed, if the file cannot be written."""
    kept = [*_lines(folder), *lines][-LINES_MAX:]
    save(folder / FILE, (_HEAD + "\n".join(kept) + "\n").encode())
