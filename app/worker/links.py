"""Cards that count: the addresses on them become links of ours, and what is shown is noted. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.engine.effects import Card, Message, Option
from app.engine.fill import ADDRESS_CHARS_MAX
from app.links import PATH, Link, make_token, mark_of
from app.store.keys import Key
from app.store.suggestions import Shown


@dataclass(frozen=True, slots=True)
class Links:
    """How links are made. `home`: how the outside reaches us; empty: addresses stay as they are, and no click is counted."""

    key: bytes
    home: str = ""


def counted(links: Links, key: Key, message: Message) -> Message:
    """The message with the addresses on its products' cards, and those that stand in its text, as links that count."""
    if not links.home or not (message.leads or any(each.product for each in message.cards)):
        return message
    cards = tuple(_card(links, key, each) for each in message.cards)
    return replace(message, text=_text(links, key, message), cards=cards, leads=())


def _text(links: Links, key: Key, message: Message) -> str:
    """Each line that ends in the address of its product with the link instead."""
    waiting = list(message.leads)
    lines = message.text.split("\n")
    for place, line in enumerate(lines):
        if waiting and line.endswith(waiting[0][1]):
            product, address = waiting.pop(0)
            lines[place] = line.removesuffix(address) + _link(links, mark_of(links.key, *key, product), address)
    return "\n".join(lines)


def _card(links: Links, key: Key, card: Card) -> Card:
    if not card.product:
        return card
    mark = mark_of(links.key, *key, card.product)
    buttons = tuple(_button(links, mark, each) for each in card.buttons)
    return replace(card, url=_link(links, mark, card.url), buttons=buttons)


def _button(links: Links, mark: str, button: Option) -> Option:
    return replace(button, url=_link(links, mark, button.url)) if button.url else button


def _link(links: Links, mark: str, address: str) -> str:
    """A link that leads there; the address itself where that would be too long to be sent."""
    if not address:
        return ""
    link = f"{links.home}{PATH}{make_token(links.key, Link(mark, address))}"
    return link if len(link) <= ADDRESS_CHARS_MAX else address


def shown_on(links: Links, key: Key, message: Message, state: str) -> Iterator[Shown]:
    """What the cards of a message show this customer."""
    for card in message.cards:
        if card.product:
            yield Shown(*key, card.product, mark_of(links.key, *key, card.product), state)
