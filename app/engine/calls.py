"""What a turn does about an HTTP request: asks for it, and takes its answer. Makes none, and never sees a secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.anywhere import resolve
from app.engine.draft import Draft
from app.engine.effects import CallService, Message
from app.engine.events import CallAnswered
from app.engine.fill import VALUE_CHARS_MAX, fill, fill_url, value_piece
from app.engine.flow import SECRET_PREFIX, Call, Placeholder, Slot, Template
from app.engine.fold import clean
from app.engine.slots import number_text, read_answer

LATER_MAX = 3
"""Texts kept while the answer of a call is on its way; nobody needs more questions answered at once."""

_DOTS = (".", "..")
"""In a path they would lead to another address."""


def make(draft: Draft, call: Call) -> bool:
    """Ask for the call; False, with the result failed, if a value that its address needs is missing."""
    values = draft.values(call.url)
    url = fill_url(call.url, values)
    is_missing = any(not value.strip() or value.strip() in _DOTS for value in values.values())
    if is_missing or not url:
        draft.note(
            f"not called: {'a value of the address is missing' if is_missing else 'the address is none, or too long'}"
        )
        draft.result = "failed"
        return False
    draft.calls += 1
    draft.calling = draft.calls
    headers = {name: _header(draft, template) for name, template in call.headers.items()}
    body = _body(draft, call.body)
    draft.effects.append(CallService(draft.state, draft.calls, call.method, url, headers, body, dict(call.save)))
    draft.note(f"call {draft.calls} of {draft.state}")
    return True


def is_under_way(draft: Draft) -> bool:
    """Whether the session waits for the answer of a call."""
    return bool(draft.calling and draft.state and draft.here.call)


def is_waited_for(draft: Draft, event: CallAnswered) -> bool:
    """Whether this is the answer that the session waits for, and of no earlier visit."""
    return is_under_way(draft) and event.number == draft.calling and resolve(draft.flow, event.state) == draft.state


def take_answer(draft: Draft, event: CallAnswered) -> None:
    """Keep what the answer brought; a slot for which it holds nothing fit to keep forgets what an earlier one brought."""
    draft.calling, draft.result = 0, event.result
    draft.note(f"result is {event.result}")
    for name in draft.here.call.save if draft.here.call else ():
        value = _value(draft, draft.slot(name), event.values.get(name))
        if value is None:
            draft.forget(name)
        else:
            draft.remember(name, value)


def keep(draft: Draft, text: str) -> None:
    """Keep a text for when the answer has come, and say so."""
    say_one_moment(draft)
    if len(draft.later) < LATER_MAX:
        draft.note("kept until the answer has come")
        draft.later, draft.understood = (*draft.later, text), True


def say_one_moment(draft: Draft) -> None:
    draft.note("a call is under way")
    draft.understood = False
    draft.say((Message(draft.sentence("one_moment")),))


def saved(answer: Any, save: Mapping[str, str]) -> dict[str, Any]:
    """The values at these paths, texts cut as a filled text takes them; what is no text, number or yes/no is left out."""
    values: dict[str, Any] = {}
    for slot, path in save.items():
        found = answer
        for part in path.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        if isinstance(found, str):
            values[slot] = value_piece(found)
        elif isinstance(found, bool | int | float):
            values[slot] = found
    return values


def _header(draft: Draft, template: Template) -> Template:
    """The header with its values; the operator's secrets stay names, whatever a customer wrote."""
    values = draft.values(tuple(part for part in template if not _is_secret(part)))
    return tuple(
        part if isinstance(part, str) or _is_secret(part) else clean(values[part.name], VALUE_CHARS_MAX)
        for part in template
    )


def _is_secret(part: str | Placeholder) -> bool:
    return isinstance(part, Placeholder) and part.name.startswith(SECRET_PREFIX)


def _body(draft: Draft, node: Any) -> Any:
    """The body with its values; its depth is that of the owner's file."""
    match node:
        case dict():
            return {key: _body(draft, value) for key, value in node.items()}
        case list():
            return [_body(draft, value) for value in node]
        case tuple():
            return fill(node, draft.values(node))
        case _:
            return None


def _value(draft: Draft, slot: Slot, given: Any) -> Any:
    """What the slot keeps of a value from outside; None if it is not of the slot's type."""
    if isinstance(given, bool):
        text = "yes" if given else "no"
    elif isinstance(given, int | float):
        text = number_text(given, "en")
    else:
        text = value_piece(given) if isinstance(given, str) else ""
    if not text:
        return None
    return text if slot.kind == "text" and not slot.pattern else read_answer(draft.flow, slot, text, "en", draft.now)
