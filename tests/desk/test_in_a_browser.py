"""Signing in as a person does it: in Chromium, by keyboard, on a phone's width, with nothing that the browser complains about."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from app.desk.access.access import Terms
from app.desk.access.second_factor import STEP_SECONDS, code_at
from tests.databases import Servers
from tests.desk.kit import NOW, PAGES, PASSWORD, Desk, open_desk, served
from tests.needs import skip_without

CHROMIUM = Path("/usr/bin/chromium")
WIDTHS = (360, 768, 1280)


@pytest.fixture(scope="module")
def chromium() -> str:
    if not CHROMIUM.exists():
        skip_without(str(CHROMIUM))
    return str(CHROMIUM)


@pytest.fixture
async def page(chromium: str) -> AsyncIterator[Page]:
    """A narrow page; whatever the browser complains about fails the test, except for refusals that were meant."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = await browser.new_context(viewport={"width": WIDTHS[0], "height": 740}, locale="en-GB")
        opened = await context.new_page()
        opened.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened
        await browser.close()
    assert [each for each in complaints if "status of 401" not in each] == []


async def fits(page: Page) -> None:
    """No page is wider than the screen."""
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 740})
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (page.url, width)
    await page.set_viewport_size({"width": WIDTHS[0], "height": 740})


async def finds_the_room(page: Page, where: str) -> None:
    """On a phone the room that is open stands in the bar's part that is seen, and that others follow can be told."""
    await page.set_viewport_size({"width": 360, "height": 740})
    for path, others_follow in ((where.replace("audit", "team"), True), (where.replace("audit", "export"), False)):
        await page.goto(path)
        seen = await page.evaluate(
            """() => {
              const nav = document.querySelector(".bar nav"), bar = nav.getBoundingClientRect();
              const open = nav.querySelector("[aria-current]").getBoundingClientRect();
              return [bar.left <= open.left + 1 && open.right <= bar.right + 1, nav.hasAttribute("data-more")];
            }"""
        )
        assert seen == [True, others_follow], path
    await page.set_viewport_size({"width": WIDTHS[0], "height": 740})


async def set_up_second_factor(page: Page) -> None:
    await page.get_by_text("Cannot scan it?").click()
    secret = base64.b32decode(await page.locator("code.once").inner_text())
    await page.get_by_label("Code").focus()
    await page.keyboard.type(code_at(secret, int(NOW.timestamp()) // STEP_SECONDS))
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Your recovery codes").wait_for()
    assert await page.locator(".codes li").count() == 10
    await fits(page)


async def invite(page: Page, address: str) -> None:
    await page.goto(f"{address}/owner/team/invite")
    await page.get_by_label("E-mail address").fill("max@shop.example")
    await page.get_by_label("Name").fill("<b>Max</b>")
    await page.get_by_label("Only these:").check()
    await page.get_by_label("Salt & Sons").check()
    await fits(page)
    await page.get_by_role("button", name="Invite").click()
    assert "<b>Max</b>" in await page.locator("main").inner_text()
    assert "/join/" in await page.locator("#copied").inner_text()


async def test_an_owner_signs_in_sets_the_second_factor_up_and_invites_by_keyboard(
    servers: Servers, tmp_path: Path, page: Page
) -> None:
    terms = Terms(owners_need_second=True, pages=PAGES)
    async with open_desk(servers.migrated("sqlite", tmp_path), terms) as desk:
        await desk.add("Olga", "owner")
        with served(desk.app) as address:
            await page.goto(f"{address}/owner/team")
            await page.keyboard.type("olga@shop.example")
            await page.keyboard.press("Tab")
            await page.keyboard.type("not the password")
            await page.keyboard.press("Enter")
            await page.get_by_role("alert").wait_for()
            await fits(page)
            await page.keyboard.type(PASSWORD)
            await page.keyboard.press("Enter")
            await page.get_by_role("img", name="QR code").wait_for()
            await fits(page)
            await set_up_second_factor(page)
            await invite(page, address)
            for path in ("/owner/team", "/owner/audit", "/account"):
                await page.goto(f"{address}{path}")
                assert "UTC" not in await page.locator("main").inner_text(), "times are those of the browser"
                await fits(page)
            await finds_the_room(page, f"{address}/owner/audit")
            await page.locator("details.menu summary").click()
            await page.keyboard.press("Escape")
            assert not await page.get_by_role("button", name="Sign out", exact=True).first.is_visible()
            await page.locator("details.menu summary").click()
            await page.locator("details.menu button").click()
            await page.wait_for_url(f"{address}/sign-in")


async def test_no_page_weighs_more_than_it_should(desk: Desk) -> None:
    """150 kB without pictures; scripts and style as they travel."""
    await desk.add("Olga", "owner")
    olga = await desk.signed_in("Olga")
    page = await olga.get("/owner/audit")
    files = {part.split('"')[0] for part in page.text.split('="')[1:] if part.startswith("/static/")}
    assert len(files) >= 3
    weight = len(page.content)
    for file in files:
        answer = await olga.get(file)
        weight += int(answer.headers["content-length"])
    assert weight < 150_000
