"""`anywhere`: what is tried on every free message, top to bottom, and `else`."""

from __future__ import annotations

from app.engine.flow import Anywhere
from app.flowfile.parts.known import Known
from app.flowfile.parts.shapes import as_items, as_pairs, as_scalar, as_scalars
from app.flowfile.parts.states import read_topic
from app.flowfile.parts.texts import phrases_of
from app.flowfile.parts.ways import read_target
from app.flowfile.rules import products as rules
from app.flowfile.rules import structure, values
from app.flowfile.source.nodes import Node, Pairs, Scalar

WAYS_IN = ("hear", "gives", "attachment", "faq", "products", "else")
SELF_ANSWERING = ("else", "faq", "products")
"""Ways in that need no `goto`: what they find is the answer."""
ATTACHMENTS = ("any", "image", "video", "audio", "file", "place")
_EXAMPLE = "- {hear: [human, person], goto: person}"


def read_anywhere(node: Node | None, known: Known) -> tuple[tuple[Anywhere, ...], str]:
    """The entries in order, and the target of `else`."""
    items = as_items(node, known.report, "a list", _EXAMPLE) if node else ()
    entries: list[Anywhere] = []
    otherwise = ""
    for index, item in enumerate(items):
        pairs = as_pairs(item, known.report, "an entry of anywhere", _EXAMPLE)
        if pairs is None:
            continue
        _look_at_keys(pairs, known)
        if fallback := pairs.get("else"):
            otherwise = read_target(fallback, known)
            known.report.take(structure.rule_never_reached(items[index + 1]) if index + 1 < len(items) else ())
        elif entry := _read_entry(pairs, known):
            entries.append(entry)
    return tuple(entries), otherwise


def _look_at_keys(pairs: Pairs, known: Known) -> None:
    report = known.report
    report.take(structure.unknown_keys(pairs, (*WAYS_IN, "goto"), "anywhere"))
    ways_in = [key for key in pairs.names() if key.text in WAYS_IN]
    if not ways_in:
        report.take(structure.missing_key(pairs.place, "hear", "this entry of anywhere", _EXAMPLE))
    elif ways_in[0].text not in SELF_ANSWERING and pairs.key("goto") is None:
        report.take(structure.missing_key(pairs.place, "goto", "this entry of anywhere", _EXAMPLE))
    if pairs.key("faq") and (goto := pairs.key("goto")):
        report.take(structure.goto_beside_faq(goto))
    elif pairs.key("products") and (goto := pairs.key("goto")):
        report.take(structure.goto_beside_suggest(goto))
    report.take(structure.two_ways_in(ways_in))


def _read_entry(pairs: Pairs, known: Known) -> Anywhere | None:
    goto, hear, gives, attachment = (pairs.get(key) for key in ("goto", "hear", "gives", "attachment"))
    target = read_target(goto, known) if goto else ""
    if hear:
        scalars = as_scalars(hear, known.report, "phrase", "[human, person]")
        phrases = (phrase for scalar in scalars for phrase in phrases_of(scalar, known))
        return Anywhere(target, hear=tuple(dict.fromkeys(phrases)))
    if faq := pairs.get("faq"):
        topic = read_topic(faq, known)
        return Anywhere("", faq=topic) if topic else None
    if products := pairs.get("products"):
        return _read_products(products, pairs, known)
    if gives:
        return Anywhere(target, gives=_read_gives(gives, known))
    return Anywhere(target, attachment=_read_attachment(attachment, known)) if attachment else None


def _read_products(node: Node, pairs: Pairs, known: Known) -> Anywhere | None:
    key = pairs.key("products")
    scalar = as_scalar(node, known.report, "word", "products: all")
    if scalar is None or key is None:
        return None
    if scalar.text != "all":
        known.report.take(values.wrong_value(scalar.place, scalar.text, "a choice of products", "products: all"))
        return None
    return None if not known.has_products and known.report.take(rules.no_products(key)) else Anywhere("", products=True)


def _read_gives(node: Node, known: Known) -> str:
    scalar = as_scalar(node, known.report, "slot", "gives: order_number")
    if scalar is None or known.report.take(values.unknown_slot(scalar.place, scalar.text, known.slot_names)):
        return ""
    slot = known.slots.get(scalar.text)
    if slot and slot.kind == "text" and not slot.pattern:
        known.report.take(values.gives_everything(scalar))
    return scalar.text


def _read_attachment(node: Node, known: Known) -> str:
    scalar = as_scalar(node, known.report, "kind of file", "attachment: any")
    if scalar is None:
        return ""
    if scalar.text not in ATTACHMENTS:
        _refuse_kind(scalar, known)
        return ""
    return scalar.text


def _refuse_kind(scalar: Scalar, known: Known) -> None:
    known.report.take(
        values.wrong_value(scalar.place, scalar.text, f"one of {', '.join(ATTACHMENTS)}", "attachment: any")
    )
