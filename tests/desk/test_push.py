"""Push notes of one's own browsers: asked for, listed, given up, and over with signing out."""

from __future__ import annotations

import pytest

from app.store import pushes
from tests.desk.kit import Browser, Desk
from tests.service.test_push import AUTH, PUBLIC

FORM = {"endpoint": "https://push.example/to/anna", "p256dh": PUBLIC, "auth": AUTH}


async def browsers(desk: Desk) -> list[str]:
    return [each.endpoint for each in await desk.database.read(lambda each: pushes.list_of(each, ["anna", "luc"]))]


async def anna(desk: Desk) -> Browser:
    await desk.add("Anna")
    return await desk.signed_in("Anna")


async def test_a_browser_is_told_until_it_is_given_up(desk: Desk) -> None:
    browser = await anna(desk)
    key = (await browser.get("/account/push")).text
    assert len(key) == 87
    assert (await browser.get("/account/push")).text == key
    for _ in range(2):
        assert (await browser.post("/account/push", data=FORM)).status_code == 204
    assert await browsers(desk) == [FORM["endpoint"]]
    [target] = await desk.database.read(lambda each: pushes.list_of(each, ["anna"]))
    await desk.add("Luc")
    luc = await desk.signed_in("Luc")
    assert (await luc.post(f"/account/push/{target.id}/remove")).status_code == 404
    assert f"/account/push/{target.id}/remove" in (await browser.get("/account")).text
    assert (await browser.post(f"/account/push/{target.id}/remove")).status_code == 303
    assert await browsers(desk) == []


async def test_who_signs_out_is_told_nothing_more(desk: Desk) -> None:
    browser = await anna(desk)
    await browser.post("/account/push", data=FORM)
    elsewhere = await desk.signed_in("Anna")
    await elsewhere.post("/account/push", data={**FORM, "endpoint": "https://push.example/to/another"})
    await browser.post("/sign-out")
    assert await browsers(desk) == ["https://push.example/to/another"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example/x"}, {"endpoint": "https://push.example:25/x"}, {"endpoint": "https://u:p@push.example/"},
        {"p256dh": "AAAA"}, {"auth": "AAAA"}, {"endpoint": "https://push.example/" + "x" * 1_000},
    ],
)  # fmt: skip
async def test_what_is_no_browser_is_refused(desk: Desk, wrong: dict[str, str]) -> None:
    browser = await anna(desk)
    assert (await browser.post("/account/push", data={**FORM, **wrong})).status_code == 400
    assert await browsers(desk) == []


async def test_one_person_has_ten_browsers_at_the_most(desk: Desk) -> None:
    browser = await anna(desk)
    for number in range(pushes.TARGETS_MAX + 2):
        desk.clock.move(seconds=1)
        await browser.post("/account/push", data={**FORM, "endpoint": f"https://push.example/{number}"})
    assert await browsers(desk) == [f"https://push.example/{number}" for number in range(11, 1, -1)]


async def test_the_script_that_shows_notes_may_see_the_whole_site(desk: Desk) -> None:
    answer = await desk.browser().get("/push-worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "showNotification" in answer.text
