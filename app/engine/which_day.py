"""An answer that may mean two days is asked about, never guessed."""

from __future__ import annotations

from datetime import date

from app.engine.dates import date_text, two_days
from app.engine.draft import Draft
from app.engine.effects import Message, Option
from app.engine.events import TapReceived
from app.engine.slots import is_day_within
from app.engine.walk import answer, remind_again

TITLE_CHARS_MAX = 20
"""What Messenger shows of a choice's title."""
DAY = "@day/"
"""Begins the key of a tap on one of the two days; the day follows."""


def ask(draft: Draft, place: int, text: str) -> bool:
    """Ask which of two days is meant; take the only one that the slot allows. False for a text that does not name two."""
    slot = draft.asked(place)
    if slot.kind != "date":
        return False
    today = draft.now.astimezone(draft.flow.timezone).date()
    days = [day for day in two_days(text, today, draft.language) if is_day_within(slot, day)]
    if not days:
        return False
    if len(days) == 1:
        answer(draft, place, days[0].isoformat())
        return True
    draft.note("one of two days")
    draft.days = tuple(day.isoformat() for day in days)
    choices = tuple(
        Option(_title(draft, day), tap=(draft.state, f"{DAY}{day.isoformat()}/{slot.name}")) for day in days
    )
    draft.say((Message(draft.sentence("which_day"), choices=choices),))
    remind_again(draft)
    return True


def hear(draft: Draft, folded: str) -> bool:
    """The number of one of the two days that were just asked about."""
    days, draft.days = draft.days, ()
    if draft.asking is None or draft.outdated or not days or folded not in ("1", "2"):
        return False
    answer(draft, draft.asking, days[int(folded) - 1])
    return True


def _title(draft: Draft, day: date) -> str:
    """The day, without its year where that would not fit."""
    title = date_text(day, draft.language)
    return title if len(title) <= TITLE_CHARS_MAX else title.removesuffix(f" de {day.year}")


def read_tap(draft: Draft, event: TapReceived) -> bool:
    """A tap on one of the days, while the question is still open."""
    if not event.choice.startswith(DAY) or event.state != draft.state or draft.asking is None:
        return False
    day, _, name = event.choice.removeprefix(DAY).partition("/")
    slot = draft.asked(draft.asking)
    if slot.kind != "date" or slot.name != name or not is_day_within(slot, date.fromisoformat(day)):
        return False
    answer(draft, draft.asking, day)
    return True
