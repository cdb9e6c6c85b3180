"""Hot statements with as little work as can be: compiled once, values and rows handed straight to and from the driver.

SQLAlchemy's own execution costs 50 to 80 µs a statement and about 6 µs a row, which would be most of an event's share (see
benchmarks/README.md). What is skipped here is done by hand for the three types that need it: moments, JSON, yes and no.

SQLite gets many rows in one statement. Python's driver lets go of the interpreter's lock for every single one, and while another
thread computes, each takes milliseconds to come back (5 ms is Python's own measure): 64 rows would be 64 such waits. So a statement
is made for 1, 2, 4, 8 ... rows, and what it has room for beyond the rows at hand is left out by a LIMIT.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, count, repeat
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Boolean, Connection, Dialect, Executable, Insert, Update
from sqlalchemy.sql.compiler import SQLCompiler

from app.store.types import JsonText, UtcTime, as_text

Rows = Sequence[Mapping[str, Any]]
_Column = Sequence[Any]
_Convert = Callable[[_Column], _Column]
"""Converts one column of several rows; what is empty stays so."""
_Conversions = tuple[tuple[int, _Convert], ...]

TOGETHER_MAX = 128
"""Rows in one statement: a whole batch of turns (worker.turns.EVENTS_MAX). A power of two."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A compiled statement: its SQL, how to pick a row's values in order, what to convert on the way in and out."""

    sql: str
    pick: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    fixed: Mapping[str, Any]
    incoming: _Conversions
    outgoing: _Conversions

    def values(self, rows: Rows) -> list[tuple[Any, ...]]:
        given = [{**self.fixed, **row} for row in rows] if self.fixed else rows
        return _converted([*map(self.pick, given)], self.incoming)


def run(connection: Connection, statement: Executable, rows: Rows) -> int:
    """Execute the statement once for each row, in order; every row has the same names, those of the statement's bound values.

    Gives how many rows of the table were met, or -1 where the driver does not say.
    """
    if not rows:
        return 0
    plan = _plan(statement, connection.dialect, tuple(rows[0]))
    values = plan.values(rows)
    if (driver := _sqlite_driver(connection)) is None:
        return connection.exec_driver_sql(plan.sql, values).rowcount
    if isinstance(statement, Insert):
        return _run_together(driver, plan.sql, values)
    return int(driver.executemany(plan.sql, values).rowcount)


def update(connection: Connection, statement: Update, rows: Rows) -> int:
    """The same in no order, as few statements as can be. No two rows may meet the same row of the table."""
    driver = _sqlite_driver(connection)
    if driver is None or not rows:
        return run(connection, statement, rows)
    plan = _plan(statement, connection.dialect, tuple(rows[0]))
    return _run_together(driver, plan.sql, plan.values(rows))


def _run_together(driver: Any, sql: str, values: list[tuple[Any, ...]]) -> int:
    met = 0
    for first in range(0, len(values), TOGETHER_MAX):
        rows = values[first : first + TOGETHER_MAX]
        room = 1 << (len(rows) - 1).bit_length()
        bound = [*chain.from_iterable(rows)]
        if room > 1:
            bound += [*repeat(None, (room - len(rows)) * len(rows[0])), len(rows)]
        met += driver.execute(_many(sql, room), bound).rowcount
    return met


