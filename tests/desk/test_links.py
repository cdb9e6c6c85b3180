"""One-time links: each opens one door once, for as long as it says, and a letter leads nowhere but to us."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from app.desk.access import team
from app.desk.access.access import Denied, Terms
from app.desk.access.links import LASTS, make_setup_link
from app.desk.access.team import BY_COMMAND, Invited, Rights
from app.mail import Mailer
from app.store import staff
from tests.databases import Servers
from tests.desk.kit import PAGE_A, PAGES, PASSWORD, US, Browser, Desk, link_in, open_desk

FRESH = "a fresh set of words"


async def invited(desk: Desk, email: str = "max@shop.example", name: str = "Max") -> str:
    outcome = await team.invite(desk.access, BY_COMMAND, email, name, Rights("staff", frozenset({PAGE_A})))
    assert isinstance(outcome, Invited)
    return outcome.path


async def join(browser: Browser, path: str, password: str = FRESH, **more: str) -> int:
    return (await browser.post(path, data={"password": password, **more})).status_code


async def test_an_invitation_works_once_and_looking_at_it_uses_nothing_up(desk: Desk) -> None:
    path = await invited(desk)
    browser = desk.browser()
    for _ in range(2):
        assert "Max" in (await browser.get(path)).text
    assert await join(browser, path, "password") == 400
    assert await join(browser, path, "maxshop1", name="Other", email="other@shop.example") == 303
    assert await browser.is_in()
    assert await join(desk.browser(), path) == 404
    account = await desk.database.read(lambda connection: staff.find_by_email(connection, "max@shop.example"))
    assert account is not None
    assert (account.name, account.role, account.page_ids) == ("Max", "staff", {PAGE_A})
    assert await desk.database.read(lambda connection: staff.find_by_email(connection, "other@shop.example")) is None


async def test_of_two_who_use_a_link_at_once_one_gets_in(desk: Desk) -> None:
    path = await invited(desk)
    statuses = await asyncio.gather(*(join(desk.browser(f"203.0.113.{n}"), path) for n in range(4)))
    assert sorted(statuses) == [303, 404, 404, 404]


@pytest.mark.parametrize("kind", ["invitation", "reset"])
async def test_a_link_that_is_too_old_or_replaced_works_no_more(desk: Desk, kind: str) -> None:
    path = await invited(desk)
    if kind == "reset":
        await join(desk.browser(), path)
    account = await desk.database.read(lambda connection: staff.find_by_email(connection, "max@shop.example"))
    assert account is not None
    first = (await team.make_new_link(desk.access, BY_COMMAND, account)).path
    second = (await team.make_new_link(desk.access, BY_COMMAND, account)).path
    assert (await desk.browser().get(first)).status_code == 404
    desk.clock.move(seconds=LASTS[kind].total_seconds())
    assert (await desk.browser().get(second)).status_code == 200
    desk.clock.move(seconds=1)
    assert (await desk.browser().get(second)).status_code == 404
    assert await join(desk.browser(), second) == 404


async def test_a_disabled_account_has_no_way_back_in_by_a_link(desk: Desk) -> None:
    path = await invited(desk)
    account = await desk.database.read(lambda connection: staff.find_by_email(connection, "max@shop.example"))
    assert account is not None
    await team.disable(desk.access, BY_COMMAND, account)
    assert (await desk.browser().get(path)).status_code == 404


async def test_a_new_password_by_link_ends_all_sessions_and_leaves_the_second_factor(desk: Desk) -> None:
    account = await desk.add("Olga", "owner")
    before = await desk.signed_in("Olga")
    secret = await desk.set_second(account)
    path = (await team.make_new_link(desk.access, BY_COMMAND, account)).path
    browser = desk.browser()
    assert await join(browser, path) == 303
    assert not await before.is_in()
    assert not await browser.is_in()
    await browser.post("/sign-in/second", data={"code": desk.code(secret)})
    assert await browser.is_in()


async def test_a_new_password_voids_the_links_to_another_one(desk: Desk) -> None:
    await desk.add("Ann")
    ann = await desk.signed_in("Ann")
    account = await desk.access.database.read(lambda connection: staff.find_by_email(connection, "ann@shop.example"))
    assert account
    path = (await team.make_new_link(desk.access, BY_COMMAND, account)).path
    changed = await ann.post("/account/password", data={"old": PASSWORD, "new": FRESH})
    assert changed.status_code == 303
    assert (await desk.browser().get(path)).status_code == 404


async def test_guessing_links_is_slowed_down(desk: Desk) -> None:
    statuses = [(await desk.browser().get(f"/join/guess{number}")).status_code for number in range(7)]
    assert statuses == [404] * 5 + [429] * 2


async def test_the_first_owner_comes_by_the_link_that_the_console_shows(desk: Desk) -> None:
    first, second = await make_setup_link(desk.access), await make_setup_link(desk.access)
    assert first is not None
    assert second is not None
    browser = desk.browser()
    for wrong in ({"name": "", "email": "o@shop.example"}, {"name": "Olga", "email": "nobody"}):
        assert await join(browser, first, **wrong) == 400
    assert await join(browser, first, name=" Olga\u202e  Owner\n", email=" OLGA@shop.example ") == 303
    assert (await browser.get("/owner/team")).status_code == 200
    account = await desk.database.read(lambda connection: staff.find_by_email(connection, "olga@shop.example"))
    assert account is not None
    assert (account.name, account.role, account.all_pages) == ("Olga Owner", "owner", True)
    assert await join(desk.browser(), second, name="Eve", email="eve@shop.example") == 404
    assert await make_setup_link(desk.access) is None


async def test_the_console_shows_its_link_for_a_day(desk: Desk) -> None:
    path = await make_setup_link(desk.access)
    assert path is not None
    desk.clock.move(hours=24, seconds=1)
    assert (await desk.browser().get(path)).status_code == 404


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b@c", "x" * 250 + "@shop.example", "max@shop.example\nBcc: all@x.example"]
)
async def test_what_is_no_address_is_not_invited(desk: Desk, email: str) -> None:
    outcome = await team.invite(desk.access, BY_COMMAND, email, "Max", Rights("staff", all_pages=True))
    assert outcome == Denied("email")


# ---- letters -----------------------------------------------------------------------------------------------


class PostOffice:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The few words of RFC 5321 that a sender needs."""
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                body = await reader.readuntil(b"\r\n.\r\n")
                self.letters.append(message_from_bytes(body[:-3]))
            writer.write(b"250 fine\r\n" if not line.upper().startswith(b"QUIT") else b"221 bye\r\n")
        writer.close()

    async def one(self) -> str:
        """The words of the one letter that came."""
        for _ in range(200):
            if self.letters:
                break
            await asyncio.sleep(0.01)
        (letter,) = self.letters
        payload = letter.get_payload(decode=True)
        assert isinstance(payload, bytes)
        return payload.decode()


