"""The team and the audit: owners rule within their Pages, the last one stays, and everything is written down."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.desk.access import team
from app.desk.access.access import Denied
from app.desk.access.team import BY_COMMAND
from app.errors import UnavailableError
from app.store import audit, staff
from tests.databases import Servers
from tests.desk.kit import PAGE_A, PAGE_B, Browser, Desk, open_desk

FORM = {"name": "Max", "role": "staff", "reach": "some", "pages": PAGE_A}


async def invite(browser: Browser, **changed: str) -> int:
    form = {"email": "max@shop.example", **FORM, **changed}
    return (await browser.post("/owner/team/invite", data=form)).status_code


async def test_an_owner_invites_changes_and_disables(desk: Desk) -> None:
    await desk.add("Olga", "owner")
    olga = await desk.signed_in("Olga")
    assert await invite(olga) == 200
    assert await invite(olga) == 400
    account = await desk.database.read(lambda connection: staff.find_by_email(connection, "max@shop.example"))
    assert account is not None
    path = f"/owner/team/{account.id}"
    assert "Invited" in (await olga.get("/owner/team")).text
    both = urlencode([*{**FORM, "name": "Maxi"}.items(), ("pages", PAGE_B)])
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await olga.post(path, content=both, headers=headers)).status_code == 303
    changed = await desk.database.read(lambda connection: staff.find(connection, account.id))
    assert changed is not None
    assert (changed.name, changed.page_ids) == ("Maxi", {PAGE_A, PAGE_B})
    link = re.findall(r"/join/[\w-]+", (await olga.post(f"{path}/link")).text)[0]
    max_ = desk.browser()
    assert (await max_.post(link, data={"password": "a fresh set of words"})).status_code == 303
    assert (await olga.post(f"{path}/end-sessions")).status_code == 303
    assert not await max_.is_in()
    assert (await olga.post(f"{path}/disable")).status_code == 303
    assert (await max_.sign_in("max@shop.example", "a fresh set of words")).status_code == 401
    assert (await olga.post(f"{path}/link")).status_code == 404
    assert (await olga.post(f"{path}/enable")).status_code == 303
    assert (await max_.sign_in("max@shop.example", "a fresh set of words")).status_code == 303
    did = [deed.split()[1] for deed in await desk.deeds()]
    assert did == [
        "signed_in", "staff_invited", "staff_changed", "staff_link_made", "password_changed", "sessions_ended",
        "staff_disabled", "sign_in_failed", "staff_enabled", "signed_in",
    ]  # fmt: skip


async def test_an_owner_of_one_page_gives_no_rights_for_others_and_takes_none(desk: Desk) -> None:
    await desk.add("Ann", "owner", PAGE_A)
    await desk.add("Bea", "staff", PAGE_B)
    await desk.add("Cid", "staff", PAGE_A, PAGE_B)
    await desk.add("Dan", "staff", PAGE_A)
    await desk.add("Olga", "owner")
    ann = await desk.signed_in("Ann")
    page = (await ann.get("/owner/team")).text
    assert [name for name in ("Ann", "Bea", "Cid", "Dan", "Olga") if f"<bdi>{name}</bdi>" in page] == ["Ann", "Dan"]
    for changed in ({"reach": "all"}, {"pages": PAGE_B}, {"pages": "99"}):
        assert await invite(ann, **changed) == 400
    for deed in ("", "/disable", "/enable", "/link", "/second-factor-off", "/end-sessions"):
        assert (await ann.post(f"/owner/team/bea{deed}", data=FORM if not deed else {})).status_code == 404
        assert (await ann.post(f"/owner/team/olga{deed}", data=FORM if not deed else {})).status_code == 404
    assert (await ann.post("/owner/team/dan", data={**FORM, "reach": "all"})).status_code == 400
    assert (await ann.post("/owner/team/ann", data={**FORM, "role": "owner", "reach": "all"})).status_code == 400
    assert await invite(ann) == 200


async def test_the_last_owner_of_everything_stays(desk: Desk) -> None:
    await desk.add("Olga", "owner")
    await desk.add("Ann", "owner", PAGE_A)
    olga = await desk.signed_in("Olga")
    assert (await olga.post("/owner/team/olga/disable")).status_code == 400
    assert (await olga.post("/owner/team/olga", data={**FORM, "reach": "all"})).status_code == 400
    assert (await olga.post("/owner/team/olga", data={**FORM, "role": "owner"})).status_code == 400
    await desk.add("Otto", "owner")
    assert (await olga.post("/owner/team/olga/disable")).status_code == 303
    assert not await olga.is_in()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_of_two_owners_who_disable_each_other_one_stays(servers: Servers, tmp_path: Path, kind: str) -> None:
    async with open_desk(servers.migrated(kind, tmp_path)) as desk:
        olga, otto = await desk.add("Olga", "owner"), await desk.add("Otto", "owner")
        deeds = [team.disable(desk.access, BY_COMMAND, each) for each in (olga, otto)]
        outcomes = await asyncio.gather(*deeds, return_exceptions=True)
        assert outcomes.count(None) == 1
        assert all(each == Denied("last_owner") or isinstance(each, UnavailableError) for each in outcomes if each)
        assert await desk.database.read(staff.has_owner)


async def test_an_owner_helps_somebody_who_lost_the_phone(desk: Desk) -> None:
    await desk.set_second(await desk.add("Ada"))
    await desk.add("Olga", "owner")
    olga = await desk.signed_in("Olga")
    assert (await olga.post("/owner/team/ada/second-factor-off")).status_code == 303
    assert await (await desk.signed_in("Ada")).is_in()


async def test_the_audit_is_filtered_and_says_whether_it_is_whole(desk: Desk) -> None:
    await desk.add("Olga", "owner")
    await desk.add("Ann", "owner", PAGE_A)
    await desk.browser().sign_in("Ann", "wrong password")
    olga = await desk.signed_in("Olga")
    assert await invite(olga) == 200

    async def shown(**query: str) -> set[str]:
        page = (await olga.get("/owner/audit", params=query)).text
        return set(re.findall(r'data-label="What">([^<]+)<', page))

    assert await shown() == {"Signing in failed", "Signed in", "Invited"}
    assert await shown(what="staff_invited") == {"Invited"}
    assert await shown(who="ANN@") == {"Signing in failed"}
    assert await shown(who="%") == set()
    assert await shown(page=PAGE_A) == set()
    assert await shown(before="2") == {"Signing in failed"}
    seen = {"who": "staff:ann@shop.example", "page_id": PAGE_A}
    await desk.database.transaction(lambda each: audit.add(each, "conversation_seen", desk.clock.now(), **seen))
    assert await shown(page=PAGE_A) == {"Conversation looked at"}
    assert await shown(what="rare") == {"Signing in failed", "Signed in", "Invited"}
    assert "The chain is whole" in (await olga.get("/owner/audit", params={"check": "true"})).text
    ann = await desk.signed_in("Ann")
    assert "olga" not in (await ann.get("/owner/audit")).text
    assert (await ann.get("/owner/audit", params={"page": PAGE_B})).status_code == 404


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "before=99999999999999999999", "strange=1", f"who={'x' * 101}"]
)
async def test_a_strange_filter_is_refused(desk: Desk, query: str) -> None:
    await desk.add("Olga", "owner")
    olga = await desk.signed_in("Olga")
    assert (await olga.get(f"/owner/audit?{query}")).status_code == 400
