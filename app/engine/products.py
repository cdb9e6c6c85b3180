"""Shows the products that a message names, wherever the customer is. Runs no search itself."""

from __future__ import annotations

from app.engine import screen
from app.engine.draft import Draft
from app.engine.effects import Message, Option, Search
from app.engine.finders import Found
from app.engine.flow import Product
from app.engine.fold import fold_own
from app.engine.suggest import address_line, card_of
from app.engine.walk import ask_again, remind_again
from app.engine.words import sentence


def search(draft: Draft, folded: str) -> Found:
    """The products that a message names."""
    found: Found = draft.find(Search("products", folded)) if folded else Found()
    return found


def tell(draft: Draft, ids: tuple[str, ...]) -> bool:
    """Show these products; the customer stays where he is, and an open question is asked again. False if there are none."""
    products = [draft.flow.products[each] for each in ids if each in draft.flow.products]
    if not products:
        return False
    draft.note("products " + ", ".join(each.id for each in products))
    draft.failures = 0
    cards = tuple(card_of(draft, each, _to_its_page(draft, each)) for each in products)
    draft.say((Message(draft.sentence("products_found")), Message(cards=cards)))
    draft.named = tuple(each.id for each in products)
    _stay(draft)
    return True


def hear(draft: Draft, folded: str) -> bool:
    """The title of the button on the cards of products that were named, typed: only a tap opens it."""
    titles = {fold_own(sentence(language, "see_product")) for language in draft.flow.languages}
    lines = (
        [address_line(draft, each, each.url) for each in screen.named(draft) if each.url] if folded in titles else []
    )
    if not lines:
        return False
    draft.note("typed the button of a product")
    draft.failures = 0
    draft.say((Message("\n".join(lines)),))
    _stay(draft)
    return True


def _stay(draft: Draft) -> None:
    """The customer is where he was, and what is open there stays open."""
    if draft.asking is not None:
        ask_again(draft)
    elif draft.state:
        remind_again(draft)


def _to_its_page(draft: Draft, product: Product) -> tuple[Option, ...]:
    return (Option(draft.sentence("see_product"), url=product.url),) if product.url else ()
