"""Secrets that customers should not have written, planted in every place of every kind of body: none reaches the database, its log or
ours, and the customer is told once why it was taken out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.engine.words import SENTENCES
from app.mask import REMOVED
from tests.journeys.bodies import PAGE, entry, message, new_id, tap, to_bytes
from tests.journeys.house import Customer, House, Plan, running
from tests.journeys.shop import copy_shop

SECRETS = {
    "card": ("4111 1111-1111.1111", "4111 1111-1111"),
    "card in one": ("5555555555554444", "5555555555554444"),
    "account": ("DE89 3704 0044 0532 0130 00", "3704 0044 0532"),
    "password": ("my password is Plantedsun77", "Plantedsun77"),
    "code": ("verification code: 884 423", "884 423"),
    "token": ("EAAGm0PX4ZCpsBAPlantedtoken123", "Plantedtoken123"),
    "address": ("https://shop.example/?access_token=plantedinanaddress", "plantedinanaddress"),
}
"""What is written, and a part of it that no file may hold."""
PAYLOAD = "v1:menu"


def message_with(customer: str, **more: Any) -> dict[str, Any]:
    made = message(customer, more.pop("text", ""))
    made["message"] |= more
    return made


def event(customer: str, **more: Any) -> dict[str, Any]:
    made = tap(customer, PAYLOAD)
    del made["postback"]
    return {**made, **more}


def comment(_: str, planted: str) -> dict[str, Any]:
    value = {
        "item": "comment", "verb": "add", "comment_id": new_id("9_"), "post_id": f"{PAGE}_9", "parent_id": f"{PAGE}_9",
        "from": {"id": "31337", "name": planted}, "created_time": 1_790_000_000, "message": planted,
    }  # fmt: skip
    return {"changes": [{"field": "feed", "value": value}]}


PLACES: dict[str, Any] = {
    "text": lambda who, planted: message_with(who, text=f"hello {planted} thanks"),
    "title of a file": lambda who, planted: message_with(
        who, attachments=[{"type": "file", "payload": {"url": "https://cdn.example/a.pdf", "title": f"{planted}.pdf"}}]
    ),
    "shared link": lambda who, planted: message_with(
        who, attachments=[{"type": "fallback", "title": planted, "url": "https://a.example", "payload": None}]
    ),
    "quick reply": lambda who, planted: message_with(who, text=planted, quick_reply={"payload": PAYLOAD}),
    "button": lambda who, planted: {**tap(who, PAYLOAD, planted)},
    "foreign payload": lambda who, planted: tap(who, planted),
    "reference": lambda who, planted: event(who, referral={"ref": planted, "source": "SHORTLINK", "type": "OPEN_THREAD"}),
    "edit": lambda who, planted: event(who, message_edit={"mid": new_id(), "text": planted, "num_edit": "1"}),
    "feedback": lambda who, planted: event(
        who,
        messaging_feedback={
            "feedback_screens": [
                {"screen_id": 0, "questions": {"q1": {"type": "csat", "payload": "4", "follow_up": {"payload": planted}}}}
            ]
        },
    ),
    "opt-in": lambda who, planted: event(who, optin={"type": "notification_messages", "payload": planted, "title": planted}),
    "standby": lambda who, planted: {"standby": [message_with(who, text=planted)]},
    "comment": comment,
    "unknown kind": lambda who, planted: event(who, something_new={"said": planted, planted: [1, {"deep": planted}]}),
    "text that is none": lambda who, planted: message_with(who, text={"odd": planted}),
    "unknown change": lambda _, planted: {"changes": [{"field": "something_new", "value": {"text": planted}}]},
    "too deep": lambda who, planted: message_with(who, text=planted, deep=json.loads("[" * 60 + "]" * 60)),
}  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("secrets")
    with running(Plan(folder, copy_shop(folder / "shop"))) as started:
        yield started


def post(house: House, item: dict[str, Any]) -> None:
    part = {"id": PAGE, "time": 1_790_000_000_000, **item} if "changes" in item or "standby" in item else entry([item])
    answer = house.post(to_bytes({"object": "page", "entry": [part]}))
    assert answer.status_code == 200


def held(house: House) -> dict[str, bytes]:
    """Every byte that the bot keeps or says, by file."""
    folder: Path = house.plan.folder
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != ".env"}
    return {**files, "printed": house.bot.printed().encode()}


@pytest.mark.parametrize("place", PLACES)
def test_no_byte_of_a_secret_is_kept_or_logged_wherever_it_stands(house: House, place: str) -> None:
    customer = house.new_customer().opens()
    before = len(house.rows("SELECT id FROM inbox"))
    for planted, _ in SECRETS.values():
        post(house, PLACES[place](customer.id, planted))
    house.wait_until_quiet()
    assert len(house.rows("SELECT id FROM inbox")) > before
    for name, kept in held(house).items():
        found = [kind for kind, (_, part) in SECRETS.items() if part.encode() in kept]
        assert not found, f"{name} holds a {found}"
    assert {"frontdesk.db", "frontdesk.db-wal"} <= set(held(house))
    assert REMOVED.encode() in b"".join(held(house).values())


def told(customer: Customer) -> int:
    return sum(SENTENCES["en"]["removed"] in each for each in customer.sees())


def test_the_customer_is_told_once_what_was_taken_out_and_why(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    customer.types(f"my card is {SECRETS['card'][0]}")
    assert told(customer) == 1
    customer.types(f"once more: {SECRETS['card'][0]}")
    assert told(customer) == 1


def test_a_secret_in_the_name_of_a_file_is_told_too(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    customer.posts(PLACES["title of a file"](customer.id, SECRETS["card"][0]))
    assert told(customer) == 1
