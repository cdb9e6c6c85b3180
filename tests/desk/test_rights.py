"""Every route of the web process x every kind of person x another Page's data. A new route without a row in ROUTES fails.

How to add a route: its row in `route_table.py`, with who may use it; a value in `World.fill` for each part of its path that names
something.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Connection
from starlette.routing import BaseRoute

from app.desk.access.access import Access
from app.desk.access.team import BY_COMMAND, Invited, Rights, invite
from app.desk.access.visits import Visitor
from app.main import create_app, migrate, read_flows
from app.settings import Settings, example_folder
from app.stocking import Stock
from app.store import (
    alarms,
    api_keys,
    callbacks,
    conversations,
    history,
    hooks,
    lines,
    pushes,
    sessions,
    staff,
    staff_sessions,
)
from app.store.alarms import Alarm
from app.store.api_keys import ApiKey
from app.store.callbacks import NewCallback
from app.store.conversations import AfterTurns
from app.store.history import Said
from app.store.hooks import Happened, Hook
from app.store.pushes import Target
from app.store.staff import Account, Role
from tests.desk.route_table import (
    BY_KEY,
    CONFIRMED,
    ENDLESS,
    MACHINES,
    NAMES_NOTHING,
    OWNERS,
    PRIVATE,
    ROUTES,
    SIGNED_IN,
    SIGNED_IN_CONFIRMED,
)

PAGE_A, PAGE_B = "10001", "10002"
HOSTILE = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


@dataclass(frozen=True)
class Person:
    """Who asks. `fresh`: the password was typed lately."""

    account: Account
    fresh: bool = True


class World:
    """A real web process with two Pages."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self._numbers = iter(range(1_000_000))

    @property
    def access(self) -> Access:
        access: Access = self.app.state.access
        return access

    async def person(self, role: Role = "staff", *pages: str, name: str = "Ada", fresh: bool = True) -> Person:
        """Somebody new with these Pages, or all."""
        number = next(self._numbers)
        account = Account(
            f"id{number}", f"p{number}@shop.example", name, role, self.access.clock.now(), frozenset(pages), not pages,
            password="no hash: nobody signs in with it", second_salt=b"salt",
        )  # fmt: skip
        await self.access.database.transaction(lambda connection: staff.add(connection, account))
        await self.access.database.transaction(
            lambda connection: staff.set_second(connection, account.id, b"salt", 0, ())
        )
        return Person(account, fresh)

    async def enter(self, person: Person | None) -> httpx.AsyncClient:
        """A browser of this person, or of a stranger."""
        headers = {"Origin": "http://desk.example", "Accept": "application/json"}
        browser = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, client=("203.0.113.9", 4242)),
            base_url="http://desk.example",
            headers=headers,
        )
        if person is not None:
            token = await self.access.database.transaction(
                lambda connection: self.access.begin_session(
                    connection, person.account, "whole", Visitor("::1", HOSTILE)
                )
            )
            browser.cookies.set("frontdesk", token, domain="desk.example")
            if not person.fresh:
                await self._make_old(person)
        return browser

    async def _make_old(self, person: Person) -> None:
        long_ago = self.access.clock.now().replace(year=2020)
        for session in await self.access.database.read(
            lambda connection: staff_sessions.list_of(connection, person.account.id)
        ):
            await self.access.database.transaction(
                lambda connection, session=session: staff_sessions.prove(connection, session.id, long_ago)
            )

    async def _session_of(self, person: Person) -> str:
        async with await self.enter(person):
            (session,) = await self.access.database.read(
                lambda connection: staff_sessions.list_of(connection, person.account.id)
            )
        return session.id

    async def fill(self, path: str) -> str:
        """The path with something real of Page B in each of its parts."""
        values = {"digest": "0", "name": "x.js", "token": "x", "code": "x"}
        if "{customer}" in path:
            values |= await self._conversation()
        if "{session_id}" in path:
            values["session_id"] = await self._session_of(await self.person("staff", PAGE_B))
        if "{target_id}" in path:
            values["target_id"] = await self._browser_of(await self.person("staff", PAGE_B))
        if named := set(re.findall(r"\{(key_id|hook_id|delivery_id|alarm_id|callback_id)\}", path)):
            values |= await self._tools(named)
        values |= {"seq": "1"}
        if "{staff_id}" in path:
            values["staff_id"] = (await self.person("staff", PAGE_B, name="Bea")).account.id
        return re.sub(r"\{(\w+)(?::\w+)?\}", lambda part: values[part[1]], path)

    async def _browser_of(self, person: Person) -> str:
        """One that is told by push notes."""
        target_id = f"target{next(self._numbers)}"
        endpoint, now = f"https://push.example/{target_id}", self.access.clock.now()
        target = Target(target_id, person.account.id, "", endpoint, b"public", b"auth", HOSTILE, "en", now)
        await self.access.database.transaction(lambda connection: pushes.add(connection, target))
        return target_id

    async def _tools(self, named: set[str]) -> dict[str, str]:
        """Keys, webhooks, alerts and callbacks of Page B."""
        now, name = self.access.clock.now(), f"tool{next(self._numbers)}"
        happened = Happened("message.received", (PAGE_B, "20001"), now, {})

        def work(connection: Connection) -> dict[str, str]:
            only = frozenset((PAGE_B,))
            api_keys.add(connection, ApiKey(name, HOSTILE, "staff", HOSTILE, now, only), name.encode())
            for each in hooks.list_hooks(connection):
                hooks.remove(connection, each.id)
            hook = Hook(name, f"https://x.example/{HOSTILE}", hooks.KINDS, "salt", "x", now, only)
            hooks.add(connection, hook)
            hooks.tell(connection, [hook], [happened], now)
            for rule in alarms.list_alarms(connection):
                alarms.remove(connection, rule.id)
            alarms.add(connection, Alarm(name, PAGE_B, HOSTILE, 5, "always", "x", now))
            callbacks.ask(connection, (PAGE_B, name), NewCallback(HOSTILE, {"phone": HOSTILE}), now)
            callback = max(callbacks.list_open(connection, [PAGE_B]), key=lambda each: each.id)
            delivery = hooks.list_deliveries(connection, name, 1)[0]
            ids = {"key_id": name, "hook_id": name, "alarm_id": name}
            return {**ids, "delivery_id": str(delivery.id), "callback_id": str(callback.id)}

        found = await self.access.database.transaction(work)
        return {each: found[each] for each in named}

    async def _conversation(self) -> dict[str, str]:
        """One of Page B, in which everything that can be hostile is."""
        now = self.access.clock.now()
        key = (PAGE_B, f"2000{next(self._numbers)}")

        def work(connection: Connection) -> str:
            after = AfterTurns(
                *key, "waiting", 1, 1, now, HOSTILE, HOSTILE, HOSTILE, now, changed_at=now, customer_name=HOSTILE
            )
            conversations.take_over(connection, key, now)
            conversations.save_changed(connection, [after])
            body = {"attachments": [{"kind": "image", "url": "http://127.0.0.1:1/x.png", "title": HOSTILE}]}
            history.append(connection, [Said(*key, "customer", "AttachmentReceived", now, HOSTILE, body)])
            sessions.save(connection, [(key, {"slots": {"order_number": HOSTILE}, "state": HOSTILE}, "r")], now)
            return lines.list_lines(connection, key, 1)[0].id

        line_id = await self.access.database.transaction(work)
        return {"page": key[0], "customer": key[1], "line_id": line_id, "number": "0"}

    async def ask(self, route: str, person: Person | None, **form: str) -> int:
        method, path = route.split()
        async with await self.enter(person) as browser:
            answer = await browser.request(method, await self.fill(path), data=form or None)
        return answer.status_code


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("rights")
    blocks = [f"'{page}':\n  flows: {example_folder()}\n  token: t{page}\n" for page in (PAGE_A, PAGE_B)]
    (folder / "pages.yaml").write_text("".join(blocks))
    return Settings(
        database_url=SecretStr(f"sqlite+aiosqlite:///{folder / 'desk.db'}"),
        pages=folder / "pages.yaml",
        app_id="1",
        app_secret=SecretStr("a-secret"),
        verify_token=SecretStr("a-word"),
        answers_by_meaning=False,
    )


