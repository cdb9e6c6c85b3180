"""Somebody signs out in the middle of an answer: what they wrote is there when they come back, and the customer waits for all again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.house import House, Plan, running
from tests.journeys.shop import copy_shop
from tests.journeys.staff import PASSWORD, make_account
from tests.journeys.test_desk_in_browser import ARGUMENTS, CHROMIUM, sign_in
from tests.needs import only_when_all_run, skip_without

HALF = "Your parcel left on"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    only_when_all_run()
    if not CHROMIUM.exists():
        skip_without(str(CHROMIUM))
    folder = tmp_path_factory.mktemp("leaving")
    with running(Plan(folder, copy_shop(folder / "shop"), settings={"STAFF_AWAY_MINUTES": "0.05"})) as started:
        for name in ("Anna", "Luc"):
            make_account(started, name)
        yield started


@pytest.fixture
def browser(house: House) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield started
        started.close()


def sign_out(page: Page) -> None:
    page.locator("header.bar details.menu summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in")


def sign_in_again(page: Page, name: str) -> None:
    page.fill("[name=email]", f"{name.lower()}@shop.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk")


def take(page: Page, path: str) -> None:
    page.goto(path)
    page.locator("[data-deed] button[value=take]").click()
    expect(page.locator("#text")).to_be_visible(timeout=15_000)


def test_who_signs_out_in_the_middle_of_an_answer_keeps_it_and_the_customer_waits_again(
    house: House, browser: Browser
) -> None:
    customer = house.new_customer()
    customer.types("hello")
    customer.taps("Talk to a person")
    path = f"{house.bot_url}/desk/c/{customer.page}/{customer.id}"
    anna, luc = sign_in(house, browser, "Anna"), sign_in(house, browser, "Luc")
    waiting = luc.locator(f'#rows [data-customer="{customer.id}"][data-by="waiting"]')
    expect(waiting).to_be_visible()
    take(anna, path)
    expect(waiting).to_be_hidden(timeout=15_000)
    anna.locator("#text").press_sequentially(HALF)
    sign_out(anna)
    expect(waiting).to_be_visible(timeout=30_000)
    sign_in_again(anna, "Anna")
    take(anna, path)
    expect(anna.locator("#text")).to_have_value(HALF)
    sign_out(anna)
    sign_in_again(anna, "Luc")
    take(anna, path)
    expect(anna.locator("#text")).to_have_value("")
    assert HALF not in str(anna.evaluate("Object.values(sessionStorage)")), "nobody finds what another person wrote"
    assert HALF not in str(customer.sees())
