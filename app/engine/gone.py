"""What a state forgot when it was entered and its own texts still say: no more of it, and only while the customer is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.flow import Flow, Placeholder, State, Text


def still_said(flow: Flow, state: State, gone: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of the forgotten values those that are said again after the turn: in questions and their hints, ways on and reminders."""
    if not gone:
        return gone
    names = {
        part.name
        for text in _later(flow, state)
        if text
        for template in text.by_language.values()
        for part in template
        if isinstance(part, Placeholder)
    }
    return {name: value for name, value in gone.items() if name in names}


def _later(flow: Flow, state: State) -> list[Text | None]:
    asked = [flow.slots[each.save].hint for each in state.ask if each.save in flow.slots]
    ways = [*state.choices, *state.buttons, *(each for question in state.ask for each in question.choices)]
    ways += [each for reminder in state.remind for each in reminder.choices]
    reminded = [each for reminder in state.remind for each in reminder.say if isinstance(each, Text)]
    return [
        *(each.say for each in state.ask),
        *asked,
        *reminded,
        *(each.title for each in ways),
        *(each.url for each in ways),
    ]
