"""Small values of the whole installation, most of them made once and kept."""

from __future__ import annotations

from sqlalchemy import Connection, select

from app.store.tables import facts
from app.store.upsert import insert_new, insert_or_change


def find(connection: Connection, name: str) -> str | None:
    """The value of that name, if there is one."""
    return connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar_one_or_none()


def keep(connection: Connection, name: str, value: str) -> str:
    """The value of that name; `value` if there was none yet."""
    insert_new(connection, facts, [{"name": name, "value": value}], ("name",))
    return str(connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar_one())


def hold(connection: Connection, name: str, value: str) -> str:
    """As `keep`; nobody else changes it until the transaction ends."""
    insert_new(connection, facts, [{"name": name, "value": value}], ("name",))
    held = select(facts.c.value).where(facts.c.name == name).with_for_update()
    return str(connection.execute(held).scalar_one())


def put(connection: Connection, name: str, value: str) -> bool:
    """Give it that value; whether it had another one before."""
    before = find(connection, name)
    if before != value:
        insert_or_change(connection, facts, [{"name": name, "value": value}], ("name",))
    return before is not None and before != value
