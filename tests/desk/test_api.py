"""The API: the desk's deeds and lists as JSON, by keys that have a role and Pages. On both databases where SQL decides."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection

from app.desk.access.access import hash_token
from app.desk.api import docs
from app.desk.api import routes as api_routes
from app.desk.api.who import LEASED, RATE, Api, Throttle
from app.desk.private import HIDDEN
from app.pages import failures
from app.pages.guard import Guard
from app.store import api_keys, audit, beside, callbacks, conversations, history, hooks, taking
from app.store.api_keys import ApiKey
from app.store.callbacks import NewCallback
from app.store.history import Said
from app.store.hooks import Hook
from app.store.keys import Key
from app.store.staff import Role
from tests.databases import Servers
from tests.desk.kit import PAGE_A, PAGE_B
from tests.desk.room import ANNA, MILA, Room, open_room
from tests.desk.route_table import BY_KEY, OWNER_KEYS, ROUTES

C = f"/api/v1/conversations/{MILA[0]}/{MILA[1]}"


class Program:
    """The API over a room, and keys to ask it with."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.app = FastAPI(openapi_url=None)
        self.app.add_middleware(Guard)
        failures.add_handlers(self.app)
        self.app.state.api = Api(room.desk, Throttle(room.database, room.clock))
        self.app.include_router(api_routes.router)

    async def key(self, role: Role = "staff", *pages: str, name: str = "Orders") -> httpx.AsyncClient:
        """A program with a new key, for all Pages unless some are named."""
        token = f"fd_{role}{'-'.join(pages)}{name}"
        key = ApiKey(token[3:], name, role, "owner:olga", self.room.clock.now(), frozenset(pages), not pages)
        await self.room.do(lambda connection: api_keys.add(connection, key, hash_token(token)))
        return self.client(token)

    def client(self, token: str) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://desk.example", headers=headers
        )


@pytest.fixture(params=["sqlite", "postgres"])
async def both(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> AsyncIterator[Program]:
    async with open_room(servers.migrated(request.param, tmp_path)) as opened:
        yield Program(opened)


@pytest.fixture
async def program(servers: Servers, tmp_path: Path) -> AsyncIterator[Program]:
    async with open_room(servers.migrated("sqlite", tmp_path)) as opened:
        yield Program(opened)


def error_of(answer: httpx.Response) -> dict[str, Any]:
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) == {"code", "message", "hint", "number"}
    return error


# ---- the way through ---------------------------------------------------------------------------------------


async def test_a_program_takes_answers_and_resolves(both: Program) -> None:
    room, shop = both.room, await both.key()
    await room.waits()
    [listed] = (await shop.get("/api/v1/conversations")).json()["conversations"]
    assert (listed["customer"], listed["answered_by"], listed["said"]) == (MILA[1], "waiting", "my parcel is wet")
    taken = await shop.post(f"{C}/take", json={"epoch": listed["epoch"]})
    assert (taken.status_code, taken.json()["staff_name"]) == (200, "Orders")
    sent = await shop.post(f"{C}/replies", json={"text": "On its way!"}, headers={"Idempotency-Key": "k1234567"})
    assert (sent.status_code, sent.json()) == (202, {"seq": 1})
    whole = (await shop.get(C)).json()
    assert [(each["who"], each["text"]) for each in whole["lines"] if each["text"]] == [
        ("customer", "my parcel is wet"),
        ("staff", "On its way!"),
    ]
    assert (whole["note"], whole["slots"]["order_number"], whole["may_send"]) == ("Order 10482", "10482", True)
    assert (await shop.get("/api/v1/conversations?view=mine")).json()["conversations"][0]["epoch"] == taken.json()[
        "epoch"
    ]
    assert (await shop.post(f"{C}/resolve", json={})).status_code == 202
    assert [kind for kind, _ in await room.orders()] == ["StaffHandedBack"]


async def test_the_same_idempotency_key_sends_once(program: Program) -> None:
    shop = await program.key()
    await program.room.waits()
    await shop.post(f"{C}/take", json={})
    sent = [
        await shop.post(f"{C}/replies", json={"text": "Hello"}, headers={"Idempotency-Key": "the-same-1"})
        for _ in range(2)
    ]
    assert [each.json() for each in sent] == [{"seq": 1}, {"seq": 1}]
    assert await program.room.ours() == [("Hello", "pending")]
    assert (await shop.post(f"{C}/replies", json={"text": "Hello"})).status_code == 400
    assert (await shop.delete(f"{C}/replies/1")).status_code == 204
    assert error_of(await shop.delete(f"{C}/replies/1"))["code"] == "too_late"


