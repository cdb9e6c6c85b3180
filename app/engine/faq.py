"""Answers from the FAQ: what was found is said, what is unsure is asked back. Runs no search itself."""

from __future__ import annotations

from app.engine import show
from app.engine.anywhere import hear_exactly
from app.engine.choose import pick, pick_exact
from app.engine.draft import Draft
from app.engine.effects import Message, Option, Search
from app.engine.events import TapReceived
from app.engine.finders import Found
from app.engine.flow import Choice, FaqEntry, card_buttons
from app.engine.fold import fold
from app.engine.walk import ask_again, go, remind_again

TAP = "@faq/"
"""What a tap carries instead of a state, with the entry's id behind it: a choice of its answer, or without a key the entry itself."""

TITLE_CHARS_MAX = 20
"""What Messenger shows of a choice's title: a longer question is cut, and stands whole in the text."""


def search(draft: Draft, folded: str, scope: str) -> Found:
    """What this message means among the entries of a topic, or of all. It is looked for as it was written: accents tell something."""
    if not folded:
        return Found()
    written = draft.said if fold(draft.said) == folded else folded
    found: Found = draft.find(Search("faq", written, scope))
    return found


def tell(draft: Draft, entry: FaqEntry, reason: str = "") -> None:
    """Say the answer, found for a reason. The customer stays where he is.

    An open question is asked again, and then the answer has no choices.
    """
    draft.note(f"faq {entry.id}")
    if reason:
        draft.note(f"faq found by {reason}")
    draft.failures = 0
    has_question = draft.asking is not None
    own = () if has_question else show.options(draft, TAP + entry.id, entry.choices)
    draft.say(show.add_choices(draft, show.said(draft, entry.say, TAP + entry.id), own or _ways_on(draft)))
    if own or (card_buttons(entry.say) and not has_question):
        draft.answered = entry.id
    if has_question:
        ask_again(draft)
    elif draft.state:
        remind_again(draft)


def _ways_on(draft: Draft) -> tuple[Option, ...]:
    """The choices of a state that answers questions stay on the screen."""
    if not draft.state or not draft.here.faq:
        return ()
    return show.options(draft, draft.state, draft.here.choices)


def ask_back(draft: Draft, found: Found) -> bool:
    """ "Did you mean": the questions of these entries, to be tapped. False if the flow has none of them."""
    entries = [draft.flow.faq[each] for each in found.unsure if each in draft.flow.faq]
    if not entries:
        return False
    draft.note("faq unsure: " + ", ".join(each.id for each in entries))
    if found.reason:
        draft.note(f"faq found by {found.reason}")
    questions = "\n".join(f"- {draft.text(each.ask[0])}" for each in entries)
    titles = _told_apart([_title(draft, each) for each in entries])
    choices = tuple(Option(title, tap=(TAP + each.id, "")) for title, each in zip(titles, entries, strict=True))
    draft.say((Message(f"{draft.sentence('did_you_mean')}\n{questions}", choices=choices),))
    return True


def _title(draft: Draft, entry: FaqEntry) -> str:
    """The first way to ask that fits, else the first one cut."""
    written = [draft.text(each) for each in entry.ask]
    fitting = next((each for each in written if len(each) <= TITLE_CHARS_MAX), "")
    return fitting or written[0][: TITLE_CHARS_MAX - 1] + "…"


def _told_apart(titles: list[str]) -> list[str]:
    """The titles; with their numbers when two of them are cut to the same."""
    if len(set(titles)) == len(titles):
        return titles
    return [f"{number}. {title}"[:TITLE_CHARS_MAX] for number, title in enumerate(titles, start=1)]


def says_unknown(draft: Draft) -> bool:
    """Leads where a state that answers questions sends one without answer. False where nothing answers questions."""
    if not draft.state or not draft.here.faq:
        return False
    draft.note("faq without answer")
    if draft.here.none:
        go(draft, draft.here.none)
    else:
        draft.say((Message(draft.sentence("no_answer"), choices=_ways_on(draft)),))
    return True


# ---- choices of an answer ----------------------------------------------------------------------------------


def read_tap(draft: Draft, event: TapReceived) -> bool:
    """A tap on a question that was asked back, or on a choice of an answer, now or long ago."""
    entry = draft.flow.faq.get(event.state.removeprefix(TAP)) if event.state.startswith(TAP) else None
    if entry is None:
        return False
    if not event.choice:
        tell(draft, entry)
        return True
    ways = (*entry.choices, *card_buttons(entry.say))
    choice = next((each for each in ways if each.key == event.choice), None)
    return choice is not None and _follow(draft, entry, choice)


def chooses(draft: Draft, folded: str) -> bool:
    """A choice of the last answer, typed."""
    entry = draft.flow.faq.get(draft.answered)
    if entry is None:
        return False
    ways = (*entry.choices, *show.told_apart(card_buttons(entry.say)))
    choices = [each for each in ways if each.to and draft.holds(each.condition)]
    reads = pick_exact if hear_exactly(draft.flow, folded) else pick
    place = reads(folded, [show.titles(draft, each) for each in choices])
    return place is not None and _follow(draft, entry, choices[place])


def _follow(draft: Draft, entry: FaqEntry, choice: Choice) -> bool:
    draft.note(f"choice {choice.key} of faq {entry.id}")
    draft.failures = 0
    go(draft, choice.to)
    return True
