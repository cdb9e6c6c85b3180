"""Cards that count: which addresses become links of ours, and what is noted as shown."""

from __future__ import annotations

from app.engine.effects import Card, Message, Option
from app.links import PATH, read_token
from app.worker.links import Links, counted, shown_on

KEY = b"k" * 32
CUSTOMER = ("10001", "20001")
LINKS = Links(KEY, "https://bot.example")
ADDRESS = "https://shop.example/p/1"
BUTTONS = (Option("See it", url=ADDRESS + "?a=1"), Option("More", tap=("looks", "More")))
SHIRT = Card("Shirt", url=ADDRESS, image=ADDRESS + ".jpg", buttons=BUTTONS, product="shirt")
OWN = Card("Our shop", url=ADDRESS)


def led_to(url: str) -> str:
    link = read_token(KEY, url.removeprefix(f"https://bot.example{PATH}"))
    assert link is not None
    return link.address


def test_addresses_on_a_products_card_become_links_and_all_else_stays() -> None:
    shirt, own = counted(LINKS, CUSTOMER, Message(cards=(SHIRT, OWN))).cards
    assert (led_to(shirt.url), led_to(shirt.buttons[0].url)) == (ADDRESS, ADDRESS + "?a=1")
    assert (shirt.image, shirt.buttons[1], own) == (SHIRT.image, SHIRT.buttons[1], OWN)


def test_without_an_address_of_our_own_nothing_changes() -> None:
    message = Message(cards=(SHIRT,))
    assert counted(Links(KEY), CUSTOMER, message) is message


def test_an_address_whose_link_would_be_too_long_stays_itself() -> None:
    far = ADDRESS + "?" + "x" * 1_800
    (card,) = counted(LINKS, CUSTOMER, Message(cards=(Card("Shirt", url=far, product="shirt"),))).cards
    assert card.url == far


def test_what_is_shown_is_noted_with_the_mark_of_its_link() -> None:
    (shown,) = shown_on(LINKS, CUSTOMER, Message(cards=(SHIRT, OWN)), "looks")
    (card, _) = counted(LINKS, CUSTOMER, Message(cards=(SHIRT, OWN))).cards
    link = read_token(KEY, card.url.removeprefix(f"https://bot.example{PATH}"))
    assert link is not None
    assert (shown.product_id, shown.state, shown.mark) == ("shirt", "looks", link.mark)


def test_addresses_in_a_text_that_lead_to_products_become_links_too() -> None:
    other = ADDRESS + "0"
    message = Message(f"Shirt: {ADDRESS}\nTie: {other}", leads=(("shirt", ADDRESS), ("tie", other)))
    first, second = counted(LINKS, CUSTOMER, message).text.split("\n")
    assert (led_to(first.removeprefix("Shirt: ")), led_to(second.removeprefix("Tie: "))) == (ADDRESS, other)
    assert counted(Links(KEY), CUSTOMER, message) is message