async def test_of_two_who_take_at_once_the_second_is_told_who_was_faster(program: Program) -> None:
    shop = await program.key()
    seen = await program.room.waits()
    await program.room.do(lambda connection: taking.take(connection, seen, "luc", "luc", program.room.clock.now()))
    answer = await shop.post(f"{C}/take", json={"epoch": seen.epoch})
    assert answer.status_code == 409
    assert error_of(answer)["code"] == "taken"
    assert "Luc" in error_of(answer)["message"]


async def test_a_conversation_goes_to_people_teams_and_the_bot(program: Program) -> None:
    shop = await program.key()
    await program.room.waits()
    assert (await shop.post(f"{C}/assign", json={"to": "anna"})).json()["staff_name"] == "Anna Berg"
    assert error_of(await shop.post(f"{C}/assign", json={"to": "nobody"}))["code"] == "no_person"
    assert error_of(await shop.post(f"{C}/hand-back", json={}))["code"] == "taken"
    assert (await shop.post(f"{C}/take", json={})).status_code == 200
    assert error_of(await shop.post(f"{C}/reopen", json={}))["code"] == "conflict"
    assert error_of(await shop.post(f"{C}/hand-back", json={"state": "nowhere"}))["code"] == "no_state"
    assert (await shop.post(f"{C}/hand-back", json={"state": "bye"})).status_code == 202
    assert (await program.room.orders())[-1][1]["to"] == "bye"


async def test_notes_and_blocking(program: Program) -> None:
    shop, room = await program.key(), program.room
    await room.waits()
    noted = await shop.post(f"{C}/notes", json={"text": "@anna look"}, headers={"Idempotency-Key": "n1234567"})
    assert noted.status_code == 204
    assert [each.text for each in await room.do(lambda connection: beside.list_notes(connection, MILA))] == [
        "@anna look"
    ]
    assert await room.desk.count_mentions(ANNA) == 1
    assert (await shop.post(f"{C}/block")).json()["is_blocked"]
    assert not (await shop.post(f"{C}/unblock")).json()["is_blocked"]
    entries = await room.do(lambda connection: audit.list_entries(connection, most=5))
    assert [(each.who, each.what) for each in reversed(entries)] == [
        ("key:Orders", "customer_blocked"),
        ("key:Orders", "customer_unblocked"),
    ]
    assert MILA[1] not in str([each.details for each in entries])


async def test_callbacks_are_listed_until_they_are_ticked_off(program: Program) -> None:
    shop, room = await program.key("staff", PAGE_A), program.room
    now = room.clock.now()
    await room.do(lambda connection: callbacks.ask(connection, MILA, NewCallback("care", {"phone": "+49 30 1"}), now))
    await room.do(
        lambda connection: callbacks.ask(connection, MILA, NewCallback("care", {"email": "m@x.example"}), now)
    )
    await room.do(
        lambda connection: callbacks.ask(connection, (PAGE_B, "9"), NewCallback("care", {"phone": "+49 30 2"}), now)
    )
    [listed] = (await shop.get("/api/v1/callbacks")).json()
    assert listed["contacts"] == {"phone": "+49 30 1", "email": HIDDEN}, "the address is private, and Mila nobody's"
    assert (await shop.post(f"/api/v1/callbacks/{listed['id']}/done")).status_code == 204
    assert (await shop.post(f"/api/v1/callbacks/{listed['id']}/done")).status_code == 409
    assert (await shop.post(f"/api/v1/callbacks/{listed['id'] + 1}/done")).status_code == 404
    assert (await shop.get("/api/v1/callbacks")).json() == []


