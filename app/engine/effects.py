"""What the engine asks for: orders, imperative. The worker carries them out in the turn's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal

from app.engine.flow import Template
from app.values import value

Decision = Literal["answer", "clarify", "fallback", "tap"]


@value
class Option:
    """One choice or button. Exactly one of `tap`, `url`, `phone` is set.

    `tap` is `(state, key)`: what comes back as a `TapReceived` when the customer taps it.
    """

    title: str
    tap: tuple[str, str] | None = None
    url: str = ""
    phone: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One card: it may be tapped as a whole (`url`), and by its buttons (up to 3). `product` is the id of the product it shows."""

    title: str
    subtitle: str = ""
    image: str = ""
    url: str = ""
    buttons: tuple[Option, ...] = ()
    product: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """What a channel shows in a way of its own, by the keys of the flow language: coupon, receipt, feedback, sticker, images, grid,
    product, utility. `items` are lines of a receipt, addresses of pictures, numbers of products, values of a utility message."""

    kind: str
    fields: Mapping[str, str]
    items: tuple[Mapping[str, str], ...] = ()


@value
class Message:
    """One message to a customer, in no channel's words: a text, or one of `media`, `cards`, `form`; then `text` is empty.

    `choices` vanish after the next message (up to 13), `buttons` stay (up to 3); a message has one of the two, or none.
    `media` is (kind, address) with kind image, video, audio or file; `content` a hash of what is there, where it never changes.
    `cards` stand side by side (up to 10).
    `square`: the pictures on the cards are square, else wide.
    `offers`: it asks for what the channel may know, so that the customer's own can be offered beside the choices.
    `hands_over`: nothing is said; the channel gives the conversation to the people who answer in its own inbox.
    `reply_to`: the channel's id of the message that it answers, where it answers one.
    `leads`: addresses in `text` at which products are to be seen, each as (product, address).
    """

    text: str = ""
    choices: tuple[Option, ...] = ()
    buttons: tuple[Option, ...] = ()
    media: tuple[str, str] | None = None
    cards: tuple[Card, ...] = ()
    square: bool = False
    form: Form | None = None
    offers: Literal["", "phone", "email"] = ""
    hands_over: bool = False
    reply_to: str = ""
    content: str = ""
    leads: tuple[tuple[str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that a customer would see."""
        return not (self.text or self.media or self.cards or self.form or self.hands_over)

    @property
    def is_utility(self) -> bool:
        """Whether it is an approved template, which shows no choices."""
        return self.form is not None and self.form.kind == "utility"

    @property
    def staying(self) -> tuple[Option, ...]:
        """What can be tapped for as long as the message is to be seen: buttons, then those of the cards."""
        return (
            (*self.buttons, *[button for card in self.cards for button in card.buttons]) if self.cards else self.buttons
        )

    @property
    def options(self) -> tuple[Option, ...]:
        """Everything that can be tapped, in the order in which channels use payloads up: choices, then what stays."""
        return (*self.choices, *self.staying)


@value
class SendMessage:
    """Send `message` to the customer of this session. `asks`: it is nothing but the question for this slot."""

    message: Message
    asks: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class HandOff:
    """Give the conversation to a team; `note` is for staff, `reason` says why (state, words)."""

    team: str
    note: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawHandOff:
    """The customer no longer waits for staff."""


@dataclass(frozen=True, slots=True)
class StartTimer:
    """At `due_at` give the session `WaitTimedOut(state, name)`. One timer per (state, name); a new one replaces it."""

    state: str
    name: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class StopTimers:
    """Forget every timer of this session."""


@dataclass(frozen=True, slots=True)
class Search:
    """The turn cannot go on without an answer: run this search and take the same turn again with it in `finders`.

    `kind` is faq, with the words of `query` in `scope`; or suggest, for the state `scope`, or products: `query` is the wish as JSON;
    or language: which of the bot's languages `query` is written in.
    Nothing else of the turn has happened yet. `language` is what the answer will be said in; `is_private`: nobody else may see `query`.
    """

    kind: str
    query: str
    scope: str = "all"
    language: str = field(default="", compare=False)
    is_private: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class CallService:
    """Make one HTTP request outside the turn; its answer comes back as `CallAnswered(state, result, values, number)`.

    `number` tells this visit's call from an earlier one's. In `headers` the parts are filled, but for the operator's
    secrets: they stay `Placeholder("secret.NAME")`.
    """

    state: str
    number: int
    method: str
    url: str
    headers: dict[str, Template] = field(default_factory=dict)
    body: Any = None
    save: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoteTaste:
    """The customer likes these products, or does not: `taste` is like or dislike."""

    products: tuple[str, ...]
    taste: str


@dataclass(frozen=True, slots=True)
class ForgetTastes:
    """Forget what the customer likes and does not."""


@dataclass(frozen=True, slots=True)
class EraseCustomer:
    """Forget what was said to and by the customer of this session, up to now."""


@dataclass(frozen=True, slots=True)
class KeepQuestion:
    """Keep what the customer asked the FAQ, and why it was answered so. `number` counts the questions of this customer.

    `decision` is answer, clarify (asked back with the entries `offered`), fallback (no answer), or tap: `entry` was told without a
    question, and `text` is empty. `scores` are the entries that came nearest, `rule` says how it was decided between them.
    """

    number: int
    text: str
    language: str
    decision: Decision
    entry: str = ""
    offered: tuple[str, ...] = ()
    scores: tuple[tuple[str, float], ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True)
class SettleQuestion:
    """What became of an earlier question: the entry that the customer tapped (`meant`), a rating, or that staff have it now."""

    number: int
    meant: str = ""
    rating: Literal["", "helpful", "not_helpful"] = ""
    handed_off: bool = False


Effect = (
    SendMessage
    | HandOff
    | WithdrawHandOff
    | StartTimer
    | StopTimers
    | Search
    | CallService
    | NoteTaste
    | ForgetTastes
    | EraseCustomer
    | KeepQuestion
    | SettleQuestion
)


_MESSAGE_PLAIN = ("square", "offers", "hands_over", "content", "reply_to")
_MESSAGE_AS_IT_IS = ("text", *_MESSAGE_PLAIN)
_plain_of = attrgetter(*_MESSAGE_PLAIN)


def message_to_dict(message: Message) -> dict[str, Any]:
    """The stored form of a message: JSON values, empty parts left out."""
    stored: dict[str, Any] = {}
    if message.text:
        stored["text"] = message.text
    if message.choices:
        stored["choices"] = [_option_to_dict(option) for option in message.choices]
    if message.buttons:
        stored["buttons"] = [_option_to_dict(option) for option in message.buttons]
    if message.media:
        stored["media"] = list(message.media)
    if message.cards:
        stored["cards"] = [_card_to_dict(card) for card in message.cards]
    stored |= {name: value for name, value in zip(_MESSAGE_PLAIN, _plain_of(message), strict=True) if value}
    if message.leads:
        stored["leads"] = [list(each) for each in message.leads]
    if form := message.form:
        stored["form"] = {"kind": form.kind, "fields": dict(form.fields), "items": [dict(each) for each in form.items]}
    return stored


def message_from_dict(stored: dict[str, Any]) -> Message:
    """The message of that stored form."""
    found: dict[str, Any] = {name: stored[name] for name in _MESSAGE_AS_IT_IS if name in stored}
    for name in ("choices", "buttons"):
        if name in stored:
            found[name] = tuple([_option_from_dict(each) for each in stored[name]])
    if media := stored.get("media"):
        found["media"] = (media[0], media[1])
    if "cards" in stored:
        found["cards"] = tuple([_card_from_dict(each) for each in stored["cards"]])
    if form := stored.get("form"):
        found["form"] = Form(form["kind"], form["fields"], tuple(form["items"]))
    if "leads" in stored:
        found["leads"] = tuple([(product, address) for product, address in stored["leads"]])
    return Message(**found)


_CARD_TEXTS = ("title", "subtitle", "image", "url", "product")


def _card_to_dict(card: Card) -> dict[str, Any]:
    stored: dict[str, Any] = {name: value for name in _CARD_TEXTS if (value := getattr(card, name))}
    if card.buttons:
        stored["buttons"] = [_option_to_dict(button) for button in card.buttons]
    return stored


def _card_from_dict(stored: dict[str, Any]) -> Card:
    texts = {name: stored.get(name, "") for name in _CARD_TEXTS}
    return Card(**texts, buttons=tuple(_option_from_dict(each) for each in stored.get("buttons", ())))


_OPTION_TEXTS = ("title", "url", "phone", "image")


def _option_to_dict(option: Option) -> dict[str, Any]:
    stored: dict[str, Any] = {"title": option.title}
    if option.tap:
        stored["tap"] = list(option.tap)
    if option.url:
        stored["url"] = option.url
    if option.phone:
        stored["phone"] = option.phone
    if option.image:
        stored["image"] = option.image
    return stored


def _option_from_dict(stored: dict[str, Any]) -> Option:
    found = {name: stored[name] for name in _OPTION_TEXTS if name in stored}
    tap = stored.get("tap")
    return Option(**found, tap=(tap[0], tap[1]) if tap else None)
