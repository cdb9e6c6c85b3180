"""Comments under a post: which are answered, with what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.engine.effects import SendMessage
from app.engine.events import CommentReceived
from app.engine.page import Comments
from app.engine.session import Session
from app.engine.turn import take_turn
from tests.engine.shop import shop
from tests.store.kit import NOW

SHOP = shop()
WITH_COMMENTS = replace(
    SHOP, entrances=replace(SHOP.entrances, comments=Comments(("price", "how much", "ราคา"), "welcome"))
)


def says(text: str, flow: object = WITH_COMMENTS) -> list[str]:
    turn = take_turn(flow, Session(), CommentReceived(text, "9_77"), NOW)  # type: ignore[arg-type]
    return [each.message.text for each in turn.effects if isinstance(each, SendMessage)]


@pytest.mark.parametrize("text", ["How much?", "what is the PRICE of it", "price", "ราคาเท่าไร"])
def test_a_comment_with_one_of_the_phrases_is_answered_from_its_state(text: str) -> None:
    assert says(text)


@pytest.mark.parametrize("text", ["", "lovely!", "priceless", "how muchly", "👍"])
def test_any_other_comment_is_left_alone(text: str) -> None:
    assert says(text) == []


def test_a_bot_without_comments_answers_none() -> None:
    assert says("price", replace(WITH_COMMENTS, entrances=replace(SHOP.entrances, comments=None))) == []
