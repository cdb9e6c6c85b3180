"""Plays one conversation against one flow, on a clock of its own, and says where it went another way. Changes nothing outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.engine import session
from app.engine.effects import CallService, Card, Effect, Message, Option, SendMessage
from app.engine.events import Attachment, AttachmentReceived, CallAnswered, TapReceived, TextReceived
from app.engine.flow import Flow
from app.engine.session import Session
from app.engine.slots import read_answer, value_text
from app.engine.walk import WINDOW
from app.flowfile.parts.shapes import duration_of
from app.flowfile.problems import Place
from app.flowfile.rehearsal.scene import PLAIN, Manner, Outcome, Scene, difference, words_of
from app.flowfile.rehearsal.script import ACTIONS, ANY_MESSAGE, EXPECTATIONS, TROUBLES, Conversation, Step
from app.flowfile.rehearsal.service import answer_of
from app.flowfile.stage import Stage

USUAL_MOMENT = datetime(2026, 12, 1, 10, 0)  # noqa: DTZ001 - in the bot's time zone
"""When a test without `now` begins: a Tuesday morning."""
GET_STARTED = "Get Started"
"""The button that opens every conversation; Messenger names it."""

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
    """One conversation under way. `heard` are the bot's messages that no step has named yet, of the last thing that happened.

    `screen` is what the last message offers, `older` the buttons of all messages, the latest first.
    """

    conversation: Conversation
    stage: Scene
    manner: Manner = PLAIN
    heard: list[Message] = field(default_factory=list)
    named: bool = False
    screen: list[Option] = field(default_factory=list)
    older: list[Option] = field(default_factory=list)
    last_place: Place | None = None
    misses: list[Miss] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def play(self) -> list[Miss]:
        for step in self.conversation.steps:
            if step.kind in ACTIONS:
                self._nothing_unnamed()
                self._act(step)
                self._note_outcome(step)
            elif step.kind in TROUBLES:
                self._meet(step)
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

    def _meet(self, step: Step) -> None:
        """Trouble on the way: whatever comes of it, there must be no more words of the bot than before."""
        more = [effect.message for effect in self.stage.meet(step.kind, step.words) if isinstance(effect, SendMessage)]
        if more:
            self._miss(step, "no message", " / ".join(words_of(each) for each in more))

    def _note_outcome(self, step: Step) -> None:
        """Keep what came of a step, and hold it against what must come of it."""
        said = tuple(words_of(each) for each in self.heard)
        taps = tuple(each.tap for each in self.screen if each.tap)
        now = self._session
        outcome = Outcome(said, taps, now.state, dict(now.slots), self.stage.handed_to)
        wanted = self.manner.wanted
        if wanted is not None and len(self.outcomes) < len(wanted) and not self.misses:
            differs = difference(wanted[len(self.outcomes)], outcome, self.manner.same)
            if differs:
                self._miss(step, *differs)
        self.outcomes.append(outcome)

    def _tap(self, step: Step) -> None:
        option = self._on_screen(step.words)
        if option is None:
            shown = ", ".join(each.title for each in self.screen) or "nothing to tap"
            self._miss(step, f'"{step.words}" on the screen', shown)
        elif option.tap is not None and self.manner.typed and option in self.screen and not self._is_forgotten():
            self._hear([self.stage.happens(TextReceived(option.title))])
        elif option.tap is not None:
            state, choice = option.tap
            self._hear([self.stage.happens(TapReceived(state=state, choice=choice, title=option.title))])

    def _is_forgotten(self) -> bool:
        """Whether a new session begins with the next event: what is on the screen can still be tapped, typed it is nothing."""
        last_at = self._session.last_at
        return last_at is not None and self.stage.now - last_at >= WINDOW

    def _on_screen(self, title: str) -> Option | None:
        """What can be tapped under this title: what is shown, and what the whole Page offers at any time."""
        shared = self.stage.flow.entrances
        offered = [*self.screen, *self.older, Option(GET_STARTED, ("@start", ""))]
        offered += [Option(each, ("@menu", each)) for each, target in shared.menu.items() if "://" not in target]
        offered += [Option(each, ("@starter", each)) for each in shared.starters]
        return next((each for each in offered if self.manner.same(title, each.title)), None)

    def _hear(self, turns: Iterable[tuple[Effect, ...]]) -> None:
        said = (effect for effects in turns for effect in self._with_answers(effects))
        self.heard = [effect.message for effect in said if isinstance(effect, SendMessage)]
        for message in self.heard:
            # Choices vanish with the next message, buttons stay.
            self.screen = list(message.options)
            self.older = [*message.staying, *(each for each in self.older if each not in message.staying)]

    def _with_answers(self, effects: tuple[Effect, ...]) -> Iterator[Effect]:
        """The effects of a turn, and of those that the answers of its calls bring about."""
        for effect in effects:
            yield effect
            if isinstance(effect, CallService):
                yield from self._with_answers(self.stage.happens(self._answer(effect)))

    def _answer(self, call: CallService) -> CallAnswered:
        """What `given` says of this call; one that it does not know has failed."""
        result, values = answer_of(self.conversation.http, call.method, call.url, call.save)
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
                missing = [each for each in step.listed if not self._is_among(each, titles)]
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
        words = words_of(said) if said else "nothing more"
        is_so = said is not None and (step.words == ANY_MESSAGE or self.manner.same(step.words, words))
        self._must(step, is_so, step.words, words)

    def _is_among(self, title: str, titles: Iterable[str]) -> bool:
        return any(self.manner.same(title, each) for each in titles)

    def _shows_cards(self, step: Step, cards: tuple[Card, ...]) -> None:
        """Just these cards in this order, each by its product's id or its title."""
        self.named = True
        is_so = len(cards) == len(step.listed) and all(
            wanted == card.product or self.manner.same(wanted, card.title)
            for wanted, card in zip(step.listed, cards, strict=True)
        )
        self._must(step, is_so, ", ".join(step.listed), ", ".join(each.product or each.title for each in cards))

    def _saved(self, step: Step) -> None:
        slots = self._session.slots
        for name, wanted in step.pairs.items():
            slot = self.stage.flow.slots.get(name)
            got = value_text(slot, slots.get(name), self._session.language) if slot else str(slots.get(name, ""))
            own = value_text(slot, slots.get(name), self.conversation.language) if slot else got
            self._must(
                step,
                wanted in (got, own, str(slots.get(name, ""))),
                f"{name}: {wanted}",
                f"{name}: {got}" if got else f"no {name}",
            )

    @property
    def _session(self) -> Session:
        return session.from_dict(self.stage.stored, self.stage.answered_by)

    def _nothing_unnamed(self) -> None:
        """Who names one of the bot's messages names all of them; a step without any says that they do not matter."""
        if self.named and self.heard and self.last_place:
            said = " / ".join(words_of(each) for each in self.heard)
            self.misses.append(Miss(self.conversation.name, self.last_place, "nothing more", said, self.stage.why))

    def _must(self, step: Step, is_so: bool, wanted: str, got: str) -> None:
        if not is_so:
            self._miss(step, wanted, got)

    def _miss(self, step: Step, wanted: str, got: str) -> None:
        self.misses.append(Miss(self.conversation.name, step.place, wanted, got, self.stage.why))


