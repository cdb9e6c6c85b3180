"""One turn: a session and an event in, a session and effects out. No I/O, no clock, no chance."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.engine import calls, questions
from app.engine.anywhere import person_state, resolve
from app.engine.comments import read_comment
from app.engine.draft import Draft
from app.engine.effects import Effect, Message
from app.engine.events import (
    PERSON,
    AttachmentReceived,
    CallAnswered,
    CommentReceived,
    Event,
    PersonMet,
    ReferralReceived,
    StaffHandedBack,
    StaffLeft,
    TapReceived,
    TextReceived,
    WaitTimedOut,
)
from app.engine.finders import NOTHING_FOUND, Finders, SearchNeededError
from app.engine.flow import END, Flow, Reminder
from app.engine.fold import clean, fold
from app.engine.read import read_attachments, read_later, read_stop, read_text
from app.engine.session import NOT_ASKED, Session
from app.engine.show import reminder_messages
from app.engine.taps import read_referral, read_tap
from app.engine.walk import WINDOW, ask_again, end_session, go, leave_the_queue, next_target, remind_again
from app.mask import REMOVED
from app.values import value

TIMER_TOLERANCE = timedelta(seconds=1)
"""A timer may fire this much early: databases keep moments less exactly than we do."""

FromCustomer = TextReceived | TapReceived | AttachmentReceived | ReferralReceived


@value
class Turn:
    """What came of an event. `why` says step by step how it was read, without the customer's words. `understood`: it meant something.

    When `effects` is one `Search`, the turn has not happened yet: `session` is the one that came in, and the caller
    takes the same turn again with the answer in `finders`. A state or `anywhere` entry that needs a search looks into
    `finders` first; where its answer is missing the turn stops there, so everything before it must be safe to repeat.
    """

    session: Session
    effects: tuple[Effect, ...] = ()
    why: tuple[str, ...] = ()
    understood: bool = True


def take_turn(
    flow: Flow,
    session: Session,
    event: Event,
    now: datetime,
    finders: Finders = NOTHING_FOUND,
) -> Turn:
    """Move the session by one event. Pure: the same arguments give the same turn.

    `now` is aware. Raises EngineError for a flow that goes round in a circle.
    """
    draft = Draft(flow, session, now, finders)
    try:
        _take(draft, event)
    except SearchNeededError as needed:
        return Turn(session, (needed.search,), (f"search {needed.search.kind}",))
    return Turn(draft.session(), tuple(draft.effects), tuple(draft.why), draft.understood)


def _take(draft: Draft, event: Event) -> None:
    match event:
        case TextReceived() | TapReceived():
            _customer_came(draft, event)
        case PersonMet():
            _meet(draft, event)
        case _:
            draft.erasing, draft.days = False, ()  # an answer to what is said now would be none to those questions
            _take_other(draft, event)


def _take_other(draft: Draft, event: Event) -> None:
    """Anything that is neither written nor tapped."""
    match event:
        case AttachmentReceived() | ReferralReceived():
            _customer_came(draft, event)
        case CommentReceived():
            read_comment(draft, event)
        case WaitTimedOut(state, since) if state == PERSON:
            _person_fell_silent(draft, datetime.fromisoformat(since))
        case WaitTimedOut(state, name):
            _wait_timed_out(draft, state, name)
        case StaffHandedBack(to):
            _staff_handed_back(draft, to)
        case StaffLeft():
            _staff_left(draft)
        case CallAnswered():
            _call_answered(draft, event)


def _meet(draft: Draft, event: PersonMet) -> None:
    """The names can be said from now on; the language only as long as the customer has shown none of his own. Nothing is said."""
    draft.note("learns who the customer is")
    draft.met = True
    for name in ("first_name", "last_name"):
        if (value := getattr(event, name)) and name not in draft.slots:
            draft.slots[name] = value
    spoken = event.locale[:2].lower()
    if not draft.own_language and (language := next((e for e in draft.flow.languages if e[:2] == spoken), "")):
        draft.speak(language)


def _customer_came(draft: Draft, event: FromCustomer) -> None:
    """Something that the customer did: read by the bot, unless staff have the conversation."""
    silent_since = draft.last_at
    draft.last_at = draft.now
    if draft.answered_by == "staff":
        draft.note("staff have the conversation")
        if isinstance(event, TextReceived):
            read_stop(draft, fold(clean(event.text)))
        return
    if draft.answered_by == "bot":
        draft.stop_timers()
        if silent_since is not None and draft.now - silent_since >= WINDOW:
            end_session(draft)
            draft.waited_in, draft.question, draft.unanswered = "", NOT_ASKED, ()
    questions.begin(draft)
    _warn(draft, event)
    before = draft.unanswered
    _read(draft, event)
    if draft.unanswered is before:
        draft.unanswered = ()  # understood: what failed before is over


def _warn(draft: Draft, event: FromCustomer) -> None:
    """Say once that something was taken out of what the customer wrote, and why."""
    if isinstance(event, (TextReceived, AttachmentReceived)) and lost_something(event) and not draft.warned:
        draft.note("told that something was taken out")
        draft.warned = True
        draft.say((Message(draft.sentence("removed")),))


def lost_something(event: TextReceived | AttachmentReceived) -> bool:
    """Whether something was taken out of what the customer wrote, or of the name of what he sent."""
    if REMOVED in event.text:
        return True
    attached = event.attachments if isinstance(event, AttachmentReceived) else ()
    return bool(attached) and any(REMOVED in each.title or REMOVED in each.url for each in attached)


def _read(draft: Draft, event: FromCustomer) -> None:
    match event:
        case TextReceived(text):
            read_text(draft, text)
        case TapReceived():
            read_tap(draft, event)
        case AttachmentReceived():
            read_attachments(draft, event)
        case ReferralReceived(ref):
            read_referral(draft, ref)


def _wait_timed_out(draft: Draft, state: str, name: str) -> None:
    """A reminder, if it is still wanted: the session waits where it was started, and nobody else answers."""
    reminder = _running_reminder(draft, state, name)
    if reminder is None:
        draft.note("a timer that nobody waits for")
        return
    draft.timers = tuple(each for each in draft.timers if each.partition("@")[0] != name)
    draft.note(f"reminder {draft.state}/{name}")
    draft.say(reminder_messages(draft, draft.here, reminder))
    if reminder.goto:
        if draft.answered_by == "waiting" and draft.here.handoff:
            draft.missed = draft.here.handoff.team
        leave_the_queue(draft)
        go(draft, reminder.goto)


def _person_fell_silent(draft: Draft, since: datetime) -> None:
    """Whoever answered elsewhere has said nothing for long: the bot answers again, from the next message on.

    A customer who wrote meanwhile, and waits in vain, is put into the queue.
    """
    if draft.answered_by != "staff":
        draft.note("nobody waits for a person")
        return
    draft.note("the person fell silent")
    waits = draft.last_at is not None and since < draft.last_at and draft.now - draft.last_at < WINDOW
    draft.answered_by = "bot"
    end_session(draft)
    person = person_state(draft.flow)
    if waits and person:
        go(draft, person)


def _call_answered(draft: Draft, event: CallAnswered) -> None:
    """The answer of the call that this session waits for: its values are kept, and `goto` is followed."""
    if draft.answered_by == "staff" or not calls.is_waited_for(draft, event):
        draft.note("nobody waits for this answer")
        return
    later, draft.later = draft.later, ()
    calls.take_answer(draft, event)
    draft.stop_timers()
    go(draft, next_target(draft, draft.here.goto))
    read_later(draft, later)


def _running_reminder(draft: Draft, state: str, name: str) -> Reminder | None:
    if draft.answered_by == "staff" or not draft.state or resolve(draft.flow, state) != draft.state:
        return None
    if not draft.is_due(name, TIMER_TOLERANCE):
        return None
    return next((each for each in draft.here.remind if each.name == name), None)


def _staff_handed_back(draft: Draft, to: str) -> None:
    """The bot answers again, says so, and goes where staff sent the customer, or where the handoff leads; else nowhere.

    Staff who came by themselves left the customer in the middle: the open question is asked again.
    """
    came_by_staff = draft.answered_by == "staff"
    draft.note("staff handed back")
    draft.last_at = draft.now
    draft.answered_by, draft.disclosed, draft.failures = "bot", False, 0
    handed_off = bool(draft.state) and draft.here.handoff is not None
    target = END if to == END else resolve(draft.flow, to)
    if not target and handed_off:
        target = next_target(draft, draft.here.goto) or END
    if target:
        draft.stop_timers()
        go(draft, target)
    elif came_by_staff:
        ask_again(draft)


def _staff_left(draft: Draft) -> None:
    """The customer waits for staff again, and the handoff's reminders begin anew."""
    if draft.answered_by != "staff":
        draft.note("staff did not have the conversation")
        return
    draft.note("staff left")
    draft.answered_by = "waiting"
    if draft.state and draft.here.handoff is not None:
        remind_again(draft)
