"""Conditions: short English, read by the grammar in conditions.lark, to `app.engine.flow` conditions. Never evaluates one.

The grammar knows words only; which of them are slots, and what kind of value stands on the right, is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.flow import PRODUCT_PREFIX, RESULTS, And, Compare, Condition, Literal, Name, Not, Or, Slot, Truth
from app.flowfile.limits import CONDITION_CHARS_MAX
from app.flowfile.parts.known import Known, Names
from app.flowfile.parts.shapes import as_scalar
from app.flowfile.parts.slot_values import LIST, Value, value_of
from app.flowfile.problems import Place, Problem, quoted
from app.flowfile.rules import calls, products, values
from app.flowfile.source.nodes import Node, Scalar

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

_ORDERED_KINDS = ("number", "date")
_OPEN = Slot("open", "yes_no")
_RESULT = Slot("result", "choice", values=RESULTS)


TREES_KEPT_MAX = 1_000
"""Large bots ask the same again and again, and reading takes most of a condition's time; a tree has some 5 kB."""


class _WrongError(Exception):
    """The condition means nothing; the report holds why."""


def read_condition(node: Node, known: Known) -> Condition | None:
    """The condition that this text is; None if it is none, and then the report says why."""
    scalar = as_scalar(node, known.report, "condition", "budget >= 100 and open")
    if scalar is None:
        return None
    if len(scalar.text) > CONDITION_CHARS_MAX:
        what = f"This condition is longer than {CONDITION_CHARS_MAX} characters."
        known.report.take(values.broken_condition(scalar.place, what, "Divide it into several lines of goto."))
        return None
    tree = _parse(scalar, known)
    try:
        condition = None if tree is None else _Meaning(scalar, known).of(tree)
    except _WrongError:
        return None
    if condition is not None:
        known.conditions.append((scalar, condition))
    return condition


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    """The parser; built at the first condition, because building it takes longer than reading a small bot."""
    from lark import Lark

    grammar = (Path(__file__).parent / "conditions.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="basic")


@lru_cache(maxsize=TREES_KEPT_MAX)
def _tree_of(text: str) -> Tree[Token]:
    """The words as a tree, which nobody changes. Raises lark's errors."""
    return _grammar().parse(text)


def _parse(scalar: Scalar, known: Known) -> Tree[Token] | None:
    """The words as a tree; a condition that is no English of ours becomes a problem at the first word that does not fit."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

    try:
        return _tree_of(scalar.text)
    except UnexpectedToken as error:
        at_end = error.token.type == "$END"
        offset = len(scalar.text) if at_end else (error.token.start_pos or 0)
        what = "This condition ends too early." if at_end else f"{quoted(str(error.token))} does not fit here."
        known.report.take(values.broken_condition(scalar.place_of(offset), what, _hint_for(str(error.token))))
    except UnexpectedCharacters as error:
        offset = error.pos_in_stream or 0
        sign = scalar.text[offset]
        what = f"{quoted(sign)} does not fit here."
        known.report.take(values.broken_condition(scalar.place_of(offset), what, _hint_for(sign)))
    except UnexpectedInput:
        known.report.take(values.broken_condition(scalar.place, "This condition cannot be read."))
    return None


def _hint_for(word: str) -> str:
    """What to write instead of the usual slips of people who know another language."""
    if word[:1] in ("=", "!"):
        return "Write is, or is not."
    if word.lower() in ("is", "is not", "in", "has", "and", "or", "not"):
        return f'If {word} is part of a value, put the value in quotes, as in name is "this {word} that".'
    return ""


class _Meaning:
    """Turns the tree of one condition into values. Its methods raise _WrongError after they have reported why."""

    def __init__(self, scalar: Scalar, known: Known) -> None:
        self._scalar = scalar
        self._known = known

    def of(self, tree: Tree[Token]) -> Condition:
        """CONDITION_CHARS_MAX bounds the depth of this recursion."""
        children = _subtrees(tree)
        match tree.data:
            case "any":
                return Or(tuple(self.of(child) for child in children))
            case "all":
                return And(tuple(self.of(child) for child in children))
            case "negated":
                return Not(self.of(children[0]))
            case "truth":
                return Truth(self._name(_first_token(tree)))
            case _:  # comparison, membership
                return self._comparison(tree)

    def _comparison(self, tree: Tree[Token]) -> Compare:
        token = _first_token(tree)
        left = self._name(token)
        operator = _operator_of(tree)
        self._refuse_mismatch(left, operator, token)
        right = _subtrees(tree)[-1]
        if operator == "in":
            return Compare(left, operator, Literal(tuple(self._value(left, each) for each in _subtrees(right))))
        return Compare(left, operator, self._right(left, operator, right))

    def _name(self, token: Token) -> Name:
        name = str(token)
        place = self._place_of(token)
        if name.startswith(PRODUCT_PREFIX):
            self._wrong(() if self._known.beside_product else products.product_out_of_sight(place, name))
            self._wrong(products.unknown_product_field(place, name, self._known.product_names))
            return Name(name)
        if name == "result":
            self._wrong(() if self._known.after_call else calls.result_without_call(place))
            return Name(name)
        if name not in ("open", "language") and name not in self._known.slot_names:
            self._wrong(values.unknown_slot(place, name, Names((self._known.slot_names, ("open", "language")))))
        return Name(name)

    def _slot(self, name: str) -> Slot | None:
        """What is on the left; None for the language, and for a slot whose own declaration is broken."""
        if name == "language":
            return Slot("language", "choice", values=self._known.languages)
        if name == "result":
            return _RESULT
        if name.startswith(PRODUCT_PREFIX):
            return self._known.product_slots.get(name)
        return _OPEN if name == "open" else self._known.slots.get(name)

    def _refuse_mismatch(self, left: Name, operator: str, token: Token) -> None:
        """Larger and smaller are for numbers and dates, `has` is for texts."""
        slot = self._slot(left.name)
        if slot and operator in ("<", "<=", ">", ">=") and slot.kind not in _ORDERED_KINDS:
            what = f"{quoted(left.name)} is neither a number nor a date, so it cannot be larger or smaller."
            self._wrong(values.type_mismatch(self._place_of(token), what, _hint_for_order(slot)))
        if slot and slot.kind == LIST and operator != "has":
            what = f"{quoted(left.name)} is a list, so it is never one value alone."
            self._wrong(values.type_mismatch(self._place_of(token), what, f"Write has, as in {left.name} has x."))
        if slot and operator == "has" and slot.kind not in ("text", LIST):
            what = f"{quoted(left.name)} is not a text, so it cannot have something in it."
            self._wrong(values.type_mismatch(self._place_of(token), what, "Write is, or in."))

    def _right(self, left: Name, operator: str, tree: Tree[Token]) -> Name | Literal:
        """Another slot, if the one word names one and is no word of the left slot; else a value."""
        words, token, slot = _words(tree), _first_token(tree), self._slot(left.name)
        names_product = token.type == "WORD" and words.startswith(PRODUCT_PREFIX)
        if names_product:
            self._name(token)
        names_slot = names_product or (token.type == "WORD" and words in self._known.slot_names)
        if names_slot and not (slot and words in slot.values):
            other = self._slot(words)
            if slot and other and not _are_alike(slot, other):
                what = f"{quoted(left.name)} and {quoted(words)} are of different kinds."
                hint = "Compare two slots of the same kind, or a slot with a value."
                self._wrong(values.type_mismatch(self._place_of(token), what, hint))
            return Name(words)
        is_word_of_text = operator == "has" and not (slot and slot.kind == LIST)
        return Literal(words if is_word_of_text else self._value(left, tree))

    def _value(self, left: Name, tree: Tree[Token]) -> Value:
        """The value that these words are for the slot on the left."""
        slot = self._slot(left.name)
        if slot is None:
            return _words(tree)
        if slot.kind in ("text", LIST) and slot.values:
            slot = replace(slot, kind="choice")  # A word that no product has would never be found.
        value = value_of(_words(tree), slot, self._place_of(_first_token(tree)), self._known.report)
        if value is None:
            raise _WrongError
        return value

    def _place_of(self, token: Token) -> Place:
        return self._scalar.place_of(token.start_pos or 0)

    def _wrong(self, problems: Iterable[Problem]) -> None:
        """Report these; the condition is given up if there are any."""
        if self._known.report.take(problems):
            raise _WrongError


def _hint_for_order(slot: Slot) -> str:
    """What can be larger or smaller."""
    if slot.name.startswith(PRODUCT_PREFIX):
        return "Write is or is not; a field can be compared if each product has a number there, or a day as 2026-12-25."
    return "Write is or is not; or give the slot the type number or date."


def _are_alike(slot: Slot, other: Slot) -> bool:
    """Whether one can be compared with the other; words of products are like words of customers, whatever they were chosen from."""
    of_product = slot.name.startswith(PRODUCT_PREFIX) or other.name.startswith(PRODUCT_PREFIX)
    wordy = ("text", "choice", LIST)
    return slot.kind == other.kind or (of_product and slot.kind in wordy and other.kind in wordy)


def _subtrees(tree: Tree[Token]) -> list[Tree[Token]]:
    return [child for child in tree.children if not isinstance(child, str)]


def _first_token(tree: Tree[Token]) -> Token:
    """The first word of a comparison, a value or a truth: the grammar puts one there."""
    return next(child for child in tree.children if isinstance(child, str))


def _words(tree: Tree[Token]) -> str:
    """The words of a value, joined by blanks; quotes taken off."""
    tokens = (child for child in tree.children if isinstance(child, str))
    return " ".join(str(token)[1:-1] if token.type == "STRING" else str(token) for token in tokens)


def _operator_of(tree: Tree[Token]) -> str:
    """The operator as the engine names it."""
    if tree.data == "membership":
        return "in"
    return " ".join(str(_first_token(_subtrees(tree)[0])).lower().split())
