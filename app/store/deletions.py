"""Wishes to have everything deleted that came through the channel. Holds no id in clear: a person is a keyed hash."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, exists, select, text, update

from app.store.tables import ERASED, LIVE, deletions, outbox
from app.store.upsert import insert_new

State = Literal["received", "done", "nothing"]
"""received: a last message is still on its way and goes with its end. nothing: nobody of that id was known."""

_d = deletions.c


def note(connection: Connection, person: bytes, code: str, *, was_known: bool, now: datetime) -> str:
    """Write down the wish; the code to ask about it by: `code`, or the one that this person was given before."""
    row = {"code": code, "person": person, "state": "erased" if was_known else "nothing", "asked_at": now}
    insert_new(connection, deletions, [row], ("person",))
    if was_known:
        connection.execute(_erased, {"of_person": person, "moment": now})
    return str(connection.execute(_code, {"of_person": person}).scalar_one())


_erased = (
    update(deletions).where(_d.person == bindparam("of_person")).values(state="erased", asked_at=bindparam("moment"))
)
_code = select(_d.code).where(_d.person == bindparam("of_person"))
_state = select(_d.state).where(_d.code == bindparam("of_code"))
_is_one_on_its_way = select(
    exists().where(text(LIVE), outbox.c.epoch == ERASED).select_from(outbox),
)


def find_state(connection: Connection, code: str) -> State | None:
    """What became of the wish with that code; None if there is none."""
    state = connection.execute(_state, {"of_code": code}).scalar_one_or_none()
    if state == "erased":
        return "received" if connection.execute(_is_one_on_its_way).scalar_one() else "done"
    return "nothing" if state else None
