"""Answers from the FAQ: what was found is said, what is unsure is asked back. Runs no search itself."""

from __future__ import annotations

from app.engine import browse, questions, rating, show
from app.engine.anywhere import hear_exactly
from app.engine.choose import pick, pick_exact
from app.engine.draft import Draft
from app.engine.effects import Message, Option, Search
from app.engine.events import TapReceived
from app.engine.finders import Found
from app.engine.flow import Choice, FaqEntry, card_buttons
from app.engine.fold import fold
from app.engine.titles import BROWSE, TAP, entry_options, on_screen, questions_of, tap_of, typed_titles
from app.engine.walk import ask_again, go, remind_again

NOT_SEARCHED = Found()


def search(draft: Draft, folded: str, scope: str) -> Found:
    """What this message means among the entries of a topic, or of all. It is looked for as it was written: accents tell something."""
    if not folded:
        return Found()
    written = draft.said if fold(draft.said) == folded else folded
    found: Found = draft.find(Search("faq", written, scope, draft.language, questions.is_private(draft)))
    if not draft.found.rule or _nearest(found) > _nearest(draft.found):
        draft.found = found
    return found


def _nearest(found: Found) -> float:
    return found.scores[0].score if found.scores else 0.0


def answer(draft: Draft, entry: FaqEntry, found: Found) -> None:
    """Say the answer to what was asked."""
    questions.keep(draft, "answer", found, entry.id)
    _tell(draft, entry, found)


def choose(draft: Draft, entry: FaqEntry) -> None:
    """Say the answer that the customer chose himself."""
    if not questions.settle_meant(draft, entry.id):
        questions.keep(draft, "tap", Found(), entry.id)
    _tell(draft, entry)


def _tell(draft: Draft, entry: FaqEntry, found: Found = NOT_SEARCHED) -> None:
    """Say the answer, in the words that were found for it or its own. The customer stays where he is, unless it leads on.

    An open question is asked again, and then the answer has no choices and leads nowhere.
    """
    draft.note(f"faq {entry.id}")
    if found.reason:
        draft.note(f"faq found by {found.reason}")
    draft.failures = 0
    said = [Message(found.said)] if found.said else show.said(draft, entry.say, TAP + entry.id)
    if draft.asking is None and entry.goto:
        draft.say(said)
        return go(draft, entry.goto)
    _say_answer(draft, entry, said)
    if draft.asking is not None:
        return ask_again(draft)
    return remind_again(draft) if draft.state else None


def _say_answer(draft: Draft, entry: FaqEntry, said: list[Message]) -> None:
    """The answer, and below it its own choices or those of a state that answers questions, and whether it helped."""
    is_free = draft.asking is None
    own = show.options(draft, TAP + entry.id, entry.choices) if is_free else ()
    ways = own or _ways_on(draft)
    rated = rating.options(draft)
    shown = (*ways, *rated) if len(ways) + len(rated) <= show.CHOICES_MAX else ways
    draft.say(show.add_choices(draft, said, shown))
    if own or (card_buttons(entry.say) and is_free):
        draft.answered = entry.id
    draft.offered, draft.rates = on_screen(shown), len(shown) > len(ways)


def _ways_on(draft: Draft) -> tuple[Option, ...]:
    """The choices of a state that answers questions stay on the screen."""
    if not draft.state or not draft.here.faq:
        return ()
    ways = show.options(draft, draft.state, draft.here.choices)
    return (*ways, browse.way_in(draft)) if draft.here.browse and len(ways) < show.CHOICES_MAX else ways


def ask_back(draft: Draft, found: Found) -> bool:
    """ "Did you mean": the questions of these entries, to be tapped. False if the flow has none of them."""
    entries = [draft.flow.faq[each] for each in found.unsure if each in draft.flow.faq]
    if not entries:
        return False
    draft.note("faq unsure: " + ", ".join(each.id for each in entries))
    if found.reason:
        draft.note(f"faq found by {found.reason}")
    questions.keep(draft, "clarify", found, offered=tuple(each.id for each in entries))
    questions.fail(draft, *draft.question)
    choices = entry_options(draft, entries)
    draft.say((Message(f"{draft.sentence('did_you_mean')}\n{questions_of(draft, entries)}", choices=choices),))
    draft.offered = on_screen(choices)
    if draft.state:
        remind_again(draft)
    return True


def says_unknown(draft: Draft) -> bool:
    """Leads where a state that answers questions sends one without answer. False where nothing answers questions."""
    if not draft.state or not draft.here.faq:
        return False
    draft.note("faq without answer")
    if draft.here.none:
        go(draft, draft.here.none)
        return True
    ways = show.options(draft, draft.state, draft.here.choices)
    listed = browse.choices(draft, len(ways)) if draft.here.browse else ()
    browse.say(draft, [Message(draft.sentence("no_answer"), choices=(*listed, *ways))])
    return True


# ---- choices of an answer ----------------------------------------------------------------------------------


def read_tap(draft: Draft, event: TapReceived) -> bool:
    """A tap on a question that was asked back or listed, on a choice of an answer, or on a rating, now or long ago."""
    if rating.read_tap(draft, event):
        return True
    if event.state == BROWSE:
        return _browses(draft, event.choice)
    entry = draft.flow.faq.get(event.state.removeprefix(TAP)) if event.state.startswith(TAP) else None
    if entry is None:
        return False
    if not event.choice:
        choose(draft, entry)
        return True
    ways = (*entry.choices, *card_buttons(entry.say))
    choice = next((each for each in ways if each.key == event.choice), None)
    return choice is not None and _follow(draft, entry, choice)


def _browses(draft: Draft, key: str) -> bool:
    if not browse.read_tap(draft, key):
        return False
    if draft.state:
        remind_again(draft)
    return True


def chooses(draft: Draft, folded: str) -> bool:
    """A choice of the last answer, a rating of it, or a question that is listed on the screen, typed."""
    return _chooses_way(draft, folded) or rating.hear(draft, folded) or _chooses_question(draft, folded)


def _chooses_way(draft: Draft, folded: str) -> bool:
    entry = draft.flow.faq.get(draft.answered)
    if entry is None:
        return False
    ways = (*entry.choices, *show.told_apart(card_buttons(entry.say)))
    choices = [each for each in ways if each.to and draft.holds(each.condition)]
    reads = pick_exact if hear_exactly(draft.flow, folded) else pick
    place = reads(folded, [show.titles(draft, each) for each in choices])
    return place is not None and _follow(draft, entry, choices[place])


def is_listed(draft: Draft, folded: str) -> bool:
    """Whether this is the very title, number or phrase of a question, a topic or more of them that can be tapped now."""
    place = pick_exact(folded, [typed_titles(draft, each) for each in draft.offered]) if draft.offered else None
    return place is not None and bool(typed_titles(draft, draft.offered[place]))


def _chooses_question(draft: Draft, folded: str) -> bool:
    """A question, a topic or more of them that can be tapped now, by its title, its number or one of its phrases."""
    if not draft.offered:
        return False
    reads = pick_exact if hear_exactly(draft.flow, folded) else pick
    place = reads(folded, [typed_titles(draft, each) for each in draft.offered])
    if place is None:
        return False
    state, key = tap_of(draft.offered[place])
    return read_tap(draft, TapReceived(state=state, choice=key))


def _follow(draft: Draft, entry: FaqEntry, choice: Choice) -> bool:
    draft.note(f"choice {choice.key} of faq {entry.id}")
    draft.failures = 0
    go(draft, choice.to)
    return True
