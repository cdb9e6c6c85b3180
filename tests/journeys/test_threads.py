"""Who has the conversation: other apps and people take, pass, ask for and release it; the Page's own inbox is a desk."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from tests.journeys.house import Customer, House, Plan, running, wait_until
from tests.journeys.shop import CALLING, DISCLOSURE, ORDER_ASKED, WELCOME, copy_shop
from tests.journeys.test_handoff import answered_by

OTHER_APP, PAGE_INBOX_APP_ID = "777777", "263902037430900"
SILENCE_SECONDS = 3.0


@pytest.fixture(scope="module")
def inbox_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Handoffs go to the Page's own inbox; who answers there silences the bot for seconds instead of a day."""
    folder = tmp_path_factory.mktemp("inbox")
    settings = {"HANDOFF_TO": "page_inbox", "PERSON_SILENCES_HOURS": str(SILENCE_SECONDS / 3600)}
    with running(Plan(folder, copy_shop(folder / "shop"), settings=settings)) as started:
        yield started


def control(customer: Customer, what: str, **more: str) -> list[str]:
    customer.house.control("thread_control", page=customer.page, customer=customer.id, control=what, **more)
    return customer.sees_new()


def owner(customer: Customer) -> str:
    return str(customer.screen()["owner_app_id"])


def greeted(house: House) -> Customer:
    customer = house.new_customer()
    customer.types("hello")
    return customer


# ---- taken, passed, released -------------------------------------------------------------------------------


def test_while_another_app_has_the_thread_the_bot_hears_and_says_nothing(house: House) -> None:
    customer = greeted(house)
    assert control(customer, "take", app_id=OTHER_APP) == []
    assert customer.types("track my order") == []
    assert customer.sends_photo() == []
    lines = house.rows(f"SELECT kind FROM history WHERE customer_id = '{customer.id}' ORDER BY id")
    assert [kind for (kind,) in lines] == ["TextReceived", "person_took_over", "standby", "standby"]
    assert control(customer, "pass", app_id=OTHER_APP) == []
    assert customer.types("track my order") == [DISCLOSURE, ORDER_ASKED]


def test_taps_while_another_app_has_the_thread_are_kept_and_lead_nowhere(house: House) -> None:
    """A tap on a button comes without its payload then."""
    customer = greeted(house)
    control(customer, "take", app_id=OTHER_APP)
    assert customer.taps("Track my order") == []
    assert customer.taps("Talk to a person") == []
    query = f"SELECT text, body FROM history WHERE customer_id = '{customer.id}' AND kind = 'standby' ORDER BY id"
    kept = [(text, json.loads(body)["kind"]) for text, body in house.rows(query)]
    assert kept == [("Track my order", "tap"), ("Talk to a person", "tap")]
    assert control(customer, "pass", app_id=OTHER_APP) == []
    assert customer.types("track my order")[-1] == ORDER_ASKED


def test_a_thread_that_was_released_is_the_bots_again(house: House) -> None:
    customer = greeted(house)
    control(customer, "take")
    control(customer, "release")
    assert answered_by(customer) == "bot"
    assert customer.types("menu")[-1].endswith(WELCOME)


def test_an_app_that_only_asks_for_the_thread_gets_nothing_by_it(house: House) -> None:
    customer = greeted(house)
    assert control(customer, "request", app_id=OTHER_APP) == []
    assert customer.types("track my order") == [ORDER_ASKED]


def test_a_send_into_a_thread_that_is_somebody_elses_silences_the_bot(house: House) -> None:
    """2018300: nobody had told us."""
    customer = greeted(house)
    house.fault("graph_error", code=2018300, times=1, customer=customer.id)
    assert customer.types("track my order") == []
    house.fault("clear")
    assert answered_by(customer) == "staff"
    assert customer.types("menu") == []
    customer.is_given_back()
    assert customer.types("menu")[-1].endswith(WELCOME)


@pytest.mark.parametrize("when", ["echo_first", "echo_with", "echo_late", "lost_answer"])
def test_a_person_who_comes_while_a_message_is_under_way_silences_the_bot_whatever_comes_first(
    house: House, when: str
) -> None:
    customer = greeted(house)
    house.fault(when, customer=customer.id, seconds=0.3)
    customer.says(text="track my order")
    customer.is_answered_by_person("I am here.")
    house.fault("clear")
    assert answered_by(customer) == "staff"
    assert customer.types("menu") == []
    assert customer.sees().count(ORDER_ASKED) <= 1
    live = house.rows(f"SELECT status FROM outbox WHERE customer_id = '{customer.id}'")
    assert {status for (status,) in live} <= {"sent", "cancelled", "failed"}


# ---- the Page's own inbox ----------------------------------------------------------------------------------


def test_a_handoff_goes_to_the_pages_inbox_and_back(inbox_house: House) -> None:
    customer = greeted(inbox_house)
    assert customer.types("human") == [CALLING]
    assert owner(customer) == PAGE_INBOX_APP_ID
    assert answered_by(customer) == "staff"
    assert customer.types("my parcel is wet") == []
    assert customer.types("menu") == [], "the person has it, not the bot"
    assert customer.is_answered_by_person("Hello, I am Anna.") == []
    customer.is_given_back()
    assert answered_by(customer) == "bot"
    assert customer.types("menu")[-1].endswith(WELCOME)
    assert not inbox_house.rows(f"SELECT 1 FROM timers WHERE customer_id = '{customer.id}' AND state = '@person'")


def test_a_person_who_falls_silent_gives_the_customer_back_to_the_bot(inbox_house: House) -> None:
    customer = greeted(inbox_house)
    customer.is_answered_by_person("One moment.")
    inbox_house.control("thread_control", page=customer.page, customer=customer.id, control="release")
    customer.is_answered_by_person("Done.")
    assert answered_by(customer) == "staff"
    wait_until(lambda: answered_by(customer) == "bot", seconds_max=SILENCE_SECONDS + 10)
    assert customer.sees_new() == []


def test_each_word_of_the_person_makes_the_silence_last(inbox_house: House) -> None:
    customer = greeted(inbox_house)
    for _ in range(3):
        customer.is_answered_by_person("Still looking.")
        time.sleep(SILENCE_SECONDS / 2)
        assert answered_by(customer) == "staff"
    wait_until(lambda: answered_by(customer) == "bot", seconds_max=SILENCE_SECONDS + 10)
