"""What conditions can be: always true, never true, never without another. Claims only what is certain; runs no flow.

A condition is tried in every *world* there can be: each slot with each value that makes a difference to it, or none. What cannot be
told apart so (the words in a text, a product, one slot against another) counts as free to be either way, which only adds worlds: what
holds in all of them holds in truth.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import reduce
from itertools import pairwise
from math import inf, prod
from operator import and_, or_
from typing import Any

from app.engine.conditions import compares, holds
from app.engine.flow import And, Compare, Condition, Literal, Not, Or, Slot, Truth
from app.engine.fold import fold

WORLDS_MAX = 4_096
"""A condition with more worlds than this is left alone: nobody finds such a mistake by looking either."""

RULES_MAX = 100
"""Rules of one goto that are held against each other: nobody keeps more in mind."""

TRIES_MAX = 600_000
"""Values tried in one check, each some three microseconds: a bot of 10,000 states with three rules each needs a third of it."""

Value = str | float | bool | None
Atom = Compare | Truth
Values = Mapping[str | Atom, Sequence[Any]]
"""What each name, and each comparison that is free, can be."""


@dataclass(slots=True)
class Patience:
    """How many values may still be tried; what would need more is left alone."""

    tries_left: int = TRIES_MAX


@dataclass(frozen=True, slots=True)
class Domain:
    """What names can stand for. `loose`: slots whose values come from elsewhere too, so that their type and bounds promise nothing.

    `fixed`: what names stand for that can be one thing only, as the fields of one product do.
    """

    slots: Mapping[str, Slot]
    languages: tuple[str, ...]
    loose: Collection[str] = ()
    patience: Patience = field(default_factory=Patience)
    fixed: Mapping[str, Any] = field(default_factory=dict)


def is_always(condition: Condition, domain: Domain) -> bool:
    """Whether it holds in every world."""
    return verdict(condition, domain) is True


def is_never(condition: Condition, domain: Domain) -> bool:
    """Whether it holds in none."""
    return verdict(condition, domain) is False


def verdict(condition: Condition, domain: Domain) -> bool | None:
    """What it is in every world; None if that depends, or there are too many worlds to try."""
    worlds = None if isinstance(condition, Truth) and not domain.fixed else _worlds_of([condition], domain)
    if worlds is None:
        return None
    holding = worlds.where(condition)
    return holding != 0 if holding in (0, worlds.every) else None


def is_always_when_known(condition: Condition, domain: Domain) -> bool:
    """Whether a comparison with a written value says no more than that the slot has one: `budget >= 10` with min 10."""
    if not isinstance(condition, Compare) or not isinstance(condition.right, Literal):
        return False
    values = _values_of(condition.left.name, [condition], domain)
    known = [value for value in values or () if value is not None]
    return bool(known) and all(holds(condition, {condition.left.name: value}) for value in known)


def covered(conditions: Iterable[Condition], domain: Domain) -> Iterator[int]:
    """The places of conditions that can only hold when one before them does; a condition that never holds is not told again.

    Looks at as many from the beginning as RULES_MAX and WORLDS_MAX allow.
    """
    listed = list(conditions)[:RULES_MAX]
    fitting = bisect_left(
        range(1, len(listed) + 1), True, key=lambda count: _count(_values_for(listed[:count], domain)) > WORLDS_MAX
    )
    worlds = _worlds_of(listed[:fitting], domain) if fitting > 1 else None
    if worlds is None:
        return
    before = 0
    for place, condition in enumerate(listed[:fitting]):
        holding = worlds.where(condition)
        if holding and not holding & ~before:
            yield place
        before |= holding


@dataclass(frozen=True, slots=True)
class _Worlds:
    """Every world, numbered. A set of worlds is a whole number: one bit for each. `every` is the set of all."""

    values: Values
    every: int
    strides: Mapping[str | Atom, int]
    """Of each name: how many worlds one value lasts before the next takes its turn."""
    known: dict[Atom, int] = field(default_factory=dict)

    def where(self, condition: Condition) -> int:
        """The worlds in which it holds. Conditions are short, so this recursion is too."""
        match condition:
            case Not(inner):
                return self.every ^ self.where(inner)
            case And(parts):
                return reduce(and_, map(self.where, parts), self.every)
            case Or(parts):
                return reduce(or_, map(self.where, parts), 0)
            case _:
                if condition not in self.known:
                    self.known[condition] = self._where_atom(condition)
                return self.known[condition]

    def _where_atom(self, atom: Atom) -> int:
        plain, name = _plain(atom), _name_of(atom)
        if plain in self.values:  # free: false, then true
            return self._turns(plain, [plain != atom, plain == atom])
        values = self.values[name]
        if isinstance(atom, Compare) and isinstance(atom.right, Literal):
            right = atom.right.value
            return self._turns(name, [compares(value, atom.op, right) for value in values])
        return self._turns(name, [holds(atom, {name: value}) for value in values])

    def _turns(self, name: str | Atom, holding: Sequence[bool]) -> int:
        """The worlds in which `name` has one of the values that are marked."""
        stride = self.strides[name]
        turn = (1 << stride) - 1
        block = sum(turn << (place * stride) for place, is_marked in enumerate(holding) if is_marked)
        return block * (self.every // ((1 << stride * len(holding)) - 1))


def _worlds_of(conditions: Sequence[Condition], domain: Domain) -> _Worlds | None:
    """The worlds that make a difference to these; None if there are too many, or none."""
    values = _values_for(conditions, domain)
    count = _count(values)
    tries = sum(len(values.get(_name_of(atom), ())) + 1 for condition in conditions for atom in _atoms(condition))
    if not 0 < count <= WORLDS_MAX or tries > domain.patience.tries_left:
        return None
    domain.patience.tries_left -= tries
    strides, stride = dict[str | Atom, int](), 1
    for name, each in values.items():
        strides[name] = stride
        stride *= len(each)
    return _Worlds(values, (1 << count) - 1, strides)


def _count(values: Values) -> int:
    return prod(len(each) for each in values.values())


def _values_for(conditions: Iterable[Condition], domain: Domain) -> Values:
    """The values that make a difference to these conditions."""
    by_name: dict[str, list[Atom]] = {}
    for condition in conditions:
        for atom in _atoms(condition):
            by_name.setdefault(_name_of(atom), []).append(atom)
    values: dict[str | Atom, Sequence[Any]] = {}
    for name, atoms in by_name.items():
        found = _values_of(name, atoms, domain)
        values.update({name: found} if found is not None else {})
        values.update({_plain(atom): (False, True) for atom in atoms if _is_free(atom, values, domain)})
    return values


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


def _is_free(atom: Atom, values: Values, domain: Domain) -> bool:
    """Whether trying values does not decide it. What a text has in it is only known of one that is fixed."""
    if _name_of(atom) not in values:
        return True
    has = isinstance(atom, Compare) and atom.op == "has" and atom.left.name not in domain.fixed
    return has or (isinstance(atom, Compare) and not isinstance(atom.right, Literal))


def _plain(atom: Atom) -> Atom:
    """A free comparison without its `not`, so that `a is b` and `a is not b` are never both true."""
    return Compare(atom.left, "is", atom.right) if isinstance(atom, Compare) and atom.op == "is not" else atom


# ---- the values that make a difference --------------------------------------------------------------------


def _values_of(name: str, atoms: Iterable[Atom], domain: Domain) -> list[Value] | None:
    """Each value of that name that some of these comparisons could tell from the others; None if they cannot be listed."""
    if name in domain.fixed:
        return [domain.fixed[name]]
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
