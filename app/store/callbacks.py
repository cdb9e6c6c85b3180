"""Customers who left a phone number or an e-mail address while the team was closed: a list until somebody ticks them off."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from app.store.keys import Key
from app.store.tables import conversations
from app.store.tables_tools import callbacks

LIST_MOST = 200

_b, _c = callbacks.c, conversations.c


@dataclass(frozen=True, slots=True)
class Callback:
    """One new. `contacts`: phone, email. `name`: what the customer is called."""

    id: int
    page_id: str
    customer_id: str
    team: str
    contacts: Mapping[str, str]
    asked_at: datetime
    name: str | None = None

    @property
    def key(self) -> Key:
        return self.page_id, self.customer_id


@dataclass(frozen=True, slots=True)
class NewCallback:
    """Somebody is to be called back by this team; `contacts` are numbers and addresses by the kind of their slots."""

    team: str
    contacts: Mapping[str, str]


def ask(connection: Connection, key: Key, new: NewCallback, now: datetime) -> None:
    """This customer wants to be called back. One that is open already learns of what is new."""
    here = (_b.page_id == key[0], _b.customer_id == key[1], _b.done_at.is_(None))
    row = connection.execute(select(_b.id, _b.contacts).where(*here).limit(1)).one_or_none()
    if row is None:
        page_id, customer_id = key
        wanted = {"team": new.team, "contacts": dict(new.contacts), "asked_at": now}
        connection.execute(insert(callbacks), {"page_id": page_id, "customer_id": customer_id, **wanted})
    else:
        changed = update(callbacks).where(_b.id == row[0])
        connection.execute(changed.values(contacts={**row[1], **new.contacts}, team=new.team, asked_at=now))


def list_open(connection: Connection, pages: Collection[str]) -> list[Callback]:
    """Who was not called back yet, the longest first."""
    named = callbacks.outerjoin(conversations, (_c.page_id == _b.page_id) & (_c.customer_id == _b.customer_id))
    columns = (_b.id, _b.page_id, _b.customer_id, _b.team, _b.contacts, _b.asked_at, _c.customer_name)
    chosen = select(*columns).select_from(named).where(_b.page_id.in_(pages), _b.done_at.is_(None))
    return [Callback(*row) for row in connection.execute(chosen.order_by(_b.asked_at, _b.id).limit(LIST_MOST))]


def count_open(connection: Connection, pages: Collection[str]) -> int:
    open_ = select(func.count()).select_from(callbacks).where(_b.page_id.in_(pages), _b.done_at.is_(None))
    return int(connection.execute(open_).scalar_one())


def find_key(connection: Connection, callback_id: int) -> Key | None:
    """Whose it is."""
    row = connection.execute(select(_b.page_id, _b.customer_id).where(_b.id == callback_id)).one_or_none()
    return (row[0], row[1]) if row else None


def tick_off(connection: Connection, callback_id: int, staff_id: str, now: datetime) -> bool:
    """It is done, and the number is not needed any more; False when somebody else did it before."""
    done = update(callbacks).where(_b.id == callback_id, _b.done_at.is_(None))
    return connection.execute(done.values(done_by=staff_id, done_at=now, contacts={})).rowcount == 1
