"""From one claimed customer and its events to what must be written: no database, no network. Searches run in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import accumulate
from typing import Any

import structlog

from app.channel import Channel, comment_of
from app.engine import events
from app.engine.burst import BURST_MAX, take_burst
from app.engine.effects import (
    CallService,
    EraseCustomer,
    ForgetTastes,
    HandOff,
    KeepQuestion,
    Message,
    NoteTaste,
    Search,
    SendMessage,
    SettleQuestion,
    StartTimer,
    StopTimers,
    WithdrawHandOff,
    message_from_dict,
    message_to_dict,
)
from app.engine.events import (
    PERSON,
    AttachmentReceived,
    Event,
    StaffHandedBack,
    StaffLeft,
    TapReceived,
    TextReceived,
    WaitTimedOut,
)
from app.engine.flow import SECRET_PREFIX, Flow
from app.engine.session import Session
from app.engine.traffic import Traffic
from app.engine.turn import Turn, take_turn
from app.engine.words import sentence
from app.errors import EngineError
from app.service.client import Service
from app.store.calls import NewCall
from app.store.claims import WRITTEN, Claim
from app.store.inbox import WaitingEvent
from app.store.keys import Key
from app.store.questions import Question, Settled
from app.store.timers import NewTimer
from app.worker import flood, taps
from app.worker.comments import as_one
from app.worker.handled import Handled, Manners, begin, is_news, note_fact, note_said, note_window
from app.worker.links import Links, counted, shown_on
from app.worker.thinking import Thinking

log = structlog.get_logger()

SEARCHES_MAX = 100 * (BURST_MAX + 1)
"""Searches one turn may ask for, one after the other: each topic of the FAQ in `anywhere` is one, for each message of a burst."""

TURN_SECONDS_MAX = 2.0
"""A search that takes longer is broken, and other customers wait; steps, messages and patterns bound the rest of a turn."""

_NO_LINKS = Links(b"")
"""Addresses stay as they are."""

RunSearch = Callable[[Flow, Search], Any]
"""Runs a search; called in a thread."""


def no_search(flow: Flow, search: Search) -> Any:
    """For a house without FAQ and catalogue: no flow that needs one can go live there."""
    raise EngineError(f"The flow {flow.name} asks for {search.kind}, which this program cannot search.")


@dataclass(frozen=True, slots=True)
class Hands:
    """What handling needs from outside, as values."""

    flow_of: Callable[[str], Flow | None]
    secret: bytes
    channel: Channel
    search: RunSearch = no_search
    service: Service = field(default_factory=Service)
    manners: Manners = field(default_factory=Manners)
    thinking: Thinking | None = None
    links: Links = _NO_LINKS


async def handle(hands: Hands, claim: Claim, now: datetime) -> Handled:
    """Take the claim's events, a person's take-over before what the customer wrote. Raises what a turn raises."""
    handled = begin(claim, hands.flow_of(claim.page_id))
    for burst in _bursts(_people_first(claim.events)):
        for event in burst:
            note_window(handled, event, now)
        if _comes_too_late(handled, burst[0]):
            handled.finished.append((burst[0].id, "ignored", "somebody else had the conversation by then"))
        elif burst[0].kind.startswith("fact:"):
            note_fact(handled, burst[0], hands.manners)
        elif claim.is_blocked:
            _only_note(hands, handled, burst)
        elif handled.flow is None:
            handled.finished += [(event.id, "ignored", "no bot serves this Page") for event in burst]
        else:
            await _take_in(hands, handled, burst, now)
            if comment_of(claim.customer_id):
                _leave_one_reply(hands, handled)
    return handled


def _bursts(waiting: Iterable[WaitingEvent]) -> list[list[WaitingEvent]]:
    """The events in their order, those that were written one after the other together; every other one alone."""
    bursts: list[list[WaitingEvent]] = []
    for event in waiting:
        goes_on = bursts and event.kind in WRITTEN and bursts[-1][0].kind in WRITTEN
        if goes_on and len(bursts[-1]) < BURST_MAX:
            bursts[-1].append(event)
        else:
            bursts.append([event])
    return bursts


def set_aside(hands: Hands, claim: Claim, reason: str, now: datetime) -> Handled:
    """Give up on the claim's first event: it is kept with its reason, the customer is told and waits for a person.

    Who only wrote a comment is left alone.
    """
    flow = hands.flow_of(claim.page_id)
    handled = begin(claim, flow)
    event = claim.events[0]
    note_window(handled, event, now)
    handled.set_aside = (event.id, reason)
    if flow is not None and claim.answered_by == "bot" and not comment_of(claim.customer_id):
        _say(handled, "sorry")
        handled.session = replace(handled.session, answered_by="waiting")
        handled.handoff = HandOff(team="", reason="An event could not be handled.")
        _hand_over(hands, handled)
    return handled


def _people_first(waiting: Sequence[WaitingEvent]) -> list[WaitingEvent]:
    """The events in order, but a person's take-over before what the customer wrote; never before an earlier handing back."""
    if len(waiting) == 1:
        return list(waiting)
    spans = list(accumulate(event.kind == "StaffHandedBack" for event in waiting))
    ordered = sorted(zip(spans, waiting, strict=True), key=lambda each: (each[0], _rank(each[1])))
    return [event for _, event in ordered]


