"""Keeps what this program says to SQLite while its tests run, for `test_old_programs.py`: do so before a migration is added.

`python -m tests.store.recording` writes one statement of every shape to tests/store/programs/SCHEMA.json.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from app.store.migrations import HEAD

PROGRAMS = Path(__file__).parent / "programs"
TESTS = ("tests/store", "tests/worker", "--ignore=tests/store/test_old_programs.py")
CHARS_MAX = 4_000
"""Longer ones are the same with more rows."""
VALUE = re.compile(r"x?'(?:[^']|'')*'|\b-?\d+(?:\.\d+)?\b", re.IGNORECASE)
OURS = re.compile(r"(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


def shape(statement: str) -> str:
    """The statement without its values and with one row of many."""
    return re.sub(r"(\(\?(?:, ?(?:\?|NULL))*\))(?:, ?\1)+", r"\1", VALUE.sub("?", statement))


def record(tests: tuple[str, ...] = TESTS) -> list[str]:
    """One statement of every shape, in the order in which they came first."""
    found: dict[str, str] = {}

    def note(statement: str) -> None:
        if (
            OURS.match(statement)
            and "sqlite_" not in statement
            and "alembic" not in statement
            and len(statement) <= CHARS_MAX
        ):
            found.setdefault(shape(statement), statement)

    def listen(connection: Any, _record: object) -> None:
        if hasattr(connection, "set_trace_callback"):
            connection.set_trace_callback(note)

    event.listen(Engine, "connect", listen)
    pytest.main(["-q", "-p", "no:cacheprovider", "-k", "not postgres", *tests])
    return list(found.values())


def programs() -> list[tuple[str, list[str]]]:
    """Schema and statements of each program that was recorded."""
    return [(file.stem, json.loads(file.read_text("utf-8"))) for file in sorted(PROGRAMS.glob("*.json"))]


if __name__ == "__main__":
    PROGRAMS.mkdir(exist_ok=True)
    target = PROGRAMS / f"{HEAD}.json"
    target.write_text(json.dumps(record(), indent=0, ensure_ascii=False) + "\n", "utf-8")
    sys.exit(f"{target.name}: {len(json.loads(target.read_text('utf-8')))} statements")
