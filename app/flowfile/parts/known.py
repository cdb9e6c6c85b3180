"""What is known of the bot while its parts are read: its names, slots and translations. Filled by `check` in that order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from app.engine.flow import Condition, Slot
from app.flowfile.problems import Place, Report
from app.flowfile.source.nodes import Scalar


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of `translations`: a sentence of the first language, and what stands for it in others, `""` where nothing does yet."""

    place: Place
    original: Scalar
    written: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Names(Collection[str]):
    """Several collections of names as one, without a copy: a bot may have thousands of slots, and thousands of places that use them."""

    parts: tuple[Collection[str], ...]

    def __contains__(self, name: object) -> bool:
        return any(name in part for part in self.parts)

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self.parts)

    def __len__(self) -> int:
        return sum(map(len, self.parts))


@dataclass(slots=True)
class Known:
    """Names that texts, conditions and targets may use, and where problems go.

    `states` and `slot_names` hold every name that was written, also of a state that turns out broken, so that one mistake is told once.
    `translations` maps a sentence of the first language to its sentences in the others. `conditions` and `rule_lists` are
    gathered on the way, for a look at all of them at the end; so are `faq_phrases`, folded, with the entry that was first, and the
    `sentences` that the bot says or hears, each where it stands first and whether it wants a translation.
    """

    report: Report
    bot_name: str = ""
    languages: tuple[str, ...] = ("en",)
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    states: Mapping[str, Place] = field(default_factory=dict)
    slot_names: Mapping[str, Place] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    translations: Mapping[str, Mapping[str, Scalar]] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()
    sentences: dict[str, tuple[Scalar, bool]] = field(default_factory=dict)
    faq_topics: tuple[str, ...] = ()
    has_faq: bool = False
    browses: bool = False
    faq_phrases: dict[str, tuple[str, Scalar]] = field(default_factory=dict)
    faq_places: dict[str, Place] = field(default_factory=dict)
    conditions: list[tuple[Scalar, Condition]] = field(default_factory=list)
    has_products: bool = False
    fed: set[str] = field(default_factory=set)
    """Texts of a feed that have translations."""
    product_slots: Mapping[str, Slot] = field(default_factory=dict)
    """What can be asked of a product: `product.price` and the like, each with its kind and, where there are any, its words."""
    product_names: Collection[str] = ()
    """Every such name that was written; of a field that is broken somewhere no kind is known, so that the mistake is told once."""
    product_chars: Mapping[str, int] = field(default_factory=dict)
    """How long the value of `product.price` and the like can become."""
    beside_product: bool = False
    """Whether what is read now stands beside a product, so that it may name its fields."""
    suggests: bool = False
    """Whether the state that is read now suggests products, so that `more` may stand in it."""
    patterns_read: int = 0
    after_call: bool = False
    """Whether what is read now comes after a call, so that it may ask for its `result`."""
    rule_lists: list[list[tuple[Place, Condition | None]]] = field(default_factory=list)
