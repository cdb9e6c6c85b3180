"""Whether an answer helped: asked beside it where the owner wants that, never while a question is open; a late tap finds one."""

from __future__ import annotations

from app.engine import anywhere, questions, show
from app.engine.draft import Draft
from app.engine.effects import Message, Option, SettleQuestion
from app.engine.events import TapReceived
from app.engine.fold import fold_own
from app.engine.titles import entry_options, on_screen, questions_of
from app.engine.walk import remind_again
from app.engine.words import NO_SIGNS, YES_SIGNS, sentence

TAP = "@rate"
"""What a tap carries instead of a state, with the rating as its key."""

HELPFUL, NOT_HELPFUL = "helpful", "not_helpful"


def options(draft: Draft) -> tuple[Option, ...]:
    """The two ratings, where they are wanted."""
    if not draft.flow.rates_answers or draft.asking is not None:
        return ()
    return tuple(Option(draft.sentence(each), tap=(TAP, each)) for each in (HELPFUL, NOT_HELPFUL))


def read_tap(draft: Draft, event: TapReceived) -> bool:
    """A tap on a rating. It counts for the answer just before it; a later one is thanked for and means nothing."""
    if event.state != TAP or event.choice not in (HELPFUL, NOT_HELPFUL):
        return False
    _rate(draft, is_good=event.choice == HELPFUL)
    return True


def hear(draft: Draft, folded: str) -> bool:
    """A rating that is typed while it can be seen, in any of the bot's languages, or its sign."""
    if not draft.rates:
        return False
    for name, signs in ((HELPFUL, YES_SIGNS), (NOT_HELPFUL, NO_SIGNS)):
        titles = {fold_own(sentence(each, name)) for each in draft.flow.languages}
        if folded in titles or (folded and signs.issuperset(folded)):
            _rate(draft, is_good=name == HELPFUL)
            return True
    return False


def _rate(draft: Draft, *, is_good: bool) -> None:
    name, (number, text) = HELPFUL if is_good else NOT_HELPFUL, draft.question_before
    draft.note(f"rated {name}")
    draft.failures = 0
    if number and draft.rates:  # of a later question nobody asked whether it helped
        draft.effects.append(SettleQuestion(number, rating="helpful" if is_good else "not_helpful"))
    if is_good:
        draft.say((show.above_question(draft, Message(draft.sentence("thanks"))),))
    else:
        questions.fail(draft, number, text)
        _offer_more(draft)
    if draft.state:
        remind_again(draft)


def _offer_more(draft: Draft) -> None:
    """What else came near the answer, and a person. An entry that is tapped then is what was meant."""
    draft.question = draft.question_before
    entries = [draft.flow.faq[each] for each in draft.others if each in draft.flow.faq]
    listed = f"\n{draft.sentence('did_you_mean')}\n{questions_of(draft, entries)}" if entries else ""
    choices = (*entry_options(draft, entries), *show.ways_back(draft, anywhere.index_of(draft.flow).person))
    said = show.above_question(draft, Message(draft.sentence("did_not_help") + listed, choices=choices))
    draft.say((said,))
    draft.offered = on_screen(said.choices)
