"""The chat page in a real browser: every kind of message is shown, and the customer does with it what Messenger allows."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.webhooks.simulator.kit import PAGE, PATIENCE_SECONDS, Table, eventually
from tests.webhooks.simulator.samples import (
    OPT_IN,
    buttons,
    cards,
    coupon,
    feedback,
    grid,
    product,
    question,
    receipt,
    template,
)
from tests.webhooks.simulator.screen import bubble, started

HOSTILE = "<img src=x onerror=document.title='hacked'>"


def photo(page: Page, name: str = "photo") -> str:
    return f"{page.url}static/{name}.svg"


async def sent(page: Page, table: Table, message: Any, **values: Any) -> str:
    """A customer who started and was sent this; the customer's id."""
    customer = await started(page, table)
    answer = await table.send(message, customer, **values)
    assert answer.status_code == 200, answer.text
    return customer


async def menu_of(page: Page, line: Locator) -> Locator:
    await line.hover()
    await line.get_by_role("button", name="React, reply and more").click()
    return page.get_by_role("menu", name="What to do with this message")


async def last(table: Table, kind: str) -> dict[str, Any]:
    await eventually(lambda: bool(table.bot.items(kind)))
    return dict(table.bot.items(kind)[-1][kind])


async def test_a_message_is_reacted_to_and_the_reaction_taken_back(page: Page, table: Table) -> None:
    await sent(page, table, "Hello!")
    line = page.locator(".line.theirs", has_text="Hello!")
    await (await menu_of(page, line)).get_by_role("menuitem", name="React with love").click()
    await expect(line.locator(".reaction")).to_be_visible()
    assert (await last(table, "reaction"))["reaction"] == "love"
    await (await menu_of(page, line)).get_by_role("menuitem", name="React with love").click()
    await expect(line.locator(".reaction")).to_have_count(0)


async def test_a_message_is_answered_with_a_quote(page: Page, table: Table) -> None:
    await sent(page, table, "Which size?")
    await (await menu_of(page, page.locator(".line.theirs").last)).get_by_role("menuitem", name="Reply").click()
    await expect(page.locator(".aim")).to_contain_text("Which size?")
    await page.keyboard.type("38")
    await page.keyboard.press("Enter")
    await expect(page.locator(".line.mine", has_text="38").locator(".quote")).to_contain_text("Which size?")
    assert (await last(table, "message"))["reply_to"]["is_self_reply"] is False
    await expect(page.locator(".aim")).to_be_hidden()


async def test_an_own_message_is_changed_and_taken_back_by_keyboard_alone(page: Page, table: Table) -> None:
    await started(page, table)
    await page.get_by_label("Message", exact=True).fill("Sise 38")
    await page.keyboard.press("Enter")
    line = page.locator(".line.mine", has_text="Sise 38")
    await line.get_by_role("button", name="React, reply and more").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Reply")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Message", exact=True)).to_have_value("Sise 38")
    await page.get_by_label("Message", exact=True).fill("Size 38")
    await page.keyboard.press("Enter")
    await expect(bubble(page, "Size 38")).to_be_visible()
    await expect(page.get_by_text("Edited")).to_be_visible()
    assert (await last(table, "message_edit"))["text"] == "Size 38"
    menu = await menu_of(page, page.locator(".line.mine", has_text="Size 38"))
    await page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await menu_of(page, page.locator(".line.mine", has_text="Size 38"))
    await menu.get_by_role("menuitem", name="Take back").click()
    await expect(bubble(page, "Message removed")).to_be_visible()


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Sticker", ".sticker"),
        ("Two photos", ".several .picture"),
        ("Voice message", "audio"),
        ("Video", "video"),
        ("Place", ".bubble a"),
        ("Product of the shop", ".card"),
        ("Appointment", ".bubble"),
        ("Something unsupported", ".bubble.gone"),
    ],
)
async def test_a_customer_sends_every_kind_of_thing(page: Page, table: Table, title: str, shown: str) -> None:
    await started(page, table)
    await page.get_by_role("button", name="Send something else").click()
    await page.get_by_role("menuitem", name=title, exact=True).click()
    await expect(page.locator(f".line.mine:has({shown})").last).to_be_visible()
    await last(table, "message")


async def test_a_feedback_form_is_filled_in_and_stays_while_other_messages_come(page: Page, table: Table) -> None:
    asked = question(id="q_csat", follow_up={"type": "free_form", "placeholder": "Tell us more"})
    customer = await sent(page, table, asked)
    await page.get_by_role("button", name="Rate", exact=True).click()
    await page.get_by_label("4 of 5").check(force=True)
    await table.send("By the way", customer)
    await expect(bubble(page, "By the way")).to_be_visible()
    await page.get_by_label("Tell us more").fill("quick help")
    await page.locator(".asked").get_by_role("button", name="Send").click()
    await expect(page.get_by_text("You answered 4")).to_be_visible()
    answer = (await last(table, "messaging_feedback"))["feedback_screens"][0]["questions"]["q_csat"]
    assert (answer["payload"], answer["follow_up"]["payload"]) == ("4", "quick help")


async def test_a_coupon_shows_its_code_when_it_is_uncovered(page: Page, table: Table) -> None:
    await sent(page, table, coupon())
    await expect(page.get_by_text("PINE10")).to_have_count(0)
    await page.get_by_role("button", name="Show the code").click()
    await expect(page.get_by_text("PINE10")).to_be_visible()
    assert (await last(table, "template"))["coupon_code"] == "PINE10"


