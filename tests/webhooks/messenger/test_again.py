"""What was set aside, read again by a program that understands it: at the place where it came."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.channel import Fact, Item, Received, Unreadable
from app.engine.events import CommentReceived, TextReceived
from webhooks.messenger.parse import parse, parse_again

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
TEXT = {
    "sender": {"id": "7"},
    "recipient": {"id": "1"},
    "timestamp": 1_790_000_000_100,
    "message": {"mid": "m_1", "text": "hi"},
}
CHANGE = {"field": "messages", "value": TEXT}
STANDBY_CHANGE = {"field": "standby", "value": TEXT}


def set_aside_and_read_again(name: str, item: dict[str, Any]) -> Item | None:
    """The item comes while its Page is not connected, and is read again when it is."""
    payload = {"object": "page", "entry": [{"id": "1", "time": 1_790_000_000, name: [item]}]}
    [unreadable] = parse(payload, NOW, "9", frozenset())
    assert isinstance(unreadable, Unreadable)
    return parse_again(unreadable.raw, "1", NOW, "9")


@pytest.mark.parametrize(("name", "item"), [("messaging", TEXT), ("changes", CHANGE)])
def test_a_message_becomes_a_message(name: str, item: dict[str, Any]) -> None:
    again = set_aside_and_read_again(name, item)
    assert isinstance(again, Received)
    assert again.event == TextReceived("hi", mid="m_1")


@pytest.mark.parametrize(("name", "item"), [("standby", TEXT), ("changes", STANDBY_CHANGE)])
def test_what_another_app_answers_is_not_answered_later_either(name: str, item: dict[str, Any]) -> None:
    """Regression: it came back as a message of a thread that is ours."""
    again = set_aside_and_read_again(name, item)
    assert isinstance(again, Received)
    assert isinstance(again.event, Fact)
    assert again.event.kind == "standby"


def test_a_change_is_read_as_a_change() -> None:
    comment = {"item": "comment", "verb": "add", "comment_id": "c_1", "from": {"id": "7"}, "message": "nice"}
    again = set_aside_and_read_again("changes", {"field": "feed", "value": comment})
    assert isinstance(again, Received)
    assert again.event == CommentReceived("nice", "c_1", "", "7")
