"""One conversation as the values that its page shows: transcript, side panel, what can be done. No HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.desk.access.identity import Staff
from app.desk.finding import names_of
from app.desk.private import HIDDEN, hide_slots
from app.desk.service import Desk, Opened
from app.desk.shown import Around, path_of, show_lines, size_of, visible
from app.engine.flow import Slot
from app.engine.slots import value_text
from app.store.beside import Note
from app.store.lines import Behind, Line

SLOTS_HIDDEN = ("first_name", "last_name", "language")
"""Shown elsewhere on the page."""
LINES_FULL = 60
NOTES_BYTES = 20_000
"""Of notes on a page."""
SLOTS_SHOWN, VALUE_CHARS = 40, 300
"""Things that the bot learnt, and of each so much."""
NUMBER_MAX = 2**53 - 1
"""Behind every line."""


def talk_values(desk: Desk, staff: Staff, opened: Opened) -> dict[str, Any]:
    """Everything about it."""
    read, row = opened.read, opened.read.row
    names = {staff_id: visible(name) for staff_id, name in read.people.names().items()}
    around = Around(
        row.key, read.conversation.delivered_until, read.conversation.read_until, names, desk.public_url, opened.now,
        read.answered,
    )  # fmt: skip
    shown = show_lines(read.lines, around)
    is_mine = opened.is_mine(staff.id)
    return {
        "path": path_of(row.key),
        "key": row.key,
        "page_name": desk.name_of(row.page_id),
        "name": visible(row.name or ""),
        "row": row,
        "lines": shown,
        "earlier": _earlier(read.lines, {each.id for each in shown}, opened.behind),
        "mine": is_mine,
        "who": names.get(row.staff_id or "", ""),
        "names": names,
        "form_key": desk.chance.new_id(),
        "note_key": desk.chance.new_id(),
        "may_write": is_mine and opened.window.refusal is None and not row.blocked_at,
        "window": opened.window,
        "now": opened.now,
        "lookers": [each for each in read.lookers if each.staff_id != staff.id],
        "notes": _latest_notes(read.notes),
        "episodes": read.episodes,
        "asked": [each[:VALUE_CHARS] for each in read.asked],
        "handoff_note": read.conversation.handoff_note or "",
        "can_send_files": bool(desk.public_url),
        **_bot_values(opened, is_mine=is_mine),
        **_ways(staff, opened),
    }


def _latest_notes(notes: Sequence[Note]) -> list[Note]:
    """As many of the latest as fit the page."""
    shown: list[Note] = []
    room = NOTES_BYTES
    for note in reversed(notes):
        room -= size_of(note.text)
        if room < 0 and shown:
            break
        shown.append(note)
    return shown[::-1]


def _earlier(lines: Sequence[Line], shown: set[str], behind: Behind | None) -> dict[str, int] | None:
    """Where the lines before these begin; None when there are none."""
    left_out = len(shown) < len(lines)
    if len(lines) < LINES_FULL and not left_out:
        return None
    ends = {"h": behind.history_id if behind else NUMBER_MAX, "o": behind.seq if behind else NUMBER_MAX}
    return {kind: min((int(each[1:]) for each in shown if each[0] == kind), default=end) for kind, end in ends.items()}


def _bot_values(opened: Opened, *, is_mine: bool) -> dict[str, Any]:
    """What the bot knows of the customer, and how it came to this place."""
    session, flow = opened.session, opened.flow
    known = session.slots if is_mine else hide_slots(flow, session.slots)
    language = session.language or (flow.languages[0] if flow else "")
    slots = [
        (
            name,
            HIDDEN
            if value is HIDDEN
            else value_text((flow.slots.get(name) if flow else None) or Slot(name, "text"), value, language),
        )
        for name, value in known.items()
        if name not in SLOTS_HIDDEN
    ]
    return {
        "language": session.language,
        "slots": [(name, text[:VALUE_CHARS]) for name, text in slots[:SLOTS_SHOWN] if text],
        "hides": any(value is HIDDEN for value in known.values()),
        "way": [*session.back, session.state] if session.state else list(session.back),
        "products": names_of(flow, session, session.shown),
        "failures": session.failures,
    }


def _ways(staff: Staff, opened: Opened) -> dict[str, Any]:
    """Whom it can be given to, and where the bot can go on."""
    people, page_id, flow = opened.read.people, opened.read.row.page_id, opened.flow
    colleagues = [
        (each.id, visible(each.name), people.is_there(each.id, opened.now))
        for each in people.of_page(page_id)
        if each.id != staff.id
    ]
    return {
        "colleagues": sorted(colleagues, key=lambda each: (not each[2], each[1].casefold())),
        "teams": list(flow.teams) if flow else [],
        "states": list(flow.states) if flow else [],
    }
