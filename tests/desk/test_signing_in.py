"""Signing in: the right ones get in, the wrong ones learn nothing and have to wait, and what was given can be taken back."""

from __future__ import annotations

import asyncio
import base64
import re
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.desk.access.passwords import Cost, Passwords, find_weakness
from app.errors import UnavailableError
from app.store import staff
from app.store.tries import FREE_TRIES, TRIES_MAX, WINDOW
from tests.databases import Servers
from tests.desk.kit import PASSWORD, Desk, open_desk

# ---- the password ------------------------------------------------------------------------------------------


async def test_the_right_password_lets_in_and_the_cookie_is_for_this_host_alone(desk: Desk) -> None:
    await desk.add("Ada")
    browser = desk.browser()
    answer = await browser.sign_in("Ada", next="/desk?tab=mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk?tab=mine")
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("__Host-frontdesk="))
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert await browser.is_in()
    assert await desk.deeds() == ["staff:ada@shop.example signed_in"]


async def test_behind_a_proxy_that_ends_https_the_cookie_is_as_safe(desk: Desk) -> None:
    await desk.add("Ada")
    browser = desk.browser()
    browser.base_url = "http://desk.example"
    cookie = (await browser.sign_in("Ada")).headers["set-cookie"]
    assert cookie.startswith("__Host-frontdesk=")
    assert "Secure" in cookie


async def test_without_https_the_cookie_has_no_name_that_browsers_would_refuse(desk: Desk) -> None:
    await desk.add("Ada")
    browser = desk.browser(Origin="http://127.0.0.1:8000")
    browser.base_url = "http://127.0.0.1:8000"
    cookie = (await browser.sign_in("Ada")).headers["set-cookie"]
    assert cookie.startswith("frontdesk=")
    assert "Secure" not in cookie
    assert await browser.is_in()


@pytest.mark.parametrize("name", ["Ada", "Nobody", "Gone", "Invited"])
async def test_a_wrong_password_and_an_unknown_account_look_alike(desk: Desk, name: str) -> None:
    await desk.add("Ada")
    await desk.add("Gone")
    await desk.add("Invited", password=None)
    await desk.database.transaction(lambda connection: staff.set_disabled(connection, "gone", desk.clock.now()))
    browser = desk.browser()
    answer = await browser.sign_in(name, "wrong password")
    assert answer.status_code == 401
    assert answer.text.replace(name.lower(), "X") == (await desk.browser().sign_in("Y", "z")).text.replace(
        "y@", "X@"
    ).replace(name.lower(), "X")
    assert not await browser.is_in()
    if name in ("Gone", "Invited"):
        assert (await browser.sign_in(name)).status_code == 401


async def test_an_unknown_account_takes_as_long_as_a_known_one() -> None:
    passwords = Passwords()
    kept = await passwords.hash("the right one")
    await passwords.check("warm", None)
    known, unknown = [], []
    for _ in range(3):
        for times, hashed in ((known, kept), (unknown, None)):
            begun = time.process_time()
            assert await passwords.check("the wrong one", hashed) == (False, None)
            times.append(time.process_time() - begun)
    passwords.close()
    assert 0.5 < min(known) / min(unknown) < 2


async def test_the_hash_costs_what_it_should_and_is_made_anew_when_that_changes(desk: Desk) -> None:
    passwords = Passwords()
    kept = await passwords.hash("the right one")
    assert kept.startswith("$argon2id$v=19$m=32768,t=5,p=1$")
    dearer = Passwords(Cost(memory_kib=16, rounds=1))
    right, new = await dearer.check("the right one", kept)
    assert right
    assert new is not None
    assert "m=16," in new
    passwords.close()
    dearer.close()


async def test_hashing_never_takes_more_than_four_threads_and_says_when_too_many_wait() -> None:
    passwords = Passwords(Cost(memory_kib=8, rounds=1))
    asked = [passwords.check("any", None) for _ in range(60)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(each, UnavailableError) for each in outcomes) == 10
    assert len(passwords._threads._threads) <= 4
    passwords.close()


@pytest.mark.parametrize(
    "password", ["  blanks around  ", "пароль из слов", "𝓊𝓃𝒾𝒸ℴ𝒹ℯ 🔑🔑", "a\0b\0c\0d\0", "abc" * 42 + "yz", "'; DROP--"]
)
async def test_any_characters_make_a_password(desk: Desk, password: str) -> None:
    assert find_weakness(password, ["Ada"]) == ""
    await desk.add("Ada", password=await desk.access.passwords.hash(password))
    assert (await desk.browser().sign_in("Ada", password)).status_code == 303
    assert (await desk.browser().sign_in("Ada", password[:-1])).status_code == 401


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("1234567", "short"),
        ("x" * 64 + "y" * 65, "long"),
        ("password", "common"),
        ("Password1", "common"),
        ("iloveyou", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("harbour1", "context"),
        ("HarbourPine", "context"),
        ("adalovelace", "context"),
        ("frontdesk123", "context"),
        ("harbours are full of herring", ""),
    ],
)
def test_what_everybody_tries_first_is_refused(password: str, weakness: str) -> None:
    assert find_weakness(password, ["frontdesk", "Ada Lovelace", "Harbour & Pine"]) == weakness


