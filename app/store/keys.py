"""A list of customers as something to join with: one bound value for any number of them, so one cached statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import ARRAY, ColumnElement, Connection, FromClause, String, bindparam, cast, func

Key = tuple[str, str]
"""(page_id, customer_id)"""

KEYS = "customer_keys"


def joined(dialect: str) -> tuple[FromClause, ColumnElement[str], ColumnElement[str]]:
    """(what to join, its page_id, its customer_id); bind the customers with `bound`."""
    if dialect == "sqlite":
        each = func.json_each(bindparam(KEYS)).table_valued("value", name="wanted")
        return each, func.json_extract(each.c.value, "$[0]"), func.json_extract(each.c.value, "$[1]")
    pages = cast(bindparam(f"{KEYS}_pages"), ARRAY(String))
    customers = cast(bindparam(f"{KEYS}_customers"), ARRAY(String))
    both = func.unnest(pages, customers).table_valued("page_id", "customer_id", name="wanted").render_derived()
    return both, both.c.page_id, both.c.customer_id


def bound(connection: Connection, keys: Sequence[Key]) -> dict[str, Any]:
    """The values for a statement that was made with `joined`."""
    if connection.dialect.name == "sqlite":
        return {KEYS: orjson.dumps(keys).decode()}
    return {f"{KEYS}_pages": [page for page, _ in keys], f"{KEYS}_customers": [customer for _, customer in keys]}
