"""Which products fit, the best first; and which wish had to be dropped where none does. Reads no text and knows no customer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from app.catalogue.shelf import KINDS, Mask, Shelf
from app.catalogue.terms import phrases_in

Numbers = NDArray[np.float64]

NEAR_PRICE = 1.5
"""How much dearer a product may be that is shown as close to a price: who has 30 is not shown what costs 60."""

WORDS_MAX = 12
"""Words of a wish that are looked for: the first ones; nobody describes a product with more."""

SYNONYM_WORDS_MAX = 4
"""Words of the longest synonym."""

SCATTERED_MAX = 5_000
"""Products ranked in full: of more that fit, those with the best words."""

STRONG = 0.6
"""A product with less than this part of the best score has not enough of the words to be what was meant."""

GUESSED = 0.6
"""What a word counts that was mended: it may have been another."""

FULL = 0.8
"""From this part of the best score on, words fit as well as the best do, and what else is known decides."""


@dataclass(frozen=True, slots=True)
class Wished:
    """One thing that is wished for: `kind` and `value` name it for the customer.

    Where it is dropped, `near` is what is still close, and `better` the number by which one is closer than another.
    """

    kind: str
    value: str
    fits: Mask
    near: Mask | None = None
    better: Numbers | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. `must` has to hold; `words` are folded. Of `likes` the higher is the better; the first that differs decides.

    `shown` are rows that were shown before, `never` groups that the customer does not want to see.
    """

    must: Mask
    wishes: tuple[Wished, ...] = ()
    words: tuple[str, ...] = ()
    likes: tuple[Numbers, ...] = ()
    shown: Collection[int] = ()
    never: Collection[int] = ()
    number: int = 3


@dataclass(frozen=True, slots=True)
class Hits:
    """The rows that fit, best first. `dropped`: wishes that none fulfils. `share`: how much of the words the first one has, 0 to 1;
    without any row the product that has most of them, sold out or not wanted.

    `known`: those of the words that any product has.
    """

    rows: tuple[int, ...] = ()
    dropped: tuple[Wished, ...] = ()
    share: float = 0.0
    known: tuple[str, ...] = field(default=(), compare=False)


def seek(shelf: Shelf, query: Query) -> Hits:
    """The products that fit; where none does, those that fit without as few of the wishes as possible."""
    if not len(shelf):
        return Hits()
    scored = score(shelf, query.words)
    possible = query.must & _wanted(shelf, query)
    if query.words and not scored.known:
        return Hits()
    if not scored.known:
        return _first_way(shelf, query, scored, possible, possible) or Hits()
    possible &= scored.points > 0
    # Whoever wants a red silk dress rather hears of a blue one than of a red silk scarf: the words come before the other wishes.
    best = scored.points[possible].max(initial=0.0)
    strong = possible & (scored.points >= STRONG * best)
    for enough in (strong, possible):
        if hits := _first_way(shelf, query, scored, possible, enough):
            return hits
    share = min(float(scored.points.max(initial=0.0)) / scored.whole, 1.0) if scored.whole else 0.0
    return Hits(share=share, known=scored.known)


def _first_way(shelf: Shelf, query: Query, scored: Scored, possible: Mask, enough: Mask) -> Hits | None:
    """The hits with the fewest wishes dropped of which at least one has `enough` of the words; None if there are none."""
    for dropped in _ways(query.wishes, has_words=bool(scored.known)):
        rest = [each.fits for each in query.wishes if each not in dropped]
        rest += [each.near for each in dropped if each.near is not None]
        kept = reduce(np.logical_and, rest, possible)
        if (kept & enough).any():
            closer = tuple(each.better for each in dropped if each.better is not None)
            ranked = replace(query, likes=(*closer, *query.likes)) if closer else query
            rows = _best(shelf, ranked, np.flatnonzero(kept), scored.points)
            share = float(scored.points[rows[0]]) / scored.whole if rows and scored.whole else 0.0
            return Hits(rows, dropped, min(share, 1.0), scored.known)
    return None


def _wanted(shelf: Shelf, query: Query) -> Mask:
    if not query.never:
        return shelf.all()
    return ~np.isin(shelf.groups, list(query.never))


def _ways(wishes: Sequence[Wished], *, has_words: bool) -> Iterator[tuple[Wished, ...]]:
    """What may be dropped, as little as possible first. Something is kept: nothing is close to no wish at all."""
    yield ()
    for number in range(1, len(wishes) + 1):
        for dropped in combinations(wishes, number):
            if has_words or number < len(wishes) or all(each.near is not None for each in dropped):
                yield dropped


# ---- ranking -----------------------------------------------------------------------------------------------


