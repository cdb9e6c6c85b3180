"""One customer's session: the place in the flow and what the bot has learnt. A value: every change makes a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal

from app.values import value

NOT_ASKED = (0, "")
"""No question: questions are numbered from 1."""

AnsweredBy = Literal["bot", "waiting", "staff"]
"""Who answers the customer now; `waiting`: handed off, nobody has come yet."""


@value
class Session:
    """Where one customer is.

    `state` is empty before the first turn and after the end. `asking` is the slot that the open question asks for,
    by its name: an owner may put questions before it meanwhile.
    `back` are the states before this one, oldest first. `failures` counts misunderstood messages in a row.
    `slots` also hold `first_name` and `last_name` where the channel told them.
    `met`: the channel was asked who the customer is, and answered.
    `warned`: told that a card number or password was taken out of what was written.
    `timers` are the reminders that run, as `name@moment`. `last_at` is the last sign of life: the customer's, or staff handing back.
    `switched_at`: up to when the channel told who has the conversation, a person or the bot; what it tells of earlier says nothing.
    `answered` is the FAQ entry whose choices are on the screen.
    `erasing`: asked whether everything that is known of the customer is to be deleted.
    `days` are the two, in ISO form, of which the customer was asked which one is meant.
    `showing` is the state that suggested products last, `shown` are the ids of those that it showed, `wish` the words
    that it matched. `hunt` is what the customer wrote when products were shown to him anywhere, `hunted` the ids of those. `liked`
    and `disliked` are groups of products, by the customer's own taps. `screen` are those of its latest cards, `named`
    those that a message named and that were shown since.
    `gone` is what the state forgot and its texts still say.
    `calls` counts the calls that were made; `calling` is the number of the one whose answer is waited for, else 0.
    `later` are the texts that came meanwhile and are read when that answer has come.
    `questions` counts what was asked of the FAQ; `question` is the one that the customer's last message was, number and words.
    `offered` is what can be tapped below an answer or a list of questions of the FAQ (`titles.on_screen`), `others` the entries that
    came near the last answer.
    `rates`: whether an answer helped can be told on the screen. `unanswered` are the messages in a row that were not answered, each
    with its number, 0 for one that the FAQ was not asked.
    `missed` is the team that the customer wanted in vain: it was closed, or did not come.
    `answered_by` is not stored here: the conversation row is the truth and is handed in when the session is loaded.
    """

    state: str = ""
    asking: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)
    slots_until: Mapping[str, datetime] = field(default_factory=dict)
    back: tuple[str, ...] = ()
    failures: int = 0
    language: str = ""
    disclosed: bool = False
    opted_out: bool = False
    warned: bool = False
    met: bool = False
    timers: tuple[str, ...] = ()
    last_at: datetime | None = None
    switched_at: datetime | None = None
    answered_by: AnsweredBy = "bot"
    answered: str = ""
    calls: int = 0
    calling: int = 0
    erasing: bool = False
    days: tuple[str, ...] = ()
    showing: str = ""
    wish: str = ""
    shown: tuple[str, ...] = ()
    hunt: str = ""
    hunted: tuple[str, ...] = ()
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    screen: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    gone: Mapping[str, Any] = field(default_factory=dict)
    later: tuple[str, ...] = ()
    questions: int = 0
    question: tuple[int, str] = NOT_ASKED
    offered: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    rates: bool = False
    unanswered: tuple[tuple[int, str], ...] = ()
    missed: str = ""


_LISTS = (
    "back", "days", "shown", "hunted", "liked", "disliked", "screen", "named", "timers", "later", "offered", "others",
)  # fmt: skip
"""Fields that are stored as lists of texts."""

_PLAIN = (
    "state",
    "asking",
    "answered",
    "failures",
    "language",
    "disclosed",
    "opted_out",
    "warned",
    "met",
    "calls",
    "calling",
    "erasing",
    "showing",
    "wish",
    "hunt",
    "missed",
    "questions",
    "rates",
)
"""Fields that are stored as they are, unless they are empty."""

_AS_THEY_ARE = frozenset({*_PLAIN, "slots", "gone"})
"""Fields that are read as they are stored."""
_STORED = frozenset(each.name for each in fields(Session)) - {"answered_by"}
"""Anything else in a stored form is not the session's."""
_plain_of, _lists_of = attrgetter(*_PLAIN), attrgetter(*_LISTS)


def to_dict(session: Session) -> dict[str, Any]:
    """The stored form: JSON values, defaults left out, without `answered_by`."""
    stored: dict[str, Any] = {
        name: value for name, value in zip(_PLAIN, _plain_of(session), strict=True) if value not in ("", 0, False)
    }
    if session.slots:
        stored["slots"] = dict(session.slots)
    if session.gone:
        stored["gone"] = dict(session.gone)
    if session.slots_until:
        stored["slots_until"] = {name: moment.isoformat() for name, moment in session.slots_until.items()}
    stored |= {name: list(listed) for name, listed in zip(_LISTS, _lists_of(session), strict=True) if listed}
    if session.question != NOT_ASKED:
        stored["question"] = list(session.question)
    if session.unanswered:
        stored["unanswered"] = [list(each) for each in session.unanswered]
    if session.last_at:
        stored["last_at"] = session.last_at.isoformat()
    if session.switched_at:
        stored["switched_at"] = session.switched_at.isoformat()
    return stored


def from_dict(stored: Mapping[str, Any], answered_by: AnsweredBy = "bot") -> Session:
    """The session of that stored form; `{}` is a new customer."""
    values = {
        name: each if name in _AS_THEY_ARE else _read(name, each) for name, each in stored.items() if name in _STORED
    }
    return Session(answered_by=answered_by, **values)


def _read(name: str, stored: Any) -> Any:
    """A field that is stored in another form than it has."""
    match name:
        case "last_at" | "switched_at":
            return datetime.fromisoformat(stored) if stored else None
        case "slots_until":
            return {slot: datetime.fromisoformat(each) for slot, each in stored.items()}
        case "unanswered":
            return tuple((number, text) for number, text in stored)
        case _:
            return tuple(stored)
