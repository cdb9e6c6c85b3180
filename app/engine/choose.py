"""Reads a typed choice: its title in any language, its number, a near miss. Never decides between two that fit alike."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from app.engine.words import NEGATIONS, NO, YES

CHOICE_WORDS_MAX = 8
"""Longer messages are no typed titles: what they contain by chance is not a choice."""

NEAR_CHARS_MIN = 4
"""In shorter words one wrong letter makes another word."""

Titles = Sequence[str]
"""One option's title in each language, as `fold` gives it."""


def pick(folded: str, options: Sequence[Titles]) -> int | None:
    """The place of the option that a message names, or None. `folded` is the message as `fold` gives it."""
    exact = pick_exact(folded, options)
    if exact is not None:
        return exact
    agreed = _pick_yes_or_no(folded, options) if folded in YES or folded in NO else None
    if agreed is not None:
        return agreed
    near = nearest(folded, options)
    return near[0] if len(near) == 1 else None


def nearest(folded: str, options: Sequence[Titles]) -> list[int]:
    """The places of all options that a message names best: by their very titles, else by a near miss."""
    exact = [place for place, titles in enumerate(options) if folded in titles]
    words = folded.split()
    if exact or len(words) > CHOICE_WORDS_MAX or len(folded) < NEAR_CHARS_MIN or not NEGATIONS.isdisjoint(words):
        return exact
    for is_near in (_is_mistyped, _is_within, _is_part):
        near = [place for place, titles in enumerate(options) if any(is_near(folded, title) for title in titles)]
        if near:
            return near
    return []


def _pick_yes_or_no(folded: str, options: Sequence[Titles]) -> int | None:
    """A bare yes or no among options of which one begins with a yes and one with a no: "Yes please", "No thanks"."""
    yes, no = (
        [place for place, titles in enumerate(options) if any(title.split(" ")[0] in words for title in titles)]
        for words in (YES, NO)
    )
    if len(yes) != 1 or len(no) != 1 or yes == no:
        return None
    return yes[0] if folded in YES else no[0]


def pick_exact(folded: str, options: Sequence[Titles]) -> int | None:
    """The place of the option that a message names by its very title or its number."""
    for place, titles in enumerate(options):
        if folded in titles:
            return place
    number = int(folded) if len(folded) <= 2 and folded.isdecimal() else 0
    return number - 1 if 1 <= number <= len(options) else None


def _is_mistyped(folded: str, title: str) -> bool:
    """One letter wrong, missing, too many or swapped; two in long titles."""
    allowed = 1 if len(title) < 8 else 2
    if len(title) < NEAR_CHARS_MIN or abs(len(folded) - len(title)) > allowed or title.isdecimal():
        return False
    return OSA.distance(folded, title, score_cutoff=allowed) <= allowed


def _is_within(folded: str, title: str) -> bool:
    """The whole title, with other words around it: "outfit ideas please"."""
    return len(title) >= NEAR_CHARS_MIN and f" {title} " in f" {folded} "


def _is_part(folded: str, title: str) -> bool:
    """Some of the title's words in their order: "gift" for "A gift"."""
    return f" {folded} " in f" {title} "
