"""One bot, one Messenger and one browser for a whole module; each test finds them as new."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from tests.needs import skip_without
from tests.webhooks.simulator.kit import Table, laid_table

SETTLE_SECONDS = 0.02
"""What the last test left under way arrives within this, and is forgotten."""


@pytest.fixture(scope="module")
async def shared_table() -> AsyncIterator[Table]:
    async with laid_table() as table:
        yield table


@pytest.fixture
async def table(shared_table: Table) -> Table:
    """Bot and Messenger with nothing said yet."""
    await shared_table.control("reset")
    await asyncio.sleep(SETTLE_SECONDS)
    shared_table.bot.statuses.clear()
    shared_table.bot.posts.clear()
    return shared_table


# ---- the chat page in a browser ------------------------------------------------------------------------------

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]
CUT_OFF = "ERR_INTERNET_DISCONNECTED"
FORGOTTEN = "404 (Not Found)"
"""A reset may forget a thread while the page asks for it."""


@pytest.fixture(scope="module")
def chromium() -> str:
    """Where the browser is; without one these tests skip, or fail where everything has to run."""
    if not CHROMIUM.exists():
        skip_without(str(CHROMIUM))
    return str(CHROMIUM)


@pytest.fixture(name="browser", scope="module")
async def started_browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture(name="page")
async def opened_page(table: Table, browser: Browser) -> AsyncIterator[Page]:
    """The chat page in Chromium; what the browser complains about fails the test, except for what `_is_wrong` knows."""
    complaints: list[str] = []
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if _is_wrong(message) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{table.url}/")
    yield page
    await context.close()
    assert complaints == []


def _is_wrong(message: ConsoleMessage) -> bool:
    """A cut connection is what some tests are about, and so is a thread that was forgotten meanwhile."""
    if message.type not in ("error", "warning") or CUT_OFF in message.text:
        return False
    return not (FORGOTTEN in message.text and "/_control/thread/" in message.location["url"])
