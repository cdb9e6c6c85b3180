"""Moves a session through its states until it waits or ends. Reads no messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from app.engine import browse, calls, questions, suggest
from app.engine.anywhere import resolve
from app.engine.draft import Draft
from app.engine.effects import ForgetTastes, HandOff, Message, SendMessage, StartTimer, WithdrawHandOff
from app.engine.fill import fill_note
from app.engine.flow import BACK, END, MORE, TASTES, HandOffTo, Rule, State
from app.engine.hours import is_open
from app.engine.show import options, question_message, question_options, state_messages
from app.errors import EngineError

STEPS_A_TURN_MAX = 50
"""More states in one turn can only be a circle that the checker did not see."""

NIGHT_FROM, NIGHT_UNTIL = time(21), time(8)
"""No reminder reaches a customer between these hours of the bot's timezone."""

STILL_HERE = timedelta(hours=1)
"""A reminder that comes sooner finds the customer still at it, by night too."""

WINDOW = timedelta(hours=24)
"""How long after the customer's last message the bot may write; also how long a session lives in silence."""


def go(draft: Draft, target: str) -> None:
    """Follow a target, and what follows from it, until the session waits or ends. Raises EngineError after too many steps."""
    while target:
        draft.steps += 1
        if draft.steps > STEPS_A_TURN_MAX:
            raise EngineError("The flow goes round in a circle.", f'Look at the state "{draft.state}".')
        target = _step(draft, target)


def _step(draft: Draft, target: str) -> str:
    match target:
        case "end":
            end_session(draft)
            return ""
        case "back":
            return _way_back(draft)
        case "more":
            return _more(draft)
        case _:
            name = resolve(draft.flow, target)
            if not name:
                raise EngineError("The flow leads to a state that does not exist.", f'Look for "{target}".')
            return _enter(draft, draft.flow.states[name])


def is_target(draft: Draft, target: str) -> bool:
    """Whether `go` can follow it: a state, old or new, or one of end, back, more."""
    return target in (END, BACK, MORE) or bool(resolve(draft.flow, target))


def end_session(draft: Draft) -> None:
    """The end: the next message begins a new session. What was learnt stays."""
    draft.note("the session ends")
    draft.stop_timers()
    draft.state, draft.asking, draft.back, draft.failures, draft.disclosed = "", None, (), 0, False
    draft.calling, draft.erasing, draft.gone, draft.later = 0, False, {}, ()
    draft.offered, draft.others, draft.rates = (), (), False


def _way_back(draft: Draft) -> str:
    """The state before this one, else the start. A form on the way is asked its last question again: it would run through."""
    *earlier, last = draft.back or ("",)
    draft.back, draft.returning = tuple(earlier), True
    name = resolve(draft.flow, last)
    if not name:
        return draft.flow.entrances.start if not earlier else BACK
    if ask := draft.flow.states[name].ask:
        draft.forget(ask[-1].save)
    return name


def more_of(draft: Draft, name: str) -> None:
    """Back to the state that suggested products, with its next ones."""
    draft.state = name
    go(draft, MORE)


def _more(draft: Draft) -> str:
    """More products, where the session is in a state that suggests some; anywhere else the same state again."""
    if not draft.state:
        return draft.flow.entrances.start
    if draft.here.suggest is None:
        return draft.state
    draft.note(f"more of {draft.state}")
    draft.stop_timers()
    draft.asking = None
    return _suggest(draft, draft.here, more=draft.showing == draft.state)


# ---- one state ---------------------------------------------------------------------------------------------


def _enter(draft: Draft, state: State) -> str:
    """Do what the state does, key by key; gives the next target, empty to wait."""
    draft.note(f"enter {state.name}")
    draft.stop_timers()
    draft.state, draft.asking, draft.calling, draft.named, draft.later = state.name, None, 0, (), ()
    draft.hunt = draft.hunt if draft.hunted else ""
    for name, value in state.set.items():
        if name == "language":
            draft.speak(str(value))
        else:
            draft.remember(name, value)
    draft.gone = {name: draft.slots[name] for name in state.forget if name in draft.slots}
    for name in state.forget:
        draft.forget(name)
        if name == TASTES and name not in draft.flow.slots:
            draft.liked, draft.disliked = (), ()
            draft.effects.append(ForgetTastes())
    if state.handoff is not None:
        return _hand_off(draft, state, state.handoff)
    if state.call is not None:
        draft.say(state_messages(draft, state, with_choices=True))
        return _wait(draft, state) if calls.make(draft, state.call) else next_target(draft, state.goto)
    if state.suggest is not None:
        return _suggest(draft, state, more=False)
    place = draft.first_unknown() if state.ask else None
    with_choices = place is None and not (state.ask and state.goto)
    messages = state_messages(draft, state, with_choices=with_choices and not state.browse)
    if state.browse:
        browse.say(draft, browse.begin(draft, messages, options(draft, state.name, state.choices)))
        return _wait(draft, state)
    draft.say(messages)
    if place is not None:
        ask(draft, place)
        return ""
    if with_choices and any(each.choices for each in messages):
        return _wait(draft, state)
    return next_target(draft, state.goto) or _wait(draft, state)