@pytest.fixture(scope="module")
async def world(settings: Settings) -> AsyncIterator[World]:
    await asyncio.to_thread(migrate, settings)
    web, stock = frozenset({"web"}), Stock()
    app = create_app(settings, read_flows(settings, web, stock), web, stock)
    async with app.router.lifespan_context(app):
        yield World(app)


def routes(app: FastAPI) -> Iterator[str]:
    """Method and path of every route."""
    yield from _routes(app.routes)


def _routes(found: list[BaseRoute]) -> Iterator[str]:
    for route in found:
        for method in sorted(getattr(route, "methods", None) or ()):
            if method != "HEAD":
                yield f"{method} {route.path}"  # type: ignore[attr-defined]
        if inner := getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None):
            yield from _routes(inner)


async def test_every_route_says_who_may_use_it(world: World) -> None:
    found = set(routes(world.app))
    assert "GET /owner/team" in found
    assert found - set(ROUTES) == set(), "give these a row in ROUTES"
    assert set(ROUTES) - found == set(), "these are gone"


@pytest.mark.parametrize("route", [route for route, who in ROUTES.items() if who in (*PRIVATE, ENDLESS, *BY_KEY)])
async def test_a_stranger_gets_nothing(world: World, route: str) -> None:
    assert await world.ask(route, None) == 401


