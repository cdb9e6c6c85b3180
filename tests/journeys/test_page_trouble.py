"""When Messenger takes nothing from a Page, or nothing for one customer: what waits, what is told, what goes out later."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.journeys.house import Customer, House, Plan, running, wait_until
from tests.journeys.shop import DISCLOSURE, ORDER_ASKED, WELCOME, copy_shop

MINUTE, HOUR = 60, 3_600


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house of the test's own: what a Page suffers, all its customers feel."""
    folder = tmp_path_factory.mktemp("trouble")
    with running(Plan(folder, copy_shop(folder / "shop"))) as started:
        yield started


def outcome(customer: Customer) -> tuple[str, str | None]:
    """(status, code) of the newest message to this customer."""
    query = f"SELECT status, reason_code FROM outbox WHERE customer_id = '{customer.id}' ORDER BY seq DESC LIMIT 1"
    [(status, code)] = customer.house.rows(query)
    return str(status), code


def is_greeted(customer: Customer) -> bool:
    """Whether everything arrived once and in order."""
    first, second = customer.sees()
    return first == DISCLOSURE and second.endswith(WELCOME)


def troubles(house: House) -> list[str]:
    health = house.health()
    return [each["code"] for each in health["pages_in_trouble"]] if health else []


def refused(house: House) -> int:
    return int(house.report(customers=False)["sends"]["refused"])


# ---- a whole Page ------------------------------------------------------------------------------------------


def test_a_blocked_page_sends_nothing_and_loses_nothing_until_meta_unblocks_it(own: House) -> None:
    time.sleep(1.0)  # a worker that has never looked yet lets one message go ahead
    own.control("policy", action="block", reason="Too many complaints.")
    wait_until(lambda: troubles(own) == ["page_blocked"] and "page stopped" in own.bot.printed())
    customers = [own.new_customer() for _ in range(20)]
    for each in customers:
        each.says(text="hello")
    time.sleep(1.5)
    assert not any(each.sees() for each in customers)
    assert "Too many complaints." in str(own.health())
    assert refused(own) == 0, "what is known to be refused is not asked"
    own.control("policy", action="unblock")
    own.wait_until_quiet()
    assert all(map(is_greeted, customers))
    assert troubles(own) == []


def test_a_block_that_meta_told_of_holds_over_a_restart(own: House) -> None:
    own.control("policy", action="warning", reason="Look at your messages.")
    own.control("policy", action="block", reason="Too many complaints.")
    wait_until(lambda: troubles(own) == ["page_blocked"])
    assert own.bot.printed().count("the channel warns or stops a page") == 2
    assert own.bot.stop() == 0
    own.start_bot()
    assert troubles(own) == ["page_blocked"]
    customer = own.new_customer()
    own.control("policy", action="unblock")
    customer.says(text="hello")
    own.wait_until_quiet()
    assert is_greeted(customer)


def test_a_block_in_the_middle_of_many_sends_loses_and_doubles_none(own: House) -> None:
    """Nobody tells us of the end but the next message that is taken; here its notice comes too."""
    customers = [own.new_customer() for _ in range(200)]
    for number, each in enumerate(customers):
        each.says(text="hello")
        if number == 100:
            own.control("policy", action="block")
    wait_until(lambda: troubles(own) == ["page_blocked"])
    own.control("policy", action="warning")
    own.control("policy", action="unblock")
    own.wait_until_quiet()
    assert all(map(is_greeted, customers))


def test_a_dead_token_alarms_and_what_waited_goes_out_when_it_lives_again(own: House) -> None:
    customer = own.new_customer()
    own.control("page", revoked=True)
    customer.says(text="hello")
    wait_until(lambda: troubles(own) == ["token_dead"])
    assert "Connect the Page again" in str(own.health())
    assert "page parked" in own.bot.printed()
    assert own.bot.stop() == 0
    own.control("page", revoked=False)
    own.start_bot()
    own.wait_until_quiet()
    assert is_greeted(customer)
    assert troubles(own) == []


def test_a_page_near_the_end_of_its_allowance_goes_slowly(own: House) -> None:
    own.fault("usage", percent=98)
    own.new_customer().types("hello")
    began = time.monotonic()
    for customer in [own.new_customer() for _ in range(3)]:
        customer.says(text="hello")
    own.wait_until_quiet()
    assert time.monotonic() - began > 2.0, "six messages at one a second, some of them at once"
    own.fault("clear")


def test_a_page_whose_allowance_is_used_up_stops_and_says_so(own: House) -> None:
    own.fault("usage", percent=100, minutes=30)
    own.new_customer().says(text="hello")
    wait_until(lambda: troubles(own) == ["too_many_calls"])
    before = own.report(customers=False)["sends"]
    own.new_customer().says(text="hello")
    time.sleep(1.0)
    assert own.report(customers=False)["sends"] == before


