"""What a worker has on its way: how the living take over from the dead, and what becomes of a commit whose answer was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, and_, bindparam, select, text, update

from app.store import bulk
from app.store.outbox import COLUMNS, THIS_ATTEMPT, OutMessage, attempt_of
from app.store.tables import conversations, outbox
from app.store.void import OF_CONVERSATION

_o = outbox.c
# Written out, not bound: a partial index serves only a query that says the same words.
# As text, too: what SQLAlchemy takes for a yes or no it compares with 1 on SQLite, which is other words.
_OWNED = text("outbox.status IN ('pending', 'in_flight', 'unknown') AND outbox.sender IS NOT NULL")


def adopt(connection: Connection, dead_id: str, worker_id: str) -> list[OutMessage]:
    """Take over what a dead worker was sending. What it had in flight may have arrived: it is unknown now."""
    rows = connection.execute(_owned_by.with_for_update(of=outbox), {"owner": dead_id}).fetchall()
    connection.execute(_unsure, {"owner": dead_id})
    connection.execute(_adopt, {"owner": dead_id, "worker": worker_id})
    messages = [OutMessage(*row) for row in rows]
    return [
        replace(each, status="unknown", unsure=each.unsure + 1) if each.status == "in_flight" else each
        for each in messages
    ]


_owned = and_(_OWNED, _o.sender == bindparam("owner"))
_owned_by = select(*COLUMNS).select_from(outbox.join(conversations, OF_CONVERSATION)).where(_owned)
_unsure = update(outbox).where(_owned, _o.status == "in_flight").values(status="unknown", unsure=_o.unsure + 1)
_adopt = update(outbox).where(_owned).values(sender=bindparam("worker"))


def doubt(connection: Connection, worker_id: str, messages: Sequence[OutMessage]) -> None:
    """These are in flight in this worker's name and it knows nothing of them: they are unknown now."""
    rows = [attempt_of(message, worker_id) for message in messages]
    if rows:
        bulk.run(connection, _doubt, rows)


_doubt = update(outbox).where(THIS_ATTEMPT, _o.status == "in_flight").values(status="unknown", unsure=_o.unsure + 1)


def list_owned(connection: Connection, worker_id: str) -> list[OutMessage]:
    """What stands in this worker's name: in flight, unknown, or refused for now."""
    return [OutMessage(*row) for row in connection.execute(_owned_by, {"owner": worker_id})]


def list_owners(connection: Connection) -> list[str]:
    """The names in which messages are on their way."""
    return list(connection.execute(_owners).scalars())


_owners = select(_o.sender).where(_OWNED, _o.sender > "").distinct()


def free_pending(connection: Connection, worker_id: str) -> None:
    """Let go of what this worker only kept to try again later: it stops."""
    connection.execute(update(outbox).where(_OWNED, _o.sender == worker_id, _o.status == "pending").values(sender=None))
