"""A talk with a flow, line by line: what a customer, or staff, would do in; what the customer's screen shows, out.

Never reads a keyboard, a clock or a file: `frontdesk talk` does. Time stands still until `/wait`. How a call
ends is said by `/answer`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from app.engine.calls import saved
from app.engine.effects import (
    CallService,
    Effect,
    EraseCustomer,
    ForgetTastes,
    HandOff,
    KeepQuestion,
    Message,
    NoteTaste,
    Option,
    SendMessage,
    SettleQuestion,
    StartTimer,
    StopTimers,
    WithdrawHandOff,
)
from app.engine.events import (
    Attachment,
    AttachmentReceived,
    CallAnswered,
    Event,
    ReferralReceived,
    TapReceived,
    TextReceived,
)
from app.engine.fill import fill
from app.engine.flow import RESULTS, Text
from app.flowfile.parts.shapes import duration_of
from app.flowfile.rehearsal.kept import Kept
from app.flowfile.stage import Stage

HELP = (
    "Type what a customer would write. A number or a title taps what is shown.",
    "/tap TITLE       tap something from earlier      /menu         show the menu",
    "/photo           send a photo                    /link REF     come by an m.me link",
    "/wait 4 hours    let time pass; timers run       /why          how the last message was read",
    "/staff says ...  staff write                     /slots        what the bot remembers",
    "/staff ends      staff hand back                 /quit         leave",
    "/answer ok {}    how a call ends: ok and its answer, not_found, failed or slow",
)
TAPPABLE_MAX = 200
"""Titles that /tap remembers: the whole of a long test talk."""
WAIT_MAX = timedelta(days=366)
"""The longest /wait; later than that no timer of a flow runs."""

_EXAMPLE_ANSWER = '/answer ok {"eta": "3 December"}'

SOMEBODY = "Ana"
"""Messenger fills the customer's name into a greeting by itself."""

_PHOTO = Attachment("image", url="https://example.invalid/photo.jpg")


class Complaint(str):
    """A line that says what was entered wrongly."""

    __slots__ = ()


