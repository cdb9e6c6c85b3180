"""Sessions: each customer's place in the flow, in its stored form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from app.store import bulk, keys
from app.store.keys import Key
from app.store.tables import sessions
from app.store.upsert import insert_or_change


def save(connection: Connection, changed: Sequence[tuple[Key, Any, str]], now: datetime) -> None:
    """Keep these sessions: (customer, stored form, the revision of the flow that moved it)."""
    rows = [
        {"page_id": key[0], "customer_id": key[1], "body": body, "revision": revision, "updated_at": now}
        for key, body, revision in changed
    ]
    insert_or_change(connection, sessions, rows, ("page_id", "customer_id"))


def find_many(connection: Connection, wanted: Sequence[Key]) -> dict[Key, Any]:
    """The stored forms of these customers' sessions, where there are any."""
    rows = bulk.select(connection, _of_customers(connection.dialect.name), keys.bound(connection, wanted))
    return {(page_id, customer_id): body for page_id, customer_id, body in rows}


@lru_cache(maxsize=2)
def _of_customers(dialect: str) -> Select[Any]:
    each, page_id, customer_id = keys.joined(dialect)
    here = (sessions.c.page_id == page_id) & (sessions.c.customer_id == customer_id)
    columns = (sessions.c.page_id, sessions.c.customer_id, sessions.c.body)
    return select(*columns).select_from(each.join(sessions, here))


_of_one = select(sessions.c.body).where(
    sessions.c.page_id == bindparam("of_page"), sessions.c.customer_id == bindparam("of_customer")
)


def find(connection: Connection, key: Key) -> Any:
    """The stored form of that customer's session, or None."""
    return connection.execute(_of_one, {"of_page": key[0], "of_customer": key[1]}).scalar_one_or_none()


def count_by_state(connection: Connection, page_id: str, since: datetime) -> dict[str, int]:
    """How many customers of that Page stand in each state; only sessions that were moved after `since`. For a look now and then."""
    here = (sessions.c.page_id == page_id) & (sessions.c.updated_at > since)
    counted: Counter[str] = Counter()
    for body in connection.execute(select(sessions.c.body).where(here)).scalars():
        counted[(body or {}).get("state", "")] += 1
    del counted[""]
    return dict(counted)
