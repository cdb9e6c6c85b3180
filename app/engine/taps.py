"""Reads taps and links, new and old. A tap reaches only what was offered: a state's own choices, or the Page's entrances."""

from __future__ import annotations

from typing import Any

from app.engine import anywhere, erase, faq, products, show, tastes, which_day
from app.engine.draft import Draft
from app.engine.effects import Message
from app.engine.events import TapReceived
from app.engine.flow import MORE, Choice, Question, Slot, State, card_buttons
from app.engine.fold import clean
from app.engine.slots import read_answer
from app.engine.walk import answer, ask_again, go, is_target, leave_the_queue


def read_tap(draft: Draft, event: TapReceived) -> None:
    """A tap on something we offered, now or long ago. One that leads nowhere gets a way back."""
    draft.said, draft.days = clean(event.title), ()
    if erase.read_tap(draft, event):
        return None
    if draft.answered_by == "waiting":
        return _read_tap_while_waiting(draft, event)
    if faq.read_tap(draft, event) or which_day.read_tap(draft, event):
        return None
    if products.read_tap(draft, event) or tastes.read_tap(draft, event):
        return None
    if event.state.startswith("@"):
        return _follow(draft, _entrance(draft, event), f"tap {event.state}")
    name = anywhere.resolve(draft.flow, event.state)
    choice = find_choice(draft, draft.flow.states[name], event.choice) if name else None
    if choice is not None:
        draft.note(f"tap {name}/{choice.key}")
        take(draft, draft.flow.states[name], choice)
        draft.say(show.leads_outside(draft, choice))  # a button of then may open an address by now
        return None
    if name and name != event.state:
        return _follow(draft, name, f"tap on the old {name}")
    return _unknown_tap(draft)


def read_referral(draft: Draft, ref: str) -> None:
    """A link's target; one we do not know is like the start."""
    target = draft.flow.entrances.links.get(ref, "")
    known = is_target(draft, target)
    if draft.answered_by == "waiting":
        draft.note("kept for staff")
    else:
        _follow(draft, target if known else draft.flow.entrances.start, "link" if known else "unknown link")


def _entrance(draft: Draft, event: TapReceived) -> str:
    """Where a tap on what the whole Page shares leads: only to what is listed there; empty for anything else."""
    entrances = draft.flow.entrances
    match event.state:
        case show.START:
            linked = entrances.links.get(event.ref, "")
            return linked if is_target(draft, linked) else entrances.start
        case show.MENU:
            return entrances.menu.get(event.choice, "")
        case show.STARTER:
            return entrances.starters.get(event.choice, "")
        case show.OFFER:
            return anywhere.index_of(draft.flow).person
        case _:
            return ""


def _follow(draft: Draft, target: str, step: str) -> None:
    if not is_target(draft, target):
        return _unknown_tap(draft)
    draft.note(step)
    draft.failures = 0
    return go(draft, target)


def _unknown_tap(draft: Draft) -> None:
    """A polite way back; the open question stays open."""
    draft.note("unknown tap")
    choices = () if draft.asking is not None else show.ways_back(draft, "")
    draft.say((Message(draft.sentence("unknown_tap"), choices=choices),))
    ask_again(draft)


def _read_tap_while_waiting(draft: Draft, event: TapReceived) -> None:
    choice = find_choice(draft, draft.here, event.choice) if draft.state else None
    if choice is None or anywhere.resolve(draft.flow, event.state) != draft.state:
        draft.note("kept for staff")
        return
    draft.note(f"tap {draft.state}/{choice.key}")
    take(draft, draft.here, choice)


def find_choice(draft: Draft, state: State, key: str) -> Choice | None:
    """The choice or button of a state that carries this key."""
    questions = (choice for question in state.ask for choice in show.question_choices(draft, question))
    reminded = (choice for reminder in state.remind for choice in reminder.choices)
    says = (*state.say, *(each for reminder in state.remind for each in reminder.say))
    ways = (*questions, *state.choices, *state.buttons, *reminded, *card_buttons(says))
    return next((each for each in ways if each.key == key), None)


def take(draft: Draft, state: State, choice: Choice) -> None:
    """Follow a choice: to its target, or as the answer to its question. A web address or number opened by itself."""
    draft.failures = 0
    if tastes.hear(draft, choice):
        return None
    if choice.to:
        leave_the_queue(draft)
        if choice.to == MORE:
            _be_in(draft, state)
            draft.asking, draft.calling, draft.later = None, 0, ()
        return go(draft, choice.to)
    if choice.url is not None or choice.phone:
        return None
    return _answer_by_choice(draft, state, choice)


def _answer_by_choice(draft: Draft, state: State, choice: Choice) -> None:
    """The answer that a question's choice stands for: the open question's first, else the first that offers it.

    A tap on an earlier form takes the customer there again.
    """
    places = list(range(len(state.ask)))
    if draft.state == state.name and draft.asking is not None:
        places.insert(0, draft.asking)
    place = next(each for each in places if _offers(draft, state.ask[each], choice.key))
    _be_in(draft, state)
    return answer(draft, place, value_of(draft, draft.asked(place), choice))


def _be_in(draft: Draft, state: State) -> None:
    """In that state again, without entering it anew."""
    if draft.state != state.name:
        draft.state, draft.gone = state.name, {}


def _offers(draft: Draft, question: Question, key: str) -> bool:
    return any(each.key == key and not each.to for each in show.question_choices(draft, question))


def value_of(draft: Draft, slot: Slot, choice: Choice) -> Any:
    """What a question's choice stands for: its title read as an answer, else the title itself."""
    value = read_answer(draft.flow, slot, choice.key, draft.flow.languages[0], draft.now)
    return choice.key if value is None else value