# ---- parts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["waiting", "all"])
async def test_a_list_in_parts_holds_everybody_once(both: Program, view: str) -> None:
    """Many at the same moment, on two Pages: the cursor has no gap and no double."""
    room, shop = both.room, await both.key()
    keys: list[Key] = [(page, f"4000{number}") for page in (PAGE_A, PAGE_B) for number in range(5)]
    for number, key in enumerate(keys):
        room.clock.move(seconds=number % 3 == 0)
        now = room.clock.now()

        def work(connection: Connection, key: Key = key, now: Any = now) -> None:
            conversations.take_over(connection, key, now)
            row = conversations.AfterTurns(*key, "waiting", 1, 1, now, handed_off_at=now, changed_at=now)
            conversations.save_changed(connection, [row])

        await room.do(work)
    found, cursor = [], ""
    for _ in range(6):
        part = (await shop.get("/api/v1/conversations", params={"view": view, "limit": 3, "cursor": cursor})).json()
        found += [(each["page"], each["customer"]) for each in part["conversations"]]
        if not (cursor := part["next_cursor"]):
            break
    assert sorted(found) == keys
    assert len(found) == len(set(found))


async def test_a_transcript_in_parts_holds_every_line_once(program: Program) -> None:
    shop, room = await program.key(), program.room
    await room.waits()
    for number in range(69):
        room.clock.move(seconds=1)
        if number % 2:
            await room.bot_says(f"b{number}")
        else:
            said = Said(*MILA, "customer", "TextReceived", room.clock.now(), f"c{number}")
            await room.do(lambda connection, said=said: history.append(connection, [said]))
    found, cursor = [], ""
    for _ in range(5):
        part = (await shop.get(C, params={"cursor": cursor})).json()
        found += [each["id"] for each in part["lines"]]
        if not (cursor := part["next_cursor"]):
            break
    assert len(found) == len(set(found)) == 70


async def test_a_cursor_that_is_not_ours_is_refused(program: Program) -> None:
    shop = await program.key()
    for cursor in ("x", "bnVsbA", "WzFd", "WyIyMDI2IiwiYSIsImIiXQ", "é" * 10):
        await _refuses(shop, cursor)


async def _refuses(shop: httpx.AsyncClient, cursor: str) -> None:
    answer = await shop.get("/api/v1/conversations", params={"cursor": cursor})
    assert (answer.status_code, error_of(answer)["code"]) == (400, "bad_request")


# ---- rights ------------------------------------------------------------------------------------------------


def path_of(route: str, key: Key = MILA) -> str:
    values = {"page": key[0], "customer": key[1], "line_id": "h1", "number": "0", "seq": "1", "callback_id": "1"}
    for name, value in values.items():
        route = route.replace(f"{{{name}}}", value)
    return route


KEYED = [route for route, who in ROUTES.items() if who in BY_KEY]


async def test_no_key_and_no_cookie_opens_anything(program: Program) -> None:
    for route in KEYED:
        await _stays_shut(program, *route.split())


async def _stays_shut(program: Program, method: str, path: str) -> None:
    for token in ("", "fd_wrong", "wrong", "fd_" + "x" * 500):
        answer = await program.client(token).request(method, path_of(path), headers={"Cookie": "frontdesk=x"})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert error_of(answer)["hint"]


async def test_a_key_of_another_page_learns_nothing(program: Program) -> None:
    await program.room.waits()
    await program.room.do(
        lambda connection: callbacks.ask(connection, MILA, NewCallback("", {"phone": "1"}), program.room.clock.now())
    )
    shop, staff = await program.key("owner", PAGE_B), await program.key("staff")
    for route in KEYED:
        await _tells_nothing(shop, *route.split())
        program.room.clock.move(seconds=60)
        if ROUTES[route] == OWNER_KEYS:
            method, path = route.split()
            assert (await staff.request(method, path)).status_code == 403
    assert (await program.room.row()).answered_by == "waiting"


async def _tells_nothing(shop: httpx.AsyncClient, method: str, path: str) -> None:
    wanted = {"replies": {"text": "x"}, "notes": {"text": "x"}, "assign": {"to": "anna"}}
    body = wanted.get(path.rpartition("/")[2], {})
    answer = await shop.request(
        method, path_of(path), headers={"Idempotency-Key": "k1234567"}, json=body if method == "POST" else None
    )
    if "{" in path:
        assert answer.status_code == 404, (path, answer.text)
    assert MILA[1] not in answer.text


async def test_a_key_that_was_revoked_opens_nothing(program: Program) -> None:
    shop = await program.key()
    assert (await shop.get("/api/v1/conversations")).status_code == 200
    await program.room.do(lambda connection: api_keys.revoke(connection, "staffOrders", program.room.clock.now()))
    assert (await shop.get("/api/v1/conversations")).status_code == 401


