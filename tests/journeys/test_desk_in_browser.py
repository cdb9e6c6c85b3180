"""The desk in a real browser: two staff screens and the customer's screen at once; nothing that a screen reader would stumble over."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.journeys.house import House, Plan, running
from tests.journeys.shop import CALLING, copy_shop
from tests.journeys.staff import PASSWORD, make_account
from tests.needs import only_when_all_run, skip_without

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
AXE = Path(__file__).parents[1] / "vendor" / "axe" / "axe.min.js"
STAFF = ("Anna", "Luc", "Nora", "Ida360", "Ida1280")
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    only_when_all_run()
    if not CHROMIUM.exists():
        skip_without(str(CHROMIUM))
    folder = tmp_path_factory.mktemp("browser")
    with running(Plan(folder, copy_shop(folder / "shop"), settings={"STAFF_UNDO_SECONDS": "2"})) as started:
        for name in STAFF:
            make_account(started, name)
        yield started


@pytest.fixture(scope="module")
def browser(house: House) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield started
        started.close()


def sign_in(house: House, browser: Browser, name: str, **looks: Any) -> Page:
    """This person's screen; anything that the browser complains about fails the test."""
    context: BrowserContext = browser.new_context(
        bypass_csp=False, **{"viewport": {"width": 1280, "height": 800}, **looks}
    )
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"{name}'s screen: {error}"))
    page.goto(f"{house.bot_url}/sign-in")
    page.fill("[name=email]", f"{name.lower()}@shop.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk")
    return page


def answer_one_message(anna: Page, customer: Page) -> None:
    """By keyboard; what is quoted can be taken away, and then nothing is."""
    anna.keyboard.press("Escape")
    anna.keyboard.press("q")
    expect(anna.locator("#quoted q")).to_have_text("Thank you, Anna")
    anna.get_by_role("button", name="Do not answer this one").click()
    expect(anna.locator("#quoted")).to_be_hidden()
    anna.locator(".line.them", has_text="Thank you, Anna").get_by_role("button", name="Reply").click()
    anna.keyboard.type("You are welcome")
    anna.keyboard.press("Control+Enter")
    expect(anna.locator(".line.staff .quote", has_text="Thank you, Anna")).to_be_visible()
    expect(anna.locator("#quoted")).to_be_hidden()
    expect(customer.locator(".log .quote", has_text="Thank you, Anna")).to_be_visible(timeout=15_000)


def test_two_staff_screens_and_a_customer_go_the_whole_way(house: House, browser: Browser) -> None:
    anna, luc = sign_in(house, browser, "Anna"), sign_in(house, browser, "Luc")
    customer = browser.new_page()
    customer.goto(house.messenger_url)
    customer.get_by_role("button", name="Get Started").click()
    customer.get_by_role("button", name="Talk to a person").first.click()
    expect(customer.locator(".log .bubble", has_text=CALLING)).to_be_visible()
    # Both screens show it by themselves, the title too.
    for screen in (anna, luc):
        expect(screen.locator("#rows .row-item")).to_have_count(1)
        expect(screen).to_have_title(re.compile(r"^\(1\)"))
        screen.keyboard.press("j")
        screen.keyboard.press("Enter")
        expect(screen.get_by_role("button", name="Take")).to_be_visible()
    anna.keyboard.press("t")
    expect(anna.locator("#text")).to_be_focused()
    expect(luc.locator(".talk-head")).to_contain_text("Anna")
    expect(luc.get_by_role("button", name="Take from Anna")).to_be_visible()
    # Luc sees her type, she writes, the customer reads; what the customer writes appears on both screens.
    anna.keyboard.type("Hello from Anna")
    expect(luc.locator(".lookers")).to_contain_text("Anna is typing")
    anna.keyboard.press("Control+Enter")
    expect(anna.locator(".line.staff .words")).to_have_text("Hello from Anna")
    expect(customer.locator(".log .bubble", has_text="Hello from Anna")).to_be_visible(timeout=15_000)
    customer.get_by_label("Message", exact=True).fill("Thank you, Anna")
    customer.keyboard.press("Enter")
    for screen in (anna, luc):
        expect(screen.locator(".line.them .words", has_text="Thank you, Anna")).to_be_visible()
    answer_one_message(anna, customer)
    # Taken back in time it never arrives; then the bot goes on.
    anna.locator("#text").fill("Never mind")
    anna.keyboard.press("Control+Enter")
    anna.get_by_role("button", name=re.compile("Undo")).click()
    expect(anna.locator("#text")).to_have_value("Never mind")
    anna.keyboard.press("Escape")
    anna.keyboard.press("b")
    anna.locator("details[open] button.primary").click()
    expect(customer.locator(".log .bubble", has_text="How did we do?")).to_be_visible()
    expect(anna.locator(".talk-head .badge").first).to_have_text("Bot")
    assert "Never mind" not in customer.locator(".log").inner_text()


