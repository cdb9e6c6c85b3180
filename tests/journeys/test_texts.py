"""What customers write, whatever it is: answered, and stored so that it comes out as it went in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Servers
from tests.journeys.bodies import message, wrap
from tests.journeys.house import House, Plan, running

ECHO = """\
flow: 1
bot: {name: Tick, disclosure: I am Tick.}
messenger: {start: ready}
slots: {words: text}
anywhere: [{hear: [menu], goto: ready}, {hear: [three times], goto: asked}, {else: repeat}]
states:
  asked: {ask: {save: words, say: Which words?}, goto: told}
  told: {say: "<words> / <words> / <words>"}
  ready: {say: Ready., choices: {Menu: ready}}
  repeat: {say: "You wrote: <said>", choices: {Menu: ready}}
"""
TEXTS = {
    "emoji": "Ich liebe 👟👩‍👩‍👧‍👦🇩🇪👍🏽 und 🫠",
    "right to left": "שלום \u202emirror\u202c \u2067مرحبا\u2069 \u200f!",
    "zero width": "a\u200bb\u200cc\u200dd\ufeffe",
    "zalgo": "z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319a\u0329l\u0329g\u0321o",
    "lines": "one\ntwo\r\nthree\u2028four\u2029five\tsix",
    "composed and not": "\u00e9 e\u0301 \ufb01 \u212b",
    "markup": "<b>hi</b> {{7*7}} ${x} <first_name> <customer> %s {0}",
    "sql": "'; DROP TABLE inbox; -- \" \\ \\' `",
    "formula": "=cmd|' /C calc'!A0",
    "controls": "bell\x07 escape\x1b[31m delete\x7f",
    "last code points": "\U0010ffff \ufffe \uffff",
    "one letter": "ß",
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def house(
    request: pytest.FixtureRequest, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A bot that repeats what it is told, on either database."""
    folder: Path = tmp_path_factory.mktemp("texts")
    (folder / "bot").mkdir()
    (folder / "bot" / "bot.yaml").write_text(ECHO)
    address = "" if request.param == "sqlite" else servers.address("postgres", folder)
    with running(Plan(folder, folder / "bot", address)) as started:
        yield started


def stored(house: House, customer_id: str) -> list[str]:
    return [row[0] for row in house.rows(f"SELECT text FROM history WHERE customer_id = '{customer_id}' ORDER BY id")]


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_answered_and_stored_as_it_was_written(house: House, name: str) -> None:
    customer = house.new_customer()
    assert customer.types(TEXTS[name])[-1].startswith("You wrote:")
    assert stored(house, customer.id) == [TEXTS[name]]
    assert customer.types("menu") == ["Ready."]


def test_halves_of_surrogate_pairs_and_nuls_are_replaced(house: House) -> None:
    customer = house.new_customer().opens()
    broken = "a\x00b\ud83dc\udc4dd"
    assert b"\\ud83dc" in wrap(message(customer.id, broken))
    assert customer.posts(message(customer.id, broken))[-1] == "You wrote: a\ufffdb\ufffdc\ufffdd"
    assert stored(house, customer.id) == ["a\ufffdb\ufffdc\ufffdd"]
    assert customer.types("menu") == ["Ready."]


def test_a_text_of_nothing_but_nuls_blanks_or_marks_is_answered(house: House) -> None:
    customer = house.new_customer().opens()
    for text in ("\x00", " \n ", "\u200b\u200f", "\ud800"):
        assert customer.posts(message(customer.id, text)), repr(text)
    assert customer.types("menu") == ["Ready."]


def test_twenty_thousand_characters_are_answered_within_messengers_limits(house: House) -> None:
    customer = house.new_customer()
    text = "".join(f"{n:04d} äö👟 " for n in range(2_000))[:20_000]
    answers = customer.types(text)
    assert "".join(answers).startswith("I am Tick.You wrote: 0000 äö👟")
    assert all(len(each) < 2_000 for each in answers)
    assert stored(house, customer.id) == [text]
    assert customer.types("menu") == ["Ready."]


def test_an_answer_of_more_than_two_thousand_characters_arrives_in_pieces_and_whole(house: House) -> None:
    customer = house.new_customer()
    customer.types("three times")
    words = " ".join(f"word{n}" for n in range(120))
    assert 800 < len(words) < 1_000
    answers = customer.types(words)
    assert len(answers) == 2
    assert " ".join(answers) == f"{words} / {words} / {words}"


def test_names_that_look_like_orders_are_only_names(house: House) -> None:
    customer = house.new_customer(name="<script>alert(1)</script> {{x}}")
    assert customer.types("menu")[-1] == "Ready."
