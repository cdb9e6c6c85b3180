"""The bot is killed or stopped in the middle and started again: the conversation goes on where it was, and nothing is said twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Servers
from tests.journeys.bodies import message, wrap
from tests.journeys.house import HOST, Customer, House, Plan, messenger, running, wait_until
from tests.journeys.process import Command
from tests.journeys.shop import BUDGET, CALLING, DISCLOSURE, OCCASION, ORDER_ASKED, RATING_ASKED, WELCOME, copy_shop
from tests.ports import free_port

STOP_SECONDS = 10.0
"""What an operator is promised: a stop takes no longer."""


BOTH = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True, scope="module")
"""What depends on how the database remembers; the rest would show nothing new on the second one."""


@pytest.fixture(scope="module", params=["sqlite"])
def house(
    request: pytest.FixtureRequest, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("restarts")
    address = servers.address("postgres", folder) if request.param == "postgres" else ""
    with running(Plan(folder, copy_shop(folder / "shop"), address)) as started:
        yield started


@pytest.fixture(autouse=True)
def _started(house: House) -> Iterator[None]:
    """Each test finds a bot that runs and fair weather, whatever the last one did."""
    if not house.bot.is_running:
        house.start_bot()
    yield
    house.fault("clear")


@dataclass(frozen=True, slots=True)
class Killed:
    """Customers who were in the middle of something when the bot was killed; it runs again."""

    filling_in: Customer
    waiting: Customer
    with_person: Customer
    offered: tuple[Customer, str]
    repeated: tuple[Customer, dict[str, Any]]
    under_way: Customer
    held_back: Customer
    taken_over: Customer


@pytest.fixture(scope="module")
def killed(house: House) -> Killed:
    filling_in, waiting, with_person, under_way, held_back, taken_over = (house.new_customer() for _ in range(6))
    for each in (filling_in, held_back, taken_over):
        each.types("hello")
    filling_in.taps("Outfit ideas")
    assert filling_in.taps("For me") == [OCCASION]
    for each in (waiting, with_person):
        assert each.types("human") == [DISCLOSURE, CALLING]
    with_person.is_answered_by_person("Yes?")
    offered, repeated = house.new_customer(), house.new_customer().opens()
    offered.types("hello")
    payload, item = offered.payload_of("Talk to a person"), message(repeated.id, "hello")
    assert len(repeated.posts(item)) == 2
    _leave_in_doubt(house, under_way)
    _hold_back(house, held_back, taken_over)
    house.bot.kill()
    filling_in.says(tap="Work")  # Meta repeats it until somebody takes it
    house.start_bot()
    house.wait_until_quiet()
    people = (filling_in, waiting, with_person)
    return Killed(*people, (offered, payload), (repeated, item), under_way, held_back, taken_over)


def _leave_in_doubt(house: House, customer: Customer) -> None:
    """Messenger has taken the first reply, and will say so only after the kill."""
    house.fault("slow", customer=customer.id, times=1, seconds=20)
    customer.says(text="hello")
    wait_until(lambda: bool(customer.sees()))


def _hold_back(house: House, customer: Customer, taken_over: Customer) -> None:
    """The Page has to wait, and with it one reply for each of these; a person answers the second one."""
    house.fault("rate_limit", customer=customer.id, times=1)
    customer.says(tap="Track my order")
    wait_until(lambda: _last_status(customer) == "pending")
    taken_over.says(tap="Track my order")
    wait_until(lambda: house.rows(f"SELECT count(*) FROM outbox WHERE customer_id = '{taken_over.id}'") == [(3,)])
    house.control("staff_reply_in_page_inbox", page=taken_over.page, customer=taken_over.id, text="I look for it.")
    wait_until(lambda: _last_status(taken_over) == "cancelled")


def _last_status(customer: Customer) -> str:
    query = f"SELECT status, reason_code FROM outbox WHERE customer_id = '{customer.id}' ORDER BY seq DESC LIMIT 1"
    status, _ = customer.house.rows(query)[0]
    return str(status)


@BOTH
def test_a_form_goes_on_after_a_kill_between_two_steps(killed: Killed) -> None:
    assert killed.filling_in.sees_new() == [BUDGET]
    assert killed.filling_in.types("60")[0] == "Here is what I would choose for Work:"


@BOTH
def test_a_handoff_goes_on_after_a_kill(killed: Killed) -> None:
    for customer in (killed.waiting, killed.with_person):
        assert customer.types("are you there?") == []
        customer.is_answered_by_person("Yes, I am.")
        assert customer.types("good") == []
        assert customer.is_given_back() == [DISCLOSURE, RATING_ASKED]


@BOTH
def test_a_tap_that_was_offered_before_a_kill_still_works(killed: Killed) -> None:
    customer, payload = killed.offered
    assert customer.taps_old(payload, "Talk to a person") == [CALLING]


@BOTH
def test_a_delivery_that_is_repeated_after_a_kill_is_not_handled_again(killed: Killed) -> None:
    customer, item = killed.repeated
    assert customer.posts(item) == []


@BOTH
def test_a_reply_that_was_under_way_at_a_kill_arrives_once(killed: Killed) -> None:
    disclosed, welcomed = killed.under_way.sees()
    assert disclosed == DISCLOSURE
    assert welcomed.endswith(WELCOME)


@BOTH
def test_a_reply_that_had_not_left_at_a_kill_leaves_after_the_start(killed: Killed) -> None:
    assert killed.held_back.sees_new() == [ORDER_ASKED]


@BOTH
def test_a_reply_that_had_not_left_when_a_person_took_over_never_leaves(killed: Killed) -> None:
    assert killed.taken_over.sees_new() == []
    assert killed.taken_over.types("thank you") == []


def test_what_was_acknowledged_before_a_kill_is_answered_after_it(house: House) -> None:
    """A web process alone acknowledges, and nobody takes turns."""
    house.bot.stop()
    web = Command(house.plan.folder, (*house.bot.arguments, "--role", "web"), house.bot.settings)
    web.start(lambda: house.health() is not None)
    customers = [house.new_customer().opens() for _ in range(5)]
    assert house.post(wrap(*(message(each.id, "hello") for each in customers))).status_code == 200
    web.kill()
    assert not any(each.sees() for each in customers)
    house.start_bot()
    for each in customers:
        disclosed, welcomed = each.sees_new()
        assert disclosed == DISCLOSURE
        assert welcomed.endswith(WELCOME)


def test_a_stop_finishes_what_is_under_way_and_the_next_start_goes_on(house: House) -> None:
    customers = [house.new_customer() for _ in range(20)]
    house.fault("slow", seconds=0.5)
    for each in customers:
        each.says(text="hello")
    wait_until(lambda: any(each.sees() for each in customers))
    began = time.monotonic()
    assert house.bot.stop() == 0
    assert time.monotonic() - began < STOP_SECONDS
    assert house.rows("SELECT count(*) FROM outbox WHERE status IN ('in_flight', 'unknown')") == [(0,)]
    house.fault("clear")
    house.start_bot()
    for each in customers:
        disclosed, welcomed = each.sees_new()
        assert disclosed == DISCLOSURE
        assert welcomed.endswith(WELCOME)
    assert house.report()["sends"]["copies"] == 0


def test_a_stop_does_not_wait_for_a_messenger_that_hangs(house: House) -> None:
    customer = house.new_customer()
    house.fault("slow", customer=customer.id, times=1, seconds=25)
    customer.says(text="hello")
    wait_until(lambda: bool(customer.sees()))
    began = time.monotonic()
    assert house.bot.stop() == 0
    assert time.monotonic() - began < STOP_SECONDS + 1.0, "a second for the machine"
    house.start_bot()
    assert len(customer.sees_new()) == 2


def test_a_second_server_on_the_same_sqlite_file_is_refused_in_words(house: House) -> None:
    second = Command(house.plan.folder, ("serve", "--host", HOST, "--port", "1"), house.bot.settings)
    with pytest.raises(AssertionError, match="did not start"):
        second.start(lambda: False)
    assert second.process is not None
    assert second.process.returncode == 2
    [line] = second.printed().splitlines()
    assert "Another process already works on" in line
    assert house.new_customer().types("hello")[0] == DISCLOSURE


def test_a_web_and_a_worker_process_that_start_together_on_a_new_file_share_the_work(tmp_path: Path) -> None:
    house = House(Plan(tmp_path, copy_shop(tmp_path / "shop")))
    worker = Command(
        tmp_path, ("serve", "--role", "worker", "--host", HOST, "--port", str(free_port())), house.bot.settings
    )
    house.bot.arguments = (*house.bot.arguments, "--role", "web")
    try:
        worker.start(lambda: worker.is_running)
        house.start_bot()
        with messenger(house):
            disclosed, welcomed = house.new_customer().types("hello")
            assert disclosed == DISCLOSURE
            assert welcomed.endswith(WELCOME)
        assert (house.bot.stop(), worker.stop()) == (0, 0)
    finally:
        for each in (house.bot, worker):
            if each.is_running:
                each.kill()
        house.http.close()
