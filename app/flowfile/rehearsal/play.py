"""Plays one conversation against one flow, on a clock of its own, and says where it went another way. Changes nothing outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.engine import session
from app.engine.calls import saved
from app.engine.effects import CallService, Card, Effect, Message, Option, SendMessage
from app.engine.events import Attachment, AttachmentReceived, CallAnswered, TapReceived, TextReceived
from app.engine.flow import Flow
from app.engine.session import Session
from app.engine.slots import read_answer, value_text
from app.flowfile.parts.shapes import duration_of
from app.flowfile.problems import Place
from app.flowfile.rehearsal.script import ACTIONS, ANY_MESSAGE, EXPECTATIONS, Conversation, HttpAnswer, Step
from app.flowfile.stage import Stage

USUAL_MOMENT = datetime(2026, 12, 1, 10, 0)  # noqa: DTZ001 - in the bot's time zone
"""When a test without `now` begins: a Tuesday morning."""
GET_STARTED = "Get Started"
"""The button that opens every conversation; Messenger names it."""

_RESULTS = {"404": "not_found", "410": "not_found", "slow": "slow"}
_PHOTO = Attachment("image", url="https://example.invalid/photo.jpg")


@dataclass(frozen=True, slots=True)
class Miss:
    """Where a conversation went another way. `why` says how the last message was read."""

    test: str
    place: Place
    wanted: str
    got: str
    why: tuple[str, ...] = ()


@dataclass(slots=True)
class _Player:
    """One conversation under way. `heard` are the bot's messages that no step has named yet, of the last thing that happened."""

    conversation: Conversation
    stage: Stage
    heard: list[Message] = field(default_factory=list)
    named: bool = False
    screen: list[Option] = field(default_factory=list)
    last_place: Place | None = None
    misses: list[Miss] = field(default_factory=list)

    def play(self) -> list[Miss]:
        for step in self.conversation.steps:
            if step.kind in ACTIONS:
                self._nothing_unnamed()
                self._act(step)
            elif step.kind in EXPECTATIONS:
                self._expect(step)
            if self.misses:
                return self.misses  # what follows would only be consequences
        self._nothing_unnamed()
        return self.misses

    # ---- what happens --------------------------------------------------------------------------------------

    def _act(self, step: Step) -> None:
        self.last_place, self.named, self.heard = step.place, False, []
        match step.kind:
            case "tap":
                self._tap(step)
            case "you":
                self._hear([self.stage.happens(TextReceived(step.words))])
            case "photo":
                self._hear([self.stage.happens(AttachmentReceived((_PHOTO,)))])
            case "wait":
                length = duration_of(step.words) or timedelta()
                self._hear(self.stage.wait_until(self.stage.now + length))
            case "staff" if step.words == "ends":
                self._hear([self.stage.staff_end()])
            case _:
                self.stage.staff_come()

    def _tap(self, step: Step) -> None:
        option = self._on_screen(step.words)
        if option is None:
            shown = ", ".join(each.title for each in self.screen) or "nothing to tap"
            self._miss(step, f'"{step.words}" on the screen', shown)
        elif option.tap is not None:
            state, choice = option.tap
            self._hear([self.stage.happens(TapReceived(state=state, choice=choice, title=option.title))])

    def _on_screen(self, title: str) -> Option | None:
        """What can be tapped under this title: what is shown, and what the whole Page offers at any time."""
        shared = self.stage.flow.entrances
        offered = [*self.screen, Option(GET_STARTED, ("@start", ""))]
        offered += [Option(each, ("@menu", each)) for each, target in shared.menu.items() if "://" not in target]
        offered += [Option(each, ("@starter", each)) for each in shared.starters]
        return next((each for each in offered if each.title == title), None)

    def _hear(self, turns: Iterable[tuple[Effect, ...]]) -> None:
        said = (effect for effects in turns for effect in self._with_answers(effects))
        self.heard = [effect.message for effect in said if isinstance(effect, SendMessage)]
        for message in self.heard:
            # Choices vanish with the next message, buttons stay.
            stays = [each for each in self.screen if each in message.staying]
            self.screen = [*stays, *message.staying, *message.choices]

    def _with_answers(self, effects: tuple[Effect, ...]) -> Iterator[Effect]:
        """The effects of a turn, and of those that the answers of its calls bring about."""
        for effect in effects:
            yield effect
            if isinstance(effect, CallService):
                yield from self._with_answers(self.stage.happens(self._answer(effect)))

    def _answer(self, call: CallService) -> CallAnswered:
        """What `given` says of this call; one that it does not know has failed."""
        given = self.conversation.http.get(f"{call.method} {call.url}", HttpAnswer("failed"))
        result = "ok" if given.status.startswith("2") else _RESULTS.get(given.status, "failed")
        values = saved(given.body, call.save) if result == "ok" else {}
        return CallAnswered(call.state, result, values, call.number)

    # ---- what must be so -----------------------------------------------------------------------------------

    def _expect(self, step: Step) -> None:
        match step.kind:
            case "bot":
                self._says(step)
            case "shows" if self.heard and self.heard[0].cards:
                self._shows_cards(step, self.heard.pop(0).cards)
            case "shows":
                titles = [each.title for each in self.screen]
                missing = [each for each in step.listed if each not in titles]
                self._must(step, not missing, ", ".join(step.listed), ", ".join(titles) or "nothing to tap")
            case "state":
                state = self._session.state or "end"
                self._must(step, state == step.words, f"the state {step.words}", f"the state {state}")
            case "saved":
                self._saved(step)
            case _:
                to = self.stage.handed_to
                self._must(
                    step, to == step.words, f"handed to {step.words}", f"handed to {to}" if to else "not handed over"
                )

    def _says(self, step: Step) -> None:
        self.named = True
        said = self.heard.pop(0) if self.heard else None
        words = _words(said) if said else "nothing more"
        self._must(step, said is not None and step.words in (ANY_MESSAGE, words), step.words, words)

    def _shows_cards(self, step: Step, cards: tuple[Card, ...]) -> None:
        """Just these cards in this order, each by its product's id or its title."""
        self.named = True
        names = [each.product if each.product in step.listed else each.title for each in cards]
        shown = ", ".join(each.product or each.title for each in cards)
        self._must(step, names == list(step.listed), ", ".join(step.listed), shown)

    def _saved(self, step: Step) -> None:
        slots = self._session.slots
        for name, wanted in step.pairs.items():
            slot = self.stage.flow.slots.get(name)
            got = value_text(slot, slots.get(name), self._session.language) if slot else str(slots.get(name, ""))
            self._must(
                step,
                wanted in (got, str(slots.get(name, ""))),
                f"{name}: {wanted}",
                f"{name}: {got}" if got else f"no {name}",
            )

    @property
    def _session(self) -> Session:
        return session.from_dict(self.stage.stored, self.stage.answered_by)

    def _nothing_unnamed(self) -> None:
        """Who names one of the bot's messages names all of them; a step without any says that they do not matter."""
        if self.named and self.heard and self.last_place:
            said = " / ".join(_words(each) for each in self.heard)
            self.misses.append(Miss(self.conversation.name, self.last_place, "nothing more", said, self.stage.why))

    def _must(self, step: Step, is_so: bool, wanted: str, got: str) -> None:
        if not is_so:
            self._miss(step, wanted, got)

    def _miss(self, step: Step, wanted: str, got: str) -> None:
        self.misses.append(Miss(self.conversation.name, step.place, wanted, got, self.stage.why))


def play(flow: Flow, conversation: Conversation) -> list[Miss]:
    """Where this conversation went another way; none when it was held. The first is the last: what follows is consequence."""
    moment = (conversation.now or USUAL_MOMENT).replace(tzinfo=flow.timezone).astimezone(UTC)
    slots = {name: _value(flow, name, words, moment) for name, words in conversation.slots.items()}
    begun = replace(Session(slots=slots), language=conversation.language)
    return _Player(conversation, Stage(flow, moment, session.to_dict(begun))).play()


def _value(flow: Flow, name: str, words: str, moment: datetime) -> Any:
    """A slot's value as if the customer had said it."""
    slot = flow.slots.get(name)
    value = read_answer(flow, slot, words, flow.languages[0], moment) if slot else None
    return words if value is None else value


def _words(message: Message) -> str:
    if message.cards:
        return f"[{', '.join(each.product or each.title for each in message.cards)}]"
    if message.form:
        return f"[{message.form.kind}]"
    return f"[{message.media[0]} {message.media[1]}]" if message.media else message.text
