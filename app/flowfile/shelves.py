"""The products of a flow, ready to be searched: made once for a flow, before it goes live where a server does so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from app.engine.flow import Flow, Product, Text
from app.flowfile.parts.shop import product_of

if TYPE_CHECKING:
    from app.catalogue.item import Item
    from app.catalogue.shelf import Shelf

SHELF = "shelf"
"""Where a flow keeps it, among its searches."""


class Stock(Mapping[str, Product]):
    """Products by id: those that the owner wrote, then those on a shelf, each made when it is asked for."""

    def __init__(self, written: Mapping[str, Product], shelf: Shelf, language: str) -> None:
        self.written = written
        self._shelf, self._language = shelf, language

    def __getitem__(self, name: str) -> Product:
        if name in self.written:
            return self.written[name]
        return product_of(self._shelf.item(self._shelf.places[name]), self._language)

    def __contains__(self, name: object) -> bool:
        return name in self.written or name in self._shelf.places

    def __iter__(self) -> Iterator[str]:
        return iter(self._shelf.ids)

    def __len__(self) -> int:
        return len(self._shelf)


def shelf(flow: Flow) -> Shelf:
    """The flow's products. Two threads may make it at the same time; one of the two is kept."""
    if SHELF not in flow.searches:
        from app.catalogue.shelf import shelf_of

        items = (item_of(each) for each in flow.products.values())
        flow.searches.setdefault(SHELF, shelf_of(items, flow.languages, flow.shop.synonyms))
    made: Shelf = flow.searches[SHELF]
    return made


def prepare(flow: Flow) -> None:
    """Make what this flow's suggestions need, so that no customer waits for it. Nothing for a flow without products."""
    if flow.products:
        from app.catalogue.ask import ask
        from app.flowfile.choosing import query_of

        made = shelf(flow)
        ask(made, "ready", flow.languages, query_of(made, {}, 1))


def item_of(product: Product) -> Item:
    """A product as the catalogue knows it, to be found by its words in every language."""
    from app.catalogue.item import Item

    name, *names = _plain(product.name)
    description, *descriptions = _plain(product.description) if product.description else [""]
    return Item(
        product.id, name, description, product.url, product.image, product.fields, tuple(names), tuple(descriptions)
    )


def _plain(text: Text) -> list[str]:
    """A text of a product in every language, the first one first; no placeholder stands in it."""
    return ["".join(map(str, template)) for template in text.by_language.values()]


def stocked(flow: Flow, products: Iterator[Item]) -> Flow:
    """The flow with these products of its feed beside those that its owner wrote; what was made for its FAQ is kept."""
    from app.catalogue.shelf import Builder

    written = flow.products.written if isinstance(flow.products, Stock) else flow.products
    builder = Builder(flow.languages, flow.shop.synonyms)
    for each in written.values():
        builder.add(item_of(each))
    for item in products:
        builder.add(item)
    made = builder.finish()
    filled = replace(flow, products=Stock(written, made, flow.languages[0]))
    filled.searches.update({name: each for name, each in flow.searches.items() if name.startswith("faq")})
    filled.searches[SHELF] = made
    return filled
