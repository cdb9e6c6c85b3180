"""Signing in at a real server: what only real sockets show."""

from __future__ import annotations

import re

import httpx

from tests.journeys.house import House


def browser(house: House, **headers: str) -> httpx.Client:
    usual = {"Origin": house.bot_url, "Accept": "text/html"}
    return httpx.Client(base_url=house.bot_url, headers={**usual, **headers}, trust_env=False, timeout=20)


def test_the_first_owner_comes_by_the_printed_link_and_must_set_the_second_factor_up(house: House) -> None:
    link = re.search(r"http://\S+(/join/[\w-]+)", house.bot.printed())
    assert link
    with browser(house) as owner:
        form = {"name": "Olga", "email": "olga@shop.example", "password": "four unrelated words here"}
        assert owner.post(link[1], data=form).status_code == 303
        answer = owner.get("/owner/team")
        assert (answer.status_code, answer.headers["location"]) == (303, "/account/second-factor?next=/owner/team")
        assert owner.get("/account").status_code == 200
    assert form["password"] not in house.bot.printed()


def test_a_forwarded_address_that_nobody_trusts_buys_no_more_tries(house: House) -> None:
    statuses = []
    for number in range(7):
        with browser(house, **{"X-Forwarded-For": f"198.51.100.{number}"}) as stranger:
            answer = stranger.post("/sign-in", data={"email": f"p{number}@shop.example", "password": "Winter2026"})
            statuses.append(answer.status_code)
    assert statuses[:5] == [401] * 5
    assert 429 in statuses[5:]