def test_a_reply_on_a_lost_network_is_kept_and_sent_once(house: House, browser: Browser) -> None:
    person = house.new_customer()
    person.types("hello")
    person.taps("Talk to a person")
    screen = sign_in(house, browser, "Nora")
    # The clock of this machine is three hours ahead: nobody waits for hours because of that.
    screen.add_init_script(
        "const now = Date.now, began = performance.timeOrigin; Date.now = () => now() + 10800000;"
        "Object.defineProperty(performance, 'timeOrigin', { get: () => began + 10800000 });"
    )
    screen.goto(f"{house.bot_url}/desk/c/{person.page}/{person.id}")
    expect(screen.locator(".talk-head .wait")).to_have_text(re.compile(r"^(now|\d+ min)$"))
    screen.keyboard.press("t")
    expect(screen.locator("#text")).to_be_focused()
    screen.locator("#text").fill("Only once, please")
    # The request arrives and its answer is lost: the screen cannot know that it was taken.
    screen.route("**/text", lambda route: (route.fetch(), route.abort()))
    screen.get_by_role("button", name="Send", exact=True).click()
    expect(screen.locator("#toasts")).to_contain_text("Not sent")
    expect(screen.locator("#text")).to_have_value("Only once, please")
    screen.unroute("**/text")
    # The page loaded anew knows it too.
    screen.reload()
    expect(screen.locator("#text")).to_have_value("Only once, please")
    screen.get_by_role("button", name="Send", exact=True).click()
    expect(screen.locator("#text")).to_have_value("")
    expect(screen.locator(".line.staff")).to_have_count(1)
    words_changed_after_a_lost_answer(screen)
    words_typed_while_others_are_on_their_way(screen)
    words_sent_while_the_page_asks_what_is_new(screen)


def words_sent_while_the_page_asks_what_is_new(screen: Page) -> None:
    screen.route("**/parts?*", lambda _: None)
    for words in ("One moment.", "Here it is."):
        screen.locator("#text").fill(words)
        screen.keyboard.press("Control+Enter")
        expect(screen.locator("#text")).to_have_value("")
    screen.unroute("**/parts?*")
    screen.reload()
    expect(screen.locator(".line.staff .words").last).to_have_text("Here it is.")
    expect(screen.locator(".line.staff .words", has_text="One moment.")).to_have_count(1)


def words_changed_after_a_lost_answer(screen: Page) -> None:
    """Nobody is told that they left: what did leave is shown, and the others go at the next press."""
    screen.route("**/text", lambda route: (route.fetch(), route.abort()))
    screen.locator("#text").fill("It costs 10")
    screen.keyboard.press("Control+Enter")
    expect(screen.locator("#toasts")).to_contain_text("Not sent")
    screen.unroute("**/text")
    screen.locator("#text").fill("It costs 12")
    screen.keyboard.press("Control+Enter")
    expect(screen.locator("#toasts")).to_contain_text("with other words")
    expect(screen.locator("#text")).to_have_value("It costs 12")
    expect(screen.locator(".line.staff .words").last).to_have_text("It costs 10")
    screen.keyboard.press("Control+Enter")
    expect(screen.locator(".line.staff .words").last).to_have_text("It costs 12")
    expect(screen.locator("#text")).to_have_value("")


def words_typed_while_others_are_on_their_way(screen: Page) -> None:
    """They stay in the box, and pressing too early loses none of them."""
    screen.evaluate(
        "const now = window.fetch; window.fetch = async (at, how) => "
        "{ if (String(at).endsWith('/text')) await new Promise((on) => setTimeout(on, 700)); return now(at, how); }"
    )
    screen.locator("#text").fill("First")
    screen.keyboard.press("Control+Enter")
    screen.keyboard.type(" second")
    screen.keyboard.press("Control+Enter")
    expect(screen.locator(".line.staff .words").last).to_have_text("First")
    expect(screen.locator("#text")).to_have_value("second")
    screen.keyboard.press("Control+Enter")
    expect(screen.locator(".line.staff .words").last).to_have_text("second")


