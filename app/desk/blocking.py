"""Customers who are answered no more, and again. Written into the audit, as on the command line."""

from __future__ import annotations

from sqlalchemy import Connection

from app.desk.access.identity import Staff
from app.desk.service import Desk
from app.errors import NotFoundError
from app.log import customer_tag
from app.store import audit, conversations, queue
from app.store.keys import Key


async def set_blocked(desk: Desk, staff: Staff, key: Key, *, blocked: bool) -> None:
    """Answer this customer no more, or again. Nothing happens where it is so already. Raises NotFoundError."""
    staff.check_page(key[0])
    now = desk.clock.now()

    def work(connection: Connection) -> bool:
        rows = queue.find_rows(connection, [key])
        if not rows:
            return False
        if blocked == (rows[0].blocked_at is not None):
            return True
        if blocked:
            conversations.block(connection, key, now)
        else:
            conversations.unblock(connection, key)
        conversations.mark_changed(connection, key, now)
        what: audit.What = "customer_blocked" if blocked else "customer_unblocked"
        details = {"customer": customer_tag("/".join(key))}
        audit.add(connection, what, now, who=staff.who, page_id=key[0], details=details)
        return True

    if not await desk.database.transaction(work):
        raise NotFoundError("There is no such customer.")
    desk.changed()
    desk.woken()
