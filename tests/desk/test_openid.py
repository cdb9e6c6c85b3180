"""Signing in with a company's account: only for the team, only from this browser, only with an answer that is all right."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from app.desk.access import team
from app.desk.access.openid import OpenId
from app.desk.access.team import BY_COMMAND, Rights
from tests.databases import Servers
from tests.desk.kit import NOW, US, Browser, Desk, open_desk, served


@dataclass
class Provider:
    """A company's sign-in. `claims` changes what it says of the person, `asked` is what the browser brought."""

    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)

    def identity(self) -> str:
        usual = {
            "iss": self.address, "aud": "us", "exp": NOW.timestamp() + 60, "nonce": self.asked["nonce"],
            "email": "Ada@shop.example", "email_verified": True,
        }  # fmt: skip
        parts = [{"alg": "none"}, {**usual, **self.claims}]
        coded = [base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in parts]
        return ".".join([*coded, ""])


@pytest.fixture
def provider() -> Iterator[Provider]:
    app, made = FastAPI(), Provider()

    @app.get("/.well-known/openid-configuration")
    async def describe() -> dict[str, Any]:
        usual = {"issuer": made.address, "authorization_endpoint": f"{made.address}/authorize"}
        return {**usual, "token_endpoint": f"{made.address}/token", **made.described}

    @app.post("/token")
    async def give(request: Request) -> Response:
        made.form = {name: value[0] for name, value in parse_qs((await request.body()).decode()).items()}
        digest = hashlib.sha256(made.form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if made.form["client_secret"] != "secret" or challenge != made.asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "x", "id_token": made.identity()})

    with served(app) as address:
        made.address = address
        yield made


@pytest.fixture
async def company(servers: Servers, tmp_path: Path, provider: Provider) -> AsyncIterator[Desk]:
    async with open_desk(servers.migrated("sqlite", tmp_path)) as desk:
        access = replace(desk.access, openid=OpenId(provider.address, "us", "secret", US))
        opened = Desk(access, desk.clock)
        await opened.add("Ada")
        yield opened


async def go(browser: Browser, provider: Provider, **changed: str) -> Response | Any:
    """There and back again; what came of it."""
    there = await browser.get("/sign-in/openid", params={"next": "/desk?tab=mine"})
    assert there.status_code == 303, there.text
    address = urlsplit(there.headers["location"])
    provider.asked = {name: value[0] for name, value in parse_qs(address.query).items()}
    back = {"state": provider.asked["state"], "code": "a-code", **changed}
    return await browser.get("/sign-in/openid/back", params=back)


async def test_who_is_in_the_team_comes_in_with_the_companys_account(company: Desk, provider: Provider) -> None:
    browser = company.browser()
    assert "/sign-in/openid" in (await browser.get("/sign-in")).text
    answer = await go(browser, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk?tab=mine")
    assert await browser.is_in()
    assert provider.form["redirect_uri"] == f"{US}/sign-in/openid/back"
    assert (provider.asked["scope"], provider.asked["code_challenge_method"]) == ("openid email", "S256")
    assert await company.deeds() == ["staff:ada@shop.example signed_in"]


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "eve@shop.example"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": None},
        {"aud": "others"},
        {"aud": ["us", "others"]},
        {"iss": "https://evil.example"},
        {"nonce": "another"},
        {"exp": NOW.timestamp() - 300},
        {"exp": "never"},
    ],
)
async def test_an_answer_that_is_not_all_right_lets_nobody_in(
    company: Desk, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    browser = company.browser()
    assert (await go(browser, provider)).status_code == 401
    assert not await browser.is_in()


@pytest.mark.parametrize("changed", [{"state": "another"}, {"code": ""}])
async def test_nobody_comes_back_who_did_not_go(company: Desk, provider: Provider, changed: dict[str, str]) -> None:
    browser = company.browser()
    assert (await go(browser, provider, **changed)).status_code == 401
    stranger = company.browser()
    stranger.cookies.set("__Host-frontdesk-openid", "W10=.00", domain="desk.example")
    back = {"state": provider.asked["state"], "code": "a-code"}
    assert (await stranger.get("/sign-in/openid/back", params=back)).status_code == 401
    assert not await browser.is_in()


async def test_a_way_back_is_used_once(company: Desk, provider: Provider) -> None:
    browser = company.browser()
    await go(browser, provider)
    await browser.post("/sign-out")
    back = {"state": provider.asked["state"], "code": "a-code"}
    assert (await browser.get("/sign-in/openid/back", params=back)).status_code == 401


async def test_an_invitation_is_taken_and_no_password_fits_then(company: Desk, provider: Provider) -> None:
    await team.invite(company.access, BY_COMMAND, "max@shop.example", "Max", Rights("staff", all_pages=True))
    provider.claims = {"email": "max@shop.example"}
    browser = company.browser()
    assert (await go(browser, provider)).status_code == 303
    assert await browser.is_in()
    for password in ("", "nobody has this password", "x"):
        assert (await company.browser("198.51.100.1").sign_in("Max", password)).status_code == 401


async def test_who_has_no_password_confirms_with_the_companys_account(company: Desk, provider: Provider) -> None:
    await team.invite(company.access, BY_COMMAND, "olga@shop.example", "Olga", Rights("owner", all_pages=True))
    provider.claims = {"email": "olga@shop.example"}
    browser = company.browser()
    await go(browser, provider)
    company.clock.move(minutes=16)
    provider.claims["exp"] = company.clock.now().timestamp() + 60
    asked = await browser.get("/owner/team/invite")
    assert "/sign-in/openid?next=/owner/team/invite" in (await browser.get(asked.headers["location"])).text
    assert "prompt" not in provider.asked
    await go(browser, provider)
    assert provider.asked["prompt"] == "login"
    assert (await browser.get("/owner/team/invite")).status_code == 200


async def test_a_second_factor_is_asked_for_and_who_left_stays_out(company: Desk, provider: Provider) -> None:
    olga = await company.add("Olga", "owner")
    secret = await company.set_second(olga)
    provider.claims = {"email": "olga@shop.example"}
    browser = company.browser()
    assert "/sign-in/second" in (await go(browser, provider)).headers["location"]
    assert not await browser.is_in()
    await browser.post("/sign-in/second", data={"code": company.code(secret)})
    assert await browser.is_in()
    await company.add("Otto", "owner")
    await team.disable(company.access, BY_COMMAND, olga)
    assert (await go(company.browser(), provider)).status_code == 401


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
    ],
)
async def test_a_provider_that_is_not_itself_is_not_used(
    company: Desk, provider: Provider, described: dict[str, Any]
) -> None:
    provider.described = described
    assert (await company.browser().get("/sign-in/openid")).status_code == 503


async def test_without_a_provider_there_is_no_such_way(desk: Desk) -> None:
    assert "/sign-in/openid" not in (await desk.browser().get("/sign-in")).text
    for path in ("/sign-in/openid", "/sign-in/openid/back"):
        assert (await desk.browser().get(path)).status_code == 404
