"""The large example: every word of the language is in it, in English and French, and its conversations are held."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.flowfile import check as main_file
from app.flowfile.check import check
from app.flowfile.parts import anywhere, cards, entrances, faq, header, products, rich, shop, slots, states, ways
from app.flowfile.problems import Report
from app.flowfile.rehearsal import read as rehearsal
from app.flowfile.rehearsal.play import play
from app.flowfile.rehearsal.script import STEPS, Conversation
from app.flowfile.source.folder import read_folder
from app.flowfile.source.nodes import Items, Node, Pairs, Scalar

LARGE = Path(__file__).parent / "large"
CHECKED = check(LARGE)

KEYS = {
    "bot.yaml": main_file.BOT_FILE_KEYS,
    "bot": header.BOT_KEYS,
    "messenger": entrances.MESSENGER_KEYS,
    "a slot": slots.SLOT_KEYS,
    "anywhere": anywhere.WAYS_IN,
    "a state": states.STATE_KEYS,
    "say": states.SAY_KEYS,
    "a question": states.QUESTION_KEYS,
    "a reminder": states.REMINDER_KEYS,
    "a choice": ways.CHOICE_KEYS,
    "a card": cards.CARD_KEYS,
    **{f"a {kind}": keys for kind, keys in cards.FORM_KEYS.items()},
    "a grid of pictures": rich.GRID_KEYS,
    "a utility message": rich.UTILITY_KEYS,
    "a line of a receipt": cards.RECEIPT_ITEM_KEYS,
    "an entry of the FAQ": faq.ENTRY_KEYS,
    "products": shop.SHOP_KEYS,
    "a product": products.PRODUCT_KEYS,
    "a test": rehearsal.TEST_KEYS,
    "given": rehearsal.GIVEN_KEYS,
    "a step of a test": STEPS,
}


def words_in(node: Node) -> Iterator[str]:
    match node:
        case Pairs(entries):
            for key, value in entries:
                yield key.text
                yield from words_in(value)
        case Items(items):
            for item in items:
                yield from words_in(item)
        case Scalar(text):
            yield text


USED = {word for source in read_folder(LARGE, Report()).sources for word in words_in(source.root)}


@pytest.mark.parametrize("where", KEYS)
def test_every_word_of_the_language_is_used(where: str) -> None:
    assert [key for key in KEYS[where] if key not in USED] == []


def test_every_kind_of_slot_target_and_condition_is_used() -> None:
    targets = {"back", "end", "more", "like", "dislike"}
    assert targets <= USED
    assert {"text", "number", "yes_no", "email", "phone", "date", "photo", "place"} <= USED
    written = " ".join(USED)
    assert all(f" {word} " in written for word in ("is", "is not", ">", "<=", ">=", "in", "has", "and", "or"))


def test_it_is_without_problems_and_advice() -> None:
    assert CHECKED.problems == ()


@pytest.mark.parametrize("conversation", CHECKED.tests, ids=lambda each: each.name)
def test_its_conversations_are_held(conversation: Conversation) -> None:
    assert CHECKED.flow is not None
    assert play(CHECKED.flow, conversation) == []
