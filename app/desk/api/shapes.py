"""What goes in and out of the API, as values that describe themselves in its OpenAPI document. What is not listed is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

ID_CHARS_MAX = 200
TEXT_CHARS_MAX = 6_000
NOTE_CHARS_MAX = 5_000
CURSOR_CHARS_MAX = 600
LIST_MOST = 100


class In(BaseModel):
    """The base of every body."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True)


class Out(BaseModel):
    """The base of every answer."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


Epoch = Annotated[int | None, Field(ge=0, lt=2**31)]


class Wanted(In):
    """Which conversations."""

    view: Literal["waiting", "mine", "team", "taken", "all", "resolved"] = "waiting"
    """`mine` are those that the key has."""
    page: str = Field(default="", max_length=ID_CHARS_MAX)
    """Of this Page alone."""
    cursor: str = Field(default="", max_length=CURSOR_CHARS_MAX)
    """The `next_cursor` of the answer before."""
    limit: int = Field(default=50, ge=1, le=LIST_MOST)


class Deed(In):
    """Something done with a conversation."""

    epoch: Epoch = None
    """The conversation's `epoch` as you know it: if somebody acted since, nothing is done (409). Without it you act on it as it is."""


class Assign(Deed):
    to: str = Field(min_length=1, max_length=ID_CHARS_MAX)
    """The id of a person, or `team:` and the name of a team: then the customer waits for that team."""


class HandBack(Deed):
    state: str = Field(default="", max_length=ID_CHARS_MAX)
    """Where the bot goes on; empty: where the flow says."""


class Text(In):
    text: str = Field(min_length=1, max_length=TEXT_CHARS_MAX)
    """What the customer gets. What Messenger does not take as one message is sent as several."""


class Note(In):
    text: str = Field(min_length=1, max_length=NOTE_CHARS_MAX)
    """For colleagues only. `@anna` tells Anna."""


class Conversation(Out):
    """One customer of one Page."""

    page: str
    customer: str
    name: str
    answered_by: Literal["bot", "waiting", "staff"]
    staff: str
    """The id of who has it; of a key it begins with `key:`."""
    staff_name: str
    team: str
    epoch: int
    """Grows each time that somebody else answers from then on."""
    waiting_since: datetime | None
    """Since when the customer waits: in the queue, or for the next word of whoever has the conversation."""
    last_customer_at: datetime | None
    changed_at: datetime | None
    resolved_at: datetime | None
    is_blocked: bool
    said: str
    """The customer's latest words, cut."""


class Conversations(Out):
    conversations: list[Conversation]
    next_cursor: str
    """For the next part; empty at the end."""


class Attachment(Out):
    kind: str
    title: str
    path: str
    """Where the file is to be had with the same key."""


class Line(Out):
    """One line of a transcript."""

    id: str
    at: datetime
    who: str
    """customer, bot, staff, page_inbox (somebody in the Page's own inbox), other_app, channel."""
    kind: str
    text: str
    staff: str
    status: str
    """Of ours: pending, in_flight, unknown, sent, failed, cancelled."""
    reason: str
    attachments: list[Attachment]


class Whole(Conversation):
    """One conversation with everything."""

    note: str
    """What the bot noted for staff."""
    state: str
    slots: dict[str, object]
    """What the bot learnt of the customer."""
    may_send: bool
    """Whether the channel would take an answer now."""
    may_send_until: datetime | None
    refusal: str
    """Why it would not, in words."""
    lines: list[Line]
    """The latest, oldest first."""
    next_cursor: str
    """For the lines before these; empty at the beginning."""


class Written(Out):
    seq: int
    """Its place in the customer's line: the id of its line in the transcript is `o` and this number."""


class Person(Out):
    id: str
    name: str
    email: str
    role: Literal["staff", "owner"]
    pages: list[str]
    """Empty for all of them."""
    is_there: bool
    is_away: bool


class Page(Out):
    id: str
    name: str
    teams: list[str]
    states: list[str]


class Callback(Out):
    """A customer who left a number or an address while the team was closed."""

    id: int
    page: str
    customer: str
    name: str
    team: str
    contacts: dict[str, str]
    asked_at: datetime


class Problem(Out):
    """Why something was not done."""

    code: str
    message: str
    hint: str
    number: str
    """Of a fault of ours: name it when you tell us."""


class Failure(Out):
    error: Problem