def _suggest(draft: Draft, state: State, *, more: bool) -> str:
    """Show products and wait; without any, on to where `none` leads."""
    if suggest.show_products(draft, state, more=more):
        return _wait(draft, state)
    suggest.say_none(draft, state, more=more)
    return state.none or _wait(draft, state)


def _hand_off(draft: Draft, state: State, to: HandOffTo) -> str:
    if to.closed and not is_open(draft.flow, to.team, draft.now):
        draft.note(f"{to.team} is closed")
        draft.missed = to.team
        return to.closed
    draft.say(state_messages(draft, state, with_choices=True))
    note = ""
    if to.note is not None:
        template = draft.template(to.note)
        note = fill_note(template, draft.values(template))
    questions.hand_off(draft, HandOff(to.team, note, state.name))
    draft.answered_by, draft.missed = "waiting", ""
    draft.note(f"handed off to {to.team}")
    return _wait(draft, state)


def next_target(draft: Draft, rules: Sequence[Rule]) -> str:
    """Where the first rule that holds leads; empty if none does."""
    for rule in rules:
        if rule.condition is None or draft.holds(rule.condition):
            return rule.to
    return ""


def _wait(draft: Draft, state: State) -> str:
    """Wait for the customer here: the reminders begin to run. Somebody who said stop is reminded of a handoff only."""
    if draft.opted_out and state.handoff is None:
        return ""
    for reminder in state.remind:
        due_at = _due_at(draft, reminder.after, handed_off=state.handoff is not None)
        if due_at is not None:
            draft.timers = (*draft.timers, f"{reminder.name}@{due_at.isoformat()}")
            draft.effects.append(StartTimer(state.name, reminder.name, due_at))
    return ""


def _due_at(draft: Draft, after: timedelta, *, handed_off: bool) -> datetime | None:
    """When a reminder is due: not at night, and None if it would then be outside the window."""
    due_at = draft.now + after
    if handed_off or after <= STILL_HERE:
        return due_at
    local = due_at.astimezone(draft.flow.timezone)
    if NIGHT_UNTIL <= local.time() < NIGHT_FROM:
        return due_at
    morning = local.date() + timedelta(days=1 if local.time() >= NIGHT_FROM else 0)
    due_at = datetime.combine(morning, NIGHT_UNTIL, draft.flow.timezone).astimezone(draft.now.tzinfo)
    return due_at if due_at < draft.now + WINDOW else None


# ---- forms -------------------------------------------------------------------------------------------------


def ask(draft: Draft, place: int) -> None:
    """Ask the question at `place` of this state's form, and wait for its answer."""
    draft.asking = place
    question = question_message(draft, draft.here, place)
    draft.say((question,))
    if (
        draft.effects
        and draft.effects[-1] == SendMessage(question)
        and not (draft.said and draft.said in question.text)
    ):
        draft.effects[-1] = SendMessage(question, asks=draft.here.ask[place].save)
    draft.stop_timers()
    _wait(draft, draft.here)


def ask_again(draft: Draft) -> None:
    """Repeat the open question, if there is one."""
    if draft.asking is not None:
        ask(draft, draft.asking)


def remind_again(draft: Draft) -> None:
    """The customer was answered and still is where he was: the reminders begin anew."""
    draft.stop_timers()
    _wait(draft, draft.here)


def give_hint(draft: Draft, place: int) -> None:
    """Say how the open question can be answered, its choices in reach; without a hint of the owner's the question again."""
    hint = draft.asked(place).hint
    if hint is None:
        draft.say((Message(draft.sentence("not_an_answer")),))
        return ask_again(draft)
    draft.say((Message(draft.text(hint), choices=question_options(draft, draft.here, place)),))
    _wait(draft, draft.here)
    return None


def answer(draft: Draft, place: int, value: Any) -> None:
    """Save the answer to a question of this state's form and go on: to the next question, or out of the form."""
    question = draft.here.ask[place]
    draft.note(f"answer to {question.save}")
    draft.remember(question.save, value)
    draft.failures = 0
    following = draft.first_unknown()
    if following is not None:
        return ask(draft, following)
    draft.asking = None
    target = next_target(draft, draft.here.goto)
    if target:
        return go(draft, target)
    messages = [each for each in state_messages(draft, draft.here, with_choices=True) if each.choices]
    draft.say(messages[-1:])
    _wait(draft, draft.here)
    return None


def leave_the_queue(draft: Draft) -> None:
    """The customer no longer waits for staff."""
    if draft.answered_by == "waiting":
        draft.effects.append(WithdrawHandOff())
        draft.answered_by = "bot"
