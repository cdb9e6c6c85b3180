"""Every page: words in both languages, nothing unescaped, headers on everything, refused when it comes from elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from jinja2 import UndefinedError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app.errors import BrokenPayloadError, NotFoundError, NotSignedInError
from app.log import silenced
from app.pages import failures, statics
from app.pages.forms import Form, read_fields
from app.pages.frame import environment, render
from app.pages.guard import POLICY, Guard
from app.pages.languages import LANGUAGES, choose_language, words_of

APP = Path(__file__).parents[2] / "app"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}\u202e"
US = "http://desk.example"


def small_app() -> FastAPI:
    app = FastAPI()
    app.add_middleware(Guard, public_url="https://desk.example")
    failures.add_handlers(app)
    app.include_router(statics.create_routes())

    async def hostile(request: Request) -> Response:
        return render(request, "pages/failure.html", key="failure.404", message=HOSTILE, number="")

    async def no_value(request: Request) -> Response:
        return render(request, "pages/failure.html", key="failure.404")

    async def gone(_: Request) -> Response:
        raise NotFoundError("There is no such Page.")

    async def private(_: Request) -> Response:
        raise NotSignedInError("Please sign in.")

    async def change(_: Request) -> Response:
        return PlainTextResponse("changed")

    for path, route in {"/hostile": hostile, "/no-value": no_value, "/gone": gone, "/private": private}.items():
        app.add_route(path, route)
    for path in ("/change", "/webhooks/messenger", "/private"):
        app.add_route(path, change, methods=["POST"])
    return app


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(small_app(), raise_app_exceptions=False)
    headers = {"Accept": "text/html"}
    async with httpx.AsyncClient(transport=transport, base_url=US, headers=headers) as client:
        with silenced():  # what breaks here is meant to
            yield client


# ---- words -------------------------------------------------------------------------------------------------


def test_every_text_is_there_in_every_language() -> None:
    first = words_of(LANGUAGES[0]).texts
    for language in LANGUAGES[1:]:
        texts = words_of(language).texts
        assert set(texts) == set(first)
        wrong = [key for key in texts if set(re.findall(r"{\w+}", texts[key])) != set(re.findall(r"{\w+}", first[key]))]
        assert not wrong, "other values in braces"
        assert not [key for key, text in texts.items() if not text.strip()]


def test_every_text_that_a_page_asks_for_is_there() -> None:
    texts = words_of("en").texts
    for path in [*APP.rglob("templates/*.html")]:
        for key in re.findall(r"\bt\(\s*[\"']([\w.]+)[\"']\s*[,)]", path.read_text("utf-8")):
            assert key in texts, f"{path.name}: {key}"
        for key in re.findall(r"\bt\.count\(\s*[\"']([\w.]+)[\"']\s*,", path.read_text("utf-8")):
            assert {f"{key}.one", f"{key}.other"} <= set(texts), f"{path.name}: {key}"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("de, fr;q=0.5, en;q=0.7", "en"),
        ("en;q=0, fr;q=0.1", "fr"),
        ("xx;q=abc, ,,;;;", "en"),
        ("fr;q=nan," * 10_000, "en"),
    ],
)
def test_the_browser_chooses_the_language(accepted: str, language: str) -> None:
    assert choose_language(accepted) == language


# ---- escaping ----------------------------------------------------------------------------------------------


async def test_what_people_wrote_is_text_in_a_page(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/hostile")).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{ 7*7 }}" in page


async def test_a_value_that_nobody_gave_is_an_error_and_not_an_empty_place(browser: httpx.AsyncClient) -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nobody }}").render()
    answer = await browser.get("/no-value")
    assert answer.status_code == 500
    assert "message" not in answer.text


async def test_the_page_speaks_the_language_of_the_browser(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/gone", headers={"Accept-Language": "fr"})).text
    assert '<html lang="fr">' in page
    assert words_of("fr")("failure.404_title") in page


# ---- headers and strangers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/hostile", "/gone", "/no-such-page", "/no-value", "/private"])
async def test_every_answer_carries_the_headers(browser: httpx.AsyncClient, path: str) -> None:
    headers = (await browser.get(path)).headers
    assert headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": US, "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": US}, 200),
        ({"Origin": "https://desk.example"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Authorization": "Bearer abc"}, 200),
        ({}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://evil.example", "Authorization": "Basic c2hvcDpzZWNyZXQ="}, 403),
        ({"Origin": "https://desk.example.evil.example"}, 403),
        ({"Origin": US, "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": US, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
    ],
)
async def test_only_our_own_pages_may_change_something(
    browser: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await browser.post("/change", headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == POLICY


async def test_machines_that_sign_what_they_send_need_no_origin(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/webhooks/messenger")).status_code == 200


async def test_who_is_not_signed_in_is_sent_to_the_sign_in_page_and_back(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/private?tab=mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/private%3Ftab%3Dmine")
    part = await browser.get("/private", headers={"HX-Request": "true"})
    assert part.headers["hx-redirect"] == "/sign-in"
    program = await browser.get("/private", headers={"Accept": "application/json"})
    assert program.status_code == 401


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil",
        "javascript:alert(1)",
        "desk",
        "/a\\b",
        "",
    ],
)
def test_nobody_is_sent_elsewhere(wanted: str) -> None:
    assert failures.safe_next(wanted) == ""
    assert failures.safe_next("/desk?tab=mine") == "/desk?tab=mine"


# ---- forms -------------------------------------------------------------------------------------------------


class Letter(Form):
    text: str
    to: tuple[str, ...] = ()


def test_a_form_has_its_fields_and_no_others() -> None:
    assert read_fields(b"text=hello%20you&to=a&to=b", Letter) == Letter(text="hello you", to=("a", "b"))
    for body in (b"text=a&role=owner", b"text=a&text=b", b"to=a", b"text=%ff", b"", b"text=a&=b", b"&" * 500, b"\xff"):
        with pytest.raises(BrokenPayloadError):
            read_fields(body, Letter)


# ---- files -------------------------------------------------------------------------------------------------


async def test_files_are_kept_by_browsers_and_change_their_address_with_their_content(
    browser: httpx.AsyncClient,
) -> None:
    address = statics.static("pages/style.css")
    answer = await browser.get(address)
    assert answer.headers["cache-control"] == statics.FOR_A_YEAR
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == (APP / "pages/static/style.css").read_text("utf-8")
    plain = await browser.get(address, headers={"Accept-Encoding": "identity"})
    assert plain.content == answer.content
    for strange in ("/static/0/pages/style.css", address.replace("style.css", "../frame.py"), "/static/x/y"):
        assert (await browser.get(strange)).status_code == 404


def test_vendored_files_are_what_the_manifest_says() -> None:
    folder = APP / "pages/static/vendor"
    listed: dict[str, str] = {}
    for each in json.loads((folder / "manifest.json").read_text("utf-8")):
        assert each["name"]
        assert each["version"]
        assert each["licence"]
        listed |= each["files"]
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    del there["manifest.json"]
    assert listed == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()}
    assert {name.partition("/")[0] + "/LICENSE" for name in there} <= set(there)
