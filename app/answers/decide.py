"""Decides what to do with the best entries, by one calibrated model for all businesses and languages: `calibrated.py`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from app.answers.calibrated import BY_LETTERS, BY_MEANING
from app.answers.entries import OFFERED_MAX, Answer, Chances, Ranked

ANSWER_MIN = 0.74
"""How likely the first entry must be right to be the answer: a wrong answer costs more than a question back."""

OUTSIDE_MAX = 0.16
"""How likely at most the text is about something else, to answer at all."""

OFFER_MIN = 0.40
"""How likely the right entry must be among the offered ones to ask back: an offer that never helps is a nuisance."""

LEADING_OFFER_MIN = 0.30
"""The same where the first entry clearly leads: in a bot of few entries and few phrases that is mostly the one that is meant."""

LEAD_MIN, RIVALS_MAX = 1.3, 1 / 3
"""The first entry leads by so much of the second's score, and if all others together are at most so likely as it is."""

OFFER_SHARE = 0.5
"""What is not half as likely as the first is not offered beside it."""

TELLING_WORDS = 4
"""So many words say enough; whoever writes more tells nothing more by that."""


def decide(ranked: Sequence[Ranked], words: int, entries: int, *, is_meant: bool) -> Answer:
    """Answer with the first entry, ask back with the first three, or say that nothing was found."""
    chances = chances_of(facts(ranked, words, entries), is_meant=is_meant)
    found = tuple(ranked)
    if chances.right >= ANSWER_MIN and chances.outside <= OUTSIDE_MAX:
        return Answer("answer", found, chances, "likely right")
    if chances.right + chances.near >= OFFER_MIN:
        return Answer("clarify", found, chances, "among these")
    if chances.right + chances.near >= LEADING_OFFER_MIN and _leads(found, chances):
        return Answer("clarify", found, chances, "unlikely, but nothing else comes near")
    return Answer("fallback", found, chances, "too unlikely")


def _leads(ranked: Sequence[Ranked], chances: Chances) -> bool:
    second = ranked[1].score if len(ranked) > 1 else 0.0
    return ranked[0].score >= LEAD_MIN * second and chances.near + chances.missed <= RIVALS_MAX * chances.right


def offered(answer: Answer) -> tuple[str, ...]:
    """The entries to ask back with, the likeliest first."""
    if answer.decision != "clarify":
        return ()
    enough = OFFER_SHARE * answer.ranked[0].score
    return tuple(each.id for each in answer.ranked[:OFFERED_MAX] if each.score >= enough)


def facts(ranked: Sequence[Ranked], words: int, entries: int) -> tuple[float, ...]:
    """What the model looks at: how well the first entries fit, how far they are apart, and how much there was to go by."""
    first, second, third = (*ranked, *[_NOBODY] * 3)[:3]
    fourth = ranked[3].score if len(ranked) > 3 else 0.0
    scores = [each.score for each in ranked]
    crowd = sum(math.exp(12 * (each - first.score)) for each in scores)
    size = math.log(entries)
    short = min(words, TELLING_WORDS) / TELLING_WORDS
    plain = (
        first.score, first.score - second.score, first.score - third.score, first.score - fourth,
        first.best, first.best - second.best, first.middle, first.middle - second.middle,
        first.learnt, first.learnt - second.learnt, first.words, first.meaning, 1 / crowd, size, short,
    )  # fmt: skip
    products = (
        first.score**2, first.score * plain[1], first.score * size, plain[1] * size,
        first.best**2, first.learnt**2, plain[12] * first.score, first.score * short,
    )  # fmt: skip
    return (*plain, *products)


_NOBODY = Ranked("", 0.0)


def chances_of(found: tuple[float, ...], *, is_meant: bool) -> Chances:
    """The model's opinion of these facts."""
    rows = BY_MEANING if is_meant else BY_LETTERS
    sums = [bias + sum(weight * fact for weight, fact in zip(row, found, strict=True)) for bias, *row in rows]
    highest = max(sums)
    powers = [math.exp(each - highest) for each in sums]
    right, near, missed, outside = (each / sum(powers) for each in powers)
    return Chances(right, near, missed, outside)
