"""A node as the value that belongs in its place; a node of another shape becomes a problem and None. Knows no key."""

from __future__ import annotations

import re
from datetime import date, timedelta

from app.flowfile.limits import KEEP_DAYS_MAX
from app.flowfile.problems import Report, with_article
from app.flowfile.rules import structure, values
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

_DURATION = re.compile(r"([0-9]{1,6}) ?(minute|hour|day|week)s?")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


def as_scalar(node: Node, report: Report, what: str, example: str) -> Scalar | None:
    """A text that is not empty. `what` is the owner's word for it, without an article."""
    if not isinstance(node, Scalar):
        report.take(structure.wrong_shape(node, with_article(what), example))
        return None
    if report.take(structure.missing_value(node, what)):
        return None
    return node


def as_pairs(node: Node, report: Report, what: str, example: str) -> Pairs | None:
    """Keys with values."""
    if isinstance(node, Pairs):
        return node
    _refuse(node, report, what, example)
    return None


def _refuse(node: Node, report: Report, what: str, example: str) -> None:
    """Nothing at all is missing, anything else has the wrong shape."""
    if isinstance(node, Scalar) and node.is_missing():
        report.take(structure.missing_value(node, "value"))
    else:
        report.take(structure.wrong_shape(node, what, example))


def as_items(node: Node, report: Report, what: str, example: str) -> tuple[Node, ...]:
    """A list with something in it; one text alone is a list of one."""
    if isinstance(node, Items):
        report.take(structure.empty_list(node))
        return node.items
    if isinstance(node, Scalar) and not node.is_missing():
        return (node,)
    _refuse(node, report, what, example)
    return ()


def as_scalars(node: Node, report: Report, what: str, example: str) -> tuple[Scalar, ...]:
    """A list of texts; one text alone is a list of one."""
    found = (as_scalar(item, report, what, example) for item in as_items(node, report, f"a list of {what}s", example))
    return tuple(scalar for scalar in found if scalar)


def as_yes_no(node: Node, report: Report) -> bool | None:
    """yes or no."""
    scalar = as_scalar(node, report, "yes or no", "yes")
    if scalar is None:
        return None
    known = yes_no_of(scalar.text)
    if known is None:
        report.take(values.wrong_value(scalar.place, scalar.text, "yes or no", "yes"))
    return known


def yes_no_of(text: str) -> bool | None:
    """Yes or no, as this text says it; None if it says neither."""
    return {"yes": True, "true": True, "no": False, "false": False}.get(text.lower())


def as_number(node: Node, report: Report) -> float | None:
    """A number; whole ones as they are."""
    scalar = as_scalar(node, report, "number", "10")
    if scalar is None:
        return None
    number = number_of(scalar.text)
    if number is None:
        report.take(values.wrong_value(scalar.place, scalar.text, "a number", "10"))
    return number


def number_of(text: str) -> float | None:
    """The number that this text is, in the plain form of flow files."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return int(number) if number.is_integer() else number


def date_of(text: str) -> date | None:
    """The date that this text is: 2026-12-25."""
    if len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def duration_of(text: str) -> timedelta | None:
    """The length of time that this text is; None if it is none."""
    found = _DURATION.fullmatch(text.strip().lower())
    return timedelta(**{f"{found[2]}s": int(found[1])}) if found else None


def as_duration(node: Node, report: Report) -> timedelta | None:
    """`4 hours`, `30 days`; at least a minute, at most KEEP_DAYS_MAX."""
    scalar = as_scalar(node, report, "length of time", "4 hours")
    if scalar is None:
        return None
    length = duration_of(scalar.text) or timedelta()
    if not timedelta(minutes=1) <= length <= timedelta(days=KEEP_DAYS_MAX):
        what = f"a length of time in minutes, hours, days or weeks, up to {KEEP_DAYS_MAX} days"
        report.take(values.wrong_value(scalar.place, scalar.text, what, "4 hours"))
        return None
    return length
