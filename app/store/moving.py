"""Carries everything that a SQLite file holds into an empty PostgreSQL database, table by table. Changes nothing in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Connection, Table, Text, column, func, select, table, text
from sqlalchemy.sql.expression import TableClause
from sqlalchemy.util import await_only
from sqlmodel import SQLModel

import app.store.staff_tables
import app.store.tables  # noqa: F401  (both fill the metadata)
from app.errors import AppError
from app.store.migrate import is_current, upgrade
from app.store.sqlite import make_engine
from app.store.types import JsonText

ROWS_MAX = 2_000
"""Of one batch: more make it no quicker."""
BYTES_MAX = 4 * 1024 * 1024
"""Of the texts and files in one batch; a single file that staff sent may be larger."""
BUSY_SECONDS = 10.0
NUL, INSTEAD_OF_NUL = "\0", "\ufffd"
"""PostgreSQL keeps no NUL in a text; a database from before we took it out may hold some."""

Row = tuple[Any, ...]
Note = Callable[[str, int], None]
"""Told after each batch: the table, and how many rows went."""


class Source:
    """One moment of the file, open for as long as the block lasts. `counts`: the rows of each table."""

    def __init__(self, file: Path) -> None:
        self._engine = make_engine(file, "BEGIN", BUSY_SECONDS)
        self.connection = self._engine.connect()  # the first statement begins, and nothing is written
        self.counts: Mapping[str, int] = {each.name: _count(self.connection, each) for each in _tables()}

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self._engine.dispose()


def carry(source: Source, target: Connection, note: Note) -> None:
    """All rows, in the caller's transaction. Raises AppError when somebody keeps something there already, or a count differs."""
    _make_ready(target)
    for each in _tables():
        plain = _plain(each)
        for rows in _batches(source.connection, plain):
            _write(target, plain, rows)
            note(each.name, len(rows))
        _set_numbers(target, each)
        if (found := _count(target, each)) != source.counts[each.name]:
            raise AppError(
                f"{found} rows of {source.counts[each.name]} came into {each.name}: nothing was moved.",
                "Let nobody else use the new database meanwhile, and try again.",
            )


def _tables() -> list[Table]:
    return SQLModel.metadata.sorted_tables


def _make_ready(target: Connection) -> None:
    """This program's tables, with nothing in them."""
    upgrade(target)
    full = [each.name for each in _tables() if target.execute(select(1).select_from(each).limit(1)).first()]
    if full or not is_current(target):
        raise AppError(
            f"Somebody keeps something in the new database already: {', '.join(full)}.", "Make an empty one (createdb)."
        )


def _plain(each: Table) -> TableClause:
    """The same with JSON as the text that it is kept as: nothing is read and written anew."""
    return table(each.name, *(column(c.name, Text() if isinstance(c.type, JsonText) else c.type) for c in each.columns))


def _batches(source: Connection, plain: TableClause) -> Iterator[list[Row]]:
    rows: list[Row] = []
    size = 0
    for row in source.execute(select(*plain.columns).execution_options(yield_per=ROWS_MAX)):
        rows.append(tuple(value.replace(NUL, INSTEAD_OF_NUL) if isinstance(value, str) else value for value in row))
        size += sum(len(value) for value in row if isinstance(value, str | bytes))
        if len(rows) >= ROWS_MAX or size >= BYTES_MAX:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows


def _write(target: Connection, plain: TableClause, rows: list[Row]) -> None:
    """By COPY, which takes ten times what inserts take."""
    driver: Any = target.connection.driver_connection
    await_only(driver.copy_records_to_table(plain.name, records=rows, columns=[each.name for each in plain.columns]))


def _set_numbers(target: Connection, each: Table) -> None:
    """New rows get numbers behind those that came."""
    for key in each.primary_key.columns:
        counts_up = (
            isinstance(key.type, BigInteger) and target.execute(_SEQUENCE, {"t": each.name, "c": key.name}).scalar()
        )
        if counts_up and (last := target.execute(select(func.max(key))).scalar()):
            target.execute(text("SELECT setval(:sequence, :last)"), {"sequence": counts_up, "last": last})


_SEQUENCE = text("SELECT pg_get_serial_sequence(:t, :c)")


def _count(connection: Connection, each: Table) -> int:
    return connection.execute(select(func.count()).select_from(each)).scalar_one()