def play(flow: Flow, conversation: Conversation) -> list[Miss]:
    """Where this conversation went another way; none when it was held. The first is the last: what follows is consequence."""
    return rehearse(conversation, Stage(flow, *beginning(flow, conversation)))[0]


def rehearse(
    conversation: Conversation, scene: Scene, manner: Manner = PLAIN
) -> tuple[list[Miss], tuple[Outcome, ...]]:
    """The same on any scene and in any manner, with what came of each step that was played."""
    player = _Player(conversation, scene, manner)
    return player.play(), tuple(player.outcomes)


def beginning(flow: Flow, conversation: Conversation, language: str = "") -> tuple[datetime, dict[str, Any]]:
    """The moment at which a conversation begins, and the stored session with what is given; `language` instead of the test's own."""
    moment = (conversation.now or USUAL_MOMENT).replace(tzinfo=flow.timezone).astimezone(UTC)
    slots = {name: _value(flow, name, words, moment) for name, words in conversation.slots.items()}
    begun = replace(Session(slots=slots), language=language or conversation.language)
    return moment, session.to_dict(begun)


def _value(flow: Flow, name: str, words: str, moment: datetime) -> Any:
    """A slot's value as if the customer had said it."""
    slot = flow.slots.get(name)
    value = read_answer(flow, slot, words, flow.languages[0], moment) if slot else None
    return words if value is None else value
