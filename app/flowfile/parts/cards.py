"""Cards, coupons, receipts and requests for feedback in a `say`. Counts and lengths are Messenger's."""

from __future__ import annotations

from dataclasses import replace

from app.engine.flow import SayCard, SayCards, SayForm, Text
from app.flowfile import limits
from app.flowfile.parts.known import Known
from app.flowfile.parts.shapes import as_items, as_pairs
from app.flowfile.parts.texts import read_text
from app.flowfile.parts.ways import read_buttons, read_url
from app.flowfile.rules import cards as rules
from app.flowfile.rules import money, structure
from app.flowfile.source.nodes import Node, Pairs, Scalar

CARD_KEYS = ("title", "subtitle", "image", "url", "buttons")
FORM_KEYS = {
    "coupon": ("title", "subtitle", "code", "url", "image"),
    "receipt": ("order", "name", "currency", "payment", "total", "subtotal", "shipping", "tax", "items"),
    "feedback": ("title", "subtitle", "button", "question", "comment", "privacy"),
}
RECEIPT_ITEM_KEYS = ("title", "quantity", "price", "subtitle", "image")

REQUIRED = {
    "coupon": ("title",),
    "receipt": ("order", "name", "currency", "payment", "total"),
    "feedback": ("title", "button", "question", "privacy"),
}
ADDRESSES = ("url", "image", "privacy")
"""Keys with a web address."""
_VALUES = ("code", "order", "currency", "total", "subtotal", "shipping", "tax", "price", "quantity")
"""What is the same in every language."""
_LIMITS = {
    ("coupon", "title"): limits.CARD_TITLE,
    ("coupon", "subtitle"): limits.CARD_SUBTITLE,
    ("feedback", "title"): limits.FEEDBACK_TITLE,
    ("feedback", "subtitle"): limits.CARD_SUBTITLE,
    ("feedback", "button"): limits.BUTTON_TITLE,
    ("feedback", "question"): limits.FEEDBACK_QUESTION,
    ("feedback", "comment"): limits.FEEDBACK_TITLE,
}
_EXAMPLES = {
    "card": "{card: {title: Gift card, subtitle: From 20 euros, buttons: {Tell me more: gift_card}}}",
    "coupon": "{coupon: {title: 10% off, code: PINE10}}",
    "receipt": "{receipt: {order: <order_number>, name: <first_name>, currency: EUR, payment: Card, total: 55}}",
    "feedback": "{feedback: {title: Rate us, button: Rate, question: Did we help you?, privacy: https://shop.example/privacy}}",
}


def read_cards(key: str, node: Node, known: Known) -> SayCards | None:
    """One card (`card`) or several side by side (`cards`)."""
    items = (node,) if key == "card" else as_items(node, known.report, "a list of cards", "cards: [{title: Gift card}]")
    known.report.take(rules.too_many_cards(items))
    cards = tuple(card for item in items if (card := _read_card(item, known)))
    return SayCards(cards) if cards else None


def marked(said: SayCards, first: int, mark: str) -> SayCards:
    """The cards with keys of their own for their buttons, so that taps tell alike titles of several cards apart."""
    cards = []
    for number, card in enumerate(said.cards, start=first):
        buttons = tuple(replace(each, key=f"{each.key}#{mark}{number}") for each in card.buttons)
        cards.append(replace(card, buttons=buttons))
    return SayCards(tuple(cards))


def _read_card(node: Node, known: Known) -> SayCard | None:
    pairs = as_pairs(node, known.report, "a card", _EXAMPLES["card"])
    if pairs is None:
        return None
    known.report.take(structure.unknown_keys(pairs, CARD_KEYS, "a card"))
    title, subtitle, image, url, buttons = (pairs.get(key) for key in CARD_KEYS)
    if title is None:
        known.report.take(structure.missing_key(pairs.place, "title", "this card", _EXAMPLES["card"]))
    elif not (subtitle or image or url or buttons):
        known.report.take(rules.bare_card(pairs))
    read = read_text(title, known, limits.CARD_TITLE) if title else None
    below = read_text(subtitle, known, limits.CARD_SUBTITLE) if subtitle else None
    picture, page = (read_url(each, known) if each else None for each in (image, url))
    taps = read_buttons(buttons, known, {}) if buttons else ()
    return SayCard(read, below, picture, page, taps) if read else None


def read_form(kind: str, node: Node, known: Known) -> SayForm | None:
    """A coupon, receipt or request for feedback."""
    pairs = as_pairs(node, known.report, f"a {kind}", _EXAMPLES[kind])
    if pairs is None:
        return None
    known.report.take(structure.unknown_keys(pairs, FORM_KEYS[kind], f"a {kind}"))
    for key in REQUIRED[kind]:
        if pairs.get(key) is None:
            known.report.take(structure.missing_key(pairs.place, key, f"this {kind}", _EXAMPLES[kind]))
    if kind == "coupon":
        known.report.take(rules.coupon_without_use(pairs))
    elif kind == "receipt":
        _look_at_money(pairs, known)
    fields = _read_fields(kind, pairs, known)
    items = pairs.get("items") if kind == "receipt" else None
    return SayForm(kind, fields, _read_items(items, known) if items else ())


def _look_at_money(pairs: Pairs, known: Known) -> None:
    """The currency, sums and quantities of a receipt, or of one of its lines, where they are written and not filled by slots."""
    looked_at = {"currency": money.not_a_currency, "quantity": money.not_a_quantity}
    looked_at |= dict.fromkeys(("total", "subtotal", "shipping", "tax", "price"), money.not_an_amount)
    for key, value in pairs.entries:
        if key.text in looked_at and isinstance(value, Scalar) and value.text.strip() and "<" not in value.text:
            known.report.take(looked_at[key.text](value))


def _read_fields(kind: str, pairs: Pairs, known: Known) -> dict[str, Text]:
    fields: dict[str, Text] = {}
    for key, value in pairs.entries:
        if key.text not in FORM_KEYS[kind] or key.text == "items":
            continue
        text = _read_field(kind, key.text, value, known)
        if text:
            fields[key.text] = text
    return fields


def _read_field(kind: str, key: str, node: Node, known: Known) -> Text | None:
    if key in ADDRESSES:
        return read_url(node, known)
    return read_text(node, known, limit_of(kind, key))


def limit_of(kind: str, key: str) -> limits.Limit:
    """What the text of this key is held to."""
    return limits.VALUE if key in _VALUES else _LIMITS.get((kind, key), limits.TEXT)


def _read_items(node: Node, known: Known) -> tuple[dict[str, Text], ...]:
    example = "items: [{title: Silk shirt, price: 55}]"
    lines: list[dict[str, Text]] = []
    for item in as_items(node, known.report, "a list of what was bought", example):
        pairs = as_pairs(item, known.report, "a line of the receipt", example)
        if pairs is None:
            continue
        known.report.take(structure.unknown_keys(pairs, RECEIPT_ITEM_KEYS, "a line of the receipt"))
        if pairs.get("title") is None:
            known.report.take(structure.missing_key(pairs.place, "title", "this line of the receipt", example))
        _look_at_money(pairs, known)
        line = _read_line(pairs, known)
        lines += [line] if "title" in line else []
    return tuple(lines)


def _read_line(pairs: Pairs, known: Known) -> dict[str, Text]:
    line: dict[str, Text] = {}
    for key, value in pairs.entries:
        if key.text in RECEIPT_ITEM_KEYS:
            text = _read_field("item", key.text, value, known)
            line.update({key.text: text} if text else {})
    return line
