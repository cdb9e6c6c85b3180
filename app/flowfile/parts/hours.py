"""Opening hours: the bot's own and its teams'. Never says whether it is open now; the engine does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time

from app.engine.flow import Hours
from app.flowfile.parts.known import Known
from app.flowfile.parts.shapes import as_pairs, as_scalar, as_scalars, date_of
from app.flowfile.problems import Report
from app.flowfile.rules import structure, values, yaml
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2}) ?[-–] ?([0-9]{1,2}):([0-9]{2})")
_EXAMPLE = "mon-fri: 09:30-18:30"

Span = tuple[time, time]


def read_hours(node: Node | None, known: Known) -> Mapping[str, Hours]:
    """Hours by team; "" is the bot's own. Dates that close the shop close every team too."""
    pairs = as_pairs(node, known.report, "days with their hours", _EXAMPLE) if node else None
    if pairs is None:
        return {}
    own = tuple((key, value) for key, value in pairs.entries if key.text not in known.teams)
    closed = _closed_dates(pairs, known.report)
    hours: dict[str, Hours] = {}
    if days := _days(Pairs(own, pairs.place), known):
        hours[""] = Hours(days, closed)
    for key, value in pairs.entries:
        team = as_pairs(value, known.report, "days with their hours", _EXAMPLE) if key.text in known.teams else None
        if team is not None:
            hours[key.text] = Hours(_days(team, known), closed | _closed_dates(team, known.report))
    return hours


def _closed_dates(pairs: Pairs, report: Report) -> frozenset[date]:
    node = pairs.get("closed")
    found: set[date] = set()
    for scalar in as_scalars(node, report, "date", "[2026-12-25]") if node else ():
        day = date_of(scalar.text)
        if day is None:
            report.take(values.wrong_value(scalar.place, scalar.text, "a date", "2026-12-25"))
        else:
            found.add(day)
    return frozenset(found)


def _days(pairs: Pairs, known: Known) -> Mapping[int, tuple[Span, ...]]:
    """Spans of each day that is named; a day that is not named is closed."""
    words = [*DAYS, "mon-fri", "closed", *known.teams]
    spans: dict[int, tuple[Span, ...]] = {}
    named: dict[int, Scalar] = {}
    for key, value in pairs.entries:
        if key.text == "closed":
            continue
        days = _days_of(key.text)
        if not days:
            known.report.take(structure.unknown_keys(Pairs(((key, value),), key.place), words, "hours"))
            continue
        found = _spans(value, known.report)
        for day in days:
            if day in named:
                known.report.take(yaml.doubled_key(Scalar(DAYS[day], key.place), named[day].place))
            named.setdefault(day, key)
            spans.setdefault(day, found)
    return spans


def _days_of(text: str) -> tuple[int, ...]:
    """The days that `mon`, `mon-fri` or `mon, wed` name; none for anything else."""
    days: list[int] = []
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            return ()
        start, end = DAYS.index(first), DAYS.index(last or first)
        days.extend(day % 7 for day in range(start, end + 1 if end >= start else end + 8))
    return tuple(days)


def _spans(node: Node, report: Report) -> tuple[Span, ...]:
    """`09:30-18:30`, a list of them, or `closed`."""
    if isinstance(node, Scalar) and node.text == "closed":
        return ()
    scalars = (
        as_scalars(node, report, "time", "09:30-18:30")
        if isinstance(node, Items)
        else (as_scalar(node, report, "time", "09:30-18:30"),)
    )
    spans = (_span(scalar, report) for scalar in scalars if scalar)
    return tuple(sorted(span for span in spans if span))


def _span(scalar: Scalar, report: Report) -> Span | None:
    found = _SPAN.fullmatch(scalar.text.strip())
    start = _time(found[1], found[2]) if found else None
    end = _time(found[3], found[4]) if found else None
    if start is None or end is None:
        report.take(values.wrong_value(scalar.place, scalar.text, "a time from-to", "09:30-18:30"))
        return None
    return start, end


def _time(hours: str, minutes: str) -> time | None:
    """The time of day; 24:00 is midnight."""
    if (hours, minutes) == ("24", "00"):
        return time(0, 0)
    return time(int(hours), int(minutes)) if int(hours) < 24 and int(minutes) < 60 else None
