"""Reads what is on the screen and was typed instead of tapped: a choice or button by its title or number. Decides no order."""

from __future__ import annotations

from typing import Any

from app.engine import anywhere, show, suggest
from app.engine.choose import nearest, pick, pick_exact
from app.engine.draft import Draft
from app.engine.flow import Choice, Slot
from app.engine.taps import take


def chooses(draft: Draft, folded: str) -> bool:
    """A visible choice, typed."""
    choices = show.visible(draft)
    if not choices:
        return False
    titles = [show.titles(draft, each) for each in choices]
    is_phrase = anywhere.hear_exactly(draft.flow, folded) is not None
    place = pick_exact(folded, titles) if is_phrase else pick(folded, titles)
    if place is None:
        return False
    choice = choices[place]
    address = suggest.leads_outside(draft, choice, folded) or show.leads_outside(draft, choice)
    if not address and (choice.url is not None or choice.phone):
        return False
    draft.note(f"typed choice {draft.state}/{choice.key}")
    hear_title(draft, choice, folded)
    take(draft, draft.here, choice)
    draft.say(address)
    return True


def hear_title(draft: Draft, choice: Choice, folded: str) -> None:
    """Who types a title, or nearly, in another of the bot's languages speaks that one; one that two languages share tells nothing."""
    languages = list(choice.title.by_language)
    spoken = nearest(folded, [show.titles(draft, choice, each) for each in languages])
    if len(spoken) == 1 and draft.language in languages and languages[spoken[0]] != draft.language:
        draft.speak(languages[spoken[0]])


def hear_word(draft: Draft, slot: Slot, value: Any, folded: str) -> None:
    """The same for a word of a choice slot that was read as an answer."""
    if slot.kind == "choice" and value in slot.titles:
        hear_title(draft, Choice(value, slot.titles[value]), folded)
