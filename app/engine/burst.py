"""Several messages that were written one after the other and wait together, read as one turn. Waits for none of them itself.

People write one thought in several messages. Answered one by one, the first half of a sentence is not understood, and a question is
asked that the next message has answered already.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.engine.anywhere import hear_exactly
from app.engine.effects import Effect, Search, SendMessage
from app.engine.events import AttachmentReceived, TextReceived
from app.engine.finders import NOTHING_FOUND, Finders
from app.engine.flow import Flow
from app.engine.fold import fold
from app.engine.session import Session
from app.engine.turn import Turn, take_turn
from app.engine.words import ERASE, PERSON, START, START_OVER, STOP

BURST_MAX = 10
"""Messages read as one turn; the next ones make another. Nobody writes more while the first one waits."""

ORDERS = STOP | START | PERSON | START_OVER | ERASE
"""What every bot does when it hears it, and what must not be lost in another text."""

Written = TextReceived | AttachmentReceived


def take_burst(
    flow: Flow, session: Session, burst: Sequence[Written], now: datetime, finders: Finders = NOTHING_FOUND
) -> Turn:
    """The turn that these messages make, 1 to BURST_MAX of them, as `take_turn` gives it.

    Each is read by itself, and what it asks for and the next one answers is not said. Where one of them is not understood, or they
    answer in free words, all of them are read as one text; and what means nothing by itself beside others that do is passed over.
    """
    parts = _told_once(burst)
    if len(parts) == 1:
        return take_turn(flow, session, parts[0], now, finders)
    together = take_turn(flow, session, _joined(parts), now, finders)
    if _is_search(together) or (together.understood and _belong_together(flow, session, parts)):
        return together
    steps = _one_by_one(flow, session, parts, now, finders)
    if steps and _is_search(steps[-1]):
        return Turn(session, steps[-1].effects, steps[-1].why)
    if len(steps) == len(parts) or (steps and not together.understood):
        return _as_one(steps)
    return together


def _told_once(burst: Sequence[Written]) -> list[Written]:
    """The messages without those that say the same as one before."""
    seen: set[str] = set()
    told: list[Written] = []
    for each in burst:
        words = each.text.strip().casefold()
        if isinstance(each, AttachmentReceived) or words not in seen:
            told.append(each)
        seen.add(words)
    return told


def _joined(parts: Sequence[Written]) -> Written:
    text = "\n".join(each.text for each in parts if each.text)
    attachments = tuple(found for each in parts if isinstance(each, AttachmentReceived) for found in each.attachments)
    last = parts[-1].mid
    return AttachmentReceived(attachments, text=text, mid=last) if attachments else TextReceived(text, mid=last)


def _belong_together(flow: Flow, session: Session, parts: Sequence[Written]) -> bool:
    """Whether they are one thing in several messages: pictures, or words for a question that takes any; an order is none of them."""
    folded = [fold(each.text) for each in parts]
    if any(each in ORDERS or hear_exactly(flow, each) for each in folded if each):
        return False
    slot = flow.slots.get(session.asking)
    is_free = slot is not None and slot.kind in ("text", "place") and not slot.pattern
    return is_free or any(isinstance(each, AttachmentReceived) for each in parts)


def _one_by_one(flow: Flow, session: Session, parts: Sequence[Written], now: datetime, finders: Finders) -> list[Turn]:
    """The turns of those that are understood by themselves; the last may stop for a search."""
    steps: list[Turn] = []
    for part in parts:
        before = steps[-1].session if steps else session
        turn = take_turn(flow, before, part, now, finders)
        if turn.understood:
            steps.append(turn)
        if _is_search(turn):
            break
    return steps


def _as_one(steps: Sequence[Turn]) -> Turn:
    """All steps as one turn, without the questions that the next step answered."""
    effects: list[Effect] = []
    for step, following in zip(steps, (*steps[1:], None), strict=True):
        answered = following is not None and f"answer to {step.session.asking}" in following.why
        effects += _without_question(step.effects) if answered else step.effects
    return Turn(steps[-1].session, tuple(effects), tuple(why for step in steps for why in step.why))


def _without_question(effects: Sequence[Effect]) -> list[Effect]:
    """The effects without the last message: the open question stands last."""
    kept = list(effects)
    for place in reversed(range(len(kept))):
        if isinstance(kept[place], SendMessage):
            del kept[place]
            break
    return kept


def _is_search(turn: Turn) -> bool:
    return bool(turn.effects) and isinstance(turn.effects[0], Search)
