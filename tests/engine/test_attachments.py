"""Pictures, files, places and stickers that come at any moment."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.events import Attachment, AttachmentReceived
from app.engine.flow import Anywhere, Entrances
from tests.engine.shop import shop
from tests.engine.transcript import DISCLOSURE, Customer, choices, flow, slot, state

BOT = flow(
    state("welcome", "Hello", choices=choices(More="more")),
    state("photo", "A photo: <picture>"),
    state("place", "At <place>"),
    state("voice", "A voice"),
    state("other", "Something"),
    slots=(slot("place", "place"), slot("picture", "photo")),
    anywhere=(
        Anywhere("place", gives="place"),
        Anywhere("voice", attachment="audio"),
        Anywhere("photo", gives="picture"),
        Anywhere("other", attachment="any"),
    ),
    entrances=Entrances(start="welcome", menu={"Again": "more"}),
)


@pytest.mark.parametrize("kind", ["image", "video", "audio", "file", "place", "link"])
def test_any_takes_every_file(kind: str) -> None:
    assert Customer(shop()).sends(kind) == [DISCLOSURE, "Thank you for the file."]


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("audio", {}, "A voice"),
        ("video", {}, "Something"),
        ("image", {"url": "https://cdn.example/1.jpg"}, "A photo: https://cdn.example/1.jpg"),
        ("image", {}, "Something"),
        ("place", {"title": "Pier 4", "latitude": 1.0, "longitude": 2.0}, "At Pier 4"),
        ("place", {}, "Something"),
    ],
)
def test_a_file_goes_to_the_first_entry_that_is_for_it(kind: str, more: dict[str, Any], said: str) -> None:
    assert Customer(BOT).sends(kind, **more) == [said]


def test_a_phrase_in_the_text_of_a_picture_is_heard_in_its_turn() -> None:
    assert Customer(shop()).sends("image", "a human please") == [DISCLOSURE, "I am calling a colleague."]


def test_a_file_that_nothing_is_for_counts_as_not_understood() -> None:
    customer = Customer(shop(anywhere=()))
    assert customer.sends("image") == [DISCLOSURE, "I did not understand that."]
    assert customer.session.failures == 1


def test_a_sticker_needs_no_answer() -> None:
    customer = Customer(shop())
    customer.taps("Get Started")
    assert customer.sends("sticker", sticker_id="369239263222822") == []
    assert customer.session.failures == 0


def test_a_first_sticker_begins_the_conversation() -> None:
    assert Customer(shop()).sends("sticker") == [DISCLOSURE, "Hi! What can I do for you?"]


def test_a_message_with_no_attachment_at_all_is_not_understood() -> None:
    customer = Customer(shop())
    assert customer.meets(AttachmentReceived(())) == [DISCLOSURE, "I did not understand that."]


def test_several_files_are_read_together() -> None:
    files = (Attachment("video"), Attachment("image", url="https://cdn.example/2.jpg"))
    assert Customer(BOT).meets(AttachmentReceived(files)) == ["A photo: https://cdn.example/2.jpg"]


def test_more_from_the_menu_says_the_present_state_again() -> None:
    customer = Customer(BOT)
    assert customer.taps_old("@menu", "Again") == ["Hello"]
    assert customer.taps_old("@menu", "Again") == ["Hello"]
