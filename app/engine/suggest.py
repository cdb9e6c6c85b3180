"""Suggests products: what is wished for becomes a search, what is found becomes cards. Chooses nothing itself."""

from __future__ import annotations

import json
from collections.abc import Sequence

from app.engine import screen, show
from app.engine.cards import card_of, close_text, vain_text
from app.engine.conditions import names_in
from app.engine.draft import Draft
from app.engine.effects import Card, Message, Search
from app.engine.finders import Found
from app.engine.flow import BACK, END, MORE, Choice, Product, State, Suggest, Text
from app.engine.fold import clean

SHOWN_MAX = 200
"""Products that one customer is shown in a state before that was all: twenty screens of ten."""

WISH_CHARS_MAX = 400
"""So much of what is matched is remembered; no more of it is read."""


def show_products(draft: Draft, state: State, *, more: bool) -> bool:
    """Show the products that come next as cards; False if there is none. Without `more` it begins anew, with what the state says."""
    if not more or draft.showing != state.name:
        match = state.suggest.match if state.suggest else None
        draft.showing, draft.shown, draft.wish = (
            state.name,
            (),
            clean(draft.text(match), WISH_CHARS_MAX) if match else "",
        )
        draft.screen = ()
    found = _next(draft, state) if len(draft.shown) < SHOWN_MAX else Found()
    products = tuple(draft.flow.products[each] for each in found.unsure if each in draft.flow.products)
    if not products:
        return False
    draft.screen, draft.named, draft.hunt, draft.hunted = tuple(each.id for each in products), (), "", ()
    draft.shown += draft.screen
    draft.note("suggested " + ", ".join(draft.screen))
    messages = [] if more else _said(draft, state, found)
    cards = tuple(_card(draft, state, each) for each in products)
    draft.say(
        show.add_choices(
            draft,
            [*messages, Message(cards=cards, square=draft.flow.shop.square)],
            show.options(draft, state.name, state.choices),
        )
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
    said = draft.sentence("no_more") if more else vain_text(draft, _next(draft, state).dropped)
    draft.say((Message(said, choices=options[: show.CHOICES_MAX]),))


def _said(draft: Draft, state: State, found: Found) -> list[Message]:
    """What the state says before its cards; where a wish had to be dropped, that, which the owner's words could not know."""
    close = close_text(draft, found.dropped)
    if not close:
        return show.said(draft, state.say)
    draft.note("dropped " + ", ".join(kind for kind, _ in found.dropped))
    return [Message(close)]


def _next(draft: Draft, state: State) -> Found:
    assert state.suggest is not None
    found: Found = draft.find(Search("suggest", _wish(draft, state.suggest), state.name))
    return found


def _wish(draft: Draft, suggest: Suggest) -> str:
    """What the search must know of this customer, as JSON: only what the conditions look at."""
    conditions = [each.condition for each in suggest.prefer if each.condition]
    conditions += [suggest.where] if suggest.where else []
    names = frozenset[str]().union(*map(names_in, conditions))
    facts = draft.facts(names)
    known = {name: facts[name] for name in sorted(names) if name in facts}
    wish = {"facts": known, "match": draft.wish, "shown": draft.shown, "now": draft.now.isoformat()}
    tastes = {"liked": draft.liked, "disliked": draft.disliked}
    return json.dumps({**wish, **{name: groups for name, groups in tastes.items() if groups}})


def leads_outside(draft: Draft, choice: Choice, folded: str) -> tuple[Message, ...]:
    """The addresses that a button of the cards shown last leads to, for somebody who typed its title."""
    if choice.url is None or not screen.names_field(choice.url):
        return ()
    found = addresses(
        draft, [(each, _address(draft, each, choice.url)) for each in screen.meant(draft, choice, folded)]
    )
    return (found,) if found.text else ()


def _address(draft: Draft, product: Product, url: Text) -> str:
    with screen.beside(draft, product):
        return draft.url(url)


def addresses(draft: Draft, found: Sequence[tuple[Product, str]]) -> Message:
    """Where products are to be seen, a line each, links that count like those on cards; those without an address are left out."""
    lines = [f"{draft.text(product.name)}: {address}" for product, address in found if address]
    return Message("\n".join(lines), leads=tuple((product.id, address) for product, address in found if address))


# ---- cards -------------------------------------------------------------------------------------------------


def _card(draft: Draft, state: State, product: Product) -> Card:
    """The product with the state's buttons, in which its fields may stand."""
    with screen.beside(draft, product):
        shown = [each for each in state.buttons if draft.holds(each.condition)]
        pairs = ((option, each) for each in shown for option in show.options(draft, state.name, (each,)))
        buttons = tuple(screen.on_card(option, each, product) for option, each in pairs)[: show.BUTTONS_MAX]
    return card_of(draft, product, buttons)
