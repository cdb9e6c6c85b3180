"""What is kept of questions to the FAQ: each gets a number, and is settled by what the customer does next. Answers none."""

from __future__ import annotations

from app.engine.draft import Draft
from app.engine.effects import Decision, HandOff, KeepQuestion, SettleQuestion
from app.engine.finders import Found
from app.engine.session import NOT_ASKED
from app.engine.words import sentence

TEXT_CHARS_MAX = 300
"""So much of a question is kept: a longer message tells a story, and its question stands in the beginning or nowhere."""

UNANSWERED_MAX = 5
"""Unanswered messages in a row that staff are told of: the last ones."""

OTHERS_MAX = 2
"""Entries offered to somebody whom an answer did not help."""

OTHERS_SHARE = 0.5
"""What came not half as near as the answer is not offered instead of it."""

ASKED_WORDS_MIN = 3
"""While the bot waits for an answer, a shorter message without a question mark is a wrong one, and no question to the FAQ."""


def begin(draft: Draft) -> None:
    """The customer did something: it may be the answer to the question before, and whatever comes later is not."""
    draft.question_before, draft.question = draft.question, NOT_ASKED


def keep(draft: Draft, decision: Decision, found: Found, entry: str = "", offered: tuple[str, ...] = ()) -> None:
    """Keep what was asked just now; a tap has no words."""
    draft.questions += 1
    text = "" if decision == "tap" or is_private(draft) else draft.said[:TEXT_CHARS_MAX]
    draft.question = (draft.questions, text)
    scores = tuple((each.id, each.score) for each in found.scores)
    kept = KeepQuestion(draft.questions, text, draft.language, decision, entry, offered, scores, found.rule)
    draft.effects.append(kept)
    draft.others = _others(found, entry) if entry else ()


def _others(found: Found, entry: str) -> tuple[str, ...]:
    """The entries that came near the answer."""
    highest = next((each.score for each in found.scores if each.id == entry), 0.0)
    near = (each.id for each in found.scores if each.id != entry and each.score >= OTHERS_SHARE * highest)
    return tuple(near)[:OTHERS_MAX]


def is_private(draft: Draft) -> bool:
    """Whether what is said now may answer a question whose answers are shown to nobody."""
    return draft.asking is not None and draft.asked(draft.asking).private


def keep_unanswered(draft: Draft) -> None:
    """What was not understood: a question without an answer, where the FAQ was asked; staff are told of it in any case.

    Unless it may be the answer to a question whose answers are private: these are shown to nobody.
    """
    if is_private(draft):
        return
    is_question = "?" in draft.said or len(draft.said.split()) >= ASKED_WORDS_MIN
    if draft.found.rule and (draft.asking is None or is_question):
        keep(draft, "fallback", draft.found)
    fail(draft, draft.question[0], draft.said)


def fail(draft: Draft, number: int, text: str) -> None:
    """Staff are told of it, if the customer comes to them next."""
    if text:
        draft.unanswered = (*draft.unanswered, (number, text[:TEXT_CHARS_MAX]))[-UNANSWERED_MAX:]


def settle_meant(draft: Draft, entry: str) -> bool:
    """The customer chose this entry right after a question: that is what was meant. Whether there was such a question."""
    number, text = draft.question_before
    if not text:
        return False
    draft.question, draft.question_before = (number, text), NOT_ASKED
    draft.effects.append(SettleQuestion(number, meant=entry))
    draft.others = ()
    return True


def hand_off(draft: Draft, order: HandOff) -> None:
    """Give the order, with what the customer asked in vain behind its note; those questions are with staff from now on."""
    asked = [text for _, text in draft.unanswered]
    told = sentence(draft.flow.languages[0], "unanswered").format(questions=" / ".join(asked)) if asked else ""
    note = "\n".join(each for each in (order.note, told) if each)
    draft.effects.append(HandOff(order.team, note, order.reason))
    numbers = {number for number, _ in draft.unanswered} | {draft.question_before[0], draft.question[0]}
    draft.effects += [SettleQuestion(number, handed_off=True) for number in sorted(numbers - {0})]
    draft.unanswered = ()
