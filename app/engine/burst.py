"""Several messages that were written one after the other and wait together, read as one turn. Waits for none of them itself.

People write one thought in several messages. Answered one by one, the first half of a sentence is not understood, and a question is
asked that the next message has answered already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.engine.draft import MESSAGES_A_TURN_MAX
from app.engine.effects import Effect, Search, SendMessage
from app.engine.events import AttachmentReceived, TextReceived
from app.engine.finders import NOTHING_FOUND, Finders
from app.engine.flow import Flow
from app.engine.fold import fold
from app.engine.session import Session
from app.engine.turn import Turn, lost_something, take_turn
from app.engine.words import ERASE

BURST_MAX = 10
"""Messages read as one turn; the next ones make another. Nobody writes more while the first one waits."""

CHATTER_WORDS_MAX = 2
"""What is not understood behind something that is, and has no more words than this, needs no answer: "thanks", "come on"."""

Written = TextReceived | AttachmentReceived


class _SearchNeededError(Exception):
    """A part cannot be read before this turn's search is answered."""

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self.turn = turn


@dataclass(slots=True)
class _Burst:
    """The reading under way: `read` are the steps so far, each with its part; `waiting` is what is not understood yet."""

    flow: Flow
    session: Session
    now: datetime
    finders: Finders
    read: list[tuple[Written, Turn]] = field(default_factory=list)
    waiting: list[Written] = field(default_factory=list)

    @property
    def here(self) -> Session:
        return self.read[-1][1].session if self.read else self.session

    def take(self, part: Written, before: Session) -> Turn:
        turn = take_turn(self.flow, before, part, self.now, self.finders)
        if turn.effects and isinstance(turn.effects[0], Search):
            raise _SearchNeededError(turn)
        return turn

    def hear(self, part: Written) -> None:
        """Read one part: by itself, else with what waits, else as more of what was just read."""
        turn = self.take(part, self.here)
        if turn.understood or (lost_something(part) and not self.here.warned):
            self.keep(part, turn)
        elif not (self._with_what_waits(part) or self._as_more(part)):
            self.waiting.append(part)

    def keep(self, part: Written, turn: Turn) -> None:
        self.read.append((part, turn))
        self.waiting.clear()

    def _with_what_waits(self, part: Written) -> bool:
        together = _joined([*self.waiting, part])
        turn = self.take(together, self.here) if self.waiting else None
        if turn is None or not turn.understood:
            return False
        self.keep(together, turn)
        return True

    def _as_more(self, part: Written) -> bool:
        """More words of an answer that takes any, or words to a picture."""
        if not self.read or self.waiting:
            return False
        last, step = self.read[-1]
        before = self.read[-2][1].session if len(self.read) > 1 else self.session
        if not isinstance(last, AttachmentReceived) and not self._is_free(before, step):
            return False
        together = _joined([last, part])
        turn = self.take(together, before)
        if turn.understood and turn.session.state == step.session.state:
            self.read[-1] = (together, turn)
            return True
        return False

    def _is_free(self, before: Session, step: Turn) -> bool:
        """Whether the step answered a question that takes any words with words of the customer's own."""
        slot = self.flow.slots.get(before.asking)
        is_free = slot is not None and slot.kind in ("text", "place") and not slot.pattern
        return is_free and f"answer to {before.asking}" in step.why

    def end(self) -> Turn:
        """All as one turn. What nobody understood is answered once, unless it is chatter behind something else."""
        if self.waiting:
            rest = _joined(self.waiting)
            if not self.read or len(rest.text.split()) > CHATTER_WORDS_MAX:
                self.keep(rest, self.take(rest, self.here))
        return _as_one([turn for _, turn in self.read])


def take_burst(
    flow: Flow, session: Session, burst: Sequence[Written], now: datetime, finders: Finders = NOTHING_FOUND
) -> Turn:
    """The turn that these messages make, 1 to BURST_MAX of them, as `take_turn` gives it.

    Each is read by itself; what means nothing so is read together with its neighbours. A question that a later one answers is not said.
    Who asks to be forgotten is asked about that, and nothing else is read: a yes must not come before the question.
    """
    if len(burst) == 1 and isinstance(burst[0], TextReceived):
        return take_turn(flow, session, burst[0], now, finders)
    reading = _Burst(flow, session, now, finders)
    try:
        previous = ""
        for part in _pictures_together(burst):
            folded = fold(part.text)
            said_again = bool(folded) and folded == previous and not _answers(reading.read)
            previous = folded
            if said_again:
                continue
            reading.hear(part)
            if folded in ERASE and reading.here.erasing:
                break
        return reading.end()
    except _SearchNeededError as needed:
        return Turn(session, needed.turn.effects, needed.turn.why)


def _answers(read: Sequence[tuple[Written, Turn]]) -> bool:
    """Whether the last thing that was read answered a question: the same words may then answer the next."""
    return bool(read) and any(each.startswith("answer to ") for each in read[-1][1].why)


def _pictures_together(burst: Sequence[Written]) -> list[Written]:
    """The messages, with pictures that follow each other as one."""
    parts: list[Written] = []
    for each in burst:
        if parts and isinstance(each, AttachmentReceived) and isinstance(parts[-1], AttachmentReceived):
            parts[-1] = _joined([parts[-1], each])
        else:
            parts.append(each)
    return parts


def _joined(parts: Sequence[Written]) -> Written:
    text = "\n".join(each.text for each in parts if each.text)
    attachments = tuple(found for each in parts if isinstance(each, AttachmentReceived) for found in each.attachments)
    last = parts[-1].mid
    return AttachmentReceived(attachments, text=text, mid=last) if attachments else TextReceived(text, mid=last)


def _as_one(steps: Sequence[Turn]) -> Turn:
    """All steps as one turn, without the questions that a later step answered or asked again, and each answer once."""
    effects: list[Effect] = []
    for place, step in enumerate(steps):
        later = steps[place + 1 :]
        is_again = _tells_again(step, steps[:place])
        effects += [each for each in step.effects if not _is_over(each, later) and not (is_again and _is_answer(each))]
    why = tuple(each for step in steps for each in step.why)
    return Turn(steps[-1].session, _bounded(effects), why, all(step.understood for step in steps))


def _bounded(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """The effects with no more messages than one turn may say: the first ones, and the last, which says where the customer is."""
    messages = [place for place, each in enumerate(effects) if isinstance(each, SendMessage)]
    dropped = set(messages[MESSAGES_A_TURN_MAX - 1 : -1])
    return tuple(each for place, each in enumerate(effects) if place not in dropped)


def _tells_again(step: Turn, earlier: Sequence[Turn]) -> bool:
    """Whether this step only gave an answer that was given before: "opening", "hours" are one question in two messages."""
    told = next((each for each in step.why if each.startswith("faq ") and each.count(" ") == 1), "")
    return bool(told) and any(told in each.why for each in earlier)


def _is_answer(effect: Effect) -> bool:
    return isinstance(effect, SendMessage) and not effect.asks


def _is_over(effect: Effect, later: Sequence[Turn]) -> bool:
    """Whether this is a question that is settled by what comes later."""
    if not isinstance(effect, SendMessage) or not effect.asks:
        return False
    answered = any(f"answer to {effect.asks}" in step.why for step in later)
    asked_again = any(
        isinstance(each, SendMessage) and each.asks == effect.asks for step in later for each in step.effects
    )
    return answered or asked_again
