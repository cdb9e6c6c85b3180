"""A program of the schema before works on the newer one: each step only adds, and what the old one writes and reads still goes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from app.store import migrate
from app.store.database import Database, open_database
from app.store.migrations import HEAD
from app.store.sqlite import make_engine
from tests.store.kit import NOW
from tests.store.recording import programs

TAKEN_AWAY: frozenset[str] = frozenset()
"""`table.column`, taken away by the third release after it was last used (app/store/migrations/README.md)."""


def steps() -> list[str]:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    return [script.revision for script in scripts.walk_revisions()][::-1]


Shape = dict[str, dict[str, Any]]
"""Table: its columns, unique constraints, indexes, checks."""


def shape(connection: Connection) -> Shape:
    found = inspect(connection)
    return {
        table: {
            "columns": {each["name"]: each for each in found.get_columns(table)},
            "unique": sorted(tuple(each["column_names"]) for each in found.get_unique_constraints(table)),
            "indexes": {each["name"]: each for each in found.get_indexes(table)},
            "checks": len(found.get_check_constraints(table)),
            "triggers": triggers(connection, table),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def triggers(connection: Connection, table: str) -> list[str]:
    if connection.dialect.name == "sqlite":
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name"
    else:
        asked = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = CAST(:name AS regclass)"
    return sorted(connection.execute(sa.text(asked), {"name": table}).scalars())


def breaks(before: Shape, after: Shape) -> Iterator[str]:
    """What an old program could notice of the newer schema."""
    for table, old in before.items():
        if (new := after.get(table)) is None:
            yield f"{table} is gone"
            continue
        yield from _changed_columns(table, old["columns"], new["columns"])
        for kind in ("unique", "checks", "triggers"):
            if old[kind] != new[kind]:
                yield f"{table} has other {kind}"
        yield from (f"{table} lost the index {name}" for name in old["indexes"] if name not in new["indexes"])
        added = [each for name, each in new["indexes"].items() if name not in old["indexes"]]
        # Of a column that old programs do not know they write nothing, and nothing is never twice the same.
        unknown = new["columns"].keys() - old["columns"].keys()
        narrow = [each for each in added if each["unique"] and unknown.isdisjoint(each["column_names"])]
        yield from (f"{table} has a new unique index {each['name']}" for each in narrow)


def _changed_columns(table: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for name, column in old.items():
        place = f"{table}.{name}"
        if name not in new:
            if place not in TAKEN_AWAY:
                yield f"{place} is gone"
        elif str(column["type"]) != str(new[name]["type"]) or column["nullable"] != new[name]["nullable"]:
            yield f"{place} is another type, or may be null no more"
    for name in new.keys() - old.keys():
        if not new[name]["nullable"] and new[name]["default"] is None:
            yield f"{table}.{name} must be given by whoever writes, and old programs do not"


def upgrade_to(connection: Connection, revision: str) -> None:
    command.upgrade(migrate._config(connection), revision)


async def test_every_step_only_adds(address: str) -> None:
    database = open_database(address)
    found: list[str] = []
    before: Shape = {}
    for revision in steps():
        await database.transaction(lambda connection: upgrade_to(connection, revision))  # noqa: B023
        after = await database.transaction(shape)
        found += [f"{revision}: {each}" for each in breaks(before, after)]
        before = after
    await database.close()
    assert len(before) > 10
    assert not found, "\n".join(found)


@pytest.mark.parametrize("revision", steps()[:-1])
async def test_what_a_program_of_that_schema_writes_and_reads_goes_on_the_newest(address: str, revision: str) -> None:
    """Every table as that program knows it, by the statements that it would make of it."""
    database = open_database(address)
    known = sa.MetaData()

    def old_schema(connection: Connection) -> None:
        upgrade_to(connection, revision)
        known.reflect(connection)

    await database.transaction(old_schema)
    await database.transaction(lambda connection: upgrade_to(connection, HEAD))
    for table in known.sorted_tables:
        if table.name != "alembic_version":
            await database.transaction(lambda connection: _use(connection, table))  # noqa: B023
    await database.close()


def _use(connection: Connection, table: sa.Table) -> None:
    row = {column.name: _value(column) for column in table.columns}
    connection.execute(table.insert().values(**row))
    key = sa.and_(*(column == row[column.name] for column in table.primary_key.columns))
    assert dict(connection.execute(sa.select(table).where(key)).mappings().one()).keys() == row.keys()
    if table.name == "audit":
        return  # nobody may change it, old or new
    assert connection.execute(table.update().where(key).values(**row)).rowcount == 1
    assert connection.execute(table.delete().where(key)).rowcount == 1


def _value(column: sa.Column[Any]) -> Any:
    kind = column.type.python_type
    given: dict[type, Any] = {int: 1, str: "x", bytes: b"x", bool: True, float: 1.0, datetime: NOW}
    return given[kind]


# ---- what real programs said -------------------------------------------------------------------------------


@pytest.mark.parametrize(("schema", "statements"), programs(), ids=[name for name, _ in programs()])
def test_every_statement_of_a_program_of_that_schema_does_the_same_on_the_newest(
    tmp_path: Path, schema: str, statements: list[str]
) -> None:
    """Recorded from that program while its own tests ran (tests/store/recording.py); on SQLite, whose words they are."""
    assert len(statements) > 100
    then = _said(tmp_path / "then.db", schema, statements)
    now = _said(tmp_path / "now.db", HEAD, statements)
    differ = [
        f"{each}: {was} then, {is_} now" for each, was, is_ in zip(statements, then, now, strict=True) if was != is_
    ]
    assert not differ, "\n".join(differ)
    assert sum(each.startswith("done") for each in now) > len(statements) * 0.8


def _said(file: Path, schema: str, statements: list[str]) -> list[str]:
    """What came of each: how many rows, or the kind of error."""
    engine = make_engine(file, "BEGIN", 1.0)
    with engine.begin() as connection:
        upgrade_to(connection, schema)
    with closing(sqlite3.connect(file, isolation_level=None)) as opened:
        outcomes = [_outcome(opened, each) for each in statements]
    engine.dispose()
    return outcomes


def _outcome(opened: sqlite3.Connection, statement: str) -> str:
    try:
        cursor = opened.execute(statement)
        return f"done {len(cursor.fetchall())} {cursor.rowcount}"
    except sqlite3.Error as error:
        return error.sqlite_errorname


def test_a_statement_that_no_longer_goes_is_found(tmp_path: Path) -> None:
    statements = ["SELECT page_id FROM gone", "SELECT page_id FROM inbox"]
    assert [each.split()[0] for each in _said(tmp_path / "x.db", HEAD, statements)] == ["SQLITE_ERROR", "done"]


# ---- the rule itself ---------------------------------------------------------------------------------------

HARM = {
    "gone": "DROP TABLE deletions",
    "is gone": "ALTER TABLE conversations DROP COLUMN handoff_note",
    "must be given": "ALTER TABLE workers ADD COLUMN place TEXT NOT NULL DEFAULT 'x'",
    "unique index": "CREATE UNIQUE INDEX once ON timers (due_at)",
    "lost the index": "DROP INDEX timers_due",
}


@pytest.mark.parametrize("told", sorted(HARM))
async def test_a_step_that_takes_away_is_found(database: Database, told: str) -> None:
    before = await database.transaction(shape)
    await database.transaction(lambda connection: connection.execute(sa.text(HARM[told])))
    after = await database.transaction(shape)
    if told == "must be given":
        after["workers"]["columns"]["place"]["default"] = (
            None  # neither database adds such a column to a table with rows
        )
    assert any(told in each for each in breaks(before, after))
