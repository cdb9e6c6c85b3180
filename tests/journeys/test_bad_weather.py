"""Messenger in trouble while the bot sends: each customer gets each reply exactly once, in order, and nobody else waits for long."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.bodies import OTHER_PAGE, PAGE, TOKENS
from tests.journeys.house import Customer, House, Plan, running, wait_until
from tests.journeys.shop import DISCLOSURE, copy_shop
from tests.needs import only_when_all_run
from webhooks.simulator import PageAccount

FOUND = "Thank you. You will find order {} on our tracking page."
ONE_CUSTOMER: dict[str, dict[str, Any]] = {
    "an error for a message that arrived": {"kind": "http_500", "delivered": True},
    "an error for a message that did not arrive": {"kind": "http_500"},
    "no answer for a message that arrived": {"kind": "lost_answer"},
    "a reset before anything arrived": {"kind": "reset"},
    "a reset after it arrived": {"kind": "reset", "delivered": True},
    "a slow answer": {"kind": "slow", "seconds": 0.7},
    "an echo before the answer": {"kind": "echo_first"},
    "no echo": {"kind": "no_echo"},
    "a late echo": {"kind": "echo_late", "seconds": 0.4},
}
"""Troubles that concern the one message."""


@pytest.fixture
def fair(house: House) -> Iterator[House]:
    """The house, in which the weather clears up afterwards."""
    yield house
    house.fault("clear")


def arrived_once_in_order(customer: Customer, numbers: list[int]) -> bool:
    texts = [text for text in customer.sees() if text != DISCLOSURE]
    return texts == [FOUND.format(number) for number in numbers] and customer.sees().count(DISCLOSURE) == 1


@pytest.mark.parametrize("name", ONE_CUSTOMER)
def test_one_trouble_in_the_middle_and_every_reply_arrives_once_in_order(fair: House, name: str) -> None:
    customer = fair.new_customer()
    fair.fault(**ONE_CUSTOMER[name], customer=customer.id, times=1, after=2)
    numbers = list(range(10_001, 10_006))
    for number in numbers:
        customer.says(text=f"{number}")
    fair.wait_until_quiet()
    assert arrived_once_in_order(customer, numbers), customer.sees()


@pytest.mark.parametrize("name", ["no answer for a message that arrived", "an error for a message that arrived"])
def test_without_an_echo_a_look_up_tells_that_a_message_arrived(fair: House, name: str) -> None:
    customer = fair.new_customer()
    customer.types("10001")
    fair.fault("no_echo", customer=customer.id)
    fair.fault(**ONE_CUSTOMER[name], customer=customer.id, times=1)
    assert customer.types("10002") == [FOUND.format(10_002)]
    assert customer.types("10003") == [FOUND.format(10_003)]


def test_bad_weather_for_many_customers_and_every_reply_arrives_once_in_order(fair: House) -> None:
    """Every kind of trouble at once, each for a part of the messages."""
    customers = [fair.new_customer() for _ in range(8)]
    for fault in ONE_CUSTOMER.values():
        if fault["kind"] not in ("no_echo", "slow"):
            fair.fault(**fault, rate=0.1, times=2)
    fair.fault("slow", rate=0.2, seconds=0.3)
    numbers = list(range(10_001, 10_004))
    for number in numbers:
        for customer in customers:
            customer.says(text=f"{number}")
    wait_until(fair.is_quiet, lambda: str(fair.health()), seconds_max=90)
    for customer in customers:
        assert arrived_once_in_order(customer, numbers), (customer.sees(), fair.report(customers=False)["faults"])


def test_one_customer_in_trouble_holds_up_nobody_else(fair: House) -> None:
    unlucky, lucky = fair.new_customer(), fair.new_customer()
    fair.fault("slow", customer=unlucky.id, seconds=3)
    unlucky.says(text="10001")
    wait_until(lambda: bool(unlucky.sees()))
    began = time.monotonic()
    lucky.says(text="10002")
    wait_until(lambda: arrived_once_in_order(lucky, [10_002]))
    assert time.monotonic() - began < 2.5
    fair.wait_until_quiet()
    assert arrived_once_in_order(unlucky, [10_001])


def test_a_refusal_for_good_is_recorded_with_its_reason_and_the_next_message_goes_on(fair: House) -> None:
    customer = fair.new_customer()
    customer.types("10001")
    fair.fault("error", code=551, subcode=1545041, customer=customer.id, times=1)
    assert customer.types("10002") == []
    assert customer.types("10003") == [FOUND.format(10_003)]
    query = f"SELECT status, reason_code, attempt FROM outbox WHERE customer_id = '{customer.id}' AND status <> 'sent'"
    assert fair.rows(query) == [("failed", "person_unavailable", 1)]


def test_who_blocked_the_page_is_tried_once(fair: House) -> None:
    customer = fair.new_customer()
    customer.types("10001")
    customer.says(block=True)
    assert customer.types("10002") == []
    customer.says(block=False)
    assert customer.types("10003") == [FOUND.format(10_003)]


# ---- troubles of a whole Page ------------------------------------------------------------------------------


SOON = {"PAGE_WAIT_SECONDS_MAX": "11"}
"""Instead of 30 and 60: still so long that all workers are told of it (app/worker/parking.py)."""


@pytest.fixture(scope="module")
def two_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("weather")
    shop = copy_shop(folder / "shop")
    pages = {page: {"flows": "shop", "token": TOKENS[page]} for page in (PAGE, OTHER_PAGE)}
    (folder / "pages.yaml").write_text(json.dumps(pages))
    accounts = {page: PageAccount(page, TOKENS[page]) for page in pages}
    with running(Plan(folder, shop, settings={"PAGES": str(folder / "pages.yaml"), **SOON}, pages=accounts)) as started:
        yield started


@pytest.mark.parametrize(("kind", "code"), [("token_expired", "token_dead"), ("rate_limit", "too_many_calls")])
def test_a_page_in_trouble_waits_and_loses_nothing_while_the_other_goes_on(
    two_pages: House, kind: str, code: str
) -> None:
    """Its operator puts things right and starts the bot again; `test_a_page_goes_on_by_itself` waits instead."""
    waiting, served = two_pages.new_customer(PAGE), two_pages.new_customer(OTHER_PAGE)
    two_pages.fault(kind, page=PAGE, times=1)
    waiting.says(text="10001")
    query = f"SELECT status, reason_code FROM outbox WHERE customer_id = '{waiting.id}' AND seq = 1"
    wait_until(lambda: two_pages.rows(query) == [("pending", code)])
    refused = two_pages.report(customers=False)["sends"]["refused"]
    waiting.says(text="10002")
    served.says(text="10003")
    wait_until(lambda: arrived_once_in_order(served, [10_003]))
    assert waiting.sees() == []
    assert two_pages.report(customers=False)["sends"]["refused"] == refused, "a Page that waits does not knock again"
    assert two_pages.bot.stop() == 0
    two_pages.start_bot()
    two_pages.wait_until_quiet()
    assert arrived_once_in_order(waiting, [10_001, 10_002])


@pytest.mark.parametrize("kind", ["rate_limit", "token_expired"])
def test_a_page_goes_on_by_itself(two_pages: House, kind: str) -> None:
    only_when_all_run()
    customer = two_pages.new_customer(PAGE)
    two_pages.fault(kind, page=PAGE, times=1)
    customer.says(text="10001")
    customer.says(text="10002")
    wait_until(lambda: arrived_once_in_order(customer, [10_001, 10_002]), lambda: str(customer.sees()), seconds_max=90)
