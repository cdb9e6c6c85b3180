"""From what the desk knows to what the API answers, and cursors. Reads only."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import orjson

from app.clock import within_calendar
from app.desk.access.identity import Staff
from app.desk.api import shapes
from app.desk.private import has_it, hide_slots
from app.desk.service import Opened, People
from app.errors import BrokenPayloadError
from app.store.keys import Key
from app.store.lines import Behind, Line
from app.store.queue import Row
from app.store.queue_pages import Place

ROOT = "/api/v1"


def conversation_of(row: Row, people: People) -> dict[str, Any]:
    """The fields of `shapes.Conversation`."""
    return {
        "page": row.page_id, "customer": row.customer_id, "name": row.name or "", "answered_by": row.answered_by,
        "staff": row.staff_id or "", "staff_name": people.name(row.staff_id), "team": row.team or "", "epoch": row.epoch,
        "waiting_since": row.waiting_since, "last_customer_at": row.last_customer_at, "changed_at": row.changed_at,
        "resolved_at": row.resolved_at, "is_blocked": row.blocked_at is not None, "said": row.said,
    }  # fmt: skip


def whole_of(opened: Opened, lines_max: int, staff: Staff) -> shapes.Whole:
    """One conversation with everything that this key may see."""
    slots = opened.session.slots
    read, window = opened.read, opened.window
    return shapes.Whole(
        **conversation_of(read.row, read.people),
        note=read.conversation.handoff_note or "",
        state=opened.session.state,
        slots=dict(slots) if has_it(opened.read.row, staff) else hide_slots(opened.flow, slots),
        may_send=window.refusal is None and not read.row.blocked_at,
        may_send_until=window.staff_until,
        refusal=window.refusal.sentence if window.refusal else "",
        lines=[_line(each, read.row.key) for each in read.lines],
        next_cursor=_before(read.lines, opened.behind) if len(read.lines) >= lines_max else "",
    )


def _line(line: Line, key: Key) -> shapes.Line:
    attached = _attached(line)
    return shapes.Line(
        id=line.id, at=line.at, who=line.who, kind=line.kind, text=line.text or "", staff=line.staff_id,
        status=line.status, reason=line.reason,
        attachments=[
            shapes.Attachment(kind=kind, title=title, path=f"{path_of(key)}/files/{line.id}/{number}")
            for number, kind, title in attached
        ],
    )  # fmt: skip


def _attached(line: Line) -> list[tuple[int, str, str]]:
    """(number, kind, title) of what has an address, by the numbers of `shown.addresses_of`."""
    body = line.body or {}
    if line.id[0] == "h":
        found = enumerate(body.get("attachments") or ())
        return [(at, str(each.get("kind")), str(each.get("title") or "")) for at, each in found if each.get("url")]
    return [(0, str(body["media"][0]), "")] if body.get("media") else []


def path_of(key: Key) -> str:
    return f"{ROOT}/conversations/{quote(key[0], safe='')}/{quote(key[1], safe='')}"


# ---- cursors -----------------------------------------------------------------------------------------------


def write_cursor(*parts: object) -> str:
    """The place where a list goes on. It says nothing that its reader does not see."""
    return urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def write_place(place: Place) -> str:
    return write_cursor(place.at.isoformat(), place.page_id, place.customer_id)


def read_place(cursor: str) -> Place | None:
    """Raises BrokenPayloadError for one that is not ours."""
    if not cursor:
        return None
    match _read(cursor):
        case [str(at), str(page), str(customer)]:
            try:
                moment = datetime.fromisoformat(at)
            except ValueError:
                raise _broken() from None
            if moment.tzinfo is not None:
                return Place(within_calendar(moment), page, customer)
    raise _broken()


def read_behind(cursor: str) -> Behind | None:
    """Raises BrokenPayloadError for one that is not ours."""
    if not cursor:
        return None
    match _read(cursor):
        case [int(number), int(seq)] if 0 <= number < 2**53 and 0 <= seq < 2**53:
            return Behind(number, seq)
    raise _broken()


def _read(cursor: str) -> Any:
    try:
        return orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        raise _broken() from None


def _broken() -> BrokenPayloadError:
    return BrokenPayloadError(
        "This cursor is not one of ours.", "Begin without one, then send the next_cursor of each answer."
    )


def _before(lines: Sequence[Line], behind: Behind | None) -> str:
    """Before the oldest line of both sides."""
    most = 2**53 - 1
    ends = (behind.history_id, behind.seq) if behind else (most, most)
    theirs = [int(each.id[1:]) for each in lines if each.id[0] == "h"]
    ours = [int(each.id[1:]) for each in lines if each.id[0] == "o"]
    return write_cursor(min(theirs, default=ends[0]), min(ours, default=ends[1]))
