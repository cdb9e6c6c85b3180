"""Owners' pages about keys, webhooks and alerts, and the desk's list of callbacks: over the real application."""

from __future__ import annotations

import re

import pytest

from app.desk.access.access import hash_token
from app.owner.hooking import secret
from app.store import alarms, api_keys, hooks
from app.store.hooks import Happened, Hook
from tests.desk.kit import KEY, PAGE_A, PAGE_B, Desk
from tests.test_cli_staff import address as address  # noqa: PLC0414 - a fixture

NEW_KEY, NEW_HOOK = "/owner/tools/keys/new", "/owner/tools/webhooks/new"


def shown(page: str) -> str:
    found = re.search(r'id="copied">([^<]+)<', page)
    assert found, page
    return found[1]


async def test_a_key_is_shown_once_and_kept_as_a_hash(desk: Desk) -> None:
    await desk.add("Olga", "owner")
    browser = await desk.signed_in("Olga")
    made = await browser.post(NEW_KEY, data={"name": "Orders", "role": "staff", "reach": "some", "pages": PAGE_A})
    token = shown(made.text)
    assert re.fullmatch(r"fd_[\w-]{44}", token)
    found = await desk.database.read(lambda connection: api_keys.find_by_token(connection, hash_token(token)))
    assert found
    assert (found.name, found.role, found.page_ids, found.all_pages) == ("Orders", "staff", {PAGE_A}, False)
    listed = (await browser.get("/owner/tools")).text
    assert "Orders" in listed
    assert token not in listed
    assert (await browser.post(f"/owner/tools/keys/{found.id}/revoke")).status_code == 303
    assert not await desk.database.read(lambda connection: api_keys.find_by_token(connection, hash_token(token)))
    assert (await desk.deeds())[-2:] == [
        "owner:olga@shop.example api_key_made",
        "owner:olga@shop.example api_key_revoked",
    ]


@pytest.mark.parametrize("end", ["disable", "change"])
async def test_keys_of_who_is_no_owner_any_more_open_nothing(desk: Desk, end: str) -> None:
    await desk.add("Olga", "owner")
    second = await desk.add("Otto", "owner")
    theirs, others = await desk.signed_in("Otto"), await desk.signed_in("Olga")
    for browser in (theirs, others):
        assert (
            await browser.post(NEW_KEY, data={"name": "Orders", "role": "staff", "reach": "all"})
        ).status_code == 200
    form = {"name": "Otto", "role": "staff", "reach": "all"} if end == "change" else {}
    path = f"/owner/team/{second.id}" + ("/disable" if end == "disable" else "")
    assert (await others.post(path, data=form)).status_code == 303
    keys = {each.made_by: each.revoked_at is None for each in await desk.database.read(api_keys.list_all)}
    assert keys == {"owner:otto@shop.example": False, "owner:olga@shop.example": True}
    assert "owner:olga@shop.example api_key_revoked" in await desk.deeds()


async def test_nobody_gives_a_key_more_than_they_have(desk: Desk) -> None:
    await desk.add("Olga", "owner", PAGE_A)
    browser = await desk.signed_in("Olga")
    for rights in ({"reach": "all"}, {"reach": "some", "pages": PAGE_B}, {"reach": "some"}):
        refused = await browser.post(NEW_KEY, data={"name": "Orders", "role": "owner", **rights})
        assert refused.status_code == 400
    assert await desk.database.read(api_keys.list_all) == []


