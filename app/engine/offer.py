"""The offer of a person, and of the beginning, to somebody who was not understood three times. Reads only the answer to it."""

from __future__ import annotations

from app.engine import anywhere, show
from app.engine.choose import pick_exact
from app.engine.draft import Draft
from app.engine.effects import Message
from app.engine.fold import fold_own
from app.engine.walk import ask_again, go
from app.engine.words import NO, YES

FAILURES_BEFORE_OFFER = 3
"""The third misunderstood message in a row offers a person, and every third after it."""


def make(draft: Draft) -> None:
    person = anywhere.index_of(draft.flow).person
    draft.note("a person offered")
    choices = show.ways_back(draft, person)
    no_person = "no_person" if choices else "not_understood"
    draft.say((Message(draft.sentence("offer_person" if person else no_person), choices=choices),))


def was_made(draft: Draft) -> bool:
    """Whether the bot's last words were an offer: anything that is understood sets the failures back."""
    return draft.failures > 0 and draft.failures % FAILURES_BEFORE_OFFER == 0


def declines(draft: Draft, folded: str) -> bool:
    """A no to the offer of a person, which was shown last: on with the open question."""
    if not was_made(draft) or folded not in NO:
        return False
    draft.note("the offer declined")
    draft.failures = 0
    draft.say((Message(draft.sentence("all_right")),))
    ask_again(draft)
    return True


def accepts(draft: Draft, folded: str) -> bool:
    """What the third failure offered, typed."""
    target = accepted(draft, folded)
    if target is None:
        return False
    draft.note("the offer accepted")
    draft.failures = 0
    go(draft, target)
    return True


def accepted(draft: Draft, folded: str) -> str | None:
    """Where the offer on the screen leads that a message takes by its title, its number or a yes; None without one."""
    if not was_made(draft):
        return None
    person, start = anywhere.index_of(draft.flow).person, draft.flow.entrances.start
    offered = show.ways_back(draft, person)
    place = pick_exact(folded, [[fold_own(each.title)] for each in offered])
    if place is None:
        place = 0 if offered and folded in YES else None
    if place is None:
        return None
    return person if offered[place].tap == (show.OFFER, person) else start
