"""What any channel offers and brings: the words between `worker` and a channel such as Messenger. Holds no channel's own words.

`main.py` and `cli.py` hand out Messenger's `Channel`; the worker knows only this page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from app.engine.effects import Message
from app.engine.events import Event
from app.values import value

# ---- what a channel brings ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that reaches us but moves no flow; it goes into the transcript or to the operator.

    `kind` is one of FACT_KINDS; `values` are JSON values that depend on it (see the table in webhooks/README.md).
    """

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)


FACT_KINDS = (
    "person_replied",  # a person answered from the channel's own inbox: text, mid, app_id; silences the bot
    "person_took_over",  # the channel gave the thread to another app or person
    "other_app_replied",  # an echo of another app's message
    "reaction",  # mid, action, emoji
    "edited",  # mid, text, num_edit
    "unsent",  # mid: our copy is erased
    "taken_back",  # stands in the place of what was unsent before it came, so that it is not taken when it does
    "unsupported",  # a message the channel could not show us
    "opted_in",  # type, payload, token ...
    "feedback",  # answers
    "account_linked",  # status
    "policy",  # action, reason: about the Page, no customer
    "standby",  # what was said while another app had the thread: text, kind
    "thread_control",  # who has the thread now, in the channel's words
    "template_status",  # name, event
    "other",  # documented but of no use to us
)


@value
class Received:
    """One readable item of a webhook body.

    `key` is 16 bytes, unique per Page and fact, the same for every delivery of it. `customer_id` is empty for facts about the Page.
    `happened_at` is the channel's time, aware UTC. `opens_window`: whether it lets us write for the next 24 hours.
    """

    key: bytes
    page_id: str
    customer_id: str
    event: Event | Fact
    happened_at: datetime
    opens_window: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item that no reader understood: kept with its reason, never answered. `raw` is its JSON text, cut at 64 KiB."""

    key: bytes
    page_id: str
    customer_id: str
    reason: str
    raw: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Ignored:
    """An item of a kind that we know and have no use for; only counted."""

    reason: str


@dataclass(frozen=True, slots=True)
class Echoed:
    """One of our own messages came back: the outbox row `outbox_id` was delivered as `mid`."""

    page_id: str
    customer_id: str
    outbox_id: str
    mid: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything sent to this customer up to `until` was delivered, or read."""

    page_id: str
    customer_id: str
    kind: Literal["delivered", "read"]
    until: datetime


Item = Received | Unreadable | Ignored | Echoed | Receipt

# ---- comments ----------------------------------------------------------------------------------------------

_COMMENT = "comment:"


def customer_of_comment(comment_id: str) -> str:
    """The customer that a comment under a post is to us: the channel does not tell who wrote it in a way that messages could use."""
    return _COMMENT + comment_id


def comment_of(customer_id: str) -> str:
    """The comment that this customer is; empty for any other customer."""
    return customer_id.removeprefix(_COMMENT) if customer_id.startswith(_COMMENT) else ""


# ---- taps --------------------------------------------------------------------------------------------------

TAP_VERSION = "v1"
"""First part of every payload of ours: buttons stay in people's phones for years."""


def shared_payload(entrance: str, key: str = "") -> str:
    """What a tap on something of the whole Page carries: `@start`, `@menu` or `@starter` with its key."""
    return ":".join(part for part in (TAP_VERSION, entrance, key) if part)


# ---- what a channel does -----------------------------------------------------------------------------------


@value
class Send:
    """One message to send. `taps` are signed already: the `payloads` stand in the order of `message.options`.

    `page_trouble`: why the channel takes nothing from this Page at the moment, in plain words. Filled by who asks for a person what may
    be written now; the sender keeps such messages back instead, for a refusal would end them. `stopped_after`: the customer's last move
    before they stopped the Page's messages at the channel. `written_as`: the id of the person whose name customers are to see, if the
    channel can show one.
    """

    outbox_id: str
    page_id: str
    customer_id: str
    message: Message
    payloads: tuple[str, ...] = ()
    written_by: Literal["bot", "staff"] = "bot"
    last_customer_at: datetime | None = None
    page_trouble: str = ""
    stopped_after: datetime | None = None
    written_as: str = ""


@value
class Sent:
    """The channel took it; `mid` is its id there. `remark` tells a person what of it was shortened, without what it says."""

    mid: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The channel refused it for certain: nothing reached the customer.

    `retry`: worth another try, after `wait_seconds` at least (0: our own backoff), `tries_max` in all (0: our own limit).
    `scope`: whether only this message, everything for this customer, or everything of the Page is concerned. `code` is the channel's
    word, but for `thread_elsewhere`: another app or a person has the conversation, and the bot falls silent; and for
    `person_opted_out`: the customer stopped our messages, and nothing goes until their next move. `sentence` tells a person
    what happened, without the customer's words.
    """

    code: str
    sentence: str
    retry: bool = False
    wait_seconds: float = 0.0
    scope: Literal["message", "customer", "page"] = "message"
    tries_max: int = 0


@dataclass(frozen=True, slots=True)
class Unsure:
    """The request left and nobody knows whether it arrived: settled by its echo or by look-up, never sent again blindly."""

    reason: str


Outcome = Sent | Failed | Unsure


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message may not be sent now, in plain words. `until`: how long what the sentence offers instead is open."""

    code: str
    sentence: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One of the Page's messages as the channel lists it."""

    mid: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """The latest of one conversation as the channel lists it: the Page's own messages, newest first.

    `whole`: there are no older ones. Otherwise it reaches back to `oldest_at`, whoever wrote that one.
    """

    messages: tuple[Seen, ...]
    whole: bool = True
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who a customer is, as far as the channel tells: names and a locale such as `fr_FR`, each empty if it does not."""

    first_name: str = ""
    last_name: str = ""
    locale: str = ""


class Channel(Protocol):
    """A way to reach customers. Methods never raise for what the outside does: failures are values."""

    batch_max: int
    """How many messages of different customers `send_batch` takes at once."""

    def pieces(self, message: Message) -> Sequence[Message]:
        """The message as one or more that the channel takes, in order; nothing of it is lost."""
        ...

    def shortened(self, message: Message) -> Message:
        """One message where there must be no second: a text that is too long for it ends in an ellipsis."""
        return message

    def may_send(self, send: Send, now: datetime) -> Refusal | None:
        """None if policy lets this message go now, else why not."""
        ...

    def instead(self, message: Message, failure: Failed) -> Message | None:  # noqa: ARG002 - for channels that know one
        """What to send in the place of a message that failed for good, if the channel knows something: the address of a file."""
        return None

    async def send(self, send: Send) -> Outcome:
        """Send one message by one request."""
        ...

    async def send_batch(self, sends: Sequence[Send]) -> Sequence[Outcome]:
        """Send messages of different customers of one Page by one request; one outcome for each, in order."""
        ...

    async def find_person(self, page_id: str, customer_id: str) -> Person | None:  # noqa: ARG002 - for channels that can
        """Who this customer is; None when that cannot be found out now."""
        return None

    async def show_typing(self, page_id: str, customer_id: str) -> None:  # noqa: ARG002 - for channels that can
        """Show that an answer is on its way; whatever becomes of that."""
        return  # a channel that shows nothing

    async def mark_seen(self, page_id: str, customer_id: str) -> None:  # noqa: ARG002 - for channels that can
        """Show that somebody has read what the customer wrote; whatever becomes of that."""
        return  # a channel that shows nothing

    async def look_up(self, page_id: str, customer_id: str) -> Listing | None:
        """What the channel lists of this customer's conversation; None when that cannot be found out now."""
        ...
