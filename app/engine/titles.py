"""Entries and topics of the FAQ as they stand on a screen, to be tapped or typed. Says nothing and moves nothing."""

from __future__ import annotations

from collections.abc import Sequence

from app.engine.draft import Draft
from app.engine.effects import Option
from app.engine.flow import FaqEntry, Text
from app.engine.fold import fold, fold_own
from app.engine.words import sentence

TAP = "@faq/"
"""What a tap carries instead of a state, with the entry's id behind it: a choice of its answer, or without a key the entry itself."""

BROWSE = "@browse"
"""What a tap carries that lists questions; its key is `<first place>/<topic>`."""

TITLE_CHARS_MAX = 20
"""What Messenger shows of a choice's title: a longer question is cut, and stands whole in the text."""

QUESTION_CHARS_MAX = 140
"""A question in a list of questions: thirteen of them fit into one message."""


def entry_options(draft: Draft, entries: Sequence[FaqEntry]) -> tuple[Option, ...]:
    """One option for each entry, told apart."""
    titles = _told_apart([_title(draft, each) for each in entries])
    return tuple(Option(title, tap=(TAP + each.id, "")) for title, each in zip(titles, entries, strict=True))


def questions_of(draft: Draft, entries: Sequence[FaqEntry]) -> str:
    """The entries' questions, one on each line."""
    return "\n".join(f"- {draft.text(each.ask[0])[:QUESTION_CHARS_MAX]}" for each in entries)


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


def topic_title(draft: Draft, topic: str) -> str:
    """A topic's name as a title; of entries without one, that they are other questions."""
    text = draft.flow.topics.get(topic)
    written = draft.text(text) if text is not None else topic
    return written[:TITLE_CHARS_MAX] if written else draft.sentence("other_questions")


# ---- what is on the screen ---------------------------------------------------------------------------------


_OTHER = "="
"""Before the title of what leads to no entry: it is kept so that numbers count as on the screen."""


def on_screen(options: Sequence[Option]) -> tuple[str, ...]:
    """What can be tapped, as a session keeps it: where it leads among entries and lists of them, else its title."""
    return tuple(_kept(each) for each in options)


def _kept(option: Option) -> str:
    state, key = option.tap or ("", "")
    return f"{state} {key}" if state == BROWSE or (state.startswith(TAP) and not key) else _OTHER + option.title


def as_title(draft: Draft, folded: str) -> str:
    """A number as the title that it stands for, where that leads to no entry; anything else as it is."""
    place = int(folded) - 1 if len(folded) <= 2 and folded.isdecimal() else -1
    kept = draft.offered[place] if 0 <= place < len(draft.offered) else ""
    return fold(kept.removeprefix(_OTHER)) if kept.startswith(_OTHER) else folded


def tap_of(kept: str) -> tuple[str, str]:
    """The tap that was kept so."""
    state, _, key = kept.partition(" ")
    return state, key


def typed_titles(draft: Draft, kept: str) -> list[str]:
    """The ways to type it: what stands on the screen, and every phrase of an entry, in any language. None for other ways."""
    if kept.startswith(_OTHER):
        return []
    state, key = tap_of(kept)
    entry = draft.flow.faq.get(state.removeprefix(TAP))
    if entry is not None:
        return [fold_own(_title(draft, entry)), *(each for text in entry.ask for each in _folded(text))]
    start, _, topic = key.partition("/")
    if start != "0":
        return [fold_own(sentence(each, "more_questions")) for each in draft.flow.languages]
    text = draft.flow.topics.get(topic)
    return [fold_own(topic_title(draft, topic)), *(_folded(text) if text is not None else ())]


def _folded(text: Text) -> list[str]:
    return [fold_own("".join(map(str, template))) for template in text.by_language.values()]
