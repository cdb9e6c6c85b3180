"""What works at any moment: the `anywhere` list of a flow, and what the engine works out from a flow once. Moves no session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.engine.events import Attachment
from app.engine.fill import ADDRESS_CHARS_MAX
from app.engine.flow import Anywhere, Flow
from app.engine.fold import clean, fold
from app.engine.gone import names_said_later

HEAR_WORDS_MAX = 12
"""A message with more words says something of its own: a phrase in it is no order."""

MOVES_MAX = 20
"""How many times a state can have been renamed; also ends a circle in `moved`."""

FILE_KINDS = frozenset({"image", "video", "audio", "file", "place", "link", "product", "other"})
"""What `attachment: any` means: everything but stickers, which are words rather than files."""


TITLE_CHARS_MAX = 200
"""A place's name."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A phrase of `anywhere`: both places count from 1, as a person would. `exact`: it was the whole message."""

    entry: int
    phrase: int
    goto: str
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """What is worked out from a flow once: phrases by their folded words, the lowest entry first, and the way to a person.

    `others` are the entries of `anywhere` that are not `hear`, with their places, counted from 1. `said_later`: for each state the
    names of values that it says after it was entered.
    """

    phrases: Mapping[str, Heard]
    unspaced: tuple[tuple[str, Heard], ...]
    words_max: int
    others: tuple[tuple[int, Anywhere], ...]
    person: str
    said_later: Mapping[str, frozenset[str]]


def index_of(flow: Flow) -> Index:
    """The flow's index, made when it is first asked for."""
    if not flow.index:
        flow.index.append(_index(flow))
    index: Index = flow.index[0]
    return index


def _index(flow: Flow) -> Index:
    phrases: dict[str, Heard] = {}
    for entry, each in enumerate(flow.anywhere, start=1):
        for number, phrase in enumerate(each.hear, start=1):
            phrases.setdefault(fold(phrase), Heard(entry, number, each.goto))
    phrases.pop("", None)
    return Index(
        phrases=phrases,
        unspaced=tuple((phrase, heard) for phrase, heard in phrases.items() if _is_unspaced(phrase)),
        words_max=max((phrase.count(" ") + 1 for phrase in phrases), default=0),
        others=tuple((entry, each) for entry, each in enumerate(flow.anywhere, start=1) if not each.hear),
        person=person_state(flow),
        said_later={name: names_said_later(flow, state) for name, state in flow.states.items()},
    )


def mentions(folded: str, phrases: Iterable[str]) -> bool:
    """Whether the folded text holds one of the phrases, as words of their own where its script parts words."""
    wanted = (fold(each) for each in phrases)
    return any(each and (f" {each} " in f" {folded} " or (_is_unspaced(each) and each in folded)) for each in wanted)


def _is_unspaced(phrase: str) -> bool:
    """Whether it is written in a script without blanks between words: Thai, Lao, Khmer, Chinese, Japanese."""
    return any(
        "\u0e00" <= each <= "\u0eff" or "\u1780" <= each <= "\u17ff" or "\u2e80" <= each <= "\u9fff" for each in phrase
    )


def person_state(flow: Flow) -> str:
    """The first handoff state that `anywhere` leads to, else the flow's first, else none."""
    targets = [resolve(flow, each.goto) for each in flow.anywhere]
    candidates = [*targets, *flow.states]
    return next((name for name in candidates if name in flow.states and flow.states[name].handoff), "")


def resolve(flow: Flow, name: str) -> str:
    """The state that `name` is now, following `moved`; empty if there is none."""
    for _ in range(MOVES_MAX):
        if name in flow.states:
            return name
        name = flow.moved.get(name, "")
        if not name:
            break
    return ""


def hear(flow: Flow, folded: str) -> Heard | None:
    """The phrase that a short message holds, of the first entry of `anywhere` that has one."""
    index = index_of(flow)
    exact = index.phrases.get(folded)
    words = folded.split()
    if not index.phrases or len(words) > HEAR_WORDS_MAX:
        return None
    found = [each for span in _spans(words, index.words_max) if (each := index.phrases.get(span))]
    found += [each for phrase, each in index.unspaced if phrase in folded]
    best = min(found, key=lambda each: (each.entry, each.phrase), default=None)
    if best is not None and exact is not None and best.entry == exact.entry:
        return Heard(exact.entry, exact.phrase, exact.goto, exact=True)
    return best


def hear_exactly(flow: Flow, folded: str) -> Heard | None:
    """The phrase that is the whole message."""
    return index_of(flow).phrases.get(folded)


def _spans(words: list[str], words_max: int) -> Iterator[str]:
    for first in range(len(words)):
        for last in range(first + 1, min(first + words_max, len(words)) + 1):
            yield " ".join(words[first:last])


def takes(entry: Anywhere, attachments: tuple[Attachment, ...]) -> bool:
    """Whether an `attachment` entry is for one of these."""
    kinds = FILE_KINDS if entry.attachment == "any" else {entry.attachment}
    return bool(entry.attachment) and any(each.kind in kinds for each in attachments)


def value_of(kind: str, attachments: tuple[Attachment, ...]) -> Any:
    """The value that attachments give to a photo or place slot, or None."""
    for each in attachments:
        if kind == "photo" and each.kind == "image" and _is_address(each.url):
            return clean(each.url)
        if kind == "place" and each.kind == "place" and (place := _place(each)):
            return place
    return None


def _is_address(url: str) -> bool:
    """Whether it is one that can be said again; Meta's own are about 500 characters long."""
    return url.startswith(("https://", "http://")) and len(url) <= ADDRESS_CHARS_MAX


def _place(sent: Attachment) -> dict[str, Any] | None:
    """A place on earth; what comes from outside may be any number."""
    latitude, longitude = sent.latitude, sent.longitude
    if latitude is None or longitude is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return {"title": clean(sent.title, TITLE_CHARS_MAX), "latitude": latitude, "longitude": longitude}
