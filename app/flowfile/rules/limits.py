"""F3xx: what Messenger would refuse or cut. Texts are measured in every language, with slots at their longest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.flowfile.limits import (
    ADDRESS_CHARS_MAX,
    BUTTONS_MAX,
    CHOICES_MAX,
    DOMAINS_MAX,
    LINK_REF_CHARS_MAX,
    MENU_ITEMS_MAX,
    STARTERS_MAX,
    Limit,
)
from app.flowfile.problems import Place, Problem, problem_at, quoted
from app.flowfile.source.nodes import Node, Scalar

BESIDE_BROWSE_MAX = 8
"""Choices of a state whose questions can be browsed: five places are left for those."""


def text_too_long(written: Scalar, chars: int, limit: Limit, language: str) -> Iterator[Problem]:
    """F301, F304, F306, F307, F308, F310, F311: a text longer than its kind may be. `chars`: its length with slots filled."""
    if chars > limit.chars_max:
        filled = " with its < > filled" if "<" in written.text else ""
        yield problem_at(
            written.place,
            limit.code,
            f"The {limit.what} {quoted(written.text)} ({language}) has {chars} characters{filled}; {limit.chars_max} fit.",
            "Shorten it." if limit.chars_max < 1_000 else "Divide it into several texts.",
        )


def address_too_long(address: Scalar) -> Iterator[Problem]:
    """F304: a web address of which only the beginning would arrive."""
    if len(address.text) > ADDRESS_CHARS_MAX:
        yield problem_at(
            address.place,
            "F304",
            f"The web address {quoted(address.text)} has {len(address.text)} characters; {ADDRESS_CHARS_MAX} fit.",
            "Write a shorter address of the same page; what stands behind the ? can often go.",
        )


def too_many_choices(nodes: Sequence[Node]) -> Iterator[Problem]:
    """F302: more choices than fit under one message."""
    yield from _too_many(nodes, CHOICES_MAX, "F302", "choices")


def too_many_choices_together(choices: Scalar, asked: int, standing: int) -> Iterator[Problem]:
    """F302: a question's own answers and the state's choices, which stand under one message."""
    if asked <= CHOICES_MAX and standing <= CHOICES_MAX and asked + standing > CHOICES_MAX:
        yield problem_at(
            choices.place,
            "F302",
            f"These {standing} choices and the {asked} answers of a question stand together; {CHOICES_MAX} fit.",
            "Take some out.",
        )


def too_many_choices_beside_browse(choices: Scalar | None, standing: int) -> Iterator[Problem]:
    """F302: choices that leave no room for the questions that can be browsed beside them."""
    if choices and BESIDE_BROWSE_MAX < standing <= CHOICES_MAX:
        yield problem_at(
            choices.place,
            "F302",
            f"These {standing} choices stand beside the questions that can be tapped; {BESIDE_BROWSE_MAX} leave them room.",
            "Take some out, or take out browse.",
        )


def too_many_buttons(nodes: Sequence[Node]) -> Iterator[Problem]:
    """F303: more buttons than fit under one message."""
    yield from _too_many(nodes, BUTTONS_MAX, "F303", "buttons")


def too_many_menu_items(nodes: Sequence[Node]) -> Iterator[Problem]:
    """F306: a menu that is too long."""
    yield from _too_many(nodes, MENU_ITEMS_MAX, "F306", "menu items")


def too_many_starters(nodes: Sequence[Node]) -> Iterator[Problem]:
    """F308: too many starters."""
    yield from _too_many(nodes, STARTERS_MAX, "F308", "starters")


def too_many_domains(nodes: Sequence[Node]) -> Iterator[Problem]:
    """F310: more domains than Messenger keeps."""
    yield from _too_many(nodes, DOMAINS_MAX, "F310", "domains")


def link_too_long(ref: Scalar) -> Iterator[Problem]:
    """F309: a link word that is too long for an address, or has signs that an address cannot carry."""
    if len(ref.text) > LINK_REF_CHARS_MAX or not all(
        sign.isascii() and (sign.isalnum() or sign in "-_=") for sign in ref.text
    ):
        yield problem_at(
            ref.place,
            "F309",
            f"{quoted(ref.text)} cannot be the end of an m.me link.",
            f"Use letters, digits, -, _ and =, up to {LINK_REF_CHARS_MAX} of them.",
        )


def _too_many(nodes: Sequence[Node], number_max: int, code: str, what: str) -> Iterator[Problem]:
    if len(nodes) > number_max:
        place: Place = nodes[number_max].place
        yield problem_at(
            place,
            code,
            f"These are {len(nodes)} {what}; {number_max} fit.",
            "Take some out, or lead to a second state with the rest.",
        )
