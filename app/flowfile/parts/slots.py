"""`slots`: what the bot may remember, each with its type. Never reads what customers type; the engine does."""

from __future__ import annotations

from app.engine.flow import Slot, Text
from app.flowfile import limits
from app.flowfile.parts.known import Known
from app.flowfile.parts.shapes import as_duration, as_number, as_scalar, as_scalars, as_yes_no, date_of
from app.flowfile.parts.texts import read_text, sentence_of, text_of
from app.flowfile.problems import any_of
from app.flowfile.rules import limits as limit_rules
from app.flowfile.rules import structure, values, yaml
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

KINDS = ("text", "number", "yes_no", "email", "phone", "date", "photo", "place")
SLOT_KEYS = ("type", "min", "max", "pattern", "hint", "keep", "private")
_EXAMPLE = "text, or a list of words"
_TOO_MANY = f"a bot may have {limits.PATTERNS_MAX} patterns, and these are more"


def read_slots(pairs: Pairs, known: Known) -> None:
    """Fill `known.slots`; a slot that is broken is left out, its name stays in `known.slot_names`."""
    for key, value in pairs.entries:
        known.report.take(structure.bad_name(key, "slot", structure.RESERVED_SLOTS))
        slot = _read_slot(key, value, known)
        if slot is not None:
            known.slots[key.text] = slot


def _read_slot(key: Scalar, node: Node, known: Known) -> Slot | None:
    if not isinstance(node, Pairs):
        return _of_type(key.text, node, known)
    known.report.take(structure.unknown_keys(node, SLOT_KEYS, "a slot"))
    kind_node = node.get("type")
    if kind_node is None:
        known.report.take(structure.missing_key(node.place, "type", f"the slot {key.text}", "type: number"))
        return None
    slot = _of_type(key.text, kind_node, known)
    return _with_options(slot, node, known) if slot else None


def _of_type(name: str, node: Node, known: Known) -> Slot | None:
    """The slot without its options: a kind's name, or a list of words."""
    if isinstance(node, Items):
        return _choice_slot(name, node, known)
    scalar = as_scalar(node, known.report, "type", _EXAMPLE)
    if scalar is None:
        return None
    if scalar.text not in KINDS:
        what = f"a type of slot; there are {any_of(KINDS)} and a list of words"
        known.report.take(values.wrong_value(scalar.place, scalar.text, what, "text or [Work, Party]"))
        return None
    return Slot(name, scalar.text)


def _choice_slot(name: str, node: Items, known: Known) -> Slot | None:
    words = as_scalars(node, known.report, "word", "[Work, Party]")
    known.report.take(limit_rules.too_many_choices(words))
    titles: dict[str, Text] = {}
    places: dict[str, Scalar] = {}
    for word in words[: limits.CHOICES_MAX]:
        value = sentence_of(word.text)
        known.report.take(yaml.doubled_key(word, places[value].place) if value in places else ())
        places.setdefault(value, word)
        titles.setdefault(value, text_of(word, known, limits.CHOICE_TITLE, ()))
    return Slot(name, "choice", values=tuple(titles), titles=titles) if titles else None


def _with_options(slot: Slot, node: Pairs, known: Known) -> Slot:
    hint, keep, private = node.get("hint"), node.get("keep"), node.get("private")
    minimum, maximum = _bounds(slot, node, known)
    return Slot(
        slot.name,
        slot.kind,
        values=slot.values,
        titles=slot.titles,
        minimum=minimum,
        maximum=maximum,
        pattern=_pattern(slot, node, known),
        hint=read_text(hint, known, limits.TEXT) if hint else None,
        keep=as_duration(keep, known.report) if keep else None,
        private=bool(as_yes_no(private, known.report)) if private else False,
    )


Bound = float | str | None


def _bounds(slot: Slot, node: Pairs, known: Known) -> tuple[Bound, Bound]:
    """`min` and `max`, which may not cross."""
    minimum, maximum = _bound(slot, node, "min", known), _bound(slot, node, "max", known)
    numbers_cross = isinstance(minimum, (int, float)) and isinstance(maximum, (int, float)) and minimum > maximum
    dates_cross = isinstance(minimum, str) and isinstance(maximum, str) and minimum > maximum
    if numbers_cross or dates_cross:
        known.report.take(values.bounds_crossed(node.place, minimum, maximum))
    return minimum, maximum


def _bound(slot: Slot, node: Pairs, key_name: str, known: Known) -> Bound:
    """`min` or `max`: a number for numbers, a date for dates."""
    value, key = node.get(key_name), node.key(key_name)
    if value is None or key is None:
        return None
    if slot.kind == "number":
        return as_number(value, known.report)
    if slot.kind == "date":
        scalar = as_scalar(value, known.report, "date", "2026-12-25")
        if scalar and date_of(scalar.text) is None:
            known.report.take(values.wrong_value(scalar.place, scalar.text, "a date", "2026-12-25"))
        return scalar.text if scalar and date_of(scalar.text) else None
    what = f"A slot of the type {slot.kind} has no {key_name}."
    known.report.take(values.type_mismatch(key.place, what, f"Take {key_name} out, or write type: number."))
    return None


def _pattern(slot: Slot, node: Pairs, known: Known) -> str:
    value, key = node.get("pattern"), node.key("pattern")
    if value is None or key is None:
        return ""
    if slot.kind != "text":
        what = f"A slot of the type {slot.kind} has no pattern."
        known.report.take(values.type_mismatch(key.place, what, "Take the pattern out, or write type: text."))
        return ""
    scalar = as_scalar(value, known.report, "pattern", '"[0-9]{5,8}"')
    if scalar is None:
        return ""
    known.patterns_read += 1
    why = _refused(scalar.text) if known.patterns_read <= limits.PATTERNS_MAX else _TOO_MANY
    return "" if known.report.take(values.broken_pattern(scalar, why) if why else ()) else scalar.text


def _refused(pattern: str) -> str:
    """Why RE2 does not take this pattern; nothing if it does."""
    if len(pattern) > limits.PATTERN_CHARS_MAX:
        return f"it is longer than {limits.PATTERN_CHARS_MAX} characters"
    import re2

    options = re2.Options()
    options.max_mem = limits.PATTERN_BYTES_MAX
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    return ""