async def test_a_picture_of_a_grid_is_tapped(page: Page, table: Table) -> None:
    images = [
        {"url": photo(page), "action": {"type": "postback", "title": "First", "payload": "ONE"}},
        {"url": photo(page)},
    ]
    await sent(page, table, grid(images=images, title="Which one?"))
    await page.locator("button.cell").click()
    await eventually(lambda: table.bot.items("postback")[-1]["postback"]["payload"] == "ONE")


async def test_news_are_agreed_to(page: Page, table: Table) -> None:
    await sent(page, table, template(**OPT_IN))
    await page.get_by_role("button", name="Get messages").click()
    assert (await last(table, "optin"))["payload"] == "NEWS"


MESSAGES = {
    "receipt": (receipt(), "Receipt A-1"),
    "product": (product(), "Product 0"),
    "cards": (cards(title=HOSTILE), HOSTILE),
    "button template": (buttons(text=HOSTILE, title="<b>Go</b>"), HOSTILE),
    "coupon": (coupon(title=HOSTILE), HOSTILE),
    "feedback": (feedback(title=HOSTILE), HOSTILE),
    "opt-in": (template(template_type="one_time_notif_req", title=HOSTILE, payload="x"), HOSTILE),
    "large thumb": ({"sticker_id": "369239383222810"}, ""),
}


@pytest.mark.parametrize("name", MESSAGES)
async def test_every_kind_of_message_is_shown_and_its_text_only_as_text(page: Page, table: Table, name: str) -> None:
    message, words = MESSAGES[name]
    await sent(page, table, message)
    line = page.locator(".line.theirs").last
    await expect(line).to_contain_text(words)
    await expect(line.locator("[onerror], b")).to_have_count(0)
    await expect(page).to_have_title("Local Messenger")


# ---- the panel ---------------------------------------------------------------------------------------------


async def test_the_clock_moves_by_its_slider_and_tells_how_long_the_window_is_open(page: Page, table: Table) -> None:
    customer = await started(page, table)
    await expect(page.locator("#clock-window")).to_contain_text("24-hour window closes in")
    slider = page.get_by_label("Hours ahead of here")
    await slider.fill("20")
    await expect(page.locator("#clock-window")).to_contain_text("closes in 4 h 0 min")
    await slider.focus()
    for _ in range(10):
        await page.keyboard.press("ArrowRight")
    await expect(page.locator("#clock-window")).to_contain_text("closed 1 h 0 min ago")
    await expect(page.locator("#clock-said")).to_be_empty()
    await expect(page.locator("#clock-time")).to_contain_text("25 h 0 min ahead")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await table.http.get(f"{table.url}/_control/threads")).json()["clock"]["shift"] != 25 * 3600:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert (await table.send("x", customer)).status_code == 400
    await page.get_by_role("button", name="Back to now").click()
    await expect(page.locator("#clock-time")).to_contain_text("as here")


async def test_a_fault_is_ordered_counted_and_ended(page: Page, table: Table) -> None:
    customer = await started(page, table)
    await page.get_by_text("Make trouble").click()
    await page.get_by_label("What goes wrong").select_option("graph_error")
    await page.get_by_label("How often").fill("")
    await page.get_by_label("Code", exact=True).fill("10")
    await page.get_by_label("Subcode").fill("1893063")
    await page.get_by_role("button", name="Order it").click()
    await expect(page.locator("#faults")).to_contain_text("10/1893063")
    assert (await table.send("x", customer)).json()["error"]["error_subcode"] == 1893063
    await table.say(customer, text="still here")
    await expect(page.locator("#faults")).to_contain_text("struck 1 times")
    await page.get_by_role("button", name="End: An error").click()
    await expect(page.locator("#faults li")).to_have_count(0)
    assert (await table.send("x", customer)).status_code == 200


async def test_a_comment_is_written_and_shows_its_private_reply(page: Page, table: Table) -> None:
    await started(page, table)
    await page.get_by_text("A post with comments").click()
    await page.locator("#comment-text").fill(HOSTILE)
    await page.get_by_role("button", name="Comment", exact=True).click()
    await expect(page.locator("#comments li")).to_contain_text(HOSTILE)
    (comment,) = (await table.http.get(f"{table.url}/_control/posts", params={"page": PAGE})).json()["comments"]
    await table.send("40 euros", recipient={"comment_id": comment["comment_id"]})
    await expect(page.locator("#comments li")).to_contain_text("answered in private")


async def test_other_apps_and_meta_act_from_the_panel(page: Page, table: Table) -> None:
    await started(page, table)
    await page.get_by_text("What else can happen").click()
    for value, kind in (
        ("take-app", "take_thread_control"),
        ("policy-block", "policy_enforcement"),
        ("linked", "account_linking"),
    ):
        await page.locator("#happening").select_option(value)
        await page.get_by_role("button", name="Let it happen").click()
        await last(table, kind)
    await expect(page.locator(".set-head .badge")).to_have_text("Other app answers")


async def test_everything_on_the_page_has_a_name(page: Page, table: Table) -> None:
    await sent(page, table, question())
    for each in await page.locator("button, input:not([type=file]), select, textarea, a, summary").all():
        if await each.is_visible():
            snapshot = await each.aria_snapshot()
            assert '"' in snapshot or ":" in snapshot, snapshot
