"""Who asks Meta to be forgotten: only a fresh wish that Meta signed is carried out, and its page says what became of it."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.chance import Chance
from app.clock import Clock
from app.people import Wishes
from app.store.database import Database, open_database
from app.store.history import Said, append
from app.store.migrate import migrate
from app.store.tables import deletions, history
from tests.store.kit import flying, know
from tests.webhooks.messenger.kit import OTHER_PAGE, PAGE, SECRET
from webhooks.messenger.account import Account, Page
from webhooks.messenger.deletion import PATH, Deletion, create_routes
from webhooks.messenger.limits import SIGNED_REQUEST_CHARS_MAX, SIGNED_REQUEST_SECONDS_MAX
from webhooks.messenger.routes import Counts
from webhooks.messenger.signed_request import Wish, read_wish

VECTOR = (
    "aegwclj0QHERmonlZH1XfJWWs6-bugRF8GE3MrZxMjM."
    "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5MDAwMDAwMCwidXNlcl9pZCI6IjMwMDAzIn0"
)
"""From the contract sheet: secret `demo-app-secret`, user 30003."""
MAC, PAYLOAD = VECTOR.split(".")
ISSUED_AT = 1_790_000_000
NOW = datetime.fromtimestamp(ISSUED_AT + 5, UTC)
USER = "30003"
OWN_APP = Page("10003", "t", app_secrets=(b"own",))
ACCOUNT = Account(
    "4242", (b"newer", SECRET), "v", {PAGE: Page(PAGE, "t"), OTHER_PAGE: Page(OTHER_PAGE, "t"), "10003": OWN_APP}
)
SIGNERS = ACCOUNT.signers()


def signed(secret: bytes = SECRET, padding: str = "", **values: Any) -> str:
    said = {"algorithm": "HMAC-SHA256", "issued_at": ISSUED_AT, "user_id": USER, **values}
    payload = encoded(json.dumps({name: each for name, each in said.items() if each is not None}).encode()) + padding
    return f"{encoded(hmac.new(secret, payload.encode(), hashlib.sha256).digest())}{padding and '='}.{payload}"


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


# ---- the signed request ------------------------------------------------------------------------------------


def test_the_vector_of_the_contract_is_read() -> None:
    assert read_wish(VECTOR, SIGNERS, NOW) == Wish(USER, frozenset({PAGE, OTHER_PAGE}))


def test_each_secret_speaks_for_its_own_pages() -> None:
    old, own = read_wish(signed(b"newer"), SIGNERS, NOW), read_wish(signed(b"own"), SIGNERS, NOW)
    assert (old and old.pages, own and own.pages) == (frozenset({PAGE, OTHER_PAGE}), frozenset({"10003"}))


@pytest.mark.parametrize("padding", ["", "=", "=="])
def test_padding_does_no_harm(padding: str) -> None:
    assert read_wish(signed(padding=padding), SIGNERS, NOW)


def test_a_number_is_an_id_too() -> None:
    assert read_wish(signed(user_id=30003), SIGNERS, NOW) == Wish(USER, frozenset({PAGE, OTHER_PAGE}))


def test_a_moment_that_fits_no_number_of_the_machine_is_none_of_metas() -> None:
    """Found by `benchmarks.fuzz signed_wish`: it ended in an OverflowError."""
    for digits in (30, 400, 4_000):
        assert read_wish(signed(issued_at=10**digits), SIGNERS, NOW) is None
        assert read_wish(signed(issued_at=-(10**digits)), SIGNERS, NOW) is None


@pytest.mark.parametrize(
    "request_",
    [
        "", ".", "a", "a.b", VECTOR[1:], VECTOR[:-1], VECTOR.replace(".", ".."), f"{VECTOR}.{VECTOR}", "é" + VECTOR,
        f"{PAYLOAD}.{MAC}", f".{PAYLOAD}", f"{MAC}.",
        signed(b"another"), signed(b""), signed(algorithm="none"), signed(algorithm=None), signed(algorithm="HMAC-SHA1"),
        signed(user_id=None), signed(user_id=""), signed(user_id="a b"), signed(user_id=["30003"]), signed(user_id="9" * 65),
        signed(issued_at=None), signed(issued_at="now"), signed(issued_at=True), signed(issued_at=ISSUED_AT + 3600),
        signed(issued_at=ISSUED_AT - SIGNED_REQUEST_SECONDS_MAX), signed(note="x" * SIGNED_REQUEST_CHARS_MAX),
    ],
)  # fmt: skip
def test_nothing_else_is_a_wish(request_: str) -> None:
    assert read_wish(request_, SIGNERS, NOW) is None


def test_a_signed_text_that_is_no_object_is_no_wish() -> None:
    for raw in (b"[]", b"1", b"{", b"\xff", b"[" * 3000):
        payload = encoded(raw)
        mac = encoded(hmac.new(SECRET, payload.encode(), hashlib.sha256).digest())
        assert read_wish(f"{mac}.{payload}", SIGNERS, NOW) is None


def test_without_a_secret_nobody_is_heard() -> None:
    assert read_wish(signed(b""), Account("4242", (b"",), "", {PAGE: Page(PAGE, "t")}).signers(), NOW) is None


def test_a_wish_does_not_show_whose_it_is() -> None:
    assert USER not in repr(Wish(USER, frozenset()))


# ---- the routes --------------------------------------------------------------------------------------------


class Given(Clock):
    moment = NOW

    def now(self) -> datetime:
        return self.moment


class Office:
    """The two routes over a real database."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.counts = database, Given(), Counts()
        wishes = Wishes(database, self.clock, Chance(), b"key")
        self.app = FastAPI()
        deletion = Deletion(
            ACCOUNT, self.clock, self.counts, wishes.forget, wishes.find_state, "https://bot.example/under"
        )
        self.app.include_router(create_routes(deletion))

    async def ask(self, request: str, **more: Any) -> httpx.Response:
        async with self.visitor() as visitor:
            return await visitor.post(PATH, data={"signed_request": request}, **more)

    async def look(self, url: str, languages: str = "en") -> httpx.Response:
        async with self.visitor() as visitor:
            return await visitor.get(
                url.replace("https://bot.example/under", ""), headers={"Accept-Language": languages}
            )

    def visitor(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://bot")

    async def lines(self) -> list[tuple[str, str]]:
        rows = await self.database.read(
            lambda connection: connection.execute(history.select().order_by(history.c.page_id)).fetchall()
        )
        return [(row.page_id, row.customer_id) for row in rows]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    await migrate(database)
    yield Office(database)
    await database.close()


async def speak(office: Office, *customers: str, page: str = PAGE) -> None:
    def work(connection: Any) -> None:
        know(connection, *customers)
        append(connection, [Said(page, each, "customer", "TextReceived", NOW, "words") for each in customers])

    await office.database.transaction(work)


async def test_a_wish_erases_the_chat_of_that_id_and_no_other(office: Office) -> None:
    await speak(office, USER, "30004")
    answer = await office.ask(VECTOR)
    assert answer.status_code == 200
    told = answer.json()
    assert told == {
        "url": f"https://bot.example/under{PATH}/{told['confirmation_code']}",
        "confirmation_code": told["confirmation_code"],
    }
    assert told["confirmation_code"].isalnum()
    assert await office.lines() == [(PAGE, "30004")]
    assert "has been deleted" in (await office.look(told["url"])).text
    assert office.counts == Counts(deletions=1)


async def test_who_is_not_known_is_told_so_and_how_to_go_on(office: Office) -> None:
    told = (await office.ask(VECTOR)).json()
    page = await office.look(told["url"])
    assert page.status_code == 200
    assert "We keep nothing" in page.text
    assert "delete my data" in page.text


async def test_a_wish_that_comes_again_has_the_same_code_and_is_carried_out_again(office: Office) -> None:
    nothing = (await office.ask(VECTOR)).json()
    await speak(office, USER)
    erased = (await office.ask(signed(b"newer"))).json()
    again = (await office.ask(VECTOR)).json()
    assert nothing == erased == again
    assert await office.lines() == []
    assert "has been deleted" in (await office.look(again["url"])).text
    other = (await office.ask(signed(user_id="30004"))).json()
    assert other["confirmation_code"] != again["confirmation_code"]


async def test_while_a_last_message_is_on_its_way_the_page_says_so(office: Office) -> None:
    await speak(office, USER)
    await office.database.transaction(lambda connection: flying(connection, USER, 101))
    told = (await office.ask(VECTOR)).json()
    assert "still on its way" in (await office.look(told["url"])).text


async def test_one_apps_secret_erases_nobody_of_another_apps_pages(office: Office) -> None:
    await speak(office, USER)
    assert (await office.ask(signed(b"own"))).status_code == 200
    assert await office.lines() == [(PAGE, USER)]


async def test_a_forged_or_old_wish_is_refused_and_nothing_is_erased(office: Office) -> None:
    await speak(office, USER)
    assert (await office.ask(signed(b"another"))).status_code == 403
    office.clock.moment = NOW + timedelta(days=2)
    assert (await office.ask(VECTOR)).status_code == 403
    assert await office.lines() == [(PAGE, USER)]
    assert office.counts == Counts(deletions_forged=2)


@pytest.mark.parametrize(
    "form",
    [b"", b"x=1", b"\xff\xfe", b"&".join([b"a=1"] * 50), f"signed_request={VECTOR}&signed_request={VECTOR}".encode()],
)
async def test_what_holds_no_wish_is_a_bad_request(office: Office, form: bytes) -> None:
    async with office.visitor() as visitor:
        assert (await visitor.post(PATH, content=form)).status_code == 400


async def test_a_form_that_is_too_large_is_refused(office: Office) -> None:
    assert (await office.ask("x" * 20_000)).status_code == 413


@pytest.mark.parametrize("code", ["AAAABBBBCCCCDDDD", "x", "a" * 500, "%3Cscript%3E", "..%2f.."])
async def test_a_code_that_nobody_was_given_is_not_found(office: Office, code: str) -> None:
    page = await office.look(f"{PATH}/{code}")
    assert page.status_code == 404
    assert "script" not in page.text


@pytest.mark.parametrize(
    ("languages", "word"),
    [("de-AT,de;q=0.9,en;q=0.8", "Kennung"), ("fr", "identifiant"), ("es-MX", "identificador"), ("pt,it", "keep"), ("", "keep")],
)  # fmt: skip
async def test_the_page_speaks_the_readers_language(office: Office, languages: str, word: str) -> None:
    told = (await office.ask(VECTOR)).json()
    assert word in (await office.look(told["url"], languages)).text


async def test_the_page_loads_nothing_and_holds_nothing_personal(office: Office) -> None:
    await speak(office, USER)
    page = await office.look((await office.ask(VECTOR)).json()["url"])
    assert USER not in page.text
    assert "<script" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    for name in ("x-content-type-options", "x-frame-options", "referrer-policy", "cache-control", "x-robots-tag"):
        assert page.headers[name]


async def test_no_id_is_kept_in_clear(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    await office.ask(VECTOR)
    kept = await office.database.read(lambda connection: connection.execute(deletions.select()).fetchall())
    assert len(kept) == 1
    assert USER not in str(kept) + caplog.text