# ---- the window --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds_ago", "arrives"), [(23 * HOUR + 54 * MINUTE, True), (24 * HOUR - 4 * MINUTE, False), (24 * HOUR + MINUTE, False)]
)  # fmt: skip
def test_what_was_written_a_day_ago_is_answered_up_to_five_minutes_before_its_end(
    own: House, seconds_ago: float, arrives: bool
) -> None:
    """We hear of it late. The five minutes are for clocks that differ and messages that wait."""
    customer = own.new_customer()
    own.control("clock", shift=-seconds_ago)
    customer.says(text="hello")
    own.wait_until_quiet()
    assert bool(customer.sees()) is arrives
    assert outcome(customer) == (("sent", None) if arrives else ("failed", "window_closed"))


def test_a_window_that_only_meta_knows_to_be_closed_is_a_failure_in_words_and_asked_once(own: House) -> None:
    customer = own.new_customer()
    customer.types("hello")
    own.control("clock", advance=24 * HOUR + MINUTE)
    own.fault("window_closed", customer=customer.id, times=1)
    customer.types("track my order")
    assert outcome(customer) == ("failed", "window_closed")
    assert refused(own) == 1


# ---- one message -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "subcode", "told"),
    [
        (10, 2018278, "window_closed"), (10, 2018108, "person_unavailable"), (10, 1893015, "person_opted_out"),
        (10, 2018336, "region_rules"), (100, None, "refused"), (100, 2018001, "no_such_person"), (100, 1893061, "tag_removed"),
        (200, 2018028, "recipient_not_approved"), (551, None, "person_unavailable"), (613, 2018338, "kind_stopped"),
    ],
)  # fmt: skip
def test_what_meta_refuses_for_good_is_kept_with_its_reason_and_the_next_message_goes(
    house: House, code: int, subcode: int | None, told: str
) -> None:
    customer = house.new_customer()
    customer.types("hello")
    house.fault("graph_error", code=code, subcode=subcode, customer=customer.id, times=1)
    customer.types("track my order")
    house.fault("clear")
    assert outcome(customer) == ("failed", told)
    assert customer.types("12345")[0].startswith("Thank you.")
    assert house.health() is not None
    assert troubles(house) == []


def test_who_stopped_messages_is_asked_nothing_more_until_they_write_again(own: House) -> None:
    customer = own.new_customer()
    own.fault("graph_error", code=10, subcode=1893015, customer=customer.id, times=1)
    assert customer.types("hello") == []
    told = own.rows(f"SELECT reason_code, reason FROM outbox WHERE customer_id = '{customer.id}' ORDER BY seq")
    assert [code for code, _ in told] == ["person_opted_out", "stopped"]
    assert "as soon as the person does" in str(told[1][1])
    assert refused(own) == 1, "what is known to be refused is not asked"
    assert customer.types("track my order") == [ORDER_ASKED]


@pytest.mark.parametrize(("code", "subcode"), [(1, None), (2, 2018344), (99, None), (1200, None), (-1, None)])
def test_what_meta_leaves_open_is_looked_up_and_arrives_once(house: House, code: int, subcode: int | None) -> None:
    customer = house.new_customer()
    customer.types("hello")
    house.fault("graph_error", code=code, subcode=subcode, customer=customer.id, times=1)
    assert customer.types("track my order") == [ORDER_ASKED]
    house.fault("clear")
    assert outcome(customer) == ("sent", None)


@pytest.mark.parametrize(
    ("code", "subcode", "told"),
    [
        (10, 1893063, "page_restricted"), (10, 1404170, "page_blocked"), (368, None, "page_blocked"), (190, 460, "token_dead"),
        (190, 490, "token_dead"), (200, None, "permission_missing"), (4, 2018354, "too_many_calls"), (32, None, "too_many_calls"),
    ],
)  # fmt: skip
def test_what_concerns_the_page_stops_it_and_the_message_waits(
    page_house: House, code: int, subcode: int | None, told: str
) -> None:
    customer = page_house.new_customer()
    page_house.fault("graph_error", code=code, subcode=subcode, times=1)
    customer.says(text="hello")
    wait_until(lambda: troubles(page_house) == [told])
    assert outcome(customer)[0] == "pending"
    page_house.control("policy", action="unblock")  # Meta's word ends every stop
    page_house.wait_until_quiet()
    assert is_greeted(customer)


@pytest.fixture(scope="module")
def page_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("pages")
    with running(Plan(folder, copy_shop(folder / "shop"))) as started:
        yield started
