"""Free text to products: what was read of it becomes wishes, and these are looked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.catalogue import unwanted
from app.catalogue.colours import NAMES, bits_of, plain_name
from app.catalogue.seek import (
    NEAR_PRICE,
    STRONG,
    WORDS_MAX,
    Hits,
    Numbers,
    Query,
    Wished,
    is_known,
    numbers_of,
    score,
    seek,
)
from app.catalogue.shelf import SIZES, Mask, Shelf
from app.catalogue.terms import SLIP_CHARS_MIN
from app.catalogue.wishes import Wishes, read_wishes
from app.letters import fold

SURE_SHARE = 0.55
"""From so much of its words on, a message is about the product."""

SURE_ALONE = 0.75
"""The same for a message that does not speak of buying."""

SIZES_MAX = 2_000
"""Different sizes of a shop that are known; more are no sizes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message means: `hits`, and whether it surely asks for products. `named`: it names this one product.

    `vain`: it surely asks for products, and none is near; these are its wishes.
    """

    hits: Hits
    wishes: Wishes
    is_sure: bool = False
    named: int = -1
    vain: bool = False
    wished: tuple[Wished, ...] = ()


EARLIER = "\x1e"
"""Between a message and those before it that it may go on from: "in blue?" after "a red dress"."""

EARLIER_MAX = 3
"""Messages before it that are looked at."""


def ask(shelf: Shelf, text: str, languages: Sequence[str], query: Query, *, by_name: bool = False) -> Asked:
    """What a message asks for among the products of `query`, to which its own wishes are added.

    `by_name`: one that is named in full is what is meant, sold out or not.
    """
    text, *earlier = text.split(EARLIER)[: EARLIER_MAX + 1]
    wishes = _mended(shelf, read_wishes(text, languages, sizes_of(shelf)))
    for each in earlier if _says_something(wishes) and not wishes.shopping else ():  # who asks anew begins anew
        if wishes.words:
            break
        wishes = _over(_mended(shelf, read_wishes(each, languages, sizes_of(shelf))), wishes)
    if by_name and wishes.trouble:
        return Asked(Hits(), wishes)  # who complains of a shirt wants none shown
    wishes = _with_spoken_size(shelf, wishes)
    refused, without, wanted = unwanted.split(shelf, wishes.without)
    wishes = replace(wishes, without=without, words=(*wishes.words, *wanted))
    says_more = wishes.low or wishes.high or wishes.sizes or wishes.cheap or wishes.sale or wishes.without
    named = _named(shelf, text) if by_name and not query.shown and not says_more else -1
    if named >= 0:
        return Asked(Hits((named,), share=1.0), wishes, is_sure=True, named=named)
    wished = (*query.wishes, *_wished(shelf, wishes))
    words = (*wishes.words, *_relations(shelf, wishes))
    if by_name and not (words or wished or wishes.cheap or wishes.shopping):
        return Asked(Hits(), wishes)  # "what is this" asks for nothing
    likes = (*_own_likes(shelf, wishes), *query.likes)
    must = query.must if refused is None else query.must & ~refused
    hits = seek(shelf, replace(query, must=must, wishes=wished, words=words, likes=likes))
    if refused is not None:  # never dropped, and told where nothing is left
        wished = (*wished, Wished("without", ", ".join(without), ~refused))
    is_meant = _is_meant(wishes, wished, hits)
    if not hits.rows:
        return Asked(hits, wishes, vain=is_meant and not query.shown, wished=wished)
    return Asked(hits, wishes, is_meant)


def _says_something(wishes: Wishes) -> bool:
    """Whether a message without a word that names a product still wishes for something."""
    return any(getattr(wishes, name) for name in _REFINING)


_REFINING = (
    "low",
    "high",
    "about",
    "colours",
    "other_colours",
    "colour_word",
    "sizes",
    "gender",
    "age",
    "cheap",
    "sale",
    "without",
)


def _over(earlier: Wishes, later: Wishes) -> Wishes:
    """What was wished for before, with what is wished for now in place of the like."""
    prices = ("low", "high", "about")
    said = {name: getattr(later, name) for name in _REFINING if name not in prices and getattr(later, name)}
    if later.low or later.high:
        said |= {name: getattr(later, name) for name in prices}
    said["without"] = tuple(dict.fromkeys((*earlier.without, *later.without)))
    return replace(earlier, **said, shopping=True)


def _mended(shelf: Shelf, wishes: Wishes) -> Wishes:
    """Words that no product has and that are nearly a colour are that colour; two that are one word in the shop are one."""
    words, colours, colour_word = list(wishes.words[:WORDS_MAX]), wishes.colours, wishes.colour_word
    for first, second in pairwise(wishes.words[:WORDS_MAX]):
        if first in words and second in words and is_known(shelf, first + second):
            words[words.index(first) : words.index(first) + 2] = [first + second]
    for word in tuple(words):
        if len(word) >= SLIP_CHARS_MIN and not is_known(shelf, word):
            near = process.extractOne(word, NAMES, scorer=OSA.distance, score_cutoff=1)
            if near and not shelf.spelling.near(word):
                words.remove(word)
                colours, colour_word = colours | bits_of(near[0]), colour_word or near[0]
    return replace(wishes, words=tuple(words), colours=colours, colour_word=colour_word)


def _with_spoken_size(shelf: Shelf, wishes: Wishes) -> Wishes:
    """ "Large" is a size where the things that are meant come in it, and a word where they have it; of a bag it says nothing."""
    for spoken, size in wishes.spoken:
        others = tuple(each for each in wishes.words if each not in spoken.split())
        points = score(shelf, others).points
        strong = (points > 0) & (points >= STRONG * points.max(initial=0.0))
        mask = _in_size(shelf, (size,))
        if not wishes.sizes and mask is not None and (mask & strong).any():
            wishes = replace(wishes, words=others, sizes=(size,))
        elif not (strong & (score(shelf, (spoken,)).points > 0)).any():
            wishes = replace(wishes, words=others)
    return wishes


def _named(shelf: Shelf, text: str) -> int:
    """The product whose whole name stands in a message; of two the longer name. -1 for none."""
    words = fold(text).split()[:40]
    best = ("", -1)
    for first in range(len(words)):
        for last in range(first + 1, min(first + 12, len(words)) + 1):
            name = " ".join(words[first:last])
            row = shelf.names.get(name, -1)
            # One word alone ("dress") is rather a kind of product than the name of one.
            if row >= 0 and len(name) > len(best[0]) and (last - first > 1 or len(words) == 1):
                best = (name, row)
    return best[1]


def _is_meant(wishes: Wishes, wished: Sequence[Wished], hits: Hits) -> bool:
    """Whether the message asks for products: by its words, or by its other wishes where it speaks of buying."""
    if wishes.words:
        return bool(hits.known) and hits.share >= (SURE_SHARE if wishes.shopping or wished else SURE_ALONE)
    return bool(wished) and (wishes.shopping or len(wished) > 1 or wishes.sale or wishes.cheap)


# ---- what was read, as masks -------------------------------------------------------------------------------


def _wished(shelf: Shelf, wishes: Wishes) -> tuple[Wished, ...]:
    """The wishes in the order in which they are dropped: the colour sooner than the price, the size last."""
    found: list[Wished] = []
    if wishes.colours:
        found.append(Wished("colour", plain_name(wishes.colour_word), (shelf.colours & np.uint32(wishes.colours)) != 0))
    found += _priced(shelf, wishes)
    if wishes.sale and "sale_price" in shelf.columns:
        found.append(Wished("sale", "", shelf.columns["sale_price"].codes >= 0))  # without sales that are over
    if wishes.sizes and (mask := _in_size(shelf, wishes.sizes)) is not None:
        found.append(Wished("size", ", ".join(wishes.sizes).upper(), mask))
    if wishes.other_colours:
        found.append(Wished("colour_not", "", (shelf.colours & np.uint32(wishes.other_colours)) == 0))
    found += _for_whom(shelf, wishes)
    return tuple(found)


def _priced(shelf: Shelf, wishes: Wishes) -> list[Wished]:
    if not (wishes.low or wishes.high):
        return []
    prices = shelf.prices  # a comparison with nan, where there is no price, is false
    near = prices >= wishes.low / NEAR_PRICE
    fits = prices >= wishes.low
    if wishes.high:
        near &= prices <= wishes.high * NEAR_PRICE
        fits &= prices <= wishes.high
    kind = (
        "about" if wishes.about else ("between" if wishes.low and wishes.high else "under" if wishes.high else "over")
    )
    low, high = _amount(wishes.low), _amount(wishes.high)
    value = {"under": high, "over": low, "between": f"{low}-{high}", "about": _amount((wishes.low + wishes.high) / 2)}[
        kind
    ]
    better = -np.abs(prices - (wishes.high or wishes.low))
    return [Wished(kind, value, fits, near, better)]


def _amount(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _in_size(shelf: Shelf, sizes: Sequence[str]) -> Mask | None:
    column = shelf.column(SIZES)
    if column is None:
        return None
    wanted = {each.replace(",", ".") for each in sizes}
    found = np.fromiter((bool(wanted & _sizes_in(each)) for each in column.values), np.bool_, len(column.values))
    return column.spread(found)


def _sizes_in(value: Any) -> frozenset[str]:
    """The sizes that a field holds: a list, or "S, M, L", or one."""
    texts = value if isinstance(value, tuple) else (f"{value:g}" if isinstance(value, float) else str(value),)
    parts = (
        part.strip().casefold()
        for text in texts
        for part in text.replace("/", ",").replace("|", ",").replace(";", ",").split(",")
    )
    return frozenset(each.removeprefix("eu ").removesuffix(" eu") for each in parts if each)


def sizes_of(shelf: Shelf) -> frozenset[str]:
    """Every size that the shop has; made at the first question."""
    kept = shelf.masks.get("sizes")
    if kept is None:
        column = shelf.column(SIZES)
        values = column.values[:SIZES_MAX] if column else ()
        kept = frozenset[str]().union(*map(_sizes_in, values))
        shelf.masks["sizes"] = kept
    found: frozenset[str] = kept
    return found


def _for_whom(shelf: Shelf, wishes: Wishes) -> list[Wished]:
    found = []
    if wishes.gender and "gender" in shelf.columns:
        fitting = {wishes.gender, "unisex", "", _GENDERS.get(wishes.gender, "")}
        mask = shelf.where(
            "gender", lambda value: value is None or str(value).casefold() in fitting, ("gender", wishes.gender)
        )
        found.append(Wished("gender", wishes.gender, mask))
    if wishes.age and "age_group" in shelf.columns:
        ages = {"kids": ("kids", "toddler", "infant", "newborn"), "infant": ("infant", "newborn", "toddler")}[
            wishes.age
        ]
        mask = shelf.where("age_group", lambda value: str(value).casefold() in ages, ("age", wishes.age))
        found.append(Wished("age", wishes.age, mask))
    return found


_GENDERS = {"female": "women", "male": "men"}


def _relations(shelf: Shelf, wishes: Wishes) -> tuple[str, ...]:
    """Where products do not say for whom they are in a field, the words that do are looked for in their texts."""
    known = "gender" in shelf.columns or "age_group" in shelf.columns
    return () if known else tuple(each for each in wishes.relations if shelf.postings.of(each) is not None)


def _own_likes(shelf: Shelf, wishes: Wishes) -> tuple[Numbers, ...]:
    if wishes.cheap:
        return (-np.nan_to_num(shelf.prices, nan=np.inf),)
    if wishes.about:
        middle = (wishes.low + wishes.high) / 2
        return (-np.abs(np.nan_to_num(shelf.prices, nan=np.inf) - middle),)
    return ()


def usual_likes(shelf: Shelf) -> tuple[Numbers, ...]:
    """What comes first where nothing else is known: what is rated best."""
    return (numbers_of(shelf, "rating"),) if "rating" in shelf.columns else ()


def rows_of(shelf: Shelf, ids: Collection[str]) -> tuple[int, ...]:
    """The rows of these products, as far as they are still there."""
    return tuple(shelf.places[each] for each in ids if each in shelf.places)