def _rank(event: WaitingEvent) -> int:
    if event.kind == "StaffHandedBack":
        return 0
    return 1 if event.kind in ("fact:person_replied", "fact:person_took_over") else 2


async def _take_in(hands: Hands, handled: Handled, burst: Sequence[WaitingEvent], now: datetime) -> None:
    """Write down what happened and take the turn of what may be answered."""
    happened = [(_read_event(hands, handled, waiting), waiting) for waiting in burst]
    for event, waiting in happened:
        note_said(handled, event, waiting)
        handled.epoch += _ends_staff(event, handled.session)
        if isinstance(event, StaffHandedBack):
            is_news(handled, waiting.happened_at)
            if handled.session.answered_by == "staff":
                handled.stop_timers = True  # of the silence, which is over
                handled.timers.clear()
    most = hands.manners.a_minute if handled.session.answered_by != "staff" else None
    handled.traffic, may_answer, tells = flood.count(handled.traffic, happened, most)
    answered = [each for each, may in zip(happened, may_answer, strict=True) if may]
    if handled.session.answered_by == "bot" and flood.goes_in_circles(handled.traffic):
        _end_circle(hands, handled)
    elif answered:
        await _turn(hands, handled, answered, now)
    if tells:
        _say(handled, "slowly")
    for each, may in zip(burst, may_answer, strict=True):
        end = ("done", None) if may else ("ignored", "too many messages in a minute")
        handled.finished.append((each.id, *end))


def _only_note(hands: Hands, handled: Handled, burst: Sequence[WaitingEvent]) -> None:
    """Staff want nothing of this customer answered: it is written down, and no more."""
    for waiting in burst:
        note_said(handled, _read_event(hands, handled, waiting), waiting)
        handled.finished.append((waiting.id, "ignored", "the customer is blocked"))


def _read_event(hands: Hands, handled: Handled, waiting: WaitingEvent) -> Event:
    event = events.from_dict(waiting.kind, waiting.body or {})
    return taps.read(hands.secret, handled.claim.key, event) if isinstance(event, TapReceived) else event


def _end_circle(hands: Hands, handled: Handled) -> None:
    """Two machines answer each other: a person is to look, and nothing more is said."""
    handled.session, handled.traffic = replace(handled.session, answered_by="waiting"), Traffic()
    handled.handoff = HandOff(team="", reason="The same message came over and over.")
    _hand_over(hands, handled)


def _say(handled: Handled, name: str) -> None:
    """One of the bot's own sentences, in the customer's language."""
    language = handled.session.language or (handled.flow.languages[0] if handled.flow else "en")
    handled.messages.append(message_to_dict(Message(sentence(language, name))))


