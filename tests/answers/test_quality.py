"""The quality gate: questions as customers write them to the two whole bots of this repository, with the shipped decisions.

Written before they were tried, and not chosen by how they fare. The measured
table is in benchmarks/README.md; this holds that no change of the search makes it much worse unseen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.answers.decide import offered
from app.answers.entries import Answer
from app.engine.flow import ALL_TOPICS, Flow
from app.flowfile.answering import answer
from app.flowfile.check import read_flow

ROOT = Path(__file__).resolve().parents[2]
BOTS = {"shop": ROOT / "flows", "hotel": ROOT / "tests" / "flowfile" / "large"}

SHOP: Mapping[str, tuple[str, ...]] = {
    "opening-hours": (
        "Hi! until what time are you open tonight?",
        "are u open on saturday",
        "oppening hours pls",
        "à quelle heure ouvrez-vous ?",
        "vous êtes ouverts le dimanche ?",
        "wann habt ihr geöffnet?",
        "¿a qué hora abren?",
        "what time do you close",
    ),
    "sizes": (
        "what size should I take",
        "do you have XL",
        "je fais du 42, ça va tailler comment ?",
        "i am between two sizes",
        "sizee guide??",
    ),
    "gift-cards": (
        "can i buy a voucher for my sister",
        "avez-vous des chèques cadeaux",
        "gift crad",
        "are gift cards valid forever?",
    ),
    "returns": (
        "I want to give it back",
        "the dress does not fit, can I exchange it?",
        "how do i get my money back",
        "je veux renvoyer un article",
        "puedo devolver el vestido?",
        "retunr policy",
        "Kann ich die Bluse zurückgeben?",
    ),
    "shipping": (
        "how many days until it arrives",
        "do you ship to Spain",
        "combien coûte la livraison",
        "delivry time",
        "is shipping free",
        "Wie lange dauert der Versand?",
    ),
    "payment": (
        "can i pay with paypal",
        "do you take cash in the shop",
        "which cards do you accept",
        "puis-je payer en espèces",
        "paymnt options",
    ),
}
HOTEL: Mapping[str, tuple[str, ...]] = {
    "breakfast": (
        "what time is breakfast served",
        "le petit déjeuner est compris ?",
        "when can we eat in the morning",
        "brekfast",
    ),
    "parking": ("is there a place for my car", "où puis-je me garer", "do you have a garage", "parkin"),
    "pets": ("can our cat come with us", "je viens avec mon chien", "are animals allowed", "do you accept dogs?"),
    "pool": ("when does the swimming pool open", "y a-t-il une piscine", "is there a sauna", "can we swim"),
    "rooms": ("what rooms do you have", "quelles chambres avez-vous"),
}
OUTSIDE = (
    "who won the match yesterday", "write me a poem", "quelle est la capitale du Pérou", "asdf jkl", "I love you", "tell me a joke",
    "what is the meaning of life", "how do I learn the piano", "il fait quel temps demain", "is the earth flat",
)  # fmt: skip

RIGHT_MIN, USEFUL_MIN, WRONG_MAX, OUTSIDE_ANSWERED_MAX = 0.6, 0.8, 0.03, 0.1
"""Shares of the questions: answered right; answered or asked back with the right entry; answered wrong; answered although outside."""


@pytest.fixture(scope="module", params=[("shop", SHOP), ("hotel", HOTEL)], ids=["shop", "hotel"])
def outcome(request: pytest.FixtureRequest) -> Counter[str]:
    bot, asked = request.param
    flow = read_flow(BOTS[bot])
    told = [(text, entry, _outcome(flow, text, entry)) for entry, texts in asked.items() for text in texts]
    told += [(text, "", _outcome(flow, text, "")) for text in OUTSIDE]
    print("\n".join(f"{how:12} {entry:14} {text}" for text, entry, how in told))
    return Counter(how for _, _, how in told)


def _outcome(flow: Flow, text: str, entry: str) -> str:
    found = answer(flow, text, ALL_TOPICS)
    if not entry:
        return "outside" if found.decision == "answer" else "left"
    if found.decision == "answer":
        return "right" if found.ranked[0].id == entry else "wrong"
    return "useful" if entry in _asked_back(found) else "missed"


def _asked_back(found: Answer) -> tuple[str, ...]:
    return offered(found)


def test_questions_find_their_entries_and_hardly_ever_a_wrong_one(outcome: Counter[str]) -> None:
    asked = sum(outcome[each] for each in ("right", "wrong", "useful", "missed"))
    assert outcome["right"] >= RIGHT_MIN * asked
    assert outcome["right"] + outcome["useful"] >= USEFUL_MIN * asked
    assert outcome["wrong"] <= WRONG_MAX * asked
    assert outcome["outside"] <= OUTSIDE_ANSWERED_MAX * len(OUTSIDE)
