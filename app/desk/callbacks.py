"""Customers to be called back: who asked while the team was closed, until somebody ticks them off. No HTML."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Connection

from app.desk.access.identity import Staff
from app.desk.private import has_it, hide_contacts
from app.desk.service import Desk
from app.errors import ConflictError, NotFoundError
from app.log import customer_tag
from app.store import audit, callbacks, queue
from app.store.callbacks import Callback
from app.store.keys import Key
from app.store.queue import Row


async def list_open(desk: Desk, staff: Staff) -> list[Callback]:
    """Those of this person's Pages, the longest first. What is private only of those whose conversation they have."""
    pages = desk.pages_of(staff)
    found, rows = await desk.database.read(lambda connection: _list(connection, pages))
    return [
        each
        if has_it(rows.get(each.key), staff)
        else replace(each, contacts=hide_contacts(desk.flow_of(each.page_id), each.contacts))
        for each in found
    ]


def _list(connection: Connection, pages: Collection[str]) -> tuple[list[Callback], dict[Key, Row]]:
    found = callbacks.list_open(connection, pages)
    return found, {row.key: row for row in queue.find_rows(connection, [each.key for each in found])}


async def count_open(desk: Desk, staff: Staff) -> int:
    pages = desk.pages_of(staff)
    return await desk.database.read(lambda connection: callbacks.count_open(connection, pages))


async def tick_off(desk: Desk, staff: Staff, callback_id: int) -> None:
    """Somebody has called. What the customer left goes with it. Raises NotFoundError, ConflictError when it is done already."""
    now = desk.clock.now()

    def work(connection: Connection) -> bool:
        key = callbacks.find_key(connection, callback_id)
        if key is None or not staff.may_see(key[0]):
            raise NotFoundError("There is nobody to be called back by this number.")
        if not callbacks.tick_off(connection, callback_id, staff.id, now):
            return False
        details = {"customer": customer_tag("/".join(key))}
        audit.add(connection, "callback_done", now, who=staff.who, page_id=key[0], details=details)
        return True

    if not await desk.database.transaction(work):
        raise ConflictError("Somebody has ticked this off already.")
