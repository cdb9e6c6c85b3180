"""Makes cards of products: names, prices as people write them, and what was looked for in vain. Shows nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

from app.engine.draft import Draft
from app.engine.effects import Card, Option
from app.engine.fill import with_parameters
from app.engine.flow import Product
from app.engine.money import money_text
from app.engine.slots import price_number, value_text
from app.wares import is_sold_out, price_now

AMOUNTS = ("under", "over", "about")
"""Wishes whose value is a price."""


def card_of(draft: Draft, product: Product, buttons: tuple[Option, ...]) -> Card:
    """The product's name, price and description, its picture and its page; a channel makes a text of a card without all of these."""
    title = draft.text(product.name)
    description = draft.text(product.description) if product.description else ""
    gone = draft.sentence("sold_out") if is_sold_out(product.fields) else ""
    subtitle = " · ".join(each for each in (price_line(draft, product), gone, description) if each)
    price = price_now(product.fields, draft.now)
    if not (subtitle or product.url or product.image or buttons) and price is not None:
        subtitle = price_number(price, draft.language)
    url = with_parameters(product.url, draft.flow.shop.links)
    return Card(title, subtitle, product.image, url, buttons, product.id)


def price_line(draft: Draft, product: Product) -> str:
    """What is to be paid, and beside a sale price what was; empty where the product says no currency."""
    currency, price = product.fields.get("currency"), product.fields.get("price")
    now = price_now(product.fields, draft.now)
    if now is None or not isinstance(currency, str) or not isinstance(price, float):
        return ""
    text = money_text(now, currency, draft.language)
    if now == price:
        return text
    return draft.sentence("was").format(now=text, before=money_text(price, currency, draft.language))


# ---- what nothing was found for ----------------------------------------------------------------------------


def close_text(draft: Draft, dropped: Sequence[tuple[str, str]]) -> str:
    """That nothing fits these wishes, and that what follows comes close; empty if none was dropped."""
    said = [text for kind, value in dropped if (text := _wish_text(draft, kind, value))]
    return draft.sentence("close").format(wishes=" ".join(said)) if said else ""


def vain_text(draft: Draft, wishes: Sequence[tuple[str, str]]) -> str:
    """That nothing fits, with the wishes that nothing fulfils."""
    said = [text for kind, value in wishes if (text := _wish_text(draft, kind, value))]
    return draft.sentence("nothing_like").format(wishes=" ".join(said)) if said else draft.sentence("nothing_fits")


def _wish_text(draft: Draft, kind: str, value: str) -> str:
    """One wish in the customer's language: "under 30", "in red"."""
    if kind in AMOUNTS:
        return draft.sentence(kind).format(value=price_number(float(value), draft.language))
    if kind == "between":
        low, _, high = value.partition("-")
        return draft.sentence(kind).format(
            low=price_number(float(low), draft.language), high=price_number(float(high), draft.language)
        )
    if kind in ("gender", "age"):
        return draft.sentence(value)
    if kind == "other":  # the value is the name of a slot
        said = value_text(draft.slot(value), draft.slots.get(value), draft.language)
        return draft.sentence(kind).format(value=said) if said else ""
    return draft.sentence(kind).format(value=value)