async def test_a_webhook_is_made_its_secret_changed_and_it_is_switched_off_and_on(desk: Desk) -> None:
    await desk.add("Olga", "owner")
    browser = await desk.signed_in("Olga")
    form = {"url": "https://hooks.example/in", "kinds": "conversation.waiting", "reach": "all"}
    first = shown((await browser.post(NEW_HOOK, data=form)).text)
    [hook] = await desk.database.read(hooks.list_hooks)
    assert (first, hook.kinds) == (secret(KEY, hook), ("conversation.waiting",))
    at = f"/owner/tools/webhooks/{hook.id}"
    assert first not in (await browser.get(at)).text
    second = shown((await browser.post(f"{at}/rotate")).text)
    assert first != second
    happened = Happened("conversation.waiting", (PAGE_A, "7"), desk.clock.now(), {})
    await desk.database.transaction(lambda connection: hooks.tell_all(connection, [happened], desk.clock.now()))
    assert (await browser.post(f"{at}/off")).status_code == 303
    page = (await browser.get(at)).text
    assert "Switched off by an owner." in page
    assert "Dropped" in page
    await browser.post(f"{at}/on")
    assert "Try again" in (await browser.get(at)).text
    [delivery] = await desk.database.read(lambda connection: hooks.list_deliveries(connection, hook.id, 5))
    await browser.post(f"{at}/deliveries/{delivery.id}/again")
    assert "Waiting" in (await browser.get(at)).text
    await browser.post(f"{at}/remove")
    assert await desk.database.read(hooks.list_hooks) == []
    kinds = [each.partition(" ")[2] for each in (await desk.deeds())[1:]]
    assert kinds == ["webhook_made", "webhook_changed", "webhook_changed", "webhook_changed", "webhook_removed"]


@pytest.mark.parametrize(
    "url", ["http://hooks.example/", "https://user@hooks.example/", "https://hooks.example:22/", "x"]
)
async def test_an_address_that_is_not_everybodys_is_refused(desk: Desk, url: str) -> None:
    await desk.add("Olga", "owner")
    browser = await desk.signed_in("Olga")
    refused = await browser.post(NEW_HOOK, data={"url": url, "kinds": "message.received", "reach": "all"})
    assert refused.status_code == 400
    assert "begins with https://" in refused.text


async def test_an_installation_has_twenty_webhooks_at_the_most(desk: Desk) -> None:
    await desk.add("Olga", "owner")
    browser = await desk.signed_in("Olga")
    for number in range(hooks.HOOKS_MAX):
        hook = Hook(f"h{number}", "https://x.example", hooks.KINDS, "s", "x", desk.clock.now(), all_pages=True)
        assert await desk.database.transaction(lambda connection, hook=hook: hooks.add(connection, hook))
    form = {"url": "https://x.example", "kinds": "message.received", "reach": "all"}
    assert "20 webhooks" in (await browser.post(NEW_HOOK, data=form)).text


async def test_alerts_are_made_and_removed_within_an_owners_pages(desk: Desk) -> None:
    desk.app.state.teams_of = lambda page_id: ("care",) if page_id == PAGE_A else ("style",)
    await desk.add("Olga", "owner", PAGE_A)
    browser = await desk.signed_in("Olga")
    rule = {"page": PAGE_A, "team": "care", "minutes": "15", "hours": "closed"}
    assert (await browser.post("/owner/alerts", data=rule)).status_code == 303
    for wrong, status in (
        ({"page": PAGE_B}, 404),
        ({"page": ""}, 400),
        ({"team": "style"}, 400),
        ({"minutes": "0"}, 400),
    ):
        assert (await browser.post("/owner/alerts", data={**rule, **wrong})).status_code == status
    [kept] = await desk.database.read(alarms.list_alarms)
    assert (kept.page_id, kept.team, kept.minutes, kept.hours) == (PAGE_A, "care", 15, "closed")
    page = (await browser.get("/owner/alerts")).text
    assert "After 15 minutes" in page
    assert "FRONTDESK_SMTP_HOST" in page
    await browser.post(f"/owner/alerts/{kept.id}/remove")
    assert await desk.database.read(alarms.list_alarms) == []


def test_keys_are_made_listed_and_revoked_on_the_command_line(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    from app.cli import main

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main(["api-key", *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    assert run("list") == (0, "There are no keys yet: frontdesk api-key add.\n")
    code, said = run("add", "Order system", "--page", "10001")
    assert (code, "The key of Order system, shown only now:" in said) == (0, True)
    token = said.split()[-1]
    code, listed = run("list")
    assert "Order system  staff, Pages 10001, active, never used" in listed
    assert token not in listed
    key_id = listed.split()[0]
    assert run("revoke", key_id) == (0, "The key of Order system opens nothing any more.\n")
    assert run("revoke", "nothing")[0] == 2
    assert run("add", "Order system", "--page", "99") == (1, "You cannot give rights for these Pages.\n")
