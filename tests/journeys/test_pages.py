"""Several Pages in one house: each has its bot, its customers, and the app that may speak for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.bodies import FOREIGN_PAGE, FOREIGN_SECRET, OTHER_PAGE, PAGE, TOKENS, message, wrap
from tests.journeys.house import House, Plan, running
from tests.journeys.shop import DISCLOSURE, WELCOME, copy_shop
from webhooks.simulator import PageAccount

OTHER_BOT = """\
flow: 1
bot: {name: Tick, disclosure: I am Tick.}
messenger: {start: ready}
anywhere: [{else: ready}]
states:
  ready: {say: "You wrote: <said>"}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Three Pages with two flow folders; the third belongs to another app. Webhooks leave with items of several customers."""
    folder = tmp_path_factory.mktemp("pages")
    shop, settings = copy_shop(folder / "shop"), {"PAGES": str(write_pages(folder))}
    accounts = {page: PageAccount(page, token) for page, token in TOKENS.items() if page != FOREIGN_PAGE}
    accounts[FOREIGN_PAGE] = PageAccount(FOREIGN_PAGE, TOKENS[FOREIGN_PAGE], app_secret=FOREIGN_SECRET)
    with running(Plan(folder, shop, settings=settings, pages=accounts, items_per_webhook=20)) as started:
        yield started


def write_pages(folder: Path) -> Path:
    (folder / "tick").mkdir()
    (folder / "tick" / "bot.yaml").write_text(OTHER_BOT)
    pages = {
        PAGE: {"flows": "shop", "token": TOKENS[PAGE]},
        OTHER_PAGE: {"flows": "tick", "token": TOKENS[OTHER_PAGE]},
        FOREIGN_PAGE: {"flows": "tick", "token": TOKENS[FOREIGN_PAGE], "app_secret": FOREIGN_SECRET},
    }
    file = folder / "pages.yaml"
    file.write_text(json.dumps(pages, indent=1))
    return file


def test_each_page_is_answered_by_its_own_bot(house: House) -> None:
    of_the_shop, of_the_other = house.new_customer(PAGE), house.new_customer(OTHER_PAGE)
    assert of_the_shop.types("hello")[-1].endswith(WELCOME)
    assert of_the_other.types("hello") == ["I am Tick.", "You wrote: hello"]


def test_one_body_with_several_pages_and_customers_reaches_them_all(house: House) -> None:
    customers = [house.new_customer(page).opens() for page in (PAGE, OTHER_PAGE) for _ in range(3)]
    body = wrap(*(message(each.id, "good morning to you", page=each.page) for each in customers))
    assert len(json.loads(body)["entry"]) == 2
    assert house.post(body).status_code == 200
    for each in customers:
        answers = each.sees_new()
        expected = [DISCLOSURE, "I did not understand that."] if each.page == PAGE else ["I am Tick."]
        assert answers[: len(expected)] == expected


def test_customers_who_write_at_once_share_bodies_and_are_all_answered(house: House) -> None:
    customers = [house.new_customer(OTHER_PAGE) for _ in range(30)]
    for number, each in enumerate(customers):
        each.says(text=f"number {number}")
    house.wait_until_quiet()
    assert [each.sees() for each in customers] == [["I am Tick.", f"You wrote: number {n}"] for n in range(30)]


def test_the_same_id_on_two_pages_is_two_customers(house: House) -> None:
    here = house.new_customer(PAGE)
    there = house.new_customer(OTHER_PAGE)
    there.id = here.id
    here.types("hello")
    assert there.types("hello") == ["I am Tick.", "You wrote: hello"]
    assert here.types("track my order") == ["What is your order number?"]


def test_an_app_cannot_speak_for_the_pages_of_another(house: House) -> None:
    victim, stranger = house.new_customer(PAGE).opens(), house.new_customer(FOREIGN_PAGE).opens()
    body = wrap(message(victim.id, "hello"), message(stranger.id, "hello", page=FOREIGN_PAGE))
    assert house.post(body, FOREIGN_SECRET).status_code == 200
    assert victim.sees_new() == []
    assert stranger.sees_new() == ["I am Tick.", "You wrote: hello"]
    [(status, reason)] = house.rows(f"SELECT status, reason FROM inbox WHERE customer_id = '{victim.id}'")
    assert status == "quarantined"
    assert "may not speak for it" in reason


def test_a_page_that_is_not_ours_is_set_aside_and_harms_nobody(house: House) -> None:
    customer = house.new_customer(OTHER_PAGE).opens()
    body = wrap(message("999", "hello", page="31337"), message(customer.id, "still here?", page=OTHER_PAGE))
    assert house.post(body).status_code == 200
    assert customer.sees_new()[-1] == "You wrote: still here?"
    assert house.rows("SELECT status FROM inbox WHERE page_id = '31337'") == [("quarantined",)]
