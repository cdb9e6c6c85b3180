"""The questions of the FAQ to be tapped: topics first where there are several, then their questions, a screenful at a time."""

from __future__ import annotations

from collections.abc import Sequence

from app.engine import show
from app.engine.draft import Draft
from app.engine.effects import Message, Option
from app.engine.flow import ALL_TOPICS, FaqEntry, Flow
from app.engine.titles import BROWSE, entry_options, on_screen, questions_of, topic_title

OTHERS_MAX = 8
"""Choices beside a list that it leaves room for: one of fewer questions would be turned over for ever."""


def begin(draft: Draft, messages: Sequence[Message], ways: tuple[Option, ...]) -> list[Message]:
    """What a state says when it is entered, with what can be browsed under it. `ways` are its own choices."""
    listed = _listed(draft, draft.here.faq, 0, len(ways))
    if listed.text and any(each.title.endswith("…") for each in listed.choices):
        return [*messages, Message(listed.text, choices=(*listed.choices, *ways))]
    return show.add_choices(draft, list(messages), (*listed.choices, *ways))


def say(draft: Draft, messages: Sequence[Message]) -> None:
    """Send messages of which the last can be browsed, and remember what is on the screen."""
    draft.say(messages)
    draft.offered = on_screen(messages[-1].choices) if messages else ()


def choices(draft: Draft, others: int) -> tuple[Option, ...]:
    """What this state lists, beside so many other choices."""
    return _listed(draft, draft.here.faq, 0, others).choices


def way_in(draft: Draft) -> Option:
    """The list once more, behind an answer."""
    return Option(draft.sentence("more_questions"), tap=(BROWSE, f"0/{draft.here.faq}"))


def read_tap(draft: Draft, key: str) -> bool:
    """A tap on a topic, or on more; False for a list that is there no more."""
    start, _, topic = key.partition("/")
    if not start.isdecimal() or len(start) > len(str(len(draft.flow.faq))) or not _entries(draft.flow, topic):
        return False
    ways = show.options(draft, draft.state, draft.here.choices) if draft.state and draft.here.browse else ()
    asked = show.question_options(draft, draft.here, draft.asking) if draft.asking is not None else ways
    listed = _listed(draft, topic, int(start), min(len(asked), OTHERS_MAX))
    draft.note("browses the FAQ")
    draft.failures = 0
    shown = listed.choices if draft.asking is not None else (*listed.choices, *ways)
    say(draft, [show.above_question(draft, Message(listed.text, choices=shown))])
    return True


def _listed(draft: Draft, topic: str, start: int, others: int) -> Message:
    """A screenful of topics or questions from this place on, with what they are."""
    topics = _topics(draft.flow) if topic == ALL_TOPICS else []
    room = show.CHOICES_MAX - others
    if len(topics) > 1:
        here, more = _page(len(topics), start, room)
        options = tuple(Option(topic_title(draft, each), tap=(BROWSE, f"0/{each}")) for each in topics[here])
        return Message(draft.sentence("which_topic"), choices=(*options, *_more(draft, more, topic)))
    entries = _entries(draft.flow, topic)
    here, more = _page(len(entries), start, room)
    shown = entries[here]
    text = f"{draft.sentence('which_question')}\n{questions_of(draft, shown)}"
    return Message(text, choices=(*entry_options(draft, shown), *_more(draft, more, topic)))


def _page(count: int, start: int, room: int) -> tuple[slice, int]:
    """The places shown, and where the next page begins: 0 behind the last one that has more before it, -1 where all fit."""
    start = start if start < count else 0
    if count <= room:
        return slice(0, count), -1
    end = start + room - 1
    return slice(start, end), end if end < count else 0


def _more(draft: Draft, start: int, topic: str) -> tuple[Option, ...]:
    return (Option(draft.sentence("more_questions"), tap=(BROWSE, f"{start}/{topic}")),) if start >= 0 else ()


def _topics(flow: Flow) -> list[str]:
    """The topics in their order; empty stands for entries without one."""
    return list(dict.fromkeys(each.topic for each in flow.faq.values()))


def _entries(flow: Flow, topic: str) -> list[FaqEntry]:
    return [each for each in flow.faq.values() if topic in (ALL_TOPICS, each.topic)]
