"""Search over customers and over what was written. Looks from the newest back, a stretch at a time: each look has a known cost.

No index of words is kept: it would cost every event, hold what was erased, and find no part of an order number.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Text, bindparam, cast, func, or_, select

from app.store.tables import conversations, history, outbox

STRETCH = 50_000
"""Lines of customers that one look goes through: a tenth of a second. Whoever has time looks again, further back."""
HITS_MOST = 50
STAFF_STRETCH = 10_000
"""The same for what staff wrote."""

_c, _h, _o = conversations.c, history.c, outbox.c


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found: a line, or a customer (then `text` is empty)."""

    page_id: str
    customer_id: str
    name: str | None
    at: datetime | None
    who: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """What one look found, newest first, and behind which number of `history` to go on; 0 at the end."""

    found: list[Hit]
    go_on_behind: int = 0


def pattern_of(words: str) -> str:
    """What LIKE looks for: these words as they are."""
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _has(connection: Connection, column: Any) -> ColumnElement[bool]:
    """Whether a column holds the pattern, capitals or not: SQLite's own LIKE does so by itself, and faster than with `lower`."""
    compare = column.like if connection.dialect.name == "sqlite" else column.ilike
    held: ColumnElement[bool] = compare(bindparam("pattern"), escape="\\")
    return held


def find_customers(connection: Connection, pages: Collection[str], words: str) -> list[Hit]:
    """Customers by a part of their name, or by their whole id."""
    called = select(_c.page_id, _c.customer_id, _c.customer_name, _c.last_customer_at).where(
        _c.page_id.in_(sorted(pages) or [""]),
        or_(_c.customer_id == words, _has(connection, _c.customer_name)),
    )
    latest = called.order_by(_c.changed_at.desc()).limit(HITS_MOST)
    rows = connection.execute(latest, {"pattern": pattern_of(words)})
    return [Hit(*row, "customer") for row in rows]


_newest = select(func.max(_h.id))
_of_customers = (
    select(_h.id, _h.page_id, _h.customer_id, _c.customer_name, _h.happened_at, _h.who, _h.text)
    .select_from(
        history.outerjoin(conversations, (_c.page_id == _h.page_id) & (_c.customer_id == _h.customer_id))
    )
    .where(
        _h.id <= bindparam("newest"),
        _h.id > bindparam("oldest"),
        _h.page_id.in_(bindparam("pages", expanding=True)),
    )
    .order_by(_h.id.desc())
    .limit(HITS_MOST)
)  # fmt: skip


def find_texts(connection: Connection, pages: Collection[str], words: str, behind: int = 0) -> Hits:
    """What customers and people elsewhere wrote, one stretch back from number `behind` (0: from the newest)."""
    newest = (behind or (connection.execute(_newest).scalar_one() or 0) + 1) - 1
    oldest = max(newest - STRETCH, 0)
    bound = {"pages": sorted(pages) or [""], "pattern": pattern_of(words), "newest": newest, "oldest": oldest}
    rows = connection.execute(_of_customers.where(_has(connection, _h.text)), bound).fetchall()
    # A full look may have left some out of the same stretch: it goes on behind the last that it shows.
    behind_next = rows[-1][0] if len(rows) == HITS_MOST else oldest + 1
    return Hits([Hit(*row[1:]) for row in rows], behind_next if behind_next > 1 else 0)


def find_replies(connection: Connection, pages: Collection[str], words: str) -> list[Hit]:
    """What staff wrote lately, by the index of their messages."""
    lately = (
        select(_o.page_id, _o.customer_id, _o.created_at, _o.body)
        .where(_o.page_id.in_(sorted(pages) or [""]), _o.written_by == "staff")
        .order_by(_o.created_at.desc())
        .limit(STAFF_STRETCH)
        .subquery()
    )
    found = (
        select(lately.c.page_id, lately.c.customer_id, _c.customer_name, lately.c.created_at, lately.c.body)
        .select_from(
            lately.outerjoin(conversations, (_c.page_id == lately.c.page_id) & (_c.customer_id == lately.c.customer_id))
        )
        .where(_has(connection, cast(lately.c.body, Text)))
        .order_by(lately.c.created_at.desc())
    )
    # As JSON writes it; then once more in the words alone, for JSON has words of its own.
    rows = connection.execute(found, {"pattern": pattern_of(orjson.dumps(words).decode()[1:-1])})
    hits = (Hit(row[0], row[1], row[2], row[3], "staff", _words_of(row[4])) for row in rows)
    return list(islice((hit for hit in hits if words.casefold() in hit.text.casefold()), HITS_MOST))


def _words_of(body: Mapping[str, Any]) -> str:
    """What the customer read: the text, and what cards are called."""
    return "\n".join(
        filter(None, [body.get("text", ""), *(str(card.get("title", "")) for card in body.get("cards") or ())])
    )
