"""What else Messenger shows in a way of its own: stickers, pictures together, products of Meta's catalogue, utility messages."""

from __future__ import annotations

from app.engine.flow import SayForm, Text
from app.flowfile import limits
from app.flowfile.parts.known import Known
from app.flowfile.parts.shapes import as_items, as_pairs, as_scalar, as_scalars
from app.flowfile.parts.texts import read_text
from app.flowfile.parts.ways import read_url
from app.flowfile.rules import rich as rules
from app.flowfile.rules import structure
from app.flowfile.source.nodes import Node, Pairs, Scalar

RICH_KEYS = ("sticker", "images", "grid", "product", "utility")
GRID_KEYS = ("title", "subtitle", "images")
UTILITY_KEYS = ("template", "language", "values")

PICTURES = "images: [https://shop.example/1.jpg, https://shop.example/2.jpg]"
GRID = f"grid: {{title: Our looks, {PICTURES}}}"
UTILITY = "utility: {template: order_update, language: en_US, values: {order: <order_number>}}"


def read_rich(kind: str, node: Node, known: Known) -> SayForm | None:
    """One of RICH_KEYS."""
    match kind:
        case "sticker":
            return _read_sticker(node, known)
        case "images":
            return _read_images(node, known)
        case "grid":
            return _read_grid(node, known)
        case "product":
            return _read_products(node, known)
        case _:
            return _read_utility(node, known)


def _read_sticker(node: Node, known: Known) -> SayForm | None:
    sticker = as_scalar(node, known.report, "sticker", "sticker: thumbs_up")
    if sticker is None or known.report.take(rules.unknown_sticker(sticker)):
        return None
    return SayForm("sticker", {"sticker": _plain(sticker, known)})


def _read_images(node: Node, known: Known) -> SayForm | None:
    pictures = as_items(node, known.report, "a list of pictures", PICTURES)
    known.report.take(rules.not_so_many_pictures(node, pictures, limits.PICTURES_MIN, limits.PICTURES_MAX))
    read = _addresses(pictures, known)
    return SayForm("images", {}, read) if read else None


def _read_grid(node: Node, known: Known) -> SayForm | None:
    pairs = as_pairs(node, known.report, "a grid of pictures", GRID)
    if pairs is None:
        return None
    known.report.take(structure.unknown_keys(pairs, GRID_KEYS, "a grid of pictures"))
    title, subtitle, images = (pairs.get(key) for key in GRID_KEYS)
    if images is None:
        known.report.take(structure.missing_key(pairs.place, "images", "this grid", GRID))
        return None
    pictures = as_items(images, known.report, "a list of pictures", PICTURES)
    known.report.take(rules.not_so_many_pictures(images, pictures, limits.PICTURES_MIN, limits.GRID_PICTURES_MAX))
    texts = (("title", title, limits.GRID_TITLE), ("subtitle", subtitle, limits.CARD_SUBTITLE))
    fields = {name: text for name, given, limit in texts if given and (text := read_text(given, known, limit))}
    read = _addresses(pictures, known)
    return SayForm("grid", fields, read) if read else None


def _addresses(pictures: tuple[Node, ...], known: Known) -> tuple[dict[str, Text], ...]:
    return tuple({"url": url} for each in pictures if (url := read_url(each, known)))


def _read_products(node: Node, known: Known) -> SayForm | None:
    products = as_scalars(node, known.report, "product", "product: 4915203312345678")
    known.report.take(rules.too_many_products(products))
    good = [each for each in products if not known.report.take(rules.not_a_catalogue_number(each))]
    return SayForm("product", {}, tuple({"id": _plain(each, known)} for each in good)) if good else None


def _read_utility(node: Node, known: Known) -> SayForm | None:
    pairs = as_pairs(node, known.report, "a utility message", UTILITY)
    if pairs is None:
        return None
    known.report.take(structure.unknown_keys(pairs, UTILITY_KEYS, "a utility message"))
    for key in ("template", "language"):
        if pairs.get(key) is None:
            known.report.take(structure.missing_key(pairs.place, key, "this utility message", UTILITY))
    template, language, values = (pairs.get(key) for key in UTILITY_KEYS)
    name = as_scalar(template, known.report, "name of a template", UTILITY) if template else None
    code = as_scalar(language, known.report, "language", UTILITY) if language else None
    read = _read_values(values, known) if values else ()
    if name is None or code is None or known.report.take(rules.not_a_template_name(name)):
        return None
    known.report.take(rules.not_a_template_language(code))
    spoken = read_text(code, known, limits.VALUE)
    return SayForm("utility", {"template": _plain(name, known), "language": spoken}, read) if spoken else None


def _read_values(node: Node, known: Known) -> tuple[dict[str, Text], ...]:
    """What fills the holes of the template: by name, or in their order."""
    if isinstance(node, Pairs):
        read = ((key, read_text(value, known, limits.UTILITY_VALUE)) for key, value in node.entries)
        return tuple({"name": _plain(key, known), "value": text} for key, text in read if text)
    listed = as_items(node, known.report, "values with their names", UTILITY)
    return tuple({"value": text} for each in listed if (text := read_text(each, known, limits.UTILITY_VALUE)))


def _plain(scalar: Scalar, known: Known) -> Text:
    """A word of Meta's, the same in every language."""
    return Text({known.languages[0]: (scalar.text.strip(),)})
