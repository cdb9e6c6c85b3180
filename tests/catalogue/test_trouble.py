"""Complaints, orders and words that only look like a size, on the example shop: no product is shown for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.engine.effects import Search
from app.engine.finders import Found
from app.flowfile.check import read_flow
from app.flowfile.finders import run_search

SHOP = read_flow(Path(__file__).parents[2] / "flows")


def shown(text: str) -> tuple[str, ...]:
    """The products that are shown for a message, surely meant or perhaps."""
    found = run_search(SHOP, Search("products", json.dumps({"text": text})))
    assert isinstance(found, Found)
    assert not found.sure or found.unsure
    return found.unsure


@pytest.mark.parametrize(
    "text",
    [
        "I bought the linen suit last week and it has a hole, I want my money back",
        "my silk shirt arrived torn",
        "my order for the wool blazer is late",
        "can I exchange my deck sneakers for a 42",
        "I lost my gift card",
        "I want to return a red dress",
        "How do I send the satin dress back?",
        "the zip of my harbour jacket is broken",
        "I ordered a wool coat and got a rain coat",
        "my storm boots are too small",
        "they are too small",
        "they are small",
        "where is my red dress?",
        "the satin dress does not fit me",
        "I received the wrong sneakers",
        "can I wash the silk shirt?",
        "please cancel the pine candle",
        "refund for the leather belt",
        "my wool hat shrank",
        "the enamel mug never arrived",
        "the buttons of my moss cardigan fell off",
        "I paid twice for the gift card",
        "my linen shirt faded after one wash",
        "has my wool coat been shipped?",
        "can I change the size of the harbour jacket I bought?",
        "j'ai perdu ma carte cadeau",
        "je veux retourner ma robe rouge",
        "ma chemise en soie est arrivée déchirée",
        "je veux me faire rembourser le costume en lin",
        "puis-je échanger mes baskets blanches contre un 42 ?",
        "ma commande de robe étoile est en retard",
        "mon pull en laine est abîmé",
        "je n'ai toujours pas reçu mon écharpe en soie",
        "peut-on laver la chemise en soie ?",
        "le manteau en laine est trop petit",
        "vous m'avez envoyé une robe bleue au lieu de rouge",
        "les boutons de mon gilet sont tombés",
        "elle ne me va pas, la robe rouge",
    ],
)
def test_trouble_with_what_was_bought_shows_no_product(text: str) -> None:
    assert shown(text) == ()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("I want to order a red dress", "poppy-dress-s"),
        ("a machine washable wool blanket", "wool-blanket"),
        ("faded dark jeans", "dark-jeans"),
        ("ripped or dark jeans", "dark-jeans"),
        ("a waterproof coat", "rain-coat"),
        ("I need something for a late dinner, a satin dress", "satin-dress"),
        ("je cherche une robe rouge", "poppy-dress-s"),
        ("I have small feet, which sneakers do you have?", "deck-sneakers-38"),
        ("a harbour jacket in medium", "harbour-jacket-m"),
        ("I bought a suit, do you have a silk tie", "silk-tie"),
        ("when will the rain coat be back in stock", "rain-coat"),
        ("une veste en grande taille", "harbour-jacket-l"),
        ("un pantalon large", "wide-trousers"),
        ("large harbour jacket", "harbour-jacket-l"),
        ("harbour jacket size large", "harbour-jacket-l"),
    ],
)
def test_what_only_sounds_like_it_is_still_a_wish(text: str, first: str) -> None:
    assert shown(text)[:1] == (first,)


def test_a_large_bag_is_a_bag_and_of_no_size() -> None:
    assert shown("large bag for work") == ("leather-bag", "day-backpack", "canvas-bag")