# ---- trying again and again --------------------------------------------------------------------------------


async def test_who_tries_again_and_again_waits_longer_and_longer_but_not_for_ever(desk: Desk) -> None:
    await desk.add("Ada")
    browser = desk.browser()
    for _ in range(FREE_TRIES):
        assert (await browser.sign_in("Ada", "wrong")).status_code == 401
    waits = []
    for _ in range(TRIES_MAX - FREE_TRIES):
        refused = await browser.sign_in("Ada")
        assert refused.status_code == 429
        waits.append(int(refused.headers["retry-after"]))
        desk.clock.move(seconds=waits[-1])
        assert (await browser.sign_in("Ada", "wrong")).status_code == 401
    assert waits == [1, 2, 4, 8, 16]
    refused = await browser.sign_in("Ada")
    assert int(refused.headers["retry-after"]) == WINDOW.total_seconds() - sum(waits)
    assert refused.headers["retry-after"] in refused.text
    desk.clock.move(seconds=int(refused.headers["retry-after"]))
    assert (await browser.sign_in("Ada")).status_code == 303


async def use_up(desk: Desk, address: str, name: str = "Ada") -> int:
    """Fail until there is a wait; how many tries were made."""
    for tries in range(TRIES_MAX + 1):
        if (await desk.browser(address).sign_in(name, "wrong")).status_code == 429:
            return tries
    raise AssertionError("nobody is told to wait")


async def test_tries_are_counted_by_account_wherever_they_come_from(desk: Desk) -> None:
    await desk.add("Ada")
    for number in range(FREE_TRIES):
        assert (await desk.browser(f"203.0.113.{number}").sign_in("Ada", "wrong")).status_code == 401
    assert (await desk.browser("198.51.100.1").sign_in("Ada")).status_code == 429
    assert (await desk.browser("198.51.100.1").sign_in("Bob")).status_code == 401


@pytest.mark.parametrize(("one", "other"), [("203.0.113.7", "203.0.113.7"), ("2001:db8::1", "2001:db8::dead:2")])
async def test_tries_are_counted_by_address_whichever_account_they_are_for(desk: Desk, one: str, other: str) -> None:
    await desk.add("Ada")
    for number in range(FREE_TRIES):
        assert (await desk.browser(one).sign_in(f"Person{number}", "Winter2026")).status_code == 401
    assert (await desk.browser(other).sign_in("Ada")).status_code == 429
    assert (await desk.browser("2001:db8:1::1").sign_in("Ada")).status_code == 303


async def test_signing_in_with_ones_own_account_buys_no_tries_at_others(desk: Desk) -> None:
    await desk.add("Ada")
    for number in range(FREE_TRIES):
        assert (await desk.browser().sign_in(f"Person{number}", "Winter2026")).status_code == 401
        desk.clock.move(seconds=1)
        if number < FREE_TRIES - 1:
            assert (await desk.browser().sign_in("Ada")).status_code == 303
    assert (await desk.browser().sign_in("Person", "Winter2026")).status_code == 401
    assert (await desk.browser().sign_in("Person", "Winter2026")).status_code == 429


async def test_strangers_who_try_keep_nobody_out_of_a_browser_that_was_in_before(desk: Desk) -> None:
    await desk.add("Ada")
    own = await desk.signed_in("Ada", "198.51.100.1")
    await use_up(desk, "203.0.113.7")
    assert await own.is_in()
    await own.post("/sign-out")
    assert (await own.sign_in("Ada")).status_code == 303
    assert (await desk.browser("198.51.100.2").sign_in("Ada")).status_code == 429
    forged = desk.browser("198.51.100.2")
    forged.cookies.set("__Host-frontdesk-device", "random.0000", domain="desk.example")
    assert (await forged.sign_in("Ada")).status_code == 429


async def test_many_tries_at_once_gain_nothing(desk: Desk) -> None:
    await desk.add("Ada")
    tries = [desk.browser(f"203.0.113.{number}").sign_in("Ada", "wrong") for number in range(40)]
    statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert statuses.count(401) == FREE_TRIES
    assert statuses.count(429) == len(tries) - FREE_TRIES


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_all_processes_count_together(servers: Servers, tmp_path: Path, kind: str) -> None:
    address = servers.migrated(kind, tmp_path)
    async with open_desk(address) as first, open_desk(address) as second:
        await first.add("Ada")
        tries = [
            (first, second)[number % 2].browser(f"203.0.113.{number}").sign_in("Ada", "wrong") for number in range(20)
        ]
        statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
        assert (statuses.count(401), statuses.count(429)) == (FREE_TRIES, 20 - FREE_TRIES)
        assert (await second.browser("198.51.100.9").sign_in("Ada")).status_code == 429


# ---- sessions ----------------------------------------------------------------------------------------------