def _best(shelf: Shelf, query: Query, fits: NDArray[np.intp], points: Numbers) -> tuple[int, ...]:
    """The first of each group of variants, without those that were shown."""
    if len(fits) > SCATTERED_MAX and query.words:
        best = np.argpartition(-points[fits], SCATTERED_MAX)[:SCATTERED_MAX]
        fits = fits[np.sort(best)]
    keys = [-each[fits] for each in reversed(query.likes)]
    if query.words:
        found = points[fits]
        # Words that fit about as well as the best count as equal, in steps, so that what is known of the customer can decide.
        keys += [-found, -np.floor(found / (found.max() or 1.0) / (1 - FULL))]
        keys = [keys[-2], *keys[:-2], keys[-1]]
    order = fits[np.lexsort(keys)] if keys else fits
    return tuple(_each_once(shelf, query, order))


def _each_once(shelf: Shelf, query: Query, order: NDArray[np.intp]) -> Iterator[int]:
    seen = {int(shelf.groups[row]) for row in query.shown}
    left = query.number
    for row in order:
        group = int(shelf.groups[row])
        if group not in seen:
            seen.add(group)
            yield int(row)
            left -= 1
            if not left:
                return


# ---- words -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scored:
    """Points of each product for its words; `whole` is what one with all of them could have."""

    points: Numbers
    whole: float
    known: tuple[str, ...] = ()


def score(shelf: Shelf, words: Sequence[str]) -> Scored:
    """How well each product has these words; the rarer a word, the more it counts."""
    points, whole, known = np.zeros(len(shelf), np.float64), 0.0, []
    for word in words[:WORDS_MAX]:
        found = _points_of(shelf, word, words)
        if found is None:
            whole += _weight(len(shelf), 1) / 2  # nobody has it: it may well be small talk
            continue
        rows, counts = found
        weight = _weight(len(shelf), len(rows)) * _telling(shelf, rows)
        points[rows] += counts * weight * (1.0 if is_known(shelf, word) else GUESSED)
        whole += weight
        known.append(word)
    return Scored(points, whole, tuple(known))


def _telling(shelf: Shelf, rows: NDArray[np.intp]) -> float:
    """How much a word tells of what kind of thing is meant, 0.5 to 1: "sweater" stands in one category, "warm" in many."""
    column = shelf.column(KINDS)
    if column is None or not len(rows):
        return 1.0
    counts = np.bincount(column.codes[rows] + 1, minlength=2)[1:]
    return 0.5 + 0.5 * float(counts.max()) / len(rows)


def _weight(products: int, having: int) -> float:
    return float(np.log1p(products / max(having, 1))) + 0.5


def _points_of(shelf: Shelf, word: str, words: Sequence[str]) -> tuple[NDArray[np.intp], Numbers] | None:
    """The products that have a word, one that means the same, or what it was meant to be; each with 0 to 1."""
    every = [each for meant in _meant(shelf, word, words) for each in _stems_of(shelf, meant)]
    hits = [found for stem in dict.fromkeys(every) if (found := shelf.postings.of(stem)) is not None]
    if not hits:
        return None
    if len(hits) == 1:
        rows, weights = hits[0]
        return rows.astype(np.intp), _WORTH[weights]
    points = np.zeros(len(shelf), np.float64)
    for rows, weights in hits:
        points[rows] = np.maximum(points[rows], _WORTH[weights])
    having = np.flatnonzero(points > 0)
    return having, points[having]


def having(shelf: Shelf, word: str) -> NDArray[np.intp]:
    """The products that have a word or one that means the same; one that nobody has is not guessed at."""
    found = _points_of(shelf, word, (word,)) if is_known(shelf, word) else None
    return found[0] if found else np.empty(0, np.intp)


_WORTH = np.array([0.0, 0.35, 0.5, 0.6, 0.85, 0.9, 1.0])
"""What a posting's weight is worth: in a name all, in a telling field nearly all, in a description a third."""


def _stems_of(shelf: Shelf, meant: str) -> tuple[str, ...]:
    return tuple(stem for part in meant.split()[:1] for stem in shelf.stems.of(part)) if " " not in meant else ()


def _meant(shelf: Shelf, word: str, words: Sequence[str]) -> tuple[str, ...]:
    """The word, those that mean the same as it or as a phrase that it begins; of one that nobody knows the one it was meant to be."""
    own = shelf.synonyms.get(word, (word,))
    for phrase in phrases_in(words, shelf.synonyms, SYNONYM_WORDS_MAX):
        if phrase.split()[0] == word:
            own = (*own, *shelf.synonyms[phrase])
    if any(shelf.postings.of(stem) is not None for each in own for stem in _stems_of(shelf, each)):
        return own
    near = shelf.spelling.near(word)
    return (*own, *shelf.synonyms.get(near, (near,))) if near else own


def is_known(shelf: Shelf, word: str) -> bool:
    """Whether any product has this word, or its owner says that it means one that has."""
    return word in shelf.synonyms or any(shelf.postings.of(stem) is not None for stem in shelf.stems.of(word))


def numbers_of(shelf: Shelf, name: str) -> Numbers:
    """A field as a number of each product, the lowest there is where it has none."""
    column = shelf.columns.get(name)
    if column is None:
        return np.full(len(shelf), -np.inf)
    return column.spread_numbers(np.where(np.isnan(column.numbers), -np.inf, column.numbers), -np.inf)
