"""What the tests of the chat page do again and again on its screen."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

from tests.webhooks.simulator.kit import Table, eventually


def bubble(page: Page, text: str) -> Any:
    return page.locator(".log .bubble", has_text=text)


async def started(page: Page, table: Table) -> str:
    """Press Get Started; the id of the customer who did."""
    await page.get_by_role("button", name="Get Started").click()
    await eventually(lambda: len(table.bot.items("postback")) >= 1)
    return str(table.bot.items("postback")[-1]["sender"]["id"])
