"""Pages from which the channel takes nothing at the moment: every process of a fleet waits, and people are told why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from app.store.tables import pages
from app.store.upsert import insert_or_change


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a Page must wait. After `until` one message may try again; the row goes when one is taken."""

    page_id: str
    code: str
    sentence: str
    since: datetime
    until: datetime


_p = pages.c
_all = select(_p.page_id, _p.code, _p.sentence, _p.since, _p.until).order_by(_p.page_id)


def list_troubles(connection: Connection) -> list[Trouble]:
    """Every Page in trouble."""
    return [Trouble(*row) for row in connection.execute(_all)]


def note_trouble(connection: Connection, new: Trouble) -> None:
    """This Page waits. The same trouble again goes on since it began, in the words that told it first, and ends no earlier."""
    of_page = (each for each in list_troubles(connection) if each.page_id == new.page_id and each.code == new.code)
    old = next(of_page, new)
    row = {
        "page_id": new.page_id,
        "code": new.code,
        "sentence": old.sentence,
        "since": old.since,
        "until": max(new.until, old.until),
    }
    insert_or_change(connection, pages, [row], ("page_id",))


def clear(connection: Connection, page_id: str) -> None:
    """The channel takes this Page's messages again."""
    connection.execute(delete(pages).where(_p.page_id == page_id))
