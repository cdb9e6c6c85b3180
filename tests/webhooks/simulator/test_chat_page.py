"""The chat page in a real browser: a customer starts, taps, writes; a person answers and gives the conversation back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.webhooks.simulator.kit import PAGE, Table, eventually
from tests.webhooks.simulator.screen import bubble, started

HOSTILE = "<img src=x onerror=document.title='hacked'>"
CARDS = {
    "attachment": {
        "type": "template",
        "payload": {
            "template_type": "generic",
            "elements": [
                {
                    "title": f"Boots {number}",
                    "subtitle": "in stock",
                    "buttons": [{"type": "postback", "title": "Ask", "payload": f"A{number}"}],
                }
                for number in (1, 2)
            ],
        },
    }
}


async def test_the_first_visit_shows_get_started_and_a_press_starts(page: Page, table: Table) -> None:
    await expect(page.locator(".welcome")).to_contain_text("Nordlicht Shoes")
    customer = await started(page, table)
    await expect(bubble(page, "Get Started")).to_be_visible()
    await table.send("Welcome!", customer)
    await expect(bubble(page, "Welcome!")).to_be_visible()


async def test_a_quick_reply_is_tapped_once_and_vanishes(page: Page, table: Table) -> None:
    customer = await started(page, table)
    replies = [{"content_type": "text", "title": title, "payload": title} for title in ("Yes", "No")]
    await table.send({"text": "Shall I?", "quick_replies": replies}, customer)
    await page.get_by_role("group", name="Quick replies").get_by_role("button", name="Yes").click()
    await eventually(lambda: "Yes" in table.bot.said())
    await expect(page.locator(".pills:visible button:visible")).to_have_count(0)


async def test_a_picture_that_arrives_late_does_not_hide_the_last_message(page: Page, table: Table) -> None:
    customer = await started(page, table)
    for number in range(20):
        await table.send(f"Message {number}", customer)
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"/>'
    await page.route("**/late.svg", lambda route: route.fulfill(content_type="image/svg+xml", body=drawn))
    picture = {"type": "image", "payload": {"url": f"{table.url}/late.svg"}}
    await table.send({"attachment": picture}, customer)
    await expect(page.get_by_alt_text("Photo")).to_be_visible()
    below = "document.querySelector('.log').scrollHeight - document.querySelector('.log').scrollTop"
    await page.wait_for_function(f"{below} - document.querySelector('.log').clientHeight < 5", timeout=5_000)


async def test_enter_sends_and_the_text_is_shown_as_text(page: Page, table: Table) -> None:
    await started(page, table)
    await page.get_by_label("Message", exact=True).fill(HOSTILE)
    await page.keyboard.press("Enter")
    await eventually(lambda: table.bot.said() == [HOSTILE])
    await expect(bubble(page, "onerror")).to_have_text(HOSTILE)
    await expect(page).to_have_title("Local Messenger")
    await expect(page.get_by_label("Message", exact=True)).to_have_value("")


async def test_an_empty_composer_sends_thumbs_up(page: Page, table: Table) -> None:
    await started(page, table)
    await page.get_by_role("button", name="Thumbs up").click()
    await eventually(lambda: len(table.bot.items("message")) == 1)
    attachment = table.bot.items("message")[0]["message"]["attachments"][0]
    assert (attachment["type"], attachment["payload"]["sticker_id"]) == ("sticker", 369239263222822)


async def test_cards_typing_and_the_menu_work(page: Page, table: Table) -> None:
    customer = await started(page, table)
    await table.send(sender_action="typing_on", customer=customer)
    await expect(page.get_by_role("img", name="Typing")).to_be_visible()
    await table.send(CARDS, customer)
    await expect(page.get_by_role("img", name="Typing")).to_be_hidden()
    await page.locator(".card", has_text="Boots 2").get_by_role("button", name="Ask").click()
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_role("button", name="Start over").click()
    await eventually(lambda: len(table.bot.items("postback")) == 3)
    assert [item["postback"]["payload"] for item in table.bot.items("postback")] == ["START", "A2", "OVER"]


async def test_a_photo_from_the_disk_is_sent_and_shown(page: Page, table: Table, tmp_path: Path) -> None:
    await started(page, table)
    photo = tmp_path / "photo.png"
    photo.write_bytes(PIXEL)
    await page.locator("input[type=file]").set_input_files(photo)
    await eventually(lambda: len(table.bot.items("message")) == 1)
    url = table.bot.items("message")[0]["message"]["attachments"][0]["payload"]["url"]
    assert (await table.http.get(url)).content == PIXEL
    await expect(page.get_by_alt_text("Photo")).to_be_visible()


async def test_a_person_answers_and_gives_the_conversation_back(page: Page, table: Table) -> None:
    customer = await started(page, table)
    await page.get_by_label("Your answer").fill("Sam here")
    await page.get_by_role("button", name="Answer as a person").click()
    await expect(bubble(page, "Sam here")).to_be_visible()
    await expect(page.locator(".set-head .badge")).to_have_text("Person answers")
    await eventually(lambda: len(table.bot.items("take_thread_control")) == 1)
    await page.get_by_role("button", name="Give the conversation back to the bot").click()
    await expect(page.locator(".set-head .badge")).to_have_text("Bot answers")
    await eventually(lambda: len(table.bot.items("pass_thread_control")) == 1)
    assert (await table.send("back", customer)).status_code == 200


async def test_two_customers_stand_side_by_side_and_arrows_move_in_the_list(page: Page, table: Table) -> None:
    await expect(page.locator(".someone")).to_have_count(1)
    await page.get_by_role("button", name="+ New customer").click()
    await expect(page.locator(".someone")).to_have_count(2)
    first = page.locator(".someone .choose").first
    await first.focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".someone .choose").nth(1)).to_be_focused()
    await page.locator(".someone").nth(1).hover()
    await page.locator(".someone .beside").nth(1).click()
    await expect(page.locator(".phone")).to_have_count(2)


async def test_what_happened_while_the_page_was_cut_off_is_shown_when_it_is_back(page: Page, table: Table) -> None:
    customer = await started(page, table)
    await page.context.set_offline(True)
    await table.send("you were away", customer)
    await page.context.set_offline(False)
    await expect(bubble(page, "you were away")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
async def test_nothing_is_wider_than_the_screen(page: Page, table: Table, width: int) -> None:
    customer = await started(page, table)
    await table.send(CARDS, customer)
    await table.send("w" * 500, customer)
    await expect(bubble(page, "www")).to_be_visible()
    await page.set_viewport_size({"width": width, "height": 800})
    await asyncio.sleep(0)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_reset_empties_the_page(page: Page, table: Table) -> None:
    await started(page, table)
    await expect(page.get_by_text("Delivered")).to_be_visible()
    await table.control("reset")
    await expect(page.locator("#no-phones")).to_be_visible()
    await expect(page.locator("#no-people")).to_be_visible()
    await table.control("say", page=PAGE, customer="c7", text="new")
    await expect(page.locator(".someone")).to_have_count(1)


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf50cf0000040701005c1c5a2f0000000049454e44ae426082"
)
"""A picture of one pixel."""


async def test_a_command_from_the_menu_is_put_where_the_customer_types(page: Page, table: Table) -> None:
    commands = [{"name": "track", "description": "Track an order"}]
    await table.graph("POST", "me/messenger_profile", commands=[{"locale": "default", "commands": commands}])
    await started(page, table)
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_role("button", name="/track").click()
    field = page.get_by_role("textbox", name="Message")
    await expect(field).to_have_value("track ")
    await field.press_sequentially("my parcel")
    await field.press("Enter")
    await eventually(lambda: "track my parcel" in table.bot.said())