@asynccontextmanager
async def with_letters(servers: Servers, folder: Path) -> AsyncIterator[tuple[Desk, PostOffice]]:
    office = PostOffice()
    server = await asyncio.start_server(office.serve, "127.0.0.1", 0)
    mailer = Mailer("127.0.0.1", server.sockets[0].getsockname()[1], "desk@shop.example", "none")
    terms = Terms(public_url=US, owners_need_second=False, pages=PAGES)
    async with open_desk(servers.migrated("sqlite", folder), terms, mailer) as desk:
        yield desk, office
    server.close()
    await server.wait_closed()


async def test_who_forgot_the_password_gets_a_letter_with_a_link_to_us(servers: Servers, tmp_path: Path) -> None:
    async with with_letters(servers, tmp_path) as (desk, office):
        await desk.add("Ada")
        browser = desk.browser(**{"Host": "evil.example", "Accept-Language": "fr"})
        browser.headers["Origin"] = "https://desk.example"
        known = await browser.post("/forgotten", data={"email": "ADA@shop.example"})
        letter = await office.one()
        assert f"{US}/join/" in letter
        assert "evil" not in letter
        assert "Bonjour" in letter
        assert office.letters[0]["To"] == "ada@shop.example"
        assert await join(desk.browser(), link_in(letter)) == 303
        unknown = await browser.post("/forgotten", data={"email": "nobody@shop.example"})
        assert unknown.text == known.text
        assert len(office.letters) == 1


async def test_letters_are_not_a_way_to_bother_somebody(servers: Servers, tmp_path: Path) -> None:
    async with with_letters(servers, tmp_path) as (desk, office):
        await desk.add("Ada")
        for number in range(7):
            await desk.browser(f"203.0.113.{number}").post("/forgotten", data={"email": "ada@shop.example"})
        assert len(office.letters) == 5


async def test_whoever_is_invited_gets_a_letter_and_the_owner_sees_the_link_too(
    servers: Servers, tmp_path: Path
) -> None:
    async with with_letters(servers, tmp_path) as (desk, office):
        await desk.add("Olga", "owner")
        browser = await desk.signed_in("Olga")
        form = {"email": "max@shop.example", "name": "Max", "role": "staff", "reach": "all"}
        page = await browser.post("/owner/team/invite", data=form)
        assert "Sent to max@shop.example" in page.text
        assert link_in(await office.one()) == link_in(page.text)


async def test_without_a_mail_server_the_page_says_whom_to_ask(desk: Desk) -> None:
    page = (await desk.browser().get("/forgotten")).text
    assert "frontdesk staff invite" in page
    assert not re.search(r"<form", page)


async def test_a_mail_server_that_is_away_breaks_nothing() -> None:
    assert not await Mailer("127.0.0.1", 9, "desk@shop.example", "none").send("ada@shop.example", "Hello", "there")
