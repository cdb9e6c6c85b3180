"""What conditions can be: always true, never true, never without another. Claims only what is certain; runs no flow.

A condition is tried in every *world* there can be: each slot with each value that makes a difference to it, or none. What cannot be
told apart so (the words in a text, a product, one slot against another) counts as free to be either way, which only adds worlds: what
holds in all of them holds in truth.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, product
from math import inf, prod
from typing import Any

from app.engine.conditions import holds
from app.engine.flow import And, Compare, Condition, Literal, Not, Or, Slot, Truth
from app.engine.fold import fold

WORLDS_MAX = 4_096
"""A condition with more worlds than this is left alone: nobody finds such a mistake by looking either, and each costs 2 µs."""

Value = str | float | bool | None
Atom = Compare | Truth
World = dict[Any, Any]
"""Values of names, and whether a free comparison holds."""


@dataclass(frozen=True, slots=True)
class Domain:
    """What names can stand for. `loose`: slots whose values come from elsewhere too, so that their type and bounds promise nothing."""

    slots: Mapping[str, Slot]
    languages: tuple[str, ...]
    loose: Collection[str] = ()


def is_always(condition: Condition, domain: Domain) -> bool:
    """Whether it holds in every world."""
    return verdict(condition, domain) is True


def is_never(condition: Condition, domain: Domain) -> bool:
    """Whether it holds in none."""
    return verdict(condition, domain) is False


def verdict(condition: Condition, domain: Domain) -> bool | None:
    """What it is in every world; None if that depends, or there are too many worlds to try."""
    if isinstance(condition, Truth):
        return None
    values = _values_that_matter(condition, domain)
    if prod(len(each) for each in values.values()) > WORLDS_MAX:
        return None
    found: bool | None = None
    for world in _worlds(values):
        holding = _holds(condition, world)
        if found is not None and found is not holding:
            return None
        found = holding
    return found


def is_always_when_known(condition: Condition, domain: Domain) -> bool:
    """Whether a comparison with a written value says no more than that the slot has one: `budget >= 10` with min 10."""
    if not isinstance(condition, Compare) or not isinstance(condition.right, Literal):
        return False
    values = _values_of(condition.left.name, [condition], domain)
    known = [value for value in values or () if value is not None]
    return bool(known) and all(holds(condition, {condition.left.name: value}) for value in known)


def covered(conditions: Iterable[Condition], domain: Domain) -> Iterator[int]:
    """The places of conditions that can only hold when one before them does; a condition that never holds is not told again."""
    before: list[Condition] = []
    for place, condition in enumerate(conditions):
        behind = And((condition, Not(Or(tuple(before)))))
        if before and is_never(behind, domain) and not is_never(condition, domain):
            yield place
        before.append(condition)


def _values_that_matter(condition: Condition, domain: Domain) -> dict[str | Atom, Collection[Any]]:
    """What each name, and each comparison that is free, can be."""
    by_name: dict[str, list[Atom]] = {}
    for atom in _atoms(condition):
        by_name.setdefault(_name_of(atom), []).append(atom)
    values: dict[str | Atom, Collection[Any]] = {}
    for name, atoms in by_name.items():
        found = _values_of(name, atoms, domain)
        values.update({name: found} if found is not None else {})
        values.update({_plain(atom): (False, True) for atom in atoms if _is_free(atom, values)})
    return values


def _worlds(values: Mapping[str | Atom, Collection[Any]]) -> Iterator[World]:
    for chosen in product(*values.values()):
        yield dict(zip(values, chosen, strict=True))


def _holds(condition: Condition, world: World) -> bool:
    """`holds`, with the comparisons that are free in this world as they are in it."""
    match condition:
        case Not(inner):
            return not _holds(inner, world)
        case And(parts):
            return all(_holds(part, world) for part in parts)
        case Or(parts):
            return any(_holds(part, world) for part in parts)
        case _:
            plain = _plain(condition)
            is_turned = plain != condition
            return world[plain] is not is_turned if plain in world else holds(condition, world)


def _atoms(condition: Condition) -> Iterator[Atom]:
    """The comparisons and names that it is made of."""
    match condition:
        case Not(inner):
            yield from _atoms(inner)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _atoms(part)
        case _:
            yield condition


def _name_of(atom: Atom) -> str:
    return atom.left.name if isinstance(atom, Compare) else atom.name.name


def _is_free(atom: Atom, values: Mapping[str | Atom, Collection[Any]]) -> bool:
    """Whether trying values does not decide it."""
    if _name_of(atom) not in values:
        return True
    return isinstance(atom, Compare) and (atom.op == "has" or not isinstance(atom.right, Literal))


def _plain(atom: Atom) -> Atom:
    """A free comparison without its `not`, so that `a is b` and `a is not b` are never both true."""
    return Compare(atom.left, "is", atom.right) if isinstance(atom, Compare) and atom.op == "is not" else atom


# ---- the values that make a difference --------------------------------------------------------------------


def _values_of(name: str, atoms: Iterable[Atom], domain: Domain) -> list[Value] | None:
    """Each value of that name that some of these comparisons could tell from the others; None if they cannot be listed."""
    if name == "open":
        return [True, False]
    if name == "language":
        return list(domain.languages)
    slot = domain.slots.get(name)
    written = list(_written(atoms))
    if name == "result":
        return [None, _other_than(written), *_texts(written)]
    if slot is None or slot.kind in ("photo", "place") or name in domain.loose:
        return None
    return [None, *_values_of_slot(slot, written)]


def _values_of_slot(slot: Slot, written: list[Any]) -> list[Value]:
    match slot.kind:
        case "yes_no":
            return [True, False]
        case "choice":
            return list(slot.values)
        case "number":
            return list(_numbers(slot, written))
        case "date":
            return list(_dates(slot, written))
        case _:
            return [_other_than(written), *_texts(written)]


def _written(atoms: Iterable[Atom]) -> Iterator[Any]:
    """The values that the comparisons name."""
    for atom in atoms:
        if isinstance(atom, Compare) and isinstance(atom.right, Literal):
            value = atom.right.value
            yield from value if isinstance(value, tuple) else (value,)


def _texts(written: Iterable[Any]) -> list[str]:
    return list({fold(str(value)): str(value) for value in written}.values())


def _other_than(written: Iterable[Any]) -> str:
    """A text that is none of these."""
    return "x" + "".join(fold(str(value)) for value in written)


def _numbers(slot: Slot, written: Iterable[Any]) -> Iterator[float]:
    """Each written number, the bounds, and one number in every gap between them."""
    bounds = [float(each) for each in (slot.minimum, slot.maximum) if isinstance(each, (int, float))]
    points = sorted({float(value) for value in written if isinstance(value, (int, float))} | set(bounds)) or [0.0]
    between = [(low + high) / 2 for low, high in pairwise(points)]
    for value in (*points, *between, -inf, inf):
        if is_within(slot, value):
            yield value


def _dates(slot: Slot, written: Iterable[Any]) -> Iterator[str]:
    """The same for days, in their stored form."""
    found = {str(value) for value in written} | {str(each) for each in (slot.minimum, slot.maximum) if each}
    days = sorted(day for each in found if (day := _day(each))) or [date(2000, 1, 1)]
    one = timedelta(days=1)
    around = {near for day in days if date.min < day < date.max for near in (day - one, day, day + one)}
    for day in sorted(around | set(days)):
        if is_within(slot, day.isoformat()):
            yield day.isoformat()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_within(slot: Slot, value: float | str) -> bool:
    """Whether the slot's `min` and `max` allow this number or day."""
    low, high = slot.minimum, slot.maximum
    if isinstance(value, str):
        return not ((isinstance(low, str) and value < low) or (isinstance(high, str) and value > high))
    return not ((isinstance(low, (int, float)) and value < low) or (isinstance(high, (int, float)) and value > high))
