"""The checked bot, frozen: what `app.flowfile` makes of the owner's YAML and what `take_turn` runs. Holds no positions.

Every target in here exists; every text is compiled; every number is within Messenger's limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.engine.goods import PRICE_NOW as PRICE_NOW  # noqa: PLC0414 - part of the flow, kept apart for length
from app.engine.goods import PRODUCT_PREFIX as PRODUCT_PREFIX  # noqa: PLC0414 - part of the flow, kept apart for length
from app.engine.goods import FieldValue as FieldValue  # noqa: PLC0414 - part of the flow, kept apart for length
from app.engine.goods import Preference as Preference  # noqa: PLC0414 - part of the flow, kept apart for length
from app.engine.goods import Product as Product  # noqa: PLC0414 - part of the flow, kept apart for length
from app.engine.goods import Shop as Shop  # noqa: PLC0414 - part of the flow, kept apart for length
from app.engine.goods import Suggest as Suggest  # noqa: PLC0414 - part of the flow, kept apart for length
from app.engine.page import Comments, Persona

# ---- texts -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`<name>`: a slot, or one of said, next_opening, first_name, last_name, bot_name; beside a product also `product.<field>`."""

    name: str


Template = tuple[str | Placeholder, ...]
"""A text in one language: literal parts and placeholders in order."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in every language it has; `by_language` always holds the bot's first language."""

    by_language: Mapping[str, Template]


