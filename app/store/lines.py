"""The transcript as the desk shows it: both sides, what was done, and how far each message of ours got. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.store.keys import Key
from app.store.tables import history, outbox

_h, _o = history.c, outbox.c
_MESSAGES = ("TextReceived", "TapReceived", "AttachmentReceived")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `id` is h and a number of `history`, or o and a place in the outbox. `who`: as there, or bot, staff.

    Of ours: `status`, `reason_code` and `reason` say what became of it, `staff_id` who wrote it; until `not_before` it can be taken
    back.
    """

    id: str
    at: datetime
    who: str
    kind: str
    text: str
    body: Any
    mid: str | None = None
    status: str = ""
    reason_code: str = ""
    reason: str = ""
    staff_id: str = ""
    not_before: datetime | None = None

    @property
    def can_be_answered(self) -> bool:
        """Whether it is a message of the customer's that one of ours can name."""
        return self.who == "customer" and bool(self.mid) and self.kind in _MESSAGES

    @property
    def answers(self) -> str:
        """The channel's id of the message that this one answers, if any."""
        return str(self.body.get("reply_to") or "") if isinstance(self.body, dict) else ""


_theirs = (
    select(_h.id, _h.happened_at, _h.who, _h.kind, _h.text, _h.body, _h.mid)
    .where(_h.page_id == bindparam("of_page"), _h.customer_id == bindparam("of_customer"))
    .order_by(_h.id.desc())
    .limit(bindparam("most"))
)
_ours = (
    select(
        _o.seq, _o.created_at, _o.written_by, _o.body, _o.mid, _o.status, _o.reason_code, _o.reason, _o.staff_id,
        _o.not_before,
    )
    .where(_o.page_id == bindparam("of_page"), _o.customer_id == bindparam("of_customer"))
    .order_by(_o.seq.desc())
    .limit(bindparam("most"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Behind:
    """Where an earlier part of a transcript begins: before these numbers of `history` and the outbox."""

    history_id: int
    seq: int


def list_lines(connection: Connection, key: Key, most: int, behind: Behind | None = None) -> list[Line]:
    """The latest lines of both sides (before `behind`), oldest first."""
    bound = {"of_page": key[0], "of_customer": key[1], "most": most}
    theirs, ours = _theirs, _ours
    if behind is not None:
        theirs, ours = theirs.where(_h.id < behind.history_id), ours.where(_o.seq < behind.seq)
    lines = [Line(f"h{row[0]}", *row[1:]) for row in connection.execute(theirs, bound)]
    lines += [_our_line(row) for row in connection.execute(ours, bound)]
    return sorted(lines, key=lambda line: (line.at, line.id[0], int(line.id[1:])))[-most:]


def find_line(connection: Connection, key: Key, line_id: str) -> Line | None:
    """One line by its id."""
    bound = {"of_page": key[0], "of_customer": key[1], "most": 1}
    if not line_id[1:].isdecimal() or len(line_id) > 19:
        return None
    number = int(line_id[1:])
    if line_id[0] == "h":
        row = connection.execute(_theirs.where(_h.id == number), bound).one_or_none()
        return Line(line_id, *row[1:]) if row else None
    ours = connection.execute(_ours.where(_o.seq == number), bound).one_or_none()
    return _our_line(ours) if ours else None


def list_answered(connection: Connection, key: Key, lines: Sequence[Line]) -> dict[str, Line]:
    """The lines that some of `lines` answer, by their ids at the channel, as far as they are here."""
    wanted = {line.answers for line in lines} - {""}
    found = {line.mid: line for line in lines if line.mid in wanted}
    if missing := wanted - found.keys():
        bound = {"of_page": key[0], "of_customer": key[1], "most": len(missing)}
        theirs = connection.execute(_theirs.where(_h.mid.in_(missing)), bound)
        found |= {row.mid: Line(f"h{row[0]}", *row[1:]) for row in theirs}
        found |= {row.mid: _our_line(row) for row in connection.execute(_ours.where(_o.mid.in_(missing)), bound)}
    return {mid: line for mid, line in found.items() if mid}


def _our_line(row: Any) -> Line:
    body = row.body or {}
    return Line(
        f"o{row.seq}", row.created_at, row.written_by, "message", body.get("text", ""), body, row.mid, row.status,
        row.reason_code or "", row.reason or "", row.staff_id or "", row.not_before,
    )  # fmt: skip


def last_words(connection: Connection, key: Key, before: datetime, most: int = 2) -> list[str]:
    """The customer's latest words up to that moment, oldest first: what the bot could not answer, when it called staff."""
    said = (
        select(_h.text)
        .where(
            _h.page_id == key[0],
            _h.customer_id == key[1],
            _h.who == "customer",
            _h.text != "",
            _h.happened_at <= before,
        )
        .order_by(_h.id.desc())
        .limit(most)
    )
    return list(connection.execute(said).scalars())[::-1]