async def _turn(hands: Hands, handled: Handled, happened: flood.Happened, now: datetime) -> None:
    assert handled.flow is not None
    turn = await _take(
        hands, handled.flow, handled.session, [event for event, _ in happened], now, customer=handled.claim.key
    )
    handled.session = turn.session
    # By the channel's clock: what the customer wrote behind his wish is not lost, though we hear of it later.
    _carry_out(hands, handled, turn, min(now, max(waiting.happened_at for _, waiting in happened)))
    if hands.manners.hands_over and any(isinstance(effect, HandOff) for effect in turn.effects):
        _hand_over(hands, handled)


def _leave_one_reply(hands: Hands, handled: Handled) -> None:
    """A comment can be answered by one message, and the conversation begins only when its writer answers that."""
    reply = as_one(handled.messages)
    handled.messages = [_shortened(hands, handled.claim.page_id, reply)] if reply else []
    handled.session, handled.traffic = Session(answered_by=handled.claim.answered_by), Traffic()  # type: ignore[arg-type]
    handled.timers.clear()
    handled.calls.clear()
    handled.shown.clear()
    handled.questions.clear()
    handled.handoff = None


def _shortened(hands: Hands, page_id: str, stored: dict[str, Any]) -> dict[str, Any]:
    one = message_to_dict(hands.channel.shortened(message_from_dict(stored)))
    chars, limit = len(stored.get("text", "")), len(one.get("text", ""))
    if chars > limit:
        log.warning("shortened", page=page_id, field="reply to a comment", chars=chars, limit=limit)
    return {**one, "payloads": stored["payloads"]} if "payloads" in stored else one


def _ends_staff(event: Event, session: Session) -> bool:
    """Whether staff have the conversation no more by it: what the bot prepared before is void."""
    match event:
        case StaffHandedBack():
            return True
        case StaffLeft():
            return session.answered_by == "staff"
        case WaitTimedOut(state):
            return state == PERSON and session.answered_by == "staff"
        case _:
            return False


def _comes_too_late(handled: Handled, event: WaitingEvent) -> bool:
    """Whether staff gave away what another one of them has taken meanwhile."""
    if event.kind not in ("StaffHandedBack", "StaffLeft"):
        return False
    seen = (event.body or {}).get("epoch")
    return seen is not None and seen != handled.epoch


def read(flow: Flow, before: Session, happened: Sequence[Event], now: datetime, found: Mapping[Search, Any]) -> Turn:
    """The turn of one event, or of several that were written one after the other."""
    written = [event for event in happened if isinstance(event, (TextReceived, AttachmentReceived))]
    return (
        take_burst(flow, before, written, now, found) if written else take_turn(flow, before, happened[0], now, found)
    )


async def _take(
    hands: Hands, flow: Flow, before: Session, happened: Sequence[Event], now: datetime, *, customer: Key
) -> Turn:
    """Take the turn; when it stops for a search, run that and take it again. Raises StillThinkingError where a model is asked first."""
    turn = read(flow, before, happened, now, {})
    search = _search_of(turn)
    if search is None:
        return turn
    found: dict[Search, Any] = {}
    try:
        async with asyncio.timeout(TURN_SECONDS_MAX):
            for _ in range(SEARCHES_MAX):
                found[search] = await _find(hands, flow, search, customer)
                turn = read(flow, before, happened, now, found)
                search = _search_of(turn)
                if search is None:
                    return turn
    except TimeoutError as error:
        raise EngineError(f"A turn was not over after {TURN_SECONDS_MAX:.0f} seconds of searching.") from error
    raise EngineError("A turn asked for too many searches.")


def _search_of(turn: Turn) -> Search | None:
    """What must be found before this turn can be taken; None for one that is over."""
    first = turn.effects[0] if turn.effects else None
    return first if isinstance(first, Search) else None


