"""The log of a whole journey, with every kind of trouble in it: not a word of a customer, no name, no token, no secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.insights.metrics import METRICS
from tests.journeys.bodies import APP_SECRET, PAGE, TOKENS, VERIFY_TOKEN, message, new_id, tap, to_bytes, wrap
from tests.journeys.house import SECRET_KEY, House, Plan, running
from tests.journeys.shop import copy_shop
from tests.journeys.test_database_trouble import locked

WORDS = "Plantedword"
"""Begins everything that a person wrote or is called."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str, list[str]]]:
    """The house, all that it printed, and the customers' ids, after a journey through everything that is logged."""
    folder: Path = tmp_path_factory.mktemp("logs")
    with running(Plan(folder, copy_shop(folder / "shop"), settings={"LOG_EVENTS": "true"})) as house:
        customers = journey(house)
        yield house, house.bot.printed(), customers


def journey(house: House) -> list[str]:
    customer = house.new_customer(name=f"{WORDS}-Ada {WORDS}-Lovelace")
    customer.types(f"{WORDS}-hello")
    customer.types("human")
    customer.types(f"{WORDS}-my number is 0171 5550123")
    customer.is_answered_by_person(f"{WORDS}-person")
    customer.is_given_back()
    for kind in ("http_500", "lost_answer", "reset", "error"):
        house.fault(kind, customer=customer.id, times=1)
        customer.types(f"{WORDS}-in trouble")
    customer.posts(
        tap(customer.id, f"{WORDS}-payload", f"{WORDS}-title"), message(customer.id, f"{WORDS}\n\x1b[31mforged line")
    )
    house.post(wrap(message("31337", f"{WORDS}-forged")), f"{WORDS}-secret")
    house.post(f'{{"{WORDS}'.encode())
    house.post(to_bytes({"object": "page", "entry": [{"id": PAGE, "messaging": [{WORDS: new_id()}]}]}))
    house.http.get(f"{house.bot_url}/webhooks/messenger", params={"hub.verify_token": f"{WORDS}-guess"})
    house.http.get(f"{house.bot_url}/{WORDS}-path", params={"access_token": f"{WORDS}-token"})
    with locked(house):
        house.post(wrap(message(customer.id, f"{WORDS}-locked")))
    house.bot.kill()
    house.start_bot()
    customer.types(f"{WORDS}-after")
    return [customer.id]


def test_the_log_holds_no_word_and_no_name_of_a_person(told: tuple[House, str, list[str]]) -> None:
    _, printed, _ = told
    assert WORDS.lower() not in printed.lower()
    assert "5550123" not in printed


def test_the_log_holds_no_token_and_no_secret(told: tuple[House, str, list[str]]) -> None:
    _, printed, _ = told
    for secret in (*TOKENS.values(), APP_SECRET, VERIFY_TOKEN, SECRET_KEY):
        assert secret not in printed


def test_the_log_names_no_customer_by_their_id(told: tuple[House, str, list[str]]) -> None:
    _, printed, customers = told
    assert not any(f'"{each}"' in printed or f"/{each}" in printed for each in customers)


def test_the_log_is_one_json_object_a_line_and_tells_of_the_troubles(told: tuple[House, str, list[str]]) -> None:
    _, printed, _ = told
    lines = [json.loads(line) for line in printed.splitlines()]
    assert {"ready", "send unknown", "send failed"} <= {line["event"] for line in lines}
    assert all(line["at"] and line["level"] for line in lines)
    assert "Traceback" not in printed


def test_an_event_has_one_trace_from_its_delivery_to_the_sends_that_answer_it(
    told: tuple[House, str, list[str]],
) -> None:
    _, printed, _ = told
    lines = [json.loads(line) for line in printed.splitlines()]
    ways: dict[str, set[str]] = {}
    for line in lines:
        if "trace" in line:
            ways.setdefault(line["trace"], set()).add(line.get("part", line["event"]))
    assert {"webhook", "turn", "send"} in ways.values()
    assert any({"webhook", "send", "send unknown"} <= way for way in ways.values())
    assert "" not in ways


def test_a_server_shows_every_metric_and_no_other(told: tuple[House, str, list[str]]) -> None:
    house, _, _ = told
    shown = set(re.findall(r"^# TYPE frontdesk_(\w+)", house.http.get(f"{house.bot_url}/metrics").text, re.MULTILINE))
    only_sometimes = {"model_total", "erased_by_age_total", "faq_questions_total", "refused_total"}
    assert METRICS.keys() - only_sometimes <= shown <= METRICS.keys()


def test_the_database_holds_no_token_and_no_secret(told: tuple[House, str, list[str]]) -> None:
    house, _, _ = told
    files = [file for file in house.plan.folder.glob("frontdesk.db*") if file.is_file()]
    assert len(files) >= 2
    for held in (file.read_bytes() for file in files):
        assert not any(secret.encode() in held for secret in (*TOKENS.values(), APP_SECRET, VERIFY_TOKEN, SECRET_KEY))