def test_a_screen_gets_over_an_answer_that_never_comes_and_doubts_who_is_gone(house: House, browser: Browser) -> None:
    person = house.new_customer()
    person.types("hello")
    person.taps("Talk to a person")
    path = f"{house.bot_url}/desk/c/{person.page}/{person.id}"
    nora, ida = sign_in(house, browser, "Nora"), sign_in(house, browser, "Ida1280")
    ida.clock.install()
    # What takes 8 seconds in life.
    ida.add_init_script(
        "const real = AbortSignal.timeout; AbortSignal.timeout = (wait) => real.call(AbortSignal, wait / 20);"
    )
    ida.goto(path)
    nora.goto(path)
    nora.keyboard.press("t")
    expect(nora.locator("#text")).to_be_focused()
    nora.keyboard.type("Hm")
    expect(ida.locator(".lookers")).to_contain_text("Nora is typing")
    # Nora's network is gone; she says nothing more.
    nora.context.close()
    with sqlite3.connect(house.database_file, timeout=10) as connection:
        connection.execute("UPDATE looks SET looked_at = NULL, typing_at = NULL")
    connection.close()
    ida.clock.fast_forward(8_000)
    expect(ida.locator(".lookers")).to_have_text("")
    swallowed: list[Any] = []
    ida.route("**/parts**", lambda route: route.continue_() if swallowed else swallowed.append(route))
    person.types("first")
    ida.wait_for_timeout(700)
    assert swallowed
    person.types("second")
    expect(ida.locator(".line.them .words").last).to_have_text("second")
    # What is erased goes from the screens that show it, too.
    with sqlite3.connect(house.database_file, timeout=10) as connection:
        connection.execute("DELETE FROM history WHERE customer_id = ? AND text = 'first'", (person.id,))
    connection.close()
    person.types("third")
    expect(ida.locator(".line.them .words").last).to_have_text("third")
    expect(ida.locator(".line.them .words", has_text="first")).to_have_count(0)


def test_screens_that_nobody_sees_leave_room_for_the_others(house: House, browser: Browser) -> None:
    """A browser opens six connections to one host, and each screen that listens keeps one."""
    seen = sign_in(house, browser, "Ida360")
    seen.context.add_init_script(
        "Object.defineProperty(Document.prototype, 'hidden', { get: () => !window.isSeen, configurable: true });"
    )
    unseen = [seen.context.new_page() for _ in range(3)]
    for page in unseen:
        page.goto(f"{house.bot_url}/desk")
        page.wait_for_function("document.getElementById('live')")
    for page in unseen[:2]:
        expect(page.locator('[data-live="on"]')).to_be_visible()
    expect(unseen[2].locator('[data-live="off"]')).to_be_visible()
    # Its turn comes when another one is closed, or when somebody looks at it.
    unseen[0].close()
    unseen[2].evaluate("window.isSeen = true; document.dispatchEvent(new Event('visibilitychange'))")
    expect(unseen[2].locator('[data-live="on"]')).to_be_visible()


@pytest.mark.parametrize(("width", "scheme", "language"), [(360, "dark", "fr"), (1280, "light", "en")])
def test_no_serious_finding_for_people_who_see_or_hear_a_page_otherwise(
    house: House, browser: Browser, width: int, scheme: str, language: str
) -> None:
    person = house.new_customer()
    person.types("hello")
    person.taps("Talk to a person")
    screen = sign_in(
        house, browser, f"Ida{width}", viewport={"width": width, "height": 740}, color_scheme=scheme, locale=language
    )
    path = f"/desk/c/{person.page}/{person.id}"
    for where in ("/desk", "/desk?view=resolved", path, "/desk/search?q=hello", "/desk/canned"):
        screen.goto(house.bot_url + where)
        if where == path:
            screen.keyboard.press("t")
            expect(screen.locator("#text")).to_be_visible()
            screen.keyboard.press("/")
        assert screen.evaluate("document.documentElement.scrollWidth") <= width, where
        screen.evaluate(AXE.read_text("utf-8"))
        found = screen.evaluate("axe.run(document, {resultTypes: ['violations']})")
        serious = [
            f"{where}: {each['id']} {[node['html'][:150] for node in each['nodes']][:3]}"
            for each in found["violations"]
            if each["impact"] in SERIOUS
        ]
        assert serious == []
