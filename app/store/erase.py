"""Forgets a customer at his own wish: what he said, what we said, what waits. His place in line and the keys of his events stay.

Keys are hashes and numbers; without them a webhook that comes again would be answered again.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, null, text, update

from app.store import bulk
from app.store.keys import Key
from app.store.tables import LIVE, calls, conversations, history, inbox, outbox

_c = conversations.c


def erase(connection: Connection, customers: Sequence[Key]) -> None:
    """Empty or delete every row with words of these customers, or of ours to them. A message still on its way keeps its words."""
    for statement in _statements if customers else ():
        bulk.run(connection, statement, [{"of_page": page, "of_customer": customer} for page, customer in customers])


_statements = (
    delete(history).where(history.c.page_id == bindparam("of_page"), history.c.customer_id == bindparam("of_customer")),
    update(outbox)
    .where(
        outbox.c.page_id == bindparam("of_page"),
        outbox.c.customer_id == bindparam("of_customer"),
        text(f"NOT ({LIVE})"),
    )
    .values(body={}),
    update(inbox)
    .where(
        inbox.c.page_id == bindparam("of_page"),
        inbox.c.customer_id == bindparam("of_customer"),
        inbox.c.status == "quarantined",
    )
    .values(status="ignored", reason="erased at the customer's wish", body=null()),
    delete(calls).where(
        calls.c.page_id == bindparam("of_page"),
        calls.c.customer_id == bindparam("of_customer"),
        calls.c.status == "waiting",
    ),
    update(conversations)
    .where(_c.page_id == bindparam("of_page"), _c.customer_id == bindparam("of_customer"))
    .values(team=null(), handoff_reason=null(), handoff_note=null()),
)