@dataclass(slots=True)
class Talk(Stage):
    """One customer's talk. `shown` is what can be tapped now, `tappable` what could be at any moment; `kept` is all that happened."""

    shown: list[Option] = field(default_factory=list)
    tappable: dict[str, Option] = field(default_factory=dict)
    is_over: bool = False
    call: CallService | None = None
    kept: Kept = field(default_factory=Kept)

    def begin(self) -> list[str]:
        """The first screen: the greeting, the button to begin, the starters."""
        entrances = self.flow.entrances
        greeting = [f"({self._plain(entrances.greeting)})"] if entrances.greeting else []
        start = [Option("Get Started", tap=("@start", ""))] if entrances.start else []
        starters = [Option(title, tap=("@starter", title)) for title in entrances.starters]
        return [*greeting, *self._show([*start, *starters]), "(/help lists what else you can do)"]

    def enter(self, line: str) -> list[str]:
        """Do what one line says; the lines to show."""
        typed = line.strip()
        if not typed:
            return []
        if typed.startswith("/"):
            return self._command(*_split(typed))
        option = self._option(typed)
        if option:
            return self._tap(option)
        self.kept.note("you", typed)
        return self._happens(TextReceived(typed))

    def _command(self, name: str, rest: str) -> list[str]:
        match name:
            case "/tap":
                option = self._option(rest) or self.tappable.get(rest.casefold())
                return self._tap(option) if option else [Complaint(f'(nothing with the title "{rest}" was shown)')]
            case "/photo":
                self.kept.note("photo")
                return self._happens(AttachmentReceived((_PHOTO,)))
            case "/link" if rest:
                self.kept.refuse("a test has no step for a link")
                return self._happens(ReferralReceived(rest, "link"))
            case "/wait":
                return self._wait(rest)
            case "/answer":
                return self._answer(*_split(rest))
            case "/staff":
                return self._staff(*_split(rest))
            case "/menu":
                return self._menu()
            case "/why":
                return [f"  {step}" for step in self.why] or ["(no message yet)"]
            case "/slots":
                return [f"  {name}: {value}" for name, value in self.stored.get("slots", {}).items()] or [
                    "(nothing yet)"
                ]
            case "/quit":
                self.is_over = True
                return []
            case "/help":
                return list(HELP)
        return [Complaint(f"({name} is no command here; /help lists them)")]

    # ---- what can be tapped --------------------------------------------------------------------------------

    def _option(self, typed: str) -> Option | None:
        """What is shown under this title, or under this number."""
        by_title = next((each for each in self.shown if each.title.casefold() == typed.casefold()), None)
        if by_title or not typed.isdecimal():
            return by_title
        place = int(typed[:3])
        return self.shown[place - 1] if 1 <= place <= len(self.shown) else None

    def _tap(self, option: Option) -> list[str]:
        if option.tap is None:
            return [f"(opens {option.url or option.phone})"]
        state, choice = option.tap
        self.kept.note("tap", option.title)
        return self._happens(TapReceived(state=state, choice=choice, title=option.title))

    def _menu(self) -> list[str]:
        entrances = self.flow.entrances
        options = [
            Option(title, url=target) if "://" in target else Option(title, tap=("@menu", title))
            for title, target in entrances.menu.items()
        ]
        return self._show([*self.shown, *(each for each in options if each not in self.shown)]) or [
            "(there is no menu)"
        ]

    def _show(self, options: Iterable[Option]) -> list[str]:
        self.shown = list(dict.fromkeys(options))  # a way on that stands on every card is listed once
        for each in self.shown:
            self.tappable[each.title.casefold()] = each
        while len(self.tappable) > TAPPABLE_MAX:
            del self.tappable[next(iter(self.tappable))]
        return [f"  [{place}] {each.title}" for place, each in enumerate(self.shown, 1)]

    # ---- turns ---------------------------------------------------------------------------------------------

    def _happens(self, event: Event) -> list[str]:
        return self._tell(self.happens(event))

    def _tell(self, effects: Iterable[Effect]) -> list[str]:
        lines: list[str] = []
        options: list[Option] = []
        for effect in effects:
            match effect:
                case SendMessage(message):
                    self.kept.note_message(message)
                    lines.append(f"{self.flow.name}: {_words(message)}")
                    # Choices vanish with the next message, buttons stay.
                    options = [
                        *(each for each in options if each in message.staying),
                        *message.staying,
                        *message.choices,
                    ]
                case HandOff(team, note):
                    self.kept.note("handed_to", team)
                    lines.append(f"(handed to {team}{f': {note}' if note else ''})")
                case WithdrawHandOff():
                    lines.append("(no longer waits for staff)")
                case CallService():
                    self.call = effect
                    lines.append(f"(calls {effect.method} {effect.url}; say how it ends: {_EXAMPLE_ANSWER})")
                case EraseCustomer():
                    lines.append("(everything that was known of the customer is deleted)")
                case StartTimer() | StopTimers() | NoteTaste() | ForgetTastes() | KeepQuestion() | SettleQuestion():
                    pass
                case _:
                    lines.append(f"({type(effect).__name__}: not in a talk)")
        return lines + self._show(options)

    # ---- time and staff ------------------------------------------------------------------------------------

    def _wait(self, words: str) -> list[str]:
        """Let time pass; what falls due happens at its own moment."""
        length = duration_of(words) or timedelta()
        if not timedelta() < length <= WAIT_MAX:
            return [Complaint("(say how long, for example: /wait 4 hours)")]
        self.kept.note("wait", words)
        until = self.now + length
        lines = [line for effects in self.wait_until(until) for line in self._tell(effects)]
        return [*lines, f"(it is {until.astimezone(self.flow.timezone):%H:%M on %A, %d %B %Y})"]

    def _answer(self, result: str, words: str) -> list[str]:
        """The answer of the last call, as a person types it."""
        if self.call is None or result not in RESULTS:
            return [Complaint(f"(when a call is under way, write for example: {_EXAMPLE_ANSWER})")]
        try:
            answer = json.loads(words or "{}")
        except (ValueError, RecursionError):
            return [Complaint("(the answer after the result is JSON)")]
        call, self.call = self.call, None
        self.kept.note_answer(f"{call.method} {call.url}", result, answer)
        values = saved(answer, call.save) if result == "ok" else {}
        return self._happens(CallAnswered(call.state, result, values, call.number))

    def _staff(self, what: str, words: str) -> list[str]:
        if what == "says" and words:
            self.kept.note("staff", f"says {words}")
            self.staff_come()
            return [f"Staff: {words}"]
        if what == "ends":
            if self.answered_by == "bot":
                return [Complaint("(the bot has the conversation already)")]
            if words:
                self.kept.refuse("a test has no step for staff who hand back to a state")
            self.kept.note("staff", "ends")
            return self._tell(self.staff_end(words))
        return [Complaint("(write: /staff says ..., or: /staff ends)")]

    def _plain(self, text: Text) -> str:
        return fill(text.by_language[self.flow.languages[0]], {"bot_name": self.flow.name, "first_name": SOMEBODY})


def _words(message: Message) -> str:
    """A message on a screen that shows texts only: cards line by line."""
    if message.cards:
        return "".join(
            f"\n  * {': '.join(each for each in (card.title, card.subtitle) if each)}" for card in message.cards
        )
    if form := message.form:
        listed = [value for each in form.items for value in each.values()] if form.kind != "receipt" else []
        return f"[{form.kind}] " + ", ".join(value for value in (*form.fields.values(), *listed) if value)
    return f"[{message.media[0]} {message.media[1]}]" if message.media else message.text


def _split(line: str) -> tuple[str, str]:
    first, _, rest = line.strip().partition(" ")
    return first.lower(), rest.strip()