async def test_a_stolen_database_holds_nothing_to_sign_in_with(desk: Desk, tmp_path: Path) -> None:
    account = await desk.add("Ada", "owner")
    secret = await desk.set_second(account)
    browser = await desk.signed_in("Ada")
    await browser.post("/sign-in/second", data={"code": desk.code(secret)})
    cookies = list(browser.cookies.values())
    assert len(cookies) == 2
    with sqlite3.connect(tmp_path / "desk.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = (tmp_path / "desk.db").read_bytes()
    for hidden in (*cookies, PASSWORD, base64.b32encode(secret).decode()):
        assert hidden.encode() not in kept
    assert secret not in kept


async def test_a_session_is_new_at_every_sign_in_and_ends_with_the_sign_out(desk: Desk) -> None:
    account = await desk.add("Ada")
    browser = desk.browser()
    browser.cookies.set("__Host-frontdesk", "chosen by somebody else", domain="desk.example")
    await browser.sign_in("Ada")
    first = browser.cookies["__Host-frontdesk"]
    assert first != "chosen by somebody else"
    await browser.sign_in("Ada")
    assert browser.cookies["__Host-frontdesk"] != first
    assert await desk.count_sessions(account) == 1
    stolen = desk.browser()
    stolen.cookies.set("__Host-frontdesk", browser.cookies["__Host-frontdesk"], domain="desk.example")
    assert await stolen.is_in()
    assert (await browser.post("/sign-out")).headers["clear-site-data"]
    assert not await stolen.is_in()


@pytest.mark.parametrize("session", ["", "x", "%00%ff", "a" * 5_000])
async def test_a_cookie_that_is_none_of_ours_is_nobody(desk: Desk, session: str) -> None:
    answer = await desk.browser(Cookie=f"__Host-frontdesk={session}").get("/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/account")


async def test_who_does_nothing_is_signed_out_and_everybody_is_once_a_week(desk: Desk) -> None:
    await desk.add("Ada")
    idle = await desk.signed_in("Ada")
    desk.clock.move(hours=12, seconds=1)
    assert not await idle.is_in()
    busy = await desk.signed_in("Ada")
    for _ in range(14):
        desk.clock.move(hours=11.9)
        assert await busy.is_in()
    desk.clock.move(hours=2)
    assert not await busy.is_in()


async def test_a_screen_that_is_left_open_keeps_nobody_signed_in(desk: Desk) -> None:
    """A stream asks again and again by itself."""
    await desk.add("Ada")
    browser = await desk.signed_in("Ada")
    for _ in range(13):
        desk.clock.move(hours=1)
        await browser.get("/account", headers={"Accept": "text/event-stream"})
    assert not await browser.is_in()


async def test_a_right_that_is_taken_away_is_gone_at_the_next_request(desk: Desk) -> None:
    account = await desk.add("Olga", "owner")
    browser = await desk.signed_in("Olga")
    assert (await browser.get("/owner/team")).status_code == 200
    less = replace(account, role="staff")
    await desk.database.transaction(lambda connection: staff.change_rights(connection, less))
    assert (await browser.get("/owner/team")).status_code == 403
    await desk.database.transaction(lambda connection: staff.set_disabled(connection, account.id, desk.clock.now()))
    assert not await browser.is_in()


async def test_one_sees_where_one_is_signed_in_and_ends_it(desk: Desk) -> None:
    await desk.add("Ada")
    await desk.add("Eve")
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    one, other = await desk.signed_in("Ada", **{"User-Agent": agent}), await desk.signed_in("Ada", "198.51.100.1")
    page = (await other.get("/account")).text
    assert "Firefox, Linux" in page
    assert "203.0.113.7" in page
    ends = re.findall(r"/account/sessions/[\w-]+/end", page)
    assert len(ends) == 1
    stranger = await desk.signed_in("Eve")
    assert (await stranger.post(ends[0])).status_code == 404
    assert await one.is_in()
    assert (await other.post(ends[0])).status_code == 303
    assert not await one.is_in()
    assert await other.is_in()


async def test_a_new_password_ends_all_other_sessions_and_needs_the_old_one(desk: Desk) -> None:
    await desk.add("Ada")
    one, other = await desk.signed_in("Ada"), await desk.signed_in("Ada")
    for old, new, status in (
        ("wrong", "a fresh set of words", 400),
        (PASSWORD, "password", 400),
        (PASSWORD, "a fresh set of words", 303),
    ):
        answer = await one.post("/account/password", data={"old": old, "new": new})
        assert answer.status_code == status
    assert await one.is_in()
    assert not await other.is_in()
    assert (await other.sign_in("Ada")).status_code == 401
    assert (await other.sign_in("Ada", "a fresh set of words")).status_code == 303


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example/desk", "/\\evil.example", "javascript:alert(1)"]
)
async def test_signing_in_leads_nowhere_but_to_our_own_pages(desk: Desk, wanted: str) -> None:
    await desk.add("Ada")
    browser = desk.browser()
    assert (await browser.sign_in("Ada", next=wanted)).headers["location"] == "/desk"
    assert (await browser.get("/sign-in", params={"next": wanted})).headers["location"] == "/desk"
    confirmed = await browser.post("/confirm", data={"password": PASSWORD, "next": wanted})
    assert confirmed.headers["location"] == "/desk"
