"""The pages of a whole web process for tests, on a real database, with a clock that is set by hand and cheap passwords."""

from __future__ import annotations

import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from app import rooms
from app.chance import Chance
from app.clock import Clock
from app.desk.access.access import Access, Terms
from app.desk.access.passwords import Cost, Passwords
from app.desk.access.second_factor import STEP_SECONDS, code_at
from app.mail import Mailer
from app.pages import failures
from app.pages.guard import Guard
from app.serving import listen
from app.store import audit, staff, staff_sessions
from app.store.database import Database, open_database
from app.store.staff import Account, Role

US = "https://desk.example"
PAGE_A, PAGE_B = "10001", "10002"
PAGES = {PAGE_A: "Harbour & Pine", PAGE_B: "Salt & Sons"}
CHEAP = Cost(memory_kib=8, rounds=1)
PASSWORD = "four unrelated words here"
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
KEY = b"a key for tests, of 32 bytes ..."


class HandClock(Clock):
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.present = NOW

    def now(self) -> datetime:
        return self.present

    def move(self, **by: float) -> None:
        self.present += timedelta(**by)


class Desk:
    """A web process: its application and its accounts."""

    def __init__(self, access: Access, clock: HandClock) -> None:
        self.access, self.clock = access, clock
        self.app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        self.app.add_middleware(Guard, public_url=access.terms.public_url)
        failures.add_handlers(self.app)
        rooms.add_rooms(self.app, access, KEY)

    @property
    def database(self) -> Database:
        return self.access.database

    async def add(self, name: str, role: Role = "staff", *pages: str, **values: Any) -> Account:
        """Somebody who came through the invitation; for all Pages unless some are named."""
        hashed = await self.access.passwords.hash(PASSWORD)
        account = Account(
            name.lower(),
            f"{name.lower()}@shop.example",
            name,
            role,
            self.clock.now(),
            frozenset(pages),
            not pages,
            hashed,
        )
        account = replace(account, **values)
        assert await self.database.transaction(lambda connection: staff.add(connection, account))
        return account

    async def set_second(self, account: Account) -> bytes:
        """Give an account a second factor; its secret."""
        salt = b"0123456789abcdefghijkl"
        codes = [self.access.second.hash_code(account.id, "AAAAA-22222")]
        await self.database.transaction(lambda each: staff.set_second(each, account.id, salt, 0, codes))
        return self.access.second.secret(account.id, salt)

    def code(self, secret: bytes, steps: int = 0) -> str:
        """What the authenticator app shows now, or some steps later."""
        return code_at(secret, int(self.clock.now().timestamp()) // STEP_SECONDS + steps)

    def browser(self, address: str = "203.0.113.7", **headers: str) -> Browser:
        return Browser(self.app, address, headers)

    async def signed_in(self, name: str, address: str = "203.0.113.7", **headers: str) -> Browser:
        """A browser in which this person has signed in."""
        browser = self.browser(address, **headers)
        answer = await browser.sign_in(name)
        assert answer.status_code == 303, answer.text
        return browser

    async def deeds(self) -> list[str]:
        """The audit, oldest first: who and what."""
        entries = await self.database.read(lambda connection: audit.list_entries(connection, most=500))
        return [f"{each.who} {each.what}" for each in reversed(entries)]

    async def count_sessions(self, account: Account) -> int:
        return len(await self.database.read(lambda connection: staff_sessions.list_of(connection, account.id)))


class Browser(httpx.AsyncClient):
    """A person's browser: keeps cookies, says where its requests come from."""

    def __init__(self, app: FastAPI, address: str, headers: dict[str, str]) -> None:
        usual = {"Accept": "text/html", "Origin": US, "Sec-Fetch-Site": "same-origin"}
        transport = httpx.ASGITransport(app, client=(address, 4242))
        super().__init__(transport=transport, base_url=US, headers={**usual, **headers})

    async def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        email = name if "@" in name else f"{name.lower()}@shop.example"
        return await self.post("/sign-in", data={"email": email, "password": password, **more})

    async def is_in(self) -> bool:
        return (await self.get("/account")).status_code == 200


def link_in(text: str) -> str:
    """The path of the link that a page or a letter shows."""
    found = re.search(r"/join/[\w-]+", text)
    assert found, text
    return found[0]


@asynccontextmanager
async def open_desk(address: str, terms: Terms | None = None, mailer: Mailer | None = None) -> AsyncIterator[Desk]:
    """A web process on a migrated database; those with one address share it."""
    database = open_database(address)
    clock, passwords = HandClock(), Passwords(CHEAP)
    terms = terms or Terms(public_url=US, owners_need_second=False, pages=PAGES)
    try:
        yield Desk(Access(database, clock, Chance(), passwords, KEY, terms, mailer), clock)
    finally:
        passwords.close()
        await database.close()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """An application on a real socket; its address."""
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, server_header=False))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listening.close()
