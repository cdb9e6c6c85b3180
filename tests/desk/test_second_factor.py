"""The second factor, and the password once more: what a stolen password, or a stolen session, does not open."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from app.desk.access.access import Terms
from app.desk.access.second_factor import code_at
from app.store.tries import FREE_TRIES
from tests.databases import Servers
from tests.desk.kit import PAGES, PASSWORD, US, Desk, open_desk

# ---- the second factor -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_every_authenticator_app(moment: int, code: str) -> None:
    """The examples of RFC 6238, appendix B; its eight digits end in our six."""
    assert code_at(b"12345678901234567890", moment // 30) == code


async def test_with_a_second_factor_the_password_alone_opens_nothing(desk: Desk) -> None:
    secret = await desk.set_second(await desk.add("Olga", "owner"))
    browser = desk.browser()
    answer = await browser.sign_in("Olga", next="/owner/audit")
    assert answer.headers["location"] == "/sign-in/second?next=%2Fowner%2Faudit", "a path alone, however we are reached"
    assert not await browser.is_in()
    assert (await browser.post("/sign-in/second", data={"code": "000000"})).status_code == 401
    half = browser.cookies["__Host-frontdesk"]
    code = desk.code(secret)
    answer = await browser.post("/sign-in/second", data={"code": f"{code[:3]} {code[3:]}", "next": "/owner/audit"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/owner/audit")
    assert browser.cookies["__Host-frontdesk"] != half
    assert await browser.is_in()


async def test_a_code_works_once_and_a_recovery_code_too(desk: Desk) -> None:
    secret = await desk.set_second(await desk.add("Olga", "owner"))
    code = desk.code(secret)
    for given, status in (
        (code, 303),
        (code, 401),
        (desk.code(secret, -1), 401),
        ("aaaaa 22222", 303),
        ("AAAAA-22222", 401),
    ):
        browser = desk.browser()
        await browser.sign_in("Olga")
        assert (await browser.post("/sign-in/second", data={"code": given})).status_code == status, given
    desk.clock.move(seconds=60)
    browser = desk.browser()
    await browser.sign_in("Olga")
    assert (await browser.post("/sign-in/second", data={"code": desk.code(secret, 1)})).status_code == 303
    assert "owner:olga@shop.example recovery_code_used" in await desk.deeds()


async def test_guessing_codes_is_slowed_down_too_and_half_a_session_does_not_last(desk: Desk) -> None:
    secret = await desk.set_second(await desk.add("Olga", "owner"))
    browser = desk.browser()
    await browser.sign_in("Olga")
    statuses = [
        (await browser.post("/sign-in/second", data={"code": f"{number:06}"})).status_code for number in range(6)
    ]
    assert statuses == [401] * FREE_TRIES + [429]
    desk.clock.move(minutes=11)
    late = await browser.post("/sign-in/second", data={"code": desk.code(secret)})
    assert (late.status_code, late.headers["location"]) == (303, "/sign-in")
    assert not await browser.is_in()


async def test_an_owner_sets_the_second_factor_up_before_anything_else(servers: Servers, tmp_path: Path) -> None:
    terms = Terms(public_url=US, owners_need_second=True, pages=PAGES)
    async with open_desk(servers.migrated("sqlite", tmp_path), terms) as desk:
        await desk.add("Olga", "owner")
        browser = await desk.signed_in("Olga")
        answer = await browser.get("/owner/team")
        assert answer.headers["location"] == "/account/second-factor?next=/owner/team"
        assert (await browser.post("/account/second-factor/off")).headers["location"] == "/account/second-factor"
        page = (await browser.get("/account/second-factor")).text
        salt, secret = found(r'name="salt" value="([^"]+)"', page), found(r'<code class="once">(\w+)<', page)
        assert "data:image/svg+xml" in page
        wrong = await browser.post("/account/second-factor", data={"salt": salt, "code": "12345"})
        assert wrong.status_code == 400
        code = desk.code(base64.b32decode(secret))
        codes = (await browser.post("/account/second-factor", data={"salt": salt, "code": code})).text
        assert len(re.findall(r"<code>[A-Z2-7]{5}-[A-Z2-7]{5}</code>", codes)) == 10
        assert (await browser.get("/owner/team")).status_code == 200
        kept = re.findall(r"<code>([A-Z2-7-]+)</code>", codes)[0]
        other = desk.browser()
        await other.sign_in("Olga")
        assert (await other.post("/sign-in/second", data={"code": kept})).status_code == 303
        assert "9 recovery codes left" in (await other.get("/account")).text


def found(pattern: str, page: str) -> str:
    (only,) = re.findall(pattern, page)
    return str(only)


# ---- once more ---------------------------------------------------------------------------------------------


async def test_what_changes_other_peoples_rights_needs_the_password_once_more(desk: Desk) -> None:
    await desk.add("Olga", "owner")
    browser = await desk.signed_in("Olga")
    assert (await browser.get("/owner/team/invite")).status_code == 200
    desk.clock.move(minutes=16)
    answer = await browser.get("/owner/team/invite")
    assert answer.headers["location"] == "/confirm?next=/owner/team/invite"
    assert (await browser.post("/owner/team/invite", data={})).headers["location"] == "/confirm"
    assert (await browser.get("/owner/team")).status_code == 200
    assert (await browser.post("/confirm", data={"password": "wrong"})).status_code == 401
    confirmed = await browser.post("/confirm", data={"password": PASSWORD, "next": "/owner/team/invite"})
    assert confirmed.headers["location"] == "/owner/team/invite"
    assert (await browser.get("/owner/team/invite")).status_code == 200
