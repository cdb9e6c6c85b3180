"""A turn under way: the session as it changes, the effects so far, and why. Lives for one turn; decides nothing about the flow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.engine.anywhere import index_of, resolve
from app.engine.conditions import holds, names_in
from app.engine.effects import Effect, Message, Search, SendMessage, StopTimers
from app.engine.fill import fill, fill_url, is_long_address, is_too_long
from app.engine.finders import NOTHING_FOUND, Finders, Found, SearchNeededError
from app.engine.flow import PRICE_NOW, PRODUCT_PREFIX, Condition, Flow, Placeholder, Slot, State, Template, Text
from app.engine.hours import is_open, opening_text
from app.engine.session import NOT_ASKED, AnsweredBy, Session
from app.engine.slots import price_number, value_text
from app.engine.words import sentence

MESSAGES_A_TURN_MAX = 20
"""More messages at once than this would be a flood on any screen; the rest is dropped and `why` says so."""

BACK_MAX = 10
"""How many states `back` remembers."""

LEFT_OUT = "left out: an address that is too long"
"""A step of the explanation."""

PRICE = f"{PRODUCT_PREFIX}price"
"""The one field that is written as money, in a text as on a card: what is to be paid now."""

WHY_MAX = 100
"""Steps of the explanation kept: twice the steps a turn may take."""


_NOTHING = Found()


class Draft:
    """The turn being taken. `waited_in` is the state in which the session waited when the event came.

    `outdated`: what the customer was asked is asked no more; the question that is open now is one he has not seen.
    `gone` is what the state forgot when it was entered: its own texts may still say it. `product` are the fields of the one shown.
    `question_before` is the question to which this event may be the answer; `found` what the FAQ made of this message.
    """

    __slots__ = (
        "answered", "answered_by", "asking", "back", "calling", "calls", "days", "disclosed", "disliked", "effects",
        "erasing", "failures", "finders", "flow", "found", "gone", "hunt", "hunted", "language", "last_at", "later", "liked",
        "messages", "met", "missed", "named", "now", "offered", "opted_out", "others", "outdated", "own_language", "product",
        "question", "question_before", "questions", "rates", "result", "returning", "said", "screen", "showing", "shown",
        "slots", "slots_until", "state", "steps", "switched_at", "timers", "unanswered", "understood", "waited_in",
        "warned", "why", "wish",
    )  # fmt: skip

    def __init__(self, flow: Flow, session: Session, now: datetime, finders: Finders = NOTHING_FOUND) -> None:
        self.flow, self.now, self.said, self.finders = flow, now, "", finders
        self.state = session.state
        self.slots, self.slots_until = dict(session.slots), dict(session.slots_until)
        self.back, self.failures, self.timers = session.back, session.failures, session.timers
        self.own_language = session.language
        self.language = session.language or flow.languages[0]
        self.disclosed, self.opted_out = session.disclosed, session.opted_out
        self.warned, self.met = session.warned, session.met
        self.last_at, self.answered = session.last_at, session.answered
        self.answered_by: AnsweredBy = session.answered_by
        self.effects: list[Effect] = []
        self.why: list[str] = []
        self.outdated, self.days = False, session.days
        self.steps, self.messages, self.returning, self.understood = 0, 0, False, True
        self.calls, self.calling, self.result = session.calls, session.calling, ""
        self.showing, self.shown, self.erasing = session.showing, session.shown, session.erasing
        self.wish, self.screen, self.named = session.wish, session.screen, session.named
        self.hunt, self.hunted, self.liked, self.disliked = (
            session.hunt,
            session.hunted,
            session.liked,
            session.disliked,
        )
        self.switched_at = session.switched_at
        # A wish of an earlier visit says nothing of this one.
        self.missed = session.missed if session.state else ""
        self.product: Mapping[str, Any] = {}
        self.gone, self.later = session.gone, session.later
        self.questions, self.question, self.question_before = session.questions, session.question, NOT_ASKED
        self.offered, self.others, self.rates = session.offered, session.others, session.rates
        self.unanswered, self.found = session.unanswered, _NOTHING
        if self.slots_until:
            self._forget_expired()
        self._find_place(session.asking)
        self.waited_in = self.state

    def _forget_expired(self) -> None:
        for name in [name for name, until in self.slots_until.items() if until <= self.now]:
            self.forget(name)

    def _find_place(self, asking: str) -> None:
        """Where the session is in this flow, which may have changed since its last turn."""
        if self.state and self.state not in self.flow.states:
            self.state = resolve(self.flow, self.state)
            self.note("the session's state has moved" if self.state else "the session's state is gone")
        self.asking = self._place_of(asking) if asking and self.state else None
        if self.showing and self.showing not in self.flow.states:
            self.showing = resolve(self.flow, self.showing)

    def _place_of(self, asking: str) -> int | None:
        """The place of the question for this slot; of the first open one when the flow no longer asks it."""
        place = next((place for place, each in enumerate(self.here.ask) if each.save == asking), None)
        self.outdated = place is None
        return self.first_unknown() if place is None else place

    @property
    def here(self) -> State:
        """The state the session is in; only to be asked for while there is one."""
        return self.flow.states[self.state]

    def first_unknown(self) -> int | None:
        """The place of the first question here whose answer is not known."""
        return next((place for place, each in enumerate(self.here.ask) if each.save not in self.slots), None)

    def session(self) -> Session:
        """The session as it is now."""
        return Session(
            state=self.state, asking="" if self.asking is None else self.here.ask[self.asking].save,
            slots=self.slots, slots_until=self.slots_until,
            back=self._back_after(), failures=self.failures, language=self.own_language,
            disclosed=self.disclosed, opted_out=self.opted_out, warned=self.warned, met=self.met, timers=self.timers,
            last_at=self.last_at, switched_at=self.switched_at, answered_by=self.answered_by, answered=self.answered,
            calls=self.calls, calling=self.calling, showing=self.showing, shown=self.shown, wish=self.wish,
            erasing=self.erasing, days=self.days, screen=self.screen, named=self.named,
            hunt=self.hunt, hunted=self.hunted, liked=self.liked, disliked=self.disliked, missed=self.missed,
            questions=self.questions, question=self.question, offered=self.offered, others=self.others, rates=self.rates,
            unanswered=self.unanswered, later=self.later, gone=self._gone_after(),
        )  # fmt: skip

    def _gone_after(self) -> Mapping[str, Any]:
        """Of what the state forgot what it says again."""
        if not self.gone or not self.state:
            return {}
        later = index_of(self.flow).said_later[self.state]
        return {name: value for name, value in self.gone.items() if name in later}

    def _back_after(self) -> tuple[str, ...]:
        """The way back: the state that was waited in comes on top when the turn left it, unless it left by `back`.

        A handoff or a call is no place to come back to: it would happen again.
        """
        if not self.waited_in or not self.state or self.waited_in == self.state or self.returning:
            return self.back
        if self.flow.states[self.waited_in].handoff or self.flow.states[self.waited_in].call:
            return self.back
        return (*self.back, self.waited_in)[-BACK_MAX:]

    # ---- values --------------------------------------------------------------------------------------------

    def slot(self, name: str) -> Slot:
        """The slot of that name; one that the flow does not declare takes any text."""
        return self.flow.slots.get(name) or Slot(name, "text")

    def asked(self, place: int) -> Slot:
        """The slot that the question at `place` of this state's form asks for."""
        return self.slot(self.here.ask[place].save)

    def remember(self, name: str, value: Any) -> None:
        """Save a slot's value, for as long as its `keep` says."""
        self.slots[name] = value
        self.slots_until.pop(name, None)
        keep = self.slot(name).keep
        if keep is not None:
            self.slots_until[name] = self.now + keep

    def speak(self, language: str) -> None:
        """Speak this language from now on."""
        if language != self.own_language:
            self.note(f"language {language}")
            self.own_language = self.language = language

    def forget(self, name: str) -> None:
        self.slots.pop(name, None)
        self.slots_until.pop(name, None)

    def holds(self, condition: Condition | None) -> bool:
        """Whether a condition is true now; none always is."""
        if condition is None:
            return True
        return holds(condition, self.facts(names_in(condition)))

    def facts(self, names: Collection[str]) -> Mapping[str, Any]:
        """What conditions with these names look at: the slots, what is so at the moment, the product that is shown."""
        values: Mapping[str, Any] = {**self.slots, **self.product} if self.product else self.slots
        if "open" in names:
            values = {**values, "open": is_open(self.flow, "", self.now)}
        if "language" in names:
            values = {**values, "language": self.language}
        if "result" in names:
            values = {**values, "result": self.result}
        return values

    def find(self, search: Search) -> Any:
        """The answer of a search. Raises SearchNeededError, which ends the turn, while there is none."""
        if search not in self.finders:
            raise SearchNeededError(search)
        return self.finders[search]

    # ---- texts ---------------------------------------------------------------------------------------------

    def template(self, text: Text) -> Template:
        """The text in the customer's language, else in the bot's first."""
        found = text.by_language.get(self.language)
        return text.by_language[self.flow.languages[0]] if found is None else found

    def text(self, text: Text) -> str:
        template = self.template(text)
        match template:
            case (str(whole),):
                return whole  # as most are: there is nothing to be filled in
            case _:
                return fill(template, self.values(template))

    def url(self, text: Text) -> str:
        """The address with its values; empty, which leaves out what it belongs to, if it is none or too long then."""
        template = self.template(text)
        values = self.values(template)
        if is_too_long(template, values):
            self._note_left_out()
        return fill_url(template, values)

    def sentence(self, name: str) -> str:
        """One of the bot's own sentences in the customer's language."""
        return sentence(self.language, name)

    def values(self, template: Template) -> dict[str, str]:
        """What the placeholders of a template stand for now; names and other values of a person are slots."""
        values = {part.name: self._value(part.name) for part in template if isinstance(part, Placeholder)}
        if any(map(is_long_address, values.values())):
            self._note_left_out()
        return values

    def _note_left_out(self) -> None:
        if LEFT_OUT not in self.why:
            self.note(LEFT_OUT)

    def _value(self, name: str) -> str:
        match name:
            case "said":
                return self.said
            case "next_opening":
                return opening_text(self.flow, self.language, self.now)
            case "bot_name":
                return self.flow.name
            case _:
                value = self.product.get(name, self.slots.get(name, self.gone.get(name)))
                if name == PRICE and isinstance(value, float):
                    return price_number(self.product.get(PRICE_NOW, value), self.language)
                return value_text(self.slot(name), value, self.language)

    # ---- effects -------------------------------------------------------------------------------------------

    def note(self, step: str) -> None:
        """One step of the explanation; never the customer's words."""
        if len(self.why) < WHY_MAX:
            self.why.append(step)

    def say(self, messages: Iterable[Message]) -> None:
        """Send messages; the disclosure goes before the first of a session."""
        for message in messages:
            if message.is_empty:
                continue
            self.disclose()
            self._send(message)

    def disclose(self) -> bool:
        """Say that this is a bot, unless it has been said in this session. Whether it was said now."""
        if self.disclosed:
            return False
        self.disclosed = True
        if self.flow.disclosure is None:
            return False
        self._send(Message(self.text(self.flow.disclosure)))
        return True

    def _send(self, message: Message) -> None:
        if self.messages >= MESSAGES_A_TURN_MAX:
            self.note("message dropped: too many in one turn")
            return
        self.messages += 1
        self.answered, self.offered, self.rates = "", (), False
        self.effects.append(SendMessage(message))

    def stop_timers(self) -> None:
        if self.timers:
            self.timers = ()
            self.effects.append(StopTimers())

    def is_due(self, name: str, tolerance: timedelta) -> bool:
        """Whether a running timer of this name has come to its time; timers are kept as `name@moment`."""
        moments = [each.partition("@")[2] for each in self.timers if each.partition("@")[0] == name]
        return any(datetime.fromisoformat(each) <= self.now + tolerance for each in moments)
