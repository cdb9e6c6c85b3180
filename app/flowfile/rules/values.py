"""F4xx: names and values inside texts, conditions and slots; F801: addresses."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from app.flowfile.problems import Place, Problem, any_of, did_you_mean, problem_at, quoted
from app.flowfile.source.nodes import Scalar


def unknown_placeholder(place: Place, name: str, known: Collection[str]) -> Iterator[Problem]:
    """F401: `<word>` that names nothing here."""
    hint = did_you_mean(name, known)
    can_stand = f"Here can stand: {any_of(known)}." if known else "Nothing can stand in < > here."
    yield problem_at(place, "F401", f"<{name}> names nothing here.", hint or f"{can_stand} For a plain < write \\<.")


def unknown_slot(place: Place, name: str, slots: Collection[str]) -> Iterator[Problem]:
    """F402: a slot that is not declared under slots."""
    if name not in slots:
        hint = (
            did_you_mean(name, slots)
            or f"Add it under slots, as in {name if name.isidentifier() else 'my_slot'}: text."
        )
        yield problem_at(place, "F402", f"There is no slot {quoted(name)}.", hint)


def broken_condition(place: Place, what: str, hint: str = "") -> Iterator[Problem]:
    """F403: a condition that cannot be read; `place` is where it stops making sense."""
    yield problem_at(place, "F403", what, hint or "Write for example budget >= 100 and open, or occasion is Party.")


def broken_pattern(pattern: Scalar, why: str) -> Iterator[Problem]:
    """F404: a pattern that RE2 refuses."""
    yield problem_at(
        pattern.place,
        "F404",
        f"This pattern cannot be used: {why}.",
        'Write for example "[0-9]{5,8}" for 5 to 8 digits.',
    )


def wrong_value(node_place: Place, text: str, what: str, example: str) -> Iterator[Problem]:
    """F405: a value of the wrong kind. `what` says what belongs here."""
    yield problem_at(node_place, "F405", f"{quoted(text)} is not {what}.", f"Write for example {example}.")


def value_slot_cannot_have(place: Place, text: str, slot: str, values: Collection[str]) -> Iterator[Problem]:
    """F406: a word that is not among a slot's words."""
    hint = did_you_mean(text, values) or f"It can be: {any_of(values)}."
    yield problem_at(place, "F406", f"{quoted(slot)} can never be {quoted(text)}.", hint)


def bounds_crossed(place: Place, minimum: object, maximum: object) -> Iterator[Problem]:
    """F405: a smallest value that is larger than the largest."""
    yield problem_at(
        place, "F405", f"min {minimum} is larger than max {maximum}, so nothing would fit.", "Exchange them."
    )


def type_mismatch(place: Place, what: str, hint: str) -> Iterator[Problem]:
    """F407: a comparison that makes no sense for this kind of slot."""
    yield problem_at(place, "F407", what, hint)


def gives_everything(slot: Scalar) -> Iterator[Problem]:
    """F408: `gives` with a slot that any message would fill, so that nothing below is ever tried."""
    yield problem_at(
        slot.place,
        "F408",
        f"Any message at all would count as {quoted(slot.text)}, so nothing below would ever be heard.",
        "Give the slot a pattern, or ask for it in a state.",
    )


def not_https(address: Scalar) -> Iterator[Problem]:
    """F801: an address that is not https."""
    if not address.text.startswith("https://") or len(address.text) <= len("https://") or " " in address.text:
        yield problem_at(
            address.place,
            "F801",
            f"{quoted(address.text)} is not a web address that begins with https://.",
            "Write it in full, as in https://shop.example/sale.",
        )