async def _find(hands: Hands, flow: Flow, search: Search, customer: Key) -> Any:
    """What a search finds, with a model's opinion of it where one may be asked."""
    found = await asyncio.to_thread(hands.search, flow, search)
    if hands.thinking is None:
        return found
    return hands.thinking.consider(flow, search, found, customer)


def _carry_out(hands: Hands, handled: Handled, turn: Turn, happened_at: datetime) -> None:
    claim = handled.claim
    for effect in turn.effects:
        match effect:
            case SendMessage(message):
                _queue(hands, handled, message)
            case StartTimer(state, name, due_at):
                handled.timers[state, name] = NewTimer(claim.page_id, claim.customer_id, state, name, due_at)
            case StopTimers():
                handled.stop_timers = True
                handled.timers.clear()
            case HandOff():
                handled.handoff = effect
            case WithdrawHandOff():
                handled.handoff = None
                handled.messages = [each for each in handled.messages if not each.get("hands_over")]
            case CallService():
                handled.calls.append(_stored_call(claim, effect))
            case NoteTaste(products, taste):
                handled.tastes += [(product, taste) for product in products]
            case ForgetTastes() | EraseCustomer():
                _forget(handled, effect, happened_at)
            case KeepQuestion() | SettleQuestion():
                _note_question(handled, effect, happened_at)
            case Search():
                raise EngineError(f"A turn ended with {type(effect).__name__}, which nobody carries out.")


def _forget(handled: Handled, effect: ForgetTastes | EraseCustomer, happened_at: datetime) -> None:
    """What came of the turns before goes too: of tastes alone, or at the customer's wish of everything."""
    if isinstance(effect, ForgetTastes):
        handled.forgets_tastes = True
        handled.tastes.clear()
        return
    handled.erased_at = happened_at
    handled.shown.clear()
    handled.tastes.clear()
    handled.said.clear()
    handled.calls.clear()
    handled.questions.clear()


def _queue(hands: Hands, handled: Handled, message: Message) -> None:
    """The pieces of a message, with links that count; what its cards show is noted."""
    key = handled.claim.key
    handled.shown += shown_on(hands.links, key, message, handled.session.state)
    for piece in hands.channel.pieces(counted(hands.links, key, message)):
        handled.messages.append(_signed(hands.secret, key, piece))


def _hand_over(hands: Hands, handled: Handled) -> None:
    """The conversation goes to the channel's own inbox, after everything that the bot says."""
    if handled.handoff is not None and hands.manners.hands_over:
        handled.messages.append(message_to_dict(Message(hands_over=True)))


def _stored_call(claim: Claim, call: CallService) -> NewCall:
    """The call as it is kept: secrets by their names."""
    headers = {
        name: [part if isinstance(part, str) else {"secret": part.name.removeprefix(SECRET_PREFIX)} for part in parts]
        for name, parts in call.headers.items()
    }
    request = {"method": call.method, "url": call.url, "headers": headers, "body": call.body, "save": call.save}
    return NewCall(claim.page_id, claim.customer_id, call.state, call.number, request)


def _note_question(handled: Handled, effect: KeepQuestion | SettleQuestion, at: datetime) -> None:
    key = handled.claim.key
    match effect:
        case SettleQuestion():
            handled.settled.append(Settled(*key, effect.number, effect.meant, effect.rating, effect.handed_off))
        case KeepQuestion():
            asked = Question(
                *key, effect.number, at, effect.text, effect.language, effect.decision, effect.entry, effect.offered,
                effect.scores, effect.rule,
            )  # fmt: skip
            handled.questions.append(asked)


def _signed(secret: bytes, key: Key, message: Message) -> dict[str, Any]:
    """The message in its stored form, with the payloads of what can be tapped, in its order."""
    stored = message_to_dict(message)
    if payloads := [taps.sign(secret, key, *option.tap) for option in message.options if option.tap]:
        stored["payloads"] = payloads
    return stored
