"""Shows the products that a message asks for, wherever the customer is, and the next ones. Runs no search itself."""

from __future__ import annotations

import json
from datetime import datetime

from app.engine import screen
from app.engine.cards import card_of, close_text, vain_text
from app.engine.draft import Draft
from app.engine.effects import Message, Option, Search
from app.engine.events import TapReceived
from app.engine.fill import with_parameters
from app.engine.finders import Found
from app.engine.flow import MORE, Product
from app.engine.fold import fold, fold_own
from app.engine.shop_words import asks_for_more, says_more
from app.engine.suggest import SHOWN_MAX, addresses
from app.engine.walk import ask_again, go, more_of, remind_again
from app.engine.words import sentence

TAP = "@products"
"""What the tap on "show more" carries instead of a state."""

HUNT_CHARS_MAX = 400
"""So much of what was written is remembered for the next products: no more of it is read."""


EARLIER = "\x1e"
"""Between what was written now and what was written before, when products were shown last: "in blue?" goes on from it."""


def search(draft: Draft, text: str) -> Found:
    """The products that a message asks for."""
    found: Found = draft.find(Search("products", _wish(draft, _with_earlier(draft, text), ()))) if text else Found()
    return found


def _with_earlier(draft: Draft, text: str) -> str:
    goes_on = draft.named or not draft.hunted  # nothing was found the last time: "in blue?" goes on from that, too
    return f"{text}{EARLIER}{draft.hunt}" if draft.hunt and goes_on else text


def _wish(draft: Draft, text: str, shown: tuple[str, ...]) -> str:
    return wish_of(text, draft.now, shown=shown, liked=draft.liked, disliked=draft.disliked)


def wish_of(text: str, now: datetime, **known: tuple[str, ...]) -> str:
    """What the search must know, as JSON. `known`: shown, liked and disliked before."""
    wish = {"text": text[:HUNT_CHARS_MAX], "now": now.isoformat()}
    return json.dumps({**wish, **{name: value for name, value in known.items() if value}})


def tell(draft: Draft, text: str, found: Found) -> bool:
    """Show these products; the customer stays where he is, and an open question is asked again. False if there are none.

    "More shirts" after shirts are the next ones. Where products were surely asked for and none fits, that is said.
    """
    products = _known(draft, found)
    if not products:
        return found.vain and _tell_vain(draft, text, found)
    if draft.named and says_more(fold(text)) and draft.hunted[-len(found.unsure) :] == found.unsure:
        return _more(draft) or _say_all(draft)
    draft.hunt, draft.hunted = _with_earlier(draft, text)[:HUNT_CHARS_MAX], ()
    draft.failures = 0
    draft.say((Message(close_text(draft, found.dropped) or draft.sentence("products_found")),))
    _show(draft, products, found)
    return True


def _tell_vain(draft: Draft, text: str, found: Found) -> bool:
    """The wishes that nothing fulfils; the next message may ask for less."""
    draft.hunt, draft.hunted, draft.named = _with_earlier(draft, text)[:HUNT_CHARS_MAX], (), ()
    draft.failures = 0
    draft.note("no product fits " + ", ".join(kind for kind, _ in found.dropped))
    draft.say((Message(vain_text(draft, found.dropped)),))
    _stay(draft)
    return True


def _known(draft: Draft, found: Found) -> list[Product]:
    return [draft.flow.products[each] for each in found.unsure if each in draft.flow.products]


def _show(draft: Draft, products: list[Product], found: Found) -> None:
    """The cards, with a way to the next ones where there are any."""
    draft.note("products " + ", ".join(each.id for each in products))
    cards = tuple(card_of(draft, each, _to_its_page(draft, each)) for each in products)
    more = (Option(draft.sentence("more_products"), tap=(TAP, MORE)),) if found.more else ()
    draft.say((Message(cards=cards, choices=more, square=draft.flow.shop.square),))
    draft.named = tuple(each.id for each in products)
    draft.hunted = (*draft.hunted, *draft.named)[-SHOWN_MAX:]
    _stay(draft)


# ---- more --------------------------------------------------------------------------------------------------


def read_tap(draft: Draft, event: TapReceived) -> bool:
    """A tap on "show more", now or long ago."""
    if event.state != TAP:
        return False
    return _more(draft) or _say_all(draft)


def hear_more(draft: Draft, folded: str) -> bool:
    """ "More", typed: of the products that were shown last, even if something else was said since."""
    if not asks_for_more(folded):
        return False
    if draft.hunted and draft.hunt and (draft.named or draft.state):
        return _more(draft) or _say_all(draft)
    if draft.state and draft.here.suggest is not None and draft.showing == draft.state:
        go(draft, MORE)
        return True
    if draft.state and draft.asking is None and draft.showing:
        more_of(draft, draft.showing)
        return True
    return False


def _more(draft: Draft) -> bool:
    if not draft.hunt:
        return False
    found: Found = draft.find(Search("products", _wish(draft, draft.hunt, draft.hunted)))
    products = _known(draft, found) if len(draft.hunted) < SHOWN_MAX else []
    if not products:
        return False
    draft.failures = 0
    _show(draft, products, found)
    return True


def _say_all(draft: Draft) -> bool:
    draft.note("no more products")
    draft.failures = 0
    draft.say((Message(draft.sentence("no_more")),))
    _stay(draft)
    return True


# ---- the button of its cards -------------------------------------------------------------------------------


def hear(draft: Draft, folded: str) -> bool:
    """The title of the button on the cards of products that were named, typed: only a tap opens it."""
    if not draft.named:
        return False
    titles = {fold_own(sentence(language, "see_product")) for language in draft.flow.languages}
    if folded not in titles:
        return False
    links = draft.flow.shop.links
    found = addresses(draft, [(each, with_parameters(each.url, links)) for each in screen.named(draft)])
    if not found.text:
        return False
    draft.note("typed the button of a product")
    draft.failures = 0
    draft.say((found,))
    _stay(draft)
    return True


def _stay(draft: Draft) -> None:
    """The customer is where he was, and what is open there stays open."""
    if draft.asking is not None:
        ask_again(draft)
    elif draft.state:
        remind_again(draft)


def _to_its_page(draft: Draft, product: Product) -> tuple[Option, ...]:
    url = with_parameters(product.url, draft.flow.shop.links)
    return (Option(draft.sentence("see_product"), url=url),) if url else ()