def select(connection: Connection, statement: Executable, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a query, as plain tuples."""
    plan = _plan(statement, connection.dialect, tuple(values))
    [bound] = plan.values([values])
    if (driver := _sqlite_driver(connection)) is not None:
        found: list[tuple[Any, ...]] = driver.execute(plan.sql, bound).fetchall()
    else:
        found = [tuple(row) for row in connection.exec_driver_sql(plan.sql, bound).fetchall()]
    return _converted(found, plan.outgoing)


def _sqlite_driver(connection: Connection) -> Any:
    """The sqlite3 connection itself, inside the transaction that is open on it; None with another driver."""
    return connection.connection.driver_connection if connection.dialect.name == "sqlite" else None


def _converted(rows: list[tuple[Any, ...]], conversions: _Conversions) -> list[tuple[Any, ...]]:
    if not (rows and conversions):
        return rows
    columns: list[_Column] = [*zip(*rows, strict=True)]
    for place, convert in conversions:
        columns[place] = convert(columns[place])
    return [*zip(*columns, strict=True)]


@lru_cache(maxsize=512)
def _many(sql: str, room: int) -> str:
    """The SQL of an insert or update of one row as one for so many rows at once, of which as many count as its last bound value says.
    Every `?` in it is a bound value."""
    if room == 1:
        return sql
    if sql.startswith("INSERT"):
        head, values, tail = re.split(r"(?<= )VALUES (\([^()]*\))", sql, maxsplit=1)
        return f"{head}{_given(values, room)}{tail}"
    numbers = count(1)
    given = re.sub(r"\?", lambda _: f"given.column{next(numbers)}", sql)
    row = f"({', '.join('?' * sql.count('?'))})"
    head, _, where = given.partition(" WHERE ")
    return f"{head} FROM ({_given(row, room)}) AS given WHERE {where}"


def _given(row: str, room: int) -> str:
    return f"SELECT * FROM (VALUES {', '.join([row] * room)}) LIMIT ?"  # noqa: S608 - the row is of our own compiling


@lru_cache(maxsize=256)
def _plan(statement: Executable, dialect: Dialect, names: tuple[str, ...]) -> _Plan:
    columns = list(names) if isinstance(statement, Insert) else None
    compiled = statement.compile(dialect=dialect, column_keys=columns)  # type: ignore[attr-defined]
    assert isinstance(compiled, SQLCompiler)
    places = tuple(compiled.positiontup or ())
    fixed = {name: compiled.binds[name].value for name in places if name not in names}
    if forgotten := [name for name, value in fixed.items() if value is None]:
        raise ValueError(f"rows without {forgotten}: defaults are not filled in here, and a constant NULL is null()")
    if fixed and isinstance(statement, Insert):
        raise ValueError(
            f"an insert that binds {list(fixed)} by itself: of many rows at once each value must be a row's"
        )
    incoming = [_to_driver(compiled.binds[name].type, dialect) for name in places]
    outgoing = [_from_driver(column.type, dialect) for column in getattr(statement, "selected_columns", ())]
    return _Plan(str(compiled), _picker(places), fixed, _numbered(incoming), _numbered(outgoing))


def _picker(places: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda row: tuple(row[name] for name in places)


def _numbered(conversions: Sequence[_Convert | None]) -> _Conversions:
    return tuple((place, convert) for place, convert in enumerate(conversions) if convert)


def _to_driver(column_type: Any, dialect: Dialect) -> _Convert | None:
    """What the driver cannot take as it is."""
    if isinstance(column_type, JsonText):
        return _dumps
    if isinstance(column_type, UtcTime) and dialect.name == "sqlite":
        return _texts
    return None


def _from_driver(column_type: Any, dialect: Dialect) -> _Convert | None:
    """What the driver gives in another form than ours."""
    if isinstance(column_type, JsonText):
        return _loads
    if isinstance(column_type, UtcTime):
        return _moments if dialect.name == "sqlite" else _in_utc
    if isinstance(column_type, Boolean) and dialect.name == "sqlite":
        return _booleans
    return None


def _dumps(values: _Column) -> _Column:
    return [None if value is None else orjson.dumps(value).decode() for value in values]


def _loads(texts: _Column) -> _Column:
    return [None if text is None else orjson.loads(text) for text in texts]


def _moments(texts: _Column) -> _Column:
    return [None if text is None else datetime.fromisoformat(text) for text in texts]


def _in_utc(moments: _Column) -> _Column:
    return [None if moment is None else moment.astimezone(UTC) for moment in moments]


def _booleans(numbers: _Column) -> _Column:
    return [None if number is None else bool(number) for number in numbers]


def _texts(moments: _Column) -> _Column:
    return [None if moment is None else _text_of(moment) for moment in moments]


@lru_cache(maxsize=1024)
def _text_of(moment: datetime) -> str:
    """The rows of one transaction mostly share their moments."""
    return as_text(moment.astimezone(UTC))
