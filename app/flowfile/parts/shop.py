"""`products` where it is no list: the feed from which they come, and what holds for all of them. Opens no file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from app.engine.flow import Text
from app.engine.goods import IMPORTED, Product, Shop
from app.flowfile import limits
from app.flowfile.parts.known import Known
from app.flowfile.parts.products import Fed
from app.flowfile.parts.shapes import as_duration, as_items, as_pairs, as_scalar, as_scalars
from app.flowfile.rules import products as rules
from app.flowfile.rules import structure, values
from app.flowfile.source.folder import feed_name, is_feed_file
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

if TYPE_CHECKING:
    from app.catalogue.item import Item
    from app.flowfile.feeds.read import Summary
    from app.flowfile.feeds.shapes import FeedError

SHOP_KEYS = ("feed", "refresh", "links", "synonyms", "images")
IMAGES = ("wide", "square")

FEEDS_KEPT_MAX = 2
"""Feeds that stay read while their bytes stay the same: an owner who changes a sentence does not wait for his products."""

_EXAMPLE = "{feed: products.csv, links: {utm_source: messenger}}"
_LINK_WORD = re.compile(r"[A-Za-z0-9_.~-]{1,50}")
_LINK_VALUE_CHARS_MAX = 200


def read_shop(nodes: Sequence[Node], feeds: Mapping[str, bytes | None], known: Known) -> tuple[Shop, Fed]:
    """What the owner says about all products, and those of the feed. `feeds`: the bytes of the folder's own."""
    shop, fed, found = Shop(), Fed(), 0
    for node in nodes:
        if isinstance(node, Items):
            continue
        shop = _read_parts(node, shop, known) if isinstance(node, Pairs) else shop
        feed = feed_name(node)
        if feed is None or feed.is_missing():
            known.report.take(structure.missing_value(node, "value") if isinstance(node, Scalar) else ())
            continue
        found += 1
        if found > 1:
            known.report.take(rules.second_feed(feed))
            continue
        shop = replace(shop, feed=feed.text)
        fed = _feed(feed, feeds, known)
    return shop, fed


def _read_parts(pairs: Pairs, shop: Shop, known: Known) -> Shop:
    report = known.report
    report.take(structure.unknown_keys(pairs, SHOP_KEYS, "products"))
    report.take(structure.key_without_partner(pairs, "refresh", "feed"))
    feed, refresh, links, synonyms, images = (pairs.get(key) for key in SHOP_KEYS)
    if feed is not None:
        as_scalar(feed, report, "feed", _EXAMPLE)
    length = as_duration(refresh, report) if refresh else None
    return replace(
        shop,
        refresh=length or shop.refresh,
        links=_read_links(links, known) if links else shop.links,
        synonyms=(*shop.synonyms, *_read_synonyms(synonyms, known)) if synonyms else shop.synonyms,
        square=_read_images(images, known) if images else shop.square,
    )


def _read_links(node: Node, known: Known) -> Mapping[str, str]:
    pairs = as_pairs(node, known.report, "words with their values", "links: {utm_source: messenger}")
    links: dict[str, str] = {}
    for key, value in pairs.entries if pairs else ():
        scalar = as_scalar(value, known.report, "value", "links: {utm_source: messenger}")
        if scalar is None:
            continue
        fits = (
            _LINK_WORD.fullmatch(key.text)
            and len(scalar.text) <= _LINK_VALUE_CHARS_MAX
            and len(links) < limits.LINK_WORDS_MAX
        )
        if not fits or not scalar.text.isprintable():
            known.report.take(
                values.wrong_value(key.place, key.text, "a word of a web address", "links: {utm_source: messenger}")
            )
        else:
            links[key.text] = scalar.text
    return links


def _read_synonyms(node: Node, known: Known) -> Iterable[tuple[str, ...]]:
    example = "synonyms: [[sneakers, trainers], [bag, handbag]]"
    groups = as_items(node, known.report, "a list of lists of words", example)
    for group in groups[: limits.SYNONYMS_MAX]:
        if not isinstance(group, Items):
            known.report.take(structure.wrong_shape(group, "a list of words that mean the same", example))
            continue
        yield tuple(each.text for each in as_scalars(group, known.report, "word", example))


def _read_images(node: Node, known: Known) -> bool:
    scalar = as_scalar(node, known.report, "word", "images: square")
    if scalar and scalar.text not in IMAGES:
        known.report.take(values.wrong_value(scalar.place, scalar.text, "wide or square", "images: square"))
    return bool(scalar and scalar.text == "square")


# ---- the feed ----------------------------------------------------------------------------------------------


def _feed(feed: Scalar, feeds: Mapping[str, bytes | None], known: Known) -> Fed:
    from app.flowfile.feeds.kinds import kinds_of, typed

    if feed.text == IMPORTED or feed.text.startswith("https://"):
        return Fed(kinds=kinds_of({}), is_elsewhere=True)
    if not is_feed_file(feed.text):
        known.report.take(rules.not_a_feed(feed))
        return Fed(is_elsewhere=True)
    raw = feeds.get(feed.text)
    if raw is None:
        known.report.take(rules.feed_unopened(feed))
        return Fed(is_elsewhere=True)
    items, summary, why = _read_bytes(raw)
    if why is not None:
        known.report.take(rules.feed_unreadable(feed, str(why), why.hint))
        return Fed(is_elsewhere=True)
    known.report.take(rules.broken_rows(feed.text, summary.told, summary.broken + summary.mended))
    kinds = kinds_of(summary.kinds)
    return Fed(tuple(_translated(product_of(typed(each, kinds), known.languages[0]), known) for each in items), kinds)


def _translated(product: Product, known: Known) -> Product:
    """The product with its name and description in other languages, where the owner translated them."""
    if not known.translations:
        return product
    description = _in_all(product.description, known) if product.description else None
    return replace(product, name=_in_all(product.name, known), description=description)


def _in_all(text: Text, known: Known) -> Text:
    """A text of a feed with its translations; a placeholder in one is what it looks like."""
    ((language, template),) = text.by_language.items()
    original = "".join(map(str, template))
    others = known.translations.get(original)
    if not others:
        return text
    known.fed.add(original)
    written = {name: (scalar.text,) for name, scalar in others.items() if scalar.text}
    return Text({language: template, **written})


@lru_cache(maxsize=FEEDS_KEPT_MAX)
def _read_bytes(raw: bytes) -> tuple[tuple[Item, ...], Summary, FeedError | None]:
    from app.flowfile.feeds.read import Summary, read_feed
    from app.flowfile.feeds.shapes import FeedError

    summary = Summary()
    try:
        return tuple(read_feed(io.BytesIO(raw), summary)), summary, None
    except FeedError as error:
        return (), summary, error


def product_of(item: Item, language: str) -> Product:
    """A product of a feed as the engine knows it: its texts are in the shop's own language."""
    description = Text({language: (item.description,)}) if item.description else None
    return Product(item.id, Text({language: (item.name,)}), description, item.url, item.image, item.fields)
