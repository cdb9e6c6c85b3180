"""The products, from every file: their names, and which fields they have. Chooses none of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.engine.flow import PRODUCT_PREFIX, FieldValue, Product, Slot, Text
from app.flowfile import limits
from app.flowfile.parts.known import Known
from app.flowfile.parts.shapes import as_items, as_pairs, as_scalar, as_scalars, date_of, number_of, yes_no_of
from app.flowfile.parts.slot_values import LIST
from app.flowfile.parts.texts import text_of
from app.flowfile.parts.ways import read_address
from app.flowfile.problems import Place
from app.flowfile.rules import money, structure
from app.flowfile.rules import products as rules
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

PRODUCT_KEYS = ("id", "name", "description", "url", "image")
"""Keys with a meaning of their own; any other one is a field that the owner invents."""
NUMBER_FIELDS = ("price", "sale_price", "stock", "rating")
"""Fields that are numbers in every shop."""
PRICES = ("price", "sale_price")
CURRENCY = "currency"

_EXAMPLE = "- {id: silk-shirt, name: Silk shirt, price: 55, url: https://shop.example/p/2}"
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_AS_WRITTEN = re.compile(r"-?0[0-9]")
"""Digits that are no amount: 00123 stays what the owner sees."""


@dataclass(frozen=True, slots=True)
class Fed:
    """What a feed brings: its products, and what kind each of their fields is. `is_elsewhere`: its products are not known here."""

    products: tuple[Product, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class AnyField(Collection[str]):
    """The fields of products that are not known yet: any may be there."""

    known: Collection[str]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.startswith(PRODUCT_PREFIX)

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known) + 1


@dataclass(slots=True)
class _Written:
    """One product as it stands in the file. `fields` are the keys that the owner invents."""

    id: str
    name: Text
    description: Text | None
    url: str
    image: str
    fields: dict[str, Node] = field(default_factory=dict)


def read_products(nodes: Iterable[Node], known: Known, fed: Fed) -> Mapping[str, Product]:
    """The products by id, in their order, those of the feed last; what fields they have is known from now on."""
    written: dict[str, _Written] = {}
    first: dict[str, Place] = {}
    unsure: set[str] = set()
    for node in nodes:
        known.has_products = True
        if not isinstance(node, Items):  # a feed, or what holds for all products: see shop.py
            continue
        for item in as_items(node, known.report, "a list of products", _EXAMPLE):
            pairs = as_pairs(item, known.report, "a product", _EXAMPLE)
            read = _read_product(pairs, first, known) if pairs else None
            unsure.update(_lost(pairs, read) if pairs else ())
            if read:
                written[read.id] = read
    kinds = _kinds_of(written.values())
    products = {each.id: _product(each, kinds, known) for each in written.values()}
    unsure.update(name for name, kind in kinds.items() if fed.kinds.get(name, kind) != kind)
    kinds = {**fed.kinds, **kinds}
    products = {**products, **{each.id: each for each in fed.products if each.id not in products}}
    _learn(products.values(), kinds, known)
    _leave_open(unsure, known)
    if fed.is_elsewhere:
        known.product_names = AnyField(known.product_names)
    return products


def _read_product(pairs: Pairs, first: dict[str, Place], known: Known) -> _Written | None:
    for key in ("id", "name"):
        if pairs.get(key) is None:
            known.report.take(structure.missing_key(pairs.place, key, "this product", _EXAMPLE))
    node, name, description, url, image = (pairs.get(key) for key in PRODUCT_KEYS)
    scalar = _told(name, known, "name", "name: Silk shirt") if name else None
    product_id = _read_id(node, first, known) if node else ""
    title = text_of(scalar, known, limits.CARD_TITLE, ()) if scalar else None
    told = _told(description, known, "description", "description: Cool in summer.") if description else None
    if not product_id or not title:
        return None
    return _Written(
        id=product_id,
        name=title,
        description=text_of(told, known, limits.TEXT, ()) if told else None,
        url=read_address(url, known) if url else "",
        image=read_address(image, known) if image else "",
        fields=dict(_read_fields(pairs, known)),
    )


def _lost(pairs: Pairs, read: _Written | None) -> Iterable[str]:
    """The fields of a product that stand in the file and were not read, because they or the whole product are broken."""
    kept = read.fields if read else {}
    return (key.text for key in pairs.names() if key.text not in PRODUCT_KEYS and key.text not in kept)


def _read_id(node: Node, first: dict[str, Place], known: Known) -> str:
    """The id; empty for one that cannot be told apart."""
    name = _told(node, known, "id", "id: silk-shirt")
    if name is None or known.report.take(rules.bad_product_id(name)):
        return ""
    if name.text in first:
        known.report.take(rules.same_product_twice(name, first[name.text]))
        return ""
    first[name.text] = name.place
    return name.text


def _read_fields(pairs: Pairs, known: Known) -> Iterable[tuple[str, Node]]:
    for key, value in pairs.entries:
        if key.text in PRODUCT_KEYS:
            continue
        if not _FIELD.fullmatch(key.text):
            known.report.take(rules.bad_field_name(key))
        elif _is_value(key, value, known):
            yield key.text, value


def _told(node: Node, known: Known, what: str, example: str) -> Scalar | None:
    """A text that says something; `null`, as other programs write nothing, does not."""
    scalar = as_scalar(node, known.report, what, example)
    return None if scalar is None or known.report.take(structure.nothing_in_other_words(scalar, what)) else scalar


def _is_value(key: Scalar, value: Node, known: Known) -> bool:
    """Whether a field can have this value; what is a number in every shop is one here, and a currency is one alone."""
    if key.text in NUMBER_FIELDS:
        number = number_of(value.text) if isinstance(value, Scalar) else None
        wrong = known.report.take(rules.field_not_a_number(key, value, number is not None))
        return not wrong and (
            key.text not in PRICES or not known.report.take(money.price_below_zero(key, value, number or 0))
        )
    if isinstance(value, Items) and key.text != CURRENCY:
        return True
    scalar = _told(value, known, key.text, f"{key.text}: EUR" if key.text == CURRENCY else f"{key.text}: green")
    return scalar is not None and not (key.text == CURRENCY and known.report.take(money.not_a_currency(scalar)))


def _kinds_of(written: Iterable[_Written]) -> dict[str, str]:
    """What kind each field is: a list if one product has a list there; a number, day or yes_no if every one has one; else a text."""
    nodes: dict[str, list[Node]] = {}
    for product in written:
        for name, node in product.fields.items():
            nodes.setdefault(name, []).append(node)
    return {name: _kind_of(each) for name, each in nodes.items()}


def _kind_of(nodes: list[Node]) -> str:
    if any(isinstance(node, Items) for node in nodes):
        return LIST
    texts = [node.text for node in nodes if isinstance(node, Scalar)]
    if all(number_of(text) is not None and not _AS_WRITTEN.match(text) for text in texts):
        return "number"
    if all(date_of(text) for text in texts):
        return "date"
    return "yes_no" if all(yes_no_of(text) is not None for text in texts) else "text"


def _product(written: _Written, kinds: Mapping[str, str], known: Known) -> Product:
    fields = {name: _value(node, kinds[name], known) for name, node in written.fields.items()}
    return Product(written.id, written.name, written.description, written.url, written.image, fields)


def _value(node: Node, kind: str, known: Known) -> FieldValue:
    scalars = as_scalars(node, known.report, "value", "[Dinner, Party]")
    if kind == LIST:
        return tuple(each.text for each in scalars)
    text = scalars[0].text if scalars else ""
    number, is_so = number_of(text), yes_no_of(text)
    if kind == "number" and number is not None:
        return float(number)
    return is_so if kind == "yes_no" and is_so is not None else text


def _learn(products: Iterable[Product], kinds: Mapping[str, str], known: Known) -> None:
    """Note what can be asked of a product, which words a field can have, and how long a value can become."""
    words: dict[str, dict[str, None]] = {name: {} for name in kinds}
    chars: dict[str, int] = {}
    for product in products:
        texts = {"id": product.id, "url": product.url, "image": product.image, "name": _longest(product.name)}
        texts["description"] = _longest(product.description) if product.description else ""
        for name, value in product.fields.items():
            texts[name] = ", ".join(value) if isinstance(value, tuple) else str(value)
            words.setdefault(name, {}).update(dict.fromkeys(value if isinstance(value, tuple) else (texts[name],)))
        for name, text in texts.items():
            chars[name] = max(chars.get(name, 0), len(text))
    slots = {name: Slot(PRODUCT_PREFIX + name, kind, tuple(words[name])) for name, kind in kinds.items()}
    own = {name: Slot(PRODUCT_PREFIX + name, "text") for name in PRODUCT_KEYS}
    known.product_slots = {PRODUCT_PREFIX + name: slot for name, slot in {**slots, **own}.items()}
    known.product_chars = {PRODUCT_PREFIX + name: each for name, each in chars.items()}


def _leave_open(unsure: Iterable[str], known: Known) -> None:
    """These fields are there, but what they can be is not known: nothing is claimed of them."""
    names = {PRODUCT_PREFIX + name for name in unsure}
    known.product_names = known.product_slots.keys() | names
    known.product_slots = {name: slot for name, slot in known.product_slots.items() if name not in names}


def _longest(text: Text) -> str:
    return max(("".join(map(str, each)) for each in text.by_language.values()), key=len)
