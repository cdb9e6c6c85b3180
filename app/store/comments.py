"""Comments under posts: each is a conversation of its own; these are those of one author."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.store.erase import erase_whole
from app.store.keys import Key
from app.store.tables import history

KIND = "CommentReceived"
AUTHOR = "author_id"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: `key` is the conversation that it is."""

    key: Key
    text: str
    body: Mapping[str, Any]


def find_comments(connection: Connection, author_id: str, pages: Sequence[str] | None = None) -> list[Comment]:
    """What this person wrote under posts of all Pages or of these, as far as it is kept. Takes a look at every comment."""
    h = history.c
    kept = select(h.page_id, h.customer_id, h.text, h.body).where(h.kind == KIND, h.body.is_not(None))
    here = kept if pages is None else kept.where(h.page_id.in_(pages))
    rows = connection.execute(here.order_by(h.id))
    ours = (row for row in rows if isinstance(row.body, Mapping) and row.body.get(AUTHOR) == author_id)
    return [Comment((row.page_id, row.customer_id), row.text, row.body) for row in ours]


def erase_comments(connection: Connection, comments: Sequence[Comment], now: datetime) -> None:
    """Forget these comments and what was said to them."""
    for each in comments:
        erase_whole(connection, each.key, now)