# ---- conditions --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name:
    """A slot, or open, result, language; beside a product also `product.<field>`."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the condition: text, number, yes/no, or a tuple of them after `in`."""

    value: str | float | bool | tuple[str | float | bool, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right`; op is one of: is, is not, <, <=, >, >=, in, has."""

    left: Name
    op: str
    right: Name | Literal


@dataclass(frozen=True, slots=True)
class Truth:
    """A name alone: `open`, or a yes_no slot; for any other slot, whether it has a value."""

    name: Name


@dataclass(frozen=True, slots=True)
class Not:
    inner: Condition


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Condition, ...]


Condition = Compare | Truth | Not | And | Or

# ---- targets and ways --------------------------------------------------------------------------------------

END, BACK, MORE = "end", "back", "more"
"""Targets that are no states. A state cannot have one of these names."""

LIKE, DISLIKE = "like", "dislike"
"""Targets of buttons on the cards of products, where no state has such a name: what the customer thinks of this one."""

TASTES = "tastes"
"""`forget: [tastes]`: what the customer likes and does not like. No slot can have this name where products are suggested."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One `{if, to}`: `to` is a state, `end` or `back`; without a condition it always holds."""

    to: str
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice or button. `key` is its title in the bot's first language: what a tap carries.

    Exactly one of `to` (a state, `end`, `back`, `more`), `url`, `phone` is set.
    """

    key: str
    title: Text
    to: str = ""
    url: Text | None = None
    phone: str = ""
    condition: Condition | None = None
    image: str = ""


@dataclass(frozen=True, slots=True)
class SayMedia:
    """`{image|video|audio|file: address}` in a `say` list."""

    kind: str
    url: Text


@dataclass(frozen=True, slots=True)
class SayCard:
    """One card of `{card: …}` or `{cards: […]}`. `url` is where a tap on the card itself leads."""

    title: Text
    subtitle: Text | None = None
    image: Text | None = None
    url: Text | None = None
    buttons: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class SayCards:
    """Cards side by side, 1 to 10."""

    cards: tuple[SayCard, ...]


@dataclass(frozen=True, slots=True)
class SayForm:
    """`{coupon|receipt|feedback|sticker|images|grid|product|utility: …}`: texts by key; `items` as `effects.Form` has them."""

    kind: str
    fields: Mapping[str, Text]
    items: tuple[Mapping[str, Text], ...] = ()


Say = Text | SayMedia | SayCards | SayForm


def card_buttons(say: Sequence[Say]) -> tuple[Choice, ...]:
    """The buttons of the cards in a `say` list."""
    return tuple(
        [button for each in say if isinstance(each, SayCards) for card in each.cards for button in card.buttons]
    )


# ---- slots and questions -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing the bot may remember.

    `kind`: choice, text, number, yes_no, email, phone, date, photo, place. `values` are the words of a choice slot, in the
    first language, with their translations in `titles`. `minimum`, `maximum` for numbers and dates (ISO text).
    `pattern` is an RE2 pattern that the whole text must match. `keep` is how long a value stays; None: until forgotten.
    """

    name: str
    kind: str
    values: tuple[str, ...] = ()
    titles: Mapping[str, Text] = field(default_factory=dict)
    minimum: float | str | None = None
    maximum: float | str | None = None
    pattern: str = ""
    hint: Text | None = None
    keep: timedelta | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """`ask`: one thing to find out. `choices` are shortcuts whose titles are read like typed answers."""

    save: str
    say: Text
    choices: tuple[Choice, ...] = ()


# ---- handoff, reminders ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandOffTo:
    """`handoff`: `team`, a `note` for staff, and `closed`, the state for when the team is closed (empty: hand off anyway)."""

    team: str
    note: Text | None = None
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """One `remind`: `after` the state was entered, say something, or go somewhere. `name` is its place in the list: "0", "1"."""

    name: str
    after: timedelta
    say: tuple[Say, ...] = ()
    choices: tuple[Choice, ...] = ()
    goto: str = ""


# ---- calls -------------------------------------------------------------------------------------------------

RESULTS = ("ok", "not_found", "failed", "slow")
"""How a call can end: what `result` is in the goto rules of its state."""

SECRET_PREFIX = "secret."  # noqa: S105 - the word before a name, no password
"""`<secret.NAME>` in a header: the operator's secret of that name. Never filled by a turn."""


@dataclass(frozen=True, slots=True)
class Call:
    """`call`: one HTTP request. `body` is JSON whose texts are templates. `save` maps a slot to a path in the answer: `order.eta`."""

    method: str
    url: Template
    headers: Mapping[str, Template] = field(default_factory=dict)
    body: Any = None
    save: Mapping[str, str] = field(default_factory=dict)


ALL_TOPICS = "all"
"""`faq: all`: every entry. No topic can have this name."""


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """A question that comes again and again: `ask`, how customers put it, and what to `say`; then on to `goto`, if any."""

    id: str
    topic: str
    ask: tuple[Text, ...]
    say: tuple[Say, ...]
    choices: tuple[Choice, ...] = ()
    goto: str = ""


# ---- the bot -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class State:
    """A named place. Its parts act in this order: set and forget, say, then ask or handoff, choices or buttons, remind, goto.

    `faq` is `all` or a topic; with `browse` its questions can be tapped. `none` is where a question without an answer, or a wish
    that no product fits, leads. With `suggest` the `buttons` stand on each card.
    """

    name: str
    set: Mapping[str, str | float | bool] = field(default_factory=dict)
    forget: tuple[str, ...] = ()
    say: tuple[Say, ...] = ()
    ask: tuple[Question, ...] = ()
    handoff: HandOffTo | None = None
    faq: str = ""
    browse: bool = False
    none: str = ""
    suggest: Suggest | None = None
    call: Call | None = None
    choices: tuple[Choice, ...] = ()
    buttons: tuple[Choice, ...] = ()
    remind: tuple[Reminder, ...] = ()
    goto: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Anywhere:
    """One entry of `anywhere`. Exactly one of `hear`, `gives`, `attachment`, `faq`, `products` is set; `else` is `Flow.otherwise`.

    `hear` holds phrases in any of the bot's languages, as written. `attachment` is any, image, video, audio, file or place.
    """

    goto: str
    hear: tuple[str, ...] = ()
    gives: str = ""
    attachment: str = ""
    faq: str = ""
    products: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours. `days` maps 0 (Monday) to 6 to spans in local time; an end at or before its start runs past midnight."""

    days: Mapping[int, tuple[tuple[time, time], ...]]
    closed: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Command:
    """One of `commands`: a word that Messenger offers while a customer types, and what it is for. The bot reads it as a text."""

    name: Text
    description: Text


@dataclass(frozen=True, slots=True)
class Entrances:
    """`messenger`: what the whole Page shares. Keys are titles in the first language; values are targets or web addresses.

    `domains` are hosts whose pages may open inside Messenger.
    """

    greeting: Text | None = None
    start: str = ""
    menu: Mapping[str, str] = field(default_factory=dict)
    menu_titles: Mapping[str, Text] = field(default_factory=dict)
    starters: Mapping[str, str] = field(default_factory=dict)
    starter_titles: Mapping[str, Text] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    comments: Comments | None = None
    persona: Persona | None = None
    domains: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole bot. `revision` is the content hash of its folder.

    `hours` maps a team to its hours; the key "" holds the bot's own. No hours at all: always open.
    `otherwise` is the target of `else` in `anywhere`, empty if there is none. `faq` and `products` hold the entries by id.
    `topics` are the titles of the FAQ's topics, where they are shown. `rates_answers`: customers may say whether an answer helped.
    `index` is the engine's: what it has worked out from this flow, made at the first turn and kept with it. `searches` is the
    finders' in the same way, by kind of search.
    """

    revision: str
    name: str
    languages: tuple[str, ...]
    timezone: ZoneInfo
    disclosure: Text | None
    states: Mapping[str, State]
    slots: Mapping[str, Slot] = field(default_factory=dict)
    entrances: Entrances = field(default_factory=Entrances)
    anywhere: tuple[Anywhere, ...] = ()
    otherwise: str = ""
    hours: Mapping[str, Hours] = field(default_factory=dict)
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    faq: Mapping[str, FaqEntry] = field(default_factory=dict)
    products: Mapping[str, Product] = field(default_factory=dict)
    shop: Shop = field(default_factory=Shop)
    topics: Mapping[str, Text] = field(default_factory=dict)
    rates_answers: bool = False
    index: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)
    searches: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
