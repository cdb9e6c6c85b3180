"""F31x: cards and coupons as Messenger takes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.flowfile.limits import CARDS_MAX
from app.flowfile.problems import Problem, problem_at
from app.flowfile.source.nodes import Node, Pairs, Scalar

_BLANK = re.compile("[\\s\u200b-\u200d\u2060\ufeff]")
"""Blanks of every kind, those without a width too."""
_PLACEHOLDER = re.compile("<[^<>]*>")


def too_many_cards(nodes: Sequence[Node]) -> Iterator[Problem]:
    """F312: more cards than fit side by side."""
    if len(nodes) > CARDS_MAX:
        yield problem_at(
            nodes[CARDS_MAX].place,
            "F312",
            f"There are {len(nodes)} cards; {CARDS_MAX} fit.",
            "Take some out, or write a second list of cards below.",
        )


def bare_card(card: Pairs) -> Iterator[Problem]:
    """F313: a card that is nothing but a title."""
    yield problem_at(
        card.place,
        "F313",
        "This card has nothing but a title, which Messenger refuses.",
        "Add a subtitle, an image, a url or buttons.",
    )


def coupon_without_use(coupon: Pairs) -> Iterator[Problem]:
    """F313: a coupon that nobody could use: neither a code without blanks nor an address."""
    code = coupon.get("code")
    if code is None and coupon.get("url") is None:
        yield problem_at(
            coupon.place, "F313", "This coupon has neither a code nor a url.", "Add one of them, as in code: PINE10."
        )
    if isinstance(code, Scalar) and _BLANK.search(_PLACEHOLDER.sub("", code.text.strip())):
        better = _BLANK.sub("", code.text)
        yield problem_at(code.place, "F313", "A coupon's code has no blanks.", f"Write {better}.")
