"""Who writes without end is told once; two machines that answer each other end in the queue; a service's answer is never lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.engine.words import SENTENCES
from tests.journeys.house import House, Plan, running
from tests.journeys.shop import WELCOME, copy_shop
from tests.journeys.test_handoff import answered_by

TOLD = SENTENCES["en"]["slowly"]


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("flood")
    with running(Plan(folder, copy_shop(folder / "shop"), settings={"MESSAGES_A_MINUTE": "6"})) as started:
        yield started


def test_a_flood_is_answered_once_and_then_only_kept(flooded: House) -> None:
    customer = flooded.new_customer()
    for number in range(30):
        customer.says(text=f"qwe {number}")
    seen = customer.sees_new()
    assert seen.count(TOLD) == 1
    assert seen[-1] == TOLD
    kept = flooded.rows(f"SELECT text FROM history WHERE customer_id = '{customer.id}' ORDER BY id")
    assert [text for (text,) in kept] == [f"qwe {number}" for number in range(30)]


def test_a_flood_of_one_customer_is_nobody_elses_business(flooded: House) -> None:
    loud, quiet = flooded.new_customer(), flooded.new_customer()
    for number in range(30):
        loud.says(text=f"qwe {number}")
    assert quiet.types("hello")[-1].endswith(WELCOME)


def test_a_machine_that_always_says_the_same_ends_in_the_queue(house: House) -> None:
    customer = house.new_customer()
    for _ in range(12):
        customer.types("Thanks for your message, we are away.")
    assert answered_by(customer) == "waiting"
    assert len(customer.sees()) < 2 * 10
    [(reason,)] = house.rows(f"SELECT handoff_reason FROM conversations WHERE customer_id = '{customer.id}'")
    assert reason == "The same message came over and over."
    before = len(customer.sees())
    for _ in range(3):
        customer.types("Thanks for your message, we are away.")
    assert len(customer.sees()) == before
