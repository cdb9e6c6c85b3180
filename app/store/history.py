"""History: what customers and others said. What we said stands in the outbox; the transcript is both, in order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, null, select, update

from app.store import bulk
from app.store.keys import Key
from app.store.tables import history, outbox
from app.values import value


@value
class Said:
    """One thing that was said or done. `who`: customer, page_inbox, other_app, channel; `kind` is the event's."""

    page_id: str
    customer_id: str
    who: str
    kind: str
    happened_at: datetime
    text: str = ""
    body: Any = field(default=None)
    mid: str | None = None


_insert = insert(history)


def append(connection: Connection, said: Sequence[Said]) -> None:
    if said:
        bulk.run(connection, _insert, [_row(each) for each in said])


def _row(said: Said) -> dict[str, Any]:
    return {
        "page_id": said.page_id,
        "customer_id": said.customer_id,
        "who": said.who,
        "kind": said.kind,
        "text": said.text,
        "body": said.body,
        "mid": said.mid,
        "happened_at": said.happened_at,
    }


_erase = (
    update(history)
    .where(
        history.c.page_id == bindparam("of_page"),
        history.c.mid == bindparam("of_mid"),
        history.c.customer_id == bindparam("of_customer"),
    )
    .values(text="", body=null())
)


def erase_unsent(connection: Connection, unsent: Sequence[tuple[Key, str]]) -> None:
    """Empty our copies of messages that their writer took back: (customer, mid)."""
    if unsent:
        bulk.run(connection, _erase, [{"of_page": key[0], "of_customer": key[1], "of_mid": mid} for key, mid in unsent])


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript. `status` is the outbox row's for what we said, empty otherwise."""

    at: datetime
    who: str
    kind: str
    text: str
    body: Any
    status: str


def transcript(connection: Connection, key: Key, most: int = 200) -> list[Line]:
    """The latest lines of both sides, oldest first."""
    theirs = select(history).where(history.c.page_id == key[0], history.c.customer_id == key[1])
    ours = select(outbox).where(outbox.c.page_id == key[0], outbox.c.customer_id == key[1])
    lines = [
        Line(row.happened_at, row.who, row.kind, row.text, row.body, "")
        for row in connection.execute(theirs.order_by(history.c.id.desc()).limit(most))
    ]
    lines += [
        Line(row.created_at, row.written_by, "message", row.body.get("text", ""), row.body, row.status)
        for row in connection.execute(ours.order_by(outbox.c.seq.desc()).limit(most))
    ]
    return sorted(lines, key=lambda line: line.at)[-most:]
