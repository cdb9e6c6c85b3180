"""Small flows in Python, and a customer who talks to them; between two turns the session goes through its stored form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.engine import events, session
from app.engine.effects import (
    Effect,
    HandOff,
    Message,
    Option,
    Search,
    SendMessage,
    StartTimer,
    StopTimers,
    message_from_dict,
    message_to_dict,
)
from app.engine.events import (
    Attachment,
    AttachmentReceived,
    Event,
    ReferralReceived,
    StaffHandedBack,
    TapReceived,
    TextReceived,
    WaitTimedOut,
)
from app.engine.flow import Choice, Entrances, Flow, Placeholder, Question, Rule, Slot, State, Template, Text
from app.engine.session import Session
from app.engine.turn import Turn, take_turn
from app.flowfile.finders import run_search

MORNING = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
"""A Tuesday, ten o'clock in Paris."""

DISCLOSURE = "I am Piney, an automated assistant."


# ---- flows -------------------------------------------------------------------------------------------------


def template(written: str) -> Template:
    """`Hi <first_name>!` as a template."""
    parts: list[str | Placeholder] = []
    for place, piece in enumerate(written.replace(">", "<").split("<")):
        if piece:
            parts.append(Placeholder(piece) if place % 2 else piece)
    return tuple(parts)


def text(written: str, **others: str) -> Text:
    """A text in English, and in the languages named."""
    return Text({"en": template(written), **{language: template(each) for language, each in others.items()}})


def choices(**targets: str) -> tuple[Choice, ...]:
    """`choices(Outfit_ideas="outfits")`: an underscore in a title is a blank."""
    return tuple(choice(name.replace("_", " "), to) for name, to in targets.items())


def choice(title: str, to: str = "", **more: Any) -> Choice:
    return Choice(key=title, title=more.pop("text", text(title)), to=to, **more)


def state(name: str, *say: str, goto: str = "", ask: Sequence[Question] = (), **more: Any) -> State:
    rules = (Rule(goto),) if goto else more.pop("rules", ())
    return State(name, say=tuple(text(each) for each in say), ask=tuple(ask), goto=rules, **more)


def question(save: str, say: str, *titles: str) -> Question:
    return Question(save, text(say), tuple(choice(each) for each in titles))


def slot(name: str, kind: str = "text", **more: Any) -> Slot:
    hint = more.pop("hint", None)
    return Slot(name, kind, hint=text(hint) if hint else None, **more)


def flow(*states: State, slots: Sequence[Slot] = (), start: str = "welcome", **more: Any) -> Flow:
    entrances = more.pop("entrances", None) or Entrances(start=start)
    values: dict[str, Any] = {
        "revision": "r1",
        "name": "Piney",
        "languages": ("en",),
        "timezone": ZoneInfo("Europe/Paris"),
        "disclosure": None,
        "entrances": entrances,
    }
    return Flow(
        states={each.name: each for each in states}, slots={each.name: each for each in slots}, **{**values, **more}
    )


# ---- a customer --------------------------------------------------------------------------------------------


class Customer:
    """Somebody who talks to a flow. `texts` are those of the last turn, `thread` all of them, `screen` the last message."""

    def __init__(self, bot: Flow, *, now: datetime = MORNING, given: Mapping[str, Any] | None = None) -> None:
        self.bot, self.now = bot, now
        self.stored: dict[str, Any] = session.to_dict(Session(slots=dict(given or {})))
        self.answered_by: session.AnsweredBy = "bot"
        self.thread: list[Message] = []
        self.timers: dict[tuple[str, str], datetime] = {}
        self.turn = Turn(Session())

    # ---- what happens ----

    def types(self, written: str) -> list[str]:
        return self.meets(TextReceived(written))

    def taps(self, title: str) -> list[str]:
        """Tap what the screen shows; "Get Started" is always there."""
        if title == "Get Started":
            return self.taps_old("@start", "", title)
        option = self.option(title)
        assert option.tap is not None, f"{title} opens an address"
        return self.taps_old(*option.tap, title)

    def taps_old(self, place: str, key: str, title: str = "") -> list[str]:
        return self.meets(TapReceived(state=place, choice=key, title=title or key))

    def sends(self, kind: str, written: str = "", **more: Any) -> list[str]:
        return self.meets(AttachmentReceived((Attachment(kind, **more),), text=written))

    def comes_by(self, ref: str) -> list[str]:
        return self.meets(ReferralReceived(ref))

    def waits(self, **duration: int) -> list[str]:
        """Let time pass; timers that run out on the way give their events, in order."""
        until, said = self.now + timedelta(**duration), []
        while due := sorted((at, key) for key, at in self.timers.items() if at <= until):
            self.now, key = due[0]
            del self.timers[key]
            said += self.meets(WaitTimedOut(*key))
        self.now = until
        return said

    def staff_come(self) -> None:
        self.answered_by = "staff"

    def staff_end(self, to: str = "") -> list[str]:
        return self.meets(StaffHandedBack(to))

    def _take(self, before: Session, event: Event) -> Turn:
        """The turn, once more for each search that it needs."""
        found: dict[Search, Any] = {}
        turn = take_turn(self.bot, before, event, self.now, found)
        while turn.effects and isinstance(turn.effects[0], Search):
            found[turn.effects[0]] = run_search(self.bot, turn.effects[0])
            turn = take_turn(self.bot, before, event, self.now, found)
        return turn

    def meets(self, event: Event) -> list[str]:
        """One turn. Everything goes through JSON, as it does through the database."""
        before = session.from_dict(json.loads(json.dumps(self.stored)), self.answered_by)
        kind = type(event).__name__
        stored_event = json.loads(json.dumps(events.to_dict(event)))
        self.turn = self._take(before, events.from_dict(kind, stored_event))
        self.stored = json.loads(json.dumps(session.to_dict(self.turn.session)))
        assert session.from_dict(self.stored, self.turn.session.answered_by) == self.turn.session
        self.answered_by = self.turn.session.answered_by
        self._carry_out(self.turn.effects)
        return self.texts

    def _carry_out(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            match effect:
                case SendMessage(message):
                    assert message_from_dict(json.loads(json.dumps(message_to_dict(message)))) == message
                    self.thread.append(message)
                case StartTimer(name, timer, due_at):
                    self.timers[name, timer] = due_at
                case StopTimers():
                    self.timers.clear()

    # ---- what came of it ----

    @property
    def messages(self) -> list[Message]:
        return [each.message for each in self.turn.effects if isinstance(each, SendMessage)]

    @property
    def texts(self) -> list[str]:
        return [each.text for each in self.messages]

    @property
    def session(self) -> Session:
        return self.turn.session

    @property
    def slots(self) -> Mapping[str, Any]:
        return self.turn.session.slots

    @property
    def state(self) -> str:
        return self.turn.session.state

    @property
    def why(self) -> tuple[str, ...]:
        return self.turn.why

    @property
    def handed_to(self) -> list[HandOff]:
        return [each for each in self.turn.effects if isinstance(each, HandOff)]

    def titles(self) -> list[str]:
        """What the last message offers."""
        last = self.thread[-1]
        return [each.title for each in last.options]

    def option(self, title: str) -> Option:
        for message in reversed(self.thread):
            for each in message.options:
                if each.title == title:
                    return each
        raise AssertionError(f"{title} was never shown")

    def meets_new_flow(self, **changes: Any) -> None:
        """The owner publishes a change."""
        self.bot = replace(self.bot, **changes)
