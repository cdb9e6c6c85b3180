"""What a state says after it was entered: only that much of what it forgot is kept, while the customer is there."""

from __future__ import annotations

from app.engine.flow import Flow, Placeholder, State, Text


def names_said_later(flow: Flow, state: State) -> frozenset[str]:
    """The values that a state names after it was entered: in questions and their hints, ways on and reminders."""
    return frozenset(
        part.name
        for text in _later(flow, state)
        if text
        for template in text.by_language.values()
        for part in template
        if isinstance(part, Placeholder)
    )


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