async def test_owners_see_people_and_pages(program: Program) -> None:
    shop = await program.key("owner", PAGE_A)
    people = (await shop.get("/api/v1/people")).json()
    assert {each["id"] for each in people} == {"anna", "luc", "olga"}
    [page] = (await shop.get("/api/v1/pages")).json()
    assert (page["id"], "care" in page["teams"], "bye" in page["states"]) == (PAGE_A, True, True)


async def test_what_is_not_asked_for_is_refused(program: Program) -> None:
    shop = await program.key()
    await program.room.waits()
    for body in ({"epoch": 1, "staff": "luc"}, {"epoch": "x"}, {"epoch": -1}, [], "take"):
        answer = await shop.post(f"{C}/take", json=body)
        assert (answer.status_code, error_of(answer)["code"]) == (400, "bad_request")
    assert (await shop.get("/api/v1/conversations?limit=0")).status_code == 400
    assert (await shop.get("/api/v1/conversations?wat=1")).status_code == 400
    assert (
        await shop.post(f"{C}/replies", json={"text": "x" * 6_001}, headers={"Idempotency-Key": "k1234567"})
    ).status_code == 400
    assert (await program.room.row()).answered_by == "waiting"


async def test_each_key_is_throttled_by_itself(program: Program) -> None:
    shop, other = await program.key(), await program.key(name="Other")
    answers = [(await shop.get("/api/v1/callbacks")).status_code for _ in range(int(RATE.at_once) + 1)]
    assert answers.count(200) == RATE.at_once
    refused = await shop.get("/api/v1/callbacks")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert (await other.get("/api/v1/callbacks")).status_code == 200
    program.room.clock.move(seconds=1)
    assert (await shop.get("/api/v1/callbacks")).status_code == 200


async def test_processes_share_what_a_key_may_ask(both: Program) -> None:
    shop, another = await both.key(), Program(both.room)
    elsewhere = another.client(shop.headers["authorization"].removeprefix("Bearer "))
    found = [
        (await each.get("/api/v1/callbacks")).status_code
        for _ in range(int(RATE.at_once))
        for each in (shop, elsewhere)
    ]
    assert found.count(200) == RATE.at_once
    assert found.count(429) == RATE.at_once
    both.room.clock.move(seconds=2)
    again = [(await each.get("/api/v1/callbacks")).status_code for _ in range(20) for each in (shop, elsewhere)]
    assert again.count(200) == 2 * RATE.a_second
    assert RATE.a_second > LEASED, "what one process holds back never keeps another one from its share for long"


async def test_a_program_that_says_nothing_any_more_loses_what_it_has(program: Program) -> None:
    shop, room = await program.key(), program.room
    await room.waits()
    await shop.post(f"{C}/take", json={})
    for _ in range(3):
        room.clock.move(minutes=10)
        await shop.get("/api/v1/callbacks")
        assert not await room.do(
            lambda connection: taking.put_back_of_absent(connection, room.clock.now(), timedelta(minutes=15))
        )
    room.clock.move(minutes=20)
    left = await room.do(
        lambda connection: taking.put_back_of_absent(connection, room.clock.now(), timedelta(minutes=15))
    )
    assert left == [MILA]


def test_the_document_describes_every_route() -> None:
    told = docs.document()
    described = {f"{method.upper()} {path}" for path, methods in told["paths"].items() for method in methods}
    assert described == {route for route, who in ROUTES.items() if who in BY_KEY}
    for methods in told["paths"].values():
        for each in methods.values():
            assert each["description"]
            assert each["security"] == [{"HTTPBearer": []}]
            assert "422" not in each["responses"]


async def test_the_page_shows_what_webhooks_are_told(program: Program) -> None:
    shop, room = await program.key(), program.room
    hook = Hook("h", "https://x.example", hooks.KINDS, "s", "x", room.clock.now(), all_pages=True)
    await room.do(lambda connection: hooks.add(connection, hook))
    await room.waits()
    await shop.post(f"{C}/take", json={})
    await shop.post(f"{C}/resolve", json={})
    found = await room.do(lambda connection: hooks.list_deliveries(connection, "h", 9))
    shown = dict(docs.TOLD)
    assert {each.kind for each in found} == {"conversation.taken", "conversation.resolved"}
    assert set(shown) == set(hooks.KINDS)
    for each in found:
        assert list(each.body["data"]) == list(json.loads(shown[each.kind]))
