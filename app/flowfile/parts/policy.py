"""The bot against policy: reminders, secrets, whether it says what it is and leads to a person. Makes no values of what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from app.engine.flow import Flow, State
from app.flowfile.parts.known import Known
from app.flowfile.parts.loops import earliest_leading, find_reminder_rings
from app.flowfile.parts.texts import sentence_of
from app.flowfile.rules import policy
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

ANSWERED_FREELY = ("text", "number", "photo")
"""Kinds of slots that could hold a secret: the others take a date, an address, or one of the owner's own words."""

MISLEADING = ("F201", "F202", "F203", "F204", "F211", "F212")
"""With one of these a handoff may be missing from what was read."""


def look_at_policy(flow: Flow, root: Pairs, entries: Sequence[tuple[Scalar, Node]], known: Known) -> None:
    """Report what F5xx is about. `entries` are the states as written, `flow` as read."""
    _look_at_slots(root, known)
    rings = {ring[0]: ring for ring in find_reminder_rings(flow.states)}
    for name, node in entries:
        state = flow.states.get(name.text)
        if state and isinstance(node, Pairs):
            _look_at_questions(node, known)
            _look_at_reminders(state, node, known)
            _look_at_ring(state, node, rings.get(state.name, []), known)
            _look_at_handoff(flow, state, node, known)
    _look_at_whole(flow, root, known)


def _look_at_whole(flow: Flow, root: Pairs, known: Known) -> None:
    bot = root.key("bot")
    if bot and isinstance(written := root.get("bot"), Pairs) and written.get("disclosure") is None:
        known.report.take(policy.no_disclosure(bot.place))
    states = root.key("states") or bot
    if states and not any(state.handoff for state in flow.states.values()) and not known.report.has(*MISLEADING):
        known.report.take(policy.no_way_to_person(states.place))


def _look_at_slots(root: Pairs, known: Known) -> None:
    slots = root.get("slots")
    for name, node in slots.entries if isinstance(slots, Pairs) else ():
        if not _could_hold_secret(name.text, known):
            continue
        hint = node.get("hint") if isinstance(node, Pairs) else None
        told = known.report.take(policy.slot_for_secret(name))
        for written in () if told else _in_every_language(hint, known):
            known.report.take(policy.asks_for_secret(written))


def _look_at_questions(state: Pairs, known: Known) -> None:
    for question in _listed(state.get("ask")):
        save = question.get("save")
        if isinstance(save, Scalar) and _could_hold_secret(save.text, known):
            for written in _in_every_language(question.get("say"), known):
                known.report.take(policy.asks_for_secret(written))


def _could_hold_secret(slot_name: str, known: Known) -> bool:
    slot = known.slots.get(slot_name)
    return slot is not None and slot.kind in ANSWERED_FREELY


def _look_at_reminders(state: State, written: Pairs, known: Known) -> None:
    """What staff do in a handoff opens no window, but what its reminders lead to may be for staff: only others are told."""
    reminders = _listed(written.get("remind"))
    for node, reminder in zip(reminders, state.remind, strict=False) if len(reminders) == len(state.remind) else ():
        after = node.get("after")
        if isinstance(after, Scalar) and state.handoff is None:
            known.report.take(policy.reminder_after_window(after, reminder.after))
        for said in _texts_of(node.get("say")):
            for text in _in_every_language(said, known):
                known.report.take(policy.promotion_in_reminder(text))


def _look_at_ring(state: State, written: Pairs, ring: list[str], known: Known) -> None:
    """The reminder by which the ring leaves this state."""
    nodes, leading = _listed(written.get("remind")), earliest_leading(state)
    if not ring or leading is None or len(nodes) != len(state.remind):
        return
    node = nodes[state.remind.index(leading)]
    goto, after = node.get("goto"), node.get("after")
    if isinstance(goto, Scalar) and isinstance(after, Scalar):
        known.report.take(policy.reminder_for_ever(goto, [*ring, ring[0]], after.text))


def _look_at_handoff(flow: Flow, state: State, written: Pairs, known: Known) -> None:
    handoff = written.key("handoff")
    if handoff is None or state.handoff is None:
        return
    if flow.hours and not state.handoff.closed and written.get("closed") is None:
        known.report.take(policy.handoff_without_closed(handoff))
    if not any(reminder.goto for reminder in state.remind):
        known.report.take(policy.handoff_without_end(handoff))


def _listed(node: Node | None) -> list[Pairs]:
    """One thing with keys, or a list of them."""
    items: Iterable[Node] = node.items if isinstance(node, Items) else (node,) if node else ()
    return [item for item in items if isinstance(item, Pairs)]


def _texts_of(node: Node | None) -> Iterator[Scalar]:
    """The plain texts of a `say`."""
    items: Iterable[Node] = node.items if isinstance(node, Items) else (node,) if node else ()
    return (item for item in items if isinstance(item, Scalar))


def _in_every_language(node: Node | None, known: Known) -> Iterator[Scalar]:
    """A text and its translations."""
    if isinstance(node, Scalar):
        yield node
        yield from known.translations.get(sentence_of(node.text), {}).values()
