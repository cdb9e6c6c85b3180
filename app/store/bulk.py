"""One statement for many rows, with as little work per row as can be: compiled once, values handed to the driver as tuples.

SQLAlchemy's own executemany costs about 6 µs a row and statement, most of an event's share; see benchmarks/README.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Dialect, Executable, Insert
from sqlalchemy.sql.compiler import SQLCompiler

from app.store.types import JsonText, UtcTime, as_text

Rows = Sequence[dict[str, Any]]
_Convert = Callable[[Any], Any]


def run(connection: Connection, statement: Executable, rows: Rows) -> int:
    """Execute the statement once for each row; every row has the same names, those of the statement's bound values.

    Gives how many rows of the table were met, or -1 where the driver does not say.
    """
    if not rows:
        return 0
    sql, read, conversions = _plan(statement, connection.dialect, tuple(rows[0]))
    return connection.exec_driver_sql(sql, [_values(read(row), conversions) for row in rows]).rowcount


def _values(raw: tuple[Any, ...], conversions: tuple[tuple[int, _Convert], ...]) -> tuple[Any, ...]:
    values = list(raw)
    for place, convert in conversions:
        if values[place] is not None:
            values[place] = convert(values[place])
    return tuple(values)


@lru_cache(maxsize=256)
def _plan(
    statement: Executable, dialect: Dialect, names: tuple[str, ...]
) -> tuple[str, Callable[[dict[str, Any]], tuple[Any, ...]], tuple[tuple[int, _Convert], ...]]:
    """(the SQL, a row's values in order, what to convert where)."""
    columns = list(names) if isinstance(statement, Insert) else None
    compiled = statement.compile(dialect=dialect, column_keys=columns)  # type: ignore[attr-defined]
    assert isinstance(compiled, SQLCompiler)
    places = tuple(compiled.positiontup or ())
    fixed = {name: compiled.binds[name].value for name in places if name not in names}
    if forgotten := [name for name, value in fixed.items() if value is None]:
        raise ValueError(f"rows without {forgotten}: defaults are not filled in here, and a constant NULL is null()")
    pick = itemgetter(*places)

    def read(row: dict[str, Any]) -> tuple[Any, ...]:
        picked = pick({**fixed, **row} if fixed else row)
        return picked if len(places) > 1 else (picked,)

    converted = ((place, _conversion(compiled.binds[name].type, dialect)) for place, name in enumerate(places))
    return str(compiled), read, tuple((place, convert) for place, convert in converted if convert)


def _conversion(column_type: Any, dialect: Dialect) -> _Convert | None:
    """What the driver cannot take as it is."""
    if isinstance(column_type, JsonText):
        return _dumps
    if isinstance(column_type, UtcTime) and dialect.name == "sqlite":
        return _text_of
    return None


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


@lru_cache(maxsize=1024)
def _text_of(moment: datetime) -> str:
    """The rows of one transaction mostly share their moments."""
    return as_text(moment.astimezone(UTC))
