"""What can happen to a session: facts, past tense. Never knows Meta's words.

Each event goes through the inbox in its stored form (`to_dict`, `from_dict`) before a turn sees it.
"""

from __future__ import annotations

from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any

from app.values import value


@value
class TextReceived:
    """The customer wrote `text`; `reply_to` is the id of the message it answers, `product` the channel's id of what it is about."""

    text: str
    mid: str = ""
    reply_to: str = ""
    product: str = ""


@value
class TapReceived:
    """The customer tapped something we offered.

    `state` and `choice` are what the tap carries: a state and the key of one of its choices or buttons;
    `@start`, `@menu`, `@starter` with its key for what the whole Page shares; both empty for a tap that is not ours or was forged.
    `payload` is what came over the wire: the worker checks its signature and fills `state` and `choice`; a turn never looks at it.
    `title` is what the customer saw. `ref` is an m.me link that came along. `reply_to` as with a text.
    """

    payload: str = ""
    state: str = ""
    choice: str = ""
    title: str = ""
    mid: str = ""
    ref: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file, picture, place or sticker. `kind`: image, video, audio, file, sticker, place, link, product, other.

    `url` comes from outside and is never fetched unchecked. `latitude`, `longitude` in degrees for a place.
    """

    kind: str
    url: str = ""
    title: str = ""
    latitude: float | None = None
    longitude: float | None = None
    sticker_id: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentReceived:
    """The customer sent one or more attachments, perhaps with a text. `reply_to` and `product` as with a text."""

    attachments: tuple[Attachment, ...]
    text: str = ""
    mid: str = ""
    reply_to: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class ReferralReceived:
    """The customer came by a link or an ad; `ref` is what the link carries (anyone can write one)."""

    ref: str
    source: str = ""


PERSON = "@person"
"""The state of the timer that runs out when a person who answered elsewhere was silent for long; its name is the moment of their last
words."""


@dataclass(frozen=True, slots=True)
class WaitTimedOut:
    """A timer ran out. `state` is the state that started it (or PERSON), `name` which of its timers."""

    state: str
    name: str


@dataclass(frozen=True, slots=True)
class PersonMet:
    """The channel told who the customer is; each may be empty. `locale` is like `fr_FR`."""

    first_name: str = ""
    last_name: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True)
class CommentReceived:
    """Somebody wrote `text` under a post of the Page: each comment is a customer of its own, who can be answered once.

    `author_id` is the channel's id of who wrote it; no message can be sent to it.
    """

    text: str
    comment_id: str = ""
    post_id: str = ""
    author_id: str = ""


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """The HTTP request of `state` ended: `result` is ok, not_found, failed or slow; `values` what was saved from the answer.

    `number` is the one that the call was made with: an answer that comes after the customer has gone on is nobody's.
    """

    state: str
    result: str
    values: dict[str, Any] = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True, slots=True)
class StaffHandedBack:
    """Staff gave the conversation back to the bot; `to` is a state, `end`, or empty for where the flow says.

    `epoch`, where it is known: what staff saw. When somebody else has the conversation meanwhile, the worker passes the event over.
    """

    to: str = ""
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class StaffLeft:
    """Whoever of staff had the conversation has it no more, and nobody else has it yet: the customer waits. `epoch` as above."""

    epoch: int | None = None


Event = (
    TextReceived
    | TapReceived
    | AttachmentReceived
    | ReferralReceived
    | CommentReceived
    | PersonMet
    | WaitTimedOut
    | CallAnswered
    | StaffHandedBack
    | StaffLeft
)

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        TextReceived,
        TapReceived,
        AttachmentReceived,
        ReferralReceived,
        CommentReceived,
        PersonMet,
        WaitTimedOut,
        CallAnswered,
        StaffHandedBack,
        StaffLeft,
    )
}


_FIELDS = {
    kind: tuple((each.name, each.default is MISSING and each.default_factory is MISSING) for each in fields(kind))
    for kind in _KINDS.values()
}
"""Names of fields, and whether each is stored even when it is empty: it has no default."""


def to_dict(event: Event) -> dict[str, Any]:
    """The stored form: the fields that differ from their defaults, as JSON values."""
    stored: dict[str, Any] = {
        name: value
        for name, is_needed in _FIELDS[type(event)]
        if (value := getattr(event, name)) not in ("", None) or is_needed
    }
    if isinstance(event, AttachmentReceived):
        stored["attachments"] = tuple(asdict(each) for each in event.attachments)
    return stored


def from_dict(kind: str, stored: dict[str, Any]) -> Event:
    """The event of that `kind` (its class name). Raises KeyError for a kind that is none of ours."""
    values = dict(stored)
    if kind == "AttachmentReceived":
        values["attachments"] = tuple(Attachment(**each) for each in values.get("attachments", ()))
    event: Event = _KINDS[kind](**values)
    return event
