"""Who a customer is, asked of Messenger beside the conversation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.house import House, Plan, running, wait_until
from tests.journeys.shop import DISCLOSURE, WELCOME, copy_shop


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("names")
    with running(Plan(folder, copy_shop(folder / "shop"), settings={"ASK_NAMES": "true"})) as started:
        yield started


def test_the_first_greeting_waits_for_no_name_and_later_ones_have_it(house: House) -> None:
    customer = house.new_customer(name="Ana Lima")
    disclosed, welcomed = customer.types("hello")
    assert disclosed == DISCLOSURE
    assert welcomed.endswith(WELCOME)
    learnt = (
        f"SELECT count(*) FROM inbox WHERE customer_id = '{customer.id}' AND kind = 'PersonMet' AND status = 'done'"
    )
    wait_until(lambda: house.rows(learnt) == [(1,)])
    assert customer.types("menu") == [f"Hi Ana! {WELCOME}"]


def test_the_bot_asks_once(house: House) -> None:
    customer = house.new_customer(name="Bea Silva")
    for _ in range(3):
        customer.types("menu")
    asked = f"SELECT count(*) FROM inbox WHERE customer_id = '{customer.id}' AND kind = 'PersonMet'"
    wait_until(lambda: house.rows(asked) == [(1,)])
