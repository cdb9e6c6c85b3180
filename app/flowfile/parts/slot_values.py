"""A value that the owner writes for a slot, in `set` or in a condition, as the engine keeps it. Never reads what customers type."""

from __future__ import annotations

from app.engine.flow import Slot
from app.flowfile.parts.shapes import date_of, number_of, yes_no_of
from app.flowfile.problems import Place, Report
from app.flowfile.rules import values

Value = str | float | bool

LIST = "list"
"""What kind a product's field is whose values are lists, beside the kinds that slots have."""


def value_of(text: str, slot: Slot, place: Place, report: Report) -> Value | None:
    """The value; None if the slot can never have it, and then the report says why."""
    match slot.kind:
        case "number":
            return _checked(number_of(text), text, place, report, ("a number", "60"))
        case "yes_no":
            return _checked(yes_no_of(text), text, place, report, ("yes or no", "yes"))
        case "date":
            day = date_of(text)
            return _checked(day.isoformat() if day else None, text, place, report, ("a date", "2026-12-25"))
        case "choice":
            return _word_of(text, slot, place, report)
        case _:
            return text


def _checked(value: Value | None, text: str, place: Place, report: Report, wanted: tuple[str, str]) -> Value | None:
    """The value, or a problem that says what was wanted and gives an example."""
    if value is None:
        what, example = wanted
        report.take(values.wrong_value(place, text, what, example))
    return value


def _word_of(text: str, slot: Slot, place: Place, report: Report) -> str | None:
    """The slot's own word, however its letters are written."""
    for word in slot.values:
        if word.casefold() == text.casefold():
            return word
    report.take(values.value_slot_cannot_have(place, text, slot.name, slot.values))
    return None
