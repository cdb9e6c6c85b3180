"""The products whose cards the customer saw last, and what their fields make of a button. Shows nothing itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from app.engine.choose import nearest
from app.engine.conditions import names_in
from app.engine.draft import Draft
from app.engine.effects import Option
from app.engine.fill import fill, with_parameters
from app.engine.flow import DISLIKE, LIKE, PRICE_NOW, PRODUCT_PREFIX, Choice, Flow, Placeholder, Product, Text
from app.engine.fold import fold
from app.wares import price_now, sale_holds

TASTES = (LIKE, DISLIKE)
SALE_PRICE = f"{PRODUCT_PREFIX}sale_price"


def values_of(flow: Flow, product: Product, language: str, now: datetime) -> Mapping[str, Any]:
    """The product's fields by the names that texts and conditions use."""
    url = with_parameters(product.url, flow.shop.links)
    texts = {"id": product.id, "url": url, "image": product.image, "name": _plain(flow, product.name, language)}
    if product.description:
        texts["description"] = _plain(flow, product.description, language)
    values: dict[str, Any] = {f"{PRODUCT_PREFIX}{name}": value for name, value in {**product.fields, **texts}.items()}
    if (price := price_now(product.fields, now)) is not None:
        values[PRICE_NOW] = price
    if not sale_holds(product.fields, now):
        values.pop(SALE_PRICE, None)
    return values


def _plain(flow: Flow, text: Text, language: str) -> str:
    """A text of a product: no placeholder stands in it."""
    template = text.by_language.get(language) or text.by_language[flow.languages[0]]
    return "".join(map(str, template))


@contextmanager
def beside(draft: Draft, product: Product, language: str = "") -> Iterator[None]:
    """Within it, texts and conditions know the fields of this product."""
    draft.product = values_of(draft.flow, product, language or draft.language, draft.now)
    try:
        yield
    finally:
        draft.product = {}


OF = "\x1f"
"""Between a button's key and the product on whose card it stands; no title holds it."""


def on_card(option: Option, choice: Choice, product: Product) -> Option:
    """The button of one card: what is liked or not is this product."""
    if choice.to not in TASTES or option.tap is None:
        return option
    return Option(option.title, tap=(option.tap[0], f"{option.tap[1]}{OF}{product.id}"))


def needs_product(choice: Choice) -> bool:
    """Whether a button is nothing without the product on whose card it stands: it names a field, or is a taste."""
    condition = names_in(choice.condition) if choice.condition else ()
    return choice.to in TASTES or names_field(choice.title) or names_field(choice.url) or any(map(_is_field, condition))


def names_field(text: Text | None) -> bool:
    """Whether a field of a product stands in a text."""
    parts = (part for template in text.by_language.values() for part in template) if text else ()
    return any(isinstance(part, Placeholder) and _is_field(part.name) for part in parts)


def _is_field(name: str) -> bool:
    return name.startswith(PRODUCT_PREFIX)


def named(draft: Draft) -> tuple[Product, ...]:
    """Those that a message named, shown since the last suggestion."""
    return _known(draft, draft.named)


def cards_with(draft: Draft, choice: Choice) -> tuple[Product, ...]:
    """The products shown last, in a state that suggests some, on whose cards this button of the state stands."""
    if not draft.state or draft.here.suggest is None or choice not in draft.here.buttons:
        return ()
    suggested = draft.screen if draft.state == draft.showing else ()
    return tuple(each for each in _known(draft, (*draft.named, *suggested)) if _is_on(draft, choice, each))


def _is_on(draft: Draft, choice: Choice, product: Product) -> bool:
    with beside(draft, product):
        return draft.holds(choice.condition)


def _known(draft: Draft, ids: tuple[str, ...]) -> tuple[Product, ...]:
    """Those that the flow still has, each once."""
    return tuple(draft.flow.products[each] for each in dict.fromkeys(ids) if each in draft.flow.products)


def titles(draft: Draft, choice: Choice, language: str) -> list[str]:
    """A button's title in this language, once for each of its cards, as `fold` gives it."""
    return [title_on(draft, choice, each, language) for each in cards_with(draft, choice)]


def title_on(draft: Draft, choice: Choice, product: Product, language: str) -> str:
    template = choice.title.by_language[language]
    with beside(draft, product, language):
        return fold(fill(template, draft.values(template)))


def meant(draft: Draft, choice: Choice, folded: str) -> tuple[Product, ...]:
    """Of the cards with this button those whose product the typed title names; all those shown last, if it names none."""
    cards = cards_with(draft, choice)
    if not names_field(choice.title):
        last = named(draft)
        return tuple(each for each in cards if each in last) or cards
    written = [[title_on(draft, choice, each, language) for language in choice.title.by_language] for each in cards]
    return tuple(cards[place] for place in nearest(folded, written)) or cards