@pytest.mark.parametrize("route", [route for route, who in ROUTES.items() if who in (OWNERS, CONFIRMED)])
async def test_staff_get_nothing_of_owners(world: World, route: str) -> None:
    for pages in ((), (PAGE_B,)):
        assert await world.ask(route, await world.person("staff", *pages)) == 403


@pytest.mark.parametrize("route", [route for route, who in ROUTES.items() if who in PRIVATE])
async def test_whoever_may_is_not_refused(world: World, route: str) -> None:
    """An empty form is not good enough for some, but nobody is kept out."""
    owner = await world.ask(route, await world.person("owner"))
    nothing_there = "session_id" in route or "target_id" in route or "{number}" in route
    assert owner in (200, 204, 303, 400) or (owner == 404 and nothing_there)
    if ROUTES[route] in (SIGNED_IN, SIGNED_IN_CONFIRMED):
        assert await world.ask(route, await world.person("staff", PAGE_B)) == owner


@pytest.mark.parametrize("route", [route for route, who in ROUTES.items() if "lately" in who])
async def test_what_matters_needs_the_password_once_more(world: World, route: str) -> None:
    assert await world.ask(route, await world.person("owner", fresh=False)) == 403


@pytest.mark.parametrize(
    "route",
    [
        route
        for route, who in ROUTES.items()
        if who in PRIVATE and set(re.findall(r"\{(\w+)", route)) - set(NAMES_NOTHING)
    ],
)
async def test_what_belongs_to_another_page_is_not_there(world: World, route: str) -> None:
    """As if it did not exist, for everybody who works for Page A alone: whoever guesses learns nothing."""
    owner = await world.person("owner", PAGE_A)
    assert await world.ask(route, owner) == 404
    if ROUTES[route] in (SIGNED_IN, SIGNED_IN_CONFIRMED):
        assert await world.ask(route, await world.person("staff", PAGE_A)) == 404


@pytest.mark.parametrize(
    "route", [route for route, who in ROUTES.items() if route.startswith("POST") and who not in (MACHINES, *BY_KEY)]
)
async def test_no_form_takes_a_field_that_it_did_not_ask_for(world: World, route: str) -> None:
    form = {
        "email": "x@shop.example", "password": "x", "code": "x", "old": "x", "new": "x", "salt": "x" * 22, "name": "x",
        "role": "staff", "reach": "all",
    }  # fmt: skip
    person = await world.person("owner")
    assert await world.ask(route, person, **form, is_admin="true") in (204, 303, 400, 404)
    kept = await world.access.database.read(lambda connection: staff.find(connection, person.account.id))
    assert kept == person.account


@pytest.mark.parametrize(
    "route", [route for route, who in ROUTES.items() if route.startswith("POST") and who not in (MACHINES, *BY_KEY)]
)
async def test_nothing_is_changed_from_another_site(world: World, route: str) -> None:
    async with await world.enter(await world.person("owner")) as browser:
        browser.headers["Origin"] = "https://evil.example"
        answer = await browser.post(await world.fill(route.split()[1]))
    assert answer.status_code == 403
    assert "own pages" in answer.text


@pytest.mark.parametrize(
    "route",
    [route for route, who in ROUTES.items() if route.startswith("GET") and who in PRIVATE and "{number}" not in route],
)
async def test_names_are_text_on_every_page(world: World, route: str) -> None:
    person = await world.person("owner", name=HOSTILE)
    async with await world.enter(person) as browser:
        browser.headers["Accept"] = "text/html"
        page = await browser.get(await world.fill(route.split()[1]), follow_redirects=True)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in page.headers["content-security-policy"]


async def test_names_are_text_behind_a_link_too(world: World) -> None:
    outcome = await invite(world.access, BY_COMMAND, "hostile@shop.example", HOSTILE, Rights("staff", all_pages=True))
    assert isinstance(outcome, Invited)
    async with await world.enter(None) as browser:
        page = (await browser.get(outcome.path)).text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


async def test_machines_are_refused_without_their_signature(world: World) -> None:
    for route in (route for route, who in ROUTES.items() if who == MACHINES):
        assert await world.ask(route, await world.person("owner")) in (400, 403), route
