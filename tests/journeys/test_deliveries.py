"""Webhooks that come twice, together, late or in the wrong order: each event moves its session once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys.bodies import message, wrap
from tests.journeys.house import House
from tests.journeys.shop import LOST, ORDER_ASKED

FOUND = "Thank you. You will find order {} on our tracking page."


def test_a_repeated_delivery_is_handled_once(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    house.fault("duplicate", customer=customer.id, times=2)
    assert customer.types("qwe asd") == [LOST]
    assert customer.taps("Track my order") == [ORDER_ASKED]
    assert house.report(customers=False)["webhooks"]["repeated"] >= 2


def test_the_same_body_many_times_at_once_is_handled_once(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    body = wrap(message(customer.id, "12345"))
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: house.post(body).status_code, range(50)))
    assert answers == [200] * 50
    assert customer.sees_new() == [FOUND.format("12345")]


def test_a_repeated_message_in_another_envelope_is_handled_once(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    item, other = message(customer.id, "12345"), message(house.new_customer().opens().id, "hello")
    assert customer.posts(item) == [FOUND.format("12345")]
    assert customer.posts(other, item) == []
    assert customer.posts({**item, "timestamp": item["timestamp"] + 20_000}) == []


def test_the_same_words_written_twice_are_two_messages(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    assert customer.types("12345") == customer.types("12345") == [FOUND.format("12345")]


def test_reordered_deliveries_are_each_answered_once(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    house.fault("reorder", customer=customer.id, times=1)
    customer.says(text="11111")
    customer.says(text="22222")
    assert sorted(customer.sees_new()) == [FOUND.format("11111"), FOUND.format("22222")]
    assert house.report(customers=False)["webhooks"]["reordered"] >= 1


def test_items_of_one_body_are_handled_in_the_order_in_which_they_happened(house: House) -> None:
    customer = house.new_customer()
    customer.types("hello")
    first, second, third = (message(customer.id, text) for text in ("11111", "22222", "33333"))
    second["timestamp"], third["timestamp"] = first["timestamp"] + 1, first["timestamp"] + 2
    assert customer.posts(third, first, second) == [FOUND.format(each) for each in ("11111", "22222", "33333")]


def test_an_echo_that_comes_first_or_twice_is_no_message(house: House) -> None:
    customer = house.new_customer()
    house.fault("echo_first", customer=customer.id)
    house.fault("duplicate", customer=customer.id)
    try:
        assert len(customer.types("hello")) == 2
        assert customer.types("qwe asd") == [LOST]
    finally:
        house.fault("clear")
    assert customer.types("12345") == [FOUND.format("12345")]


@pytest.mark.parametrize("items", [1_000])
def test_a_body_with_as_many_items_as_meta_sends_is_taken_and_every_customer_answered(house: House, items: int) -> None:
    customers = [house.new_customer().opens() for _ in range(items // 10)]
    house.wait_until_quiet()
    body = wrap(*(message(customer.id, f"{10_000 + n}") for n in range(10) for customer in customers))
    assert len(body) < 1024 * 1024
    before = house.report(customers=False)["sends"]["accepted"]
    assert house.post(body).status_code == 200
    house.wait_until_quiet()
    for customer in customers:
        assert [text for text in customer.sees() if "order" in text] == [FOUND.format(10_000 + n) for n in range(10)]
    assert house.report(customers=False)["sends"]["accepted"] - before == items + len(customers), (
        "with a disclosure each"
    )
