"""Column types of our own: aware UTC moments and JSON as text. Knows no table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit key that counts up by itself; SQLite does that only for a column called INTEGER."""


def as_text(moment: datetime) -> str:
    """How SQLite keeps a moment in UTC: text of one width, so that order of text is order of time."""
    return moment.isoformat(" ", "microseconds")


class UtcTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC on both sides.

    SQLite has no type for it: there it is text, 2026-12-01 10:00:00.000000+00:00.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if dialect.name == "sqlite" else DateTime(timezone=True)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        moment = value if value.tzinfo is UTC else value.astimezone(UTC)
        return as_text(moment) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


class JsonText(TypeDecorator[Any]):
    """A JSON value as text: the same on both databases, and read by one parser (orjson)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else orjson.loads(value)
