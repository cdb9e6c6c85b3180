"""The way to a language model over a real socket: whatever it does, there is an answer or nothing, in time, and it is counted."""

from __future__ import annotations

import json
from datetime import date

import pytest

from app.service.model import ANSWER_BYTES_MAX, Model, ModelTerms
from tests.llm import endpoint

TODAY = date(2026, 11, 29)
MESSAGES = [{"role": "system", "content": "Decide."}, {"role": "user", "content": "{}"}]


async def test_what_it_writes_comes_back_and_its_cost_is_counted() -> None:
    with endpoint() as served:
        served.says = lambda _: "hello"
        model = Model(ModelTerms(served.url, "small-1", "key-1"))
        assert await model.complete(MESSAGES, TODAY) == "hello"
        assert served.asked[0]["model"] == "small-1"
        assert served.asked[0]["messages"] == MESSAGES
        assert served.keys == ["Bearer key-1"]
    assert dict(model.counts) == {"asked": 1, "answered": 1, "tokens_in": 120, "tokens_out": 9}


@pytest.mark.parametrize(
    ("status", "raw"),
    [
        (500, b"{}"),
        (302, b"{}"),
        (200, b"<html>"),
        (200, b"{}"),
        (200, b'{"choices": []}'),
        (200, b'{"choices": [{"message": {"content": 3}}]}'),
        (200, b"[" * 50_000),
        (200, b'{"choices": "' + b"x" * ANSWER_BYTES_MAX + b'"}'),
    ],
)
async def test_whatever_it_answers_is_an_answer_or_nothing(status: int, raw: bytes) -> None:
    with endpoint() as served:
        served.status, served.raw = status, raw
        model = Model(ModelTerms(served.url, "small-1"))
        assert await model.complete(MESSAGES, TODAY) == ""
    assert model.counts["failed"] == 1


async def test_odd_figures_of_its_cost_count_nothing() -> None:
    with endpoint() as served:
        served.raw = json.dumps(
            {"choices": [{"message": {"content": "hello"}}], "usage": {"prompt_tokens": -4, "completion_tokens": "9"}}
        ).encode()
        model = Model(ModelTerms(served.url, "small-1"))
        assert await model.complete(MESSAGES, TODAY) == "hello"
    assert model.counts["tokens_in"] == model.counts["tokens_out"] == 0


async def test_it_is_waited_for_only_so_long() -> None:
    with endpoint() as served:
        served.gate.clear()
        model = Model(ModelTerms(served.url, "small-1", seconds_max=0.2))
        assert await model.complete(MESSAGES, TODAY) == ""
    assert model.counts["slow"] == 1


async def test_nobody_there_is_a_failure() -> None:
    with endpoint() as served:
        url = served.url
    model = Model(ModelTerms(url, "small-1"))
    assert await model.complete(MESSAGES, TODAY) == ""
    assert model.counts["failed"] == 1


async def test_it_is_asked_only_so_often_in_a_day() -> None:
    with endpoint() as served:
        served.says = lambda _: "hello"
        model = Model(ModelTerms(served.url, "small-1", a_day=2))
        answers = [await model.complete(MESSAGES, TODAY) for _ in range(3)]
        assert answers == ["hello", "hello", ""]
        assert await model.complete(MESSAGES, date(2026, 11, 30)) == "hello"
    assert model.counts["over_budget"] == 1
