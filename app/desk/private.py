"""What customers gave for one purpose (`private: yes` of a slot): shown to who has the conversation, and to nobody else. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.desk.access.identity import Staff
from app.engine.flow import Flow
from app.store.queue import Row

HIDDEN = "•••"
"""In the place of a value."""


def has_it(row: Row | None, staff: Staff) -> bool:
    """Whether this person answers that customer now."""
    return row is not None and row.answered_by == "staff" and row.staff_id == staff.id


def hide_slots(flow: Flow | None, slots: Mapping[str, Any]) -> dict[str, Any]:
    """The same for somebody who does not have the conversation. Of a flow that is gone nobody knows what was private: all of it."""
    return {name: HIDDEN if _is_private(flow, name) else value for name, value in slots.items()}


def hide_contacts(flow: Flow | None, contacts: Mapping[str, str]) -> dict[str, str]:
    """The same of what a customer left to be called back: by the kinds of slots, for their names are not kept with it."""
    kinds = {slot.kind for slot in flow.slots.values() if slot.private} if flow else set(contacts)
    return {kind: HIDDEN if kind in kinds else value for kind, value in contacts.items()}


def _is_private(flow: Flow | None, name: str) -> bool:
    slot = flow.slots.get(name) if flow else None
    return flow is None or (slot is not None and slot.private)
