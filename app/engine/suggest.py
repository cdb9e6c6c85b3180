"""Suggests products: what is wished for becomes a search, what is found becomes cards. Chooses nothing itself."""

from __future__ import annotations

import json

from app.engine import screen, show
from app.engine.conditions import names_in
from app.engine.draft import Draft
from app.engine.effects import Card, Message, Option, Search
from app.engine.finders import Found
from app.engine.flow import BACK, END, MORE, Choice, Product, State, Suggest, Text
from app.engine.fold import fold
from app.engine.slots import price_number

SHOWN_MAX = 200
"""Products that one customer is shown in a state before that was all: twenty screens of ten."""

SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF"}
"""How prices name their currency; others are named by their code."""


def show_products(draft: Draft, state: State, *, more: bool) -> bool:
    """Show the products that come next as cards; False if there is none. Without `more` it begins anew, with what the state says."""
    if not more or draft.showing != state.name:
        match = state.suggest.match if state.suggest else None
        draft.showing, draft.shown, draft.wish = state.name, (), fold(draft.text(match)) if match else ""
        draft.screen = ()
    products = _next(draft, state) if len(draft.shown) < SHOWN_MAX else ()
    if not products:
        return False
    draft.screen, draft.named = tuple(each.id for each in products), ()
    draft.shown += draft.screen
    draft.note("suggested " + ", ".join(draft.screen))
    messages = [] if more else show.said(draft, state.say)
    cards = tuple(_card(draft, state, each) for each in products)
    draft.say(
        show.add_choices(draft, [*messages, Message(cards=cards)], show.options(draft, state.name, state.choices))
    )
    return True


def say_none(draft: Draft, state: State, *, more: bool) -> None:
    """Say that nothing fits, or that this was all; with the state's other ways on, unless `none` leads on.

    A button that is about the product on its card is no way on without one.
    """
    draft.note("no more products" if more else "no product fits")
    if state.none not in ("", END, BACK) and not more:
        return
    ways = (each for each in (*state.choices, *state.buttons) if each.to not in ("", MORE))
    left = tuple(each for each in ways if not screen.needs_product(each))
    options = () if state.none else show.options(draft, state.name, left)
    draft.say((Message(draft.sentence("no_more" if more else "nothing_fits"), choices=options[: show.CHOICES_MAX]),))


def _next(draft: Draft, state: State) -> tuple[Product, ...]:
    assert state.suggest is not None
    found: Found = draft.find(Search("suggest", _wish(draft, state.suggest), state.name))
    return tuple(draft.flow.products[each] for each in found.unsure if each in draft.flow.products)


def _wish(draft: Draft, suggest: Suggest) -> str:
    """What the search must know of this customer, as JSON: only what the conditions look at."""
    conditions = [each.condition for each in suggest.prefer if each.condition]
    conditions += [suggest.where] if suggest.where else []
    names = frozenset[str]().union(*map(names_in, conditions))
    facts = draft.facts(names)
    known = {name: facts[name] for name in sorted(names) if name in facts}
    return json.dumps({"facts": known, "match": draft.wish, "shown": draft.shown})


def leads_outside(draft: Draft, choice: Choice, folded: str) -> tuple[Message, ...]:
    """The addresses that a button of the cards shown last leads to, for somebody who typed its title."""
    if choice.url is None or not screen.names_field(choice.url):
        return ()
    lines = [_line(draft, each, choice.url) for each in screen.meant(draft, choice, folded)]
    found = [line for line in lines if line]
    return (Message("\n".join(found)),) if found else ()


def _line(draft: Draft, product: Product, url: Text) -> str:
    with screen.beside(draft, product):
        address = draft.url(url)
    return address_line(draft, product, address)


def address_line(draft: Draft, product: Product, address: str) -> str:
    """Where a product is to be seen, in words; empty without an address."""
    return f"{draft.text(product.name)}: {address}" if address else ""


# ---- cards -------------------------------------------------------------------------------------------------


def _card(draft: Draft, state: State, product: Product) -> Card:
    """The product with the state's buttons, in which its fields may stand."""
    with screen.beside(draft, product):
        buttons = show.options(draft, state.name, state.buttons)[: show.BUTTONS_MAX]
    return card_of(draft, product, buttons)


def card_of(draft: Draft, product: Product, buttons: tuple[Option, ...]) -> Card:
    """The product's name, price and description, its picture and its page; a channel makes a text of a card without all of these."""
    title = draft.text(product.name)
    description = draft.text(product.description) if product.description else ""
    subtitle = " · ".join(each for each in (price_text(product, draft.language), description) if each)
    price = product.fields.get("price")
    if not (subtitle or product.url or product.image or buttons) and isinstance(price, float):
        subtitle = price_number(price, draft.language)
    return Card(title, subtitle, product.image, product.url, buttons, product.id)


def price_text(product: Product, language: str) -> str:
    """The price as people write it, where the product says in what currency: €55, 55 €. Empty without one."""
    price, currency = product.fields.get("price"), product.fields.get("currency")
    if not isinstance(price, float) or not isinstance(currency, str):
        return ""
    number, sign = price_number(price, language), SIGNS.get(currency.upper(), currency.upper())
    in_front = language.startswith("en") and len(sign) == 1
    return f"{sign}{number}" if in_front else f"{number} {sign}"
