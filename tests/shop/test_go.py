"""The way from a card to the shop: quick, only with a token of ours, and counted once by people alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from app.clock import Clock
from app.links import Link, make_token, mark_of
from app.shop.clicks import WAITING_MAX, Clicks
from app.shop.go import create_routes
from app.store.database import open_database

KEY = b"k" * 32
MARK = mark_of(KEY, "10001", "20001", "shirt")
ADDRESS = "https://shop.example/p/1?utm_source=messenger"
PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


@pytest.fixture
def clicks(tmp_path: Path) -> Clicks:
    return Clicks(open_database(f"sqlite+aiosqlite:///{tmp_path / 'never-opened.db'}"), Clock())


@pytest.fixture
def client(clicks: Clicks) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(create_routes(KEY, clicks))
    with TestClient(app, follow_redirects=False) as opened:
        yield opened


def go(
    client: TestClient, address: str = ADDRESS, agent: str = PERSON, method: str = "GET", key: bytes = KEY
) -> Response:
    return client.request(method, f"/go/{make_token(key, Link(MARK, address))}", headers={"User-Agent": agent})


def test_a_link_of_ours_leads_to_the_product_and_counts_once(client: TestClient, clicks: Clicks) -> None:
    answer = go(client)
    assert (answer.status_code, answer.headers["location"]) == (302, ADDRESS)
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    go(client)
    assert list(clicks.waiting) == [MARK]


MACHINES = (
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "facebookcatalog/1.0",
    "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
    "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "curl/8.1",
    "python-requests/2.31",
    "Go-http-client/2.0",
    "WhatsApp link preview",
    "",
)
PEOPLE = (
    "Mozilla/5.0 (Linux; Android 12; CUBOT P60) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 11; ScanPal EDA52) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13; SM-A536B; wv) AppleWebKit/537.36 Chrome/119.0 Mobile Safari/537.36 "
    "[FB_IAB/Orca-Android;FBAV/436.0;]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
    "[FBAN/MessengerForiOS;FBAV/436.0]",
    "Mozilla/5.0 (Linux; Android 10; Robotech R1) AppleWebKit/537.36 Chrome/119.0 Mobile Safari/537.36",
    "Opera/9.80 (Android; Opera Mini/36.2) Presto/2.12",
)


@pytest.mark.parametrize("agent", PEOPLE)
def test_phones_with_names_like_a_programs_are_counted(agent: str, client: TestClient, clicks: Clicks) -> None:
    assert go(client, agent=agent).status_code == 302
    assert list(clicks.waiting) == [MARK]


@pytest.mark.parametrize("agent", MACHINES)
def test_machines_that_look_before_people_do_are_led_on_and_not_counted(
    agent: str, client: TestClient, clicks: Clicks
) -> None:
    assert go(client, agent=agent).status_code == 302
    assert go(client, method="HEAD").status_code == 302
    assert not clicks.waiting


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "/admin", ""])
def test_what_is_no_web_address_is_opened_for_nobody(address: str, client: TestClient) -> None:
    assert go(client, address).status_code == 404


def test_a_link_that_is_not_ours_leads_nowhere(client: TestClient, clicks: Clicks) -> None:
    answer = go(client, key=b"x" * 32)
    assert (answer.status_code, "location" in answer.headers, len(clicks.waiting)) == (404, False, 0)
    assert client.get("/go/https:%2F%2Fevil.example", headers={"User-Agent": PERSON}).status_code == 404


def test_a_flood_of_clicks_fills_no_memory(clicks: Clicks) -> None:
    for number in range(WAITING_MAX + 100):
        clicks.note(str(number))
    assert len(clicks.waiting) == WAITING_MAX


def test_a_redirect_costs_less_than_5_milliseconds(client: TestClient) -> None:
    went = []
    for _ in range(50):
        began = time.process_time()
        go(client)
        went.append(time.process_time() - began)
    assert sorted(went)[25] < 0.005
