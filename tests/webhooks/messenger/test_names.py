"""Names and language of a customer, asked of a local Graph that tells, refuses, or says nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.channel import Person
from app.clock import Clock
from tests.webhooks.messenger.graph import Graph, answer
from tests.webhooks.messenger.kit import ACCOUNT, CUSTOMER, OTHER_PAGE, PAGE, TOKEN
from webhooks.messenger import http
from webhooks.messenger.graph_api import Graph as GraphApi
from webhooks.messenger.names import Names


@pytest.fixture
async def names(graph: Graph) -> AsyncIterator[Names]:
    async with http.create_client() as client:
        yield Names(ACCOUNT, GraphApi(graph.url, client), Clock())


def refused(code: int, subcode: int | None = None) -> bytes:
    return answer(400, {"error": {"message": "no", "code": code, "error_subcode": subcode}})


async def test_names_and_language_are_asked_for_with_the_pages_token(graph: Graph, names: Names) -> None:
    graph.reply = answer(200, {"first_name": " Ana ", "last_name": "Lima", "locale": "fr_FR", "id": CUSTOMER})
    assert await names.find(PAGE, CUSTOMER) == Person("Ana", "Lima", "fr_FR")
    [came] = graph.came
    assert (came.path, came.query["fields"]) == (f"/v26.0/{CUSTOMER}", "first_name,last_name,locale")
    assert came.headers["authorization"] == f"Bearer {TOKEN}"


async def test_a_permission_that_is_missing_is_asked_for_once_an_hour_and_a_page(graph: Graph, names: Names) -> None:
    graph.reply = refused(10, 2018247)
    for _ in range(3):
        assert await names.find(PAGE, CUSTOMER) is None
    assert [came.query["fields"] for came in graph.came] == ["first_name,last_name,locale", "first_name,last_name"]
    graph.reply = answer(200, {"first_name": "Ana"})
    assert await names.find(OTHER_PAGE, CUSTOMER) == Person("Ana")


@pytest.mark.parametrize(("code", "subcode"), [(100, 33), (100, 2018218), (2018218, None)])
async def test_a_customer_of_whom_nothing_is_told_is_not_asked_about_twice(
    graph: Graph, names: Names, code: int, subcode: int | None
) -> None:
    graph.reply = refused(code, subcode)
    assert await names.find(PAGE, CUSTOMER) == Person()
    assert len(graph.came) == 1


async def test_no_answer_is_none(graph: Graph, names: Names) -> None:
    graph.reply, graph.hang_up = b"", True
    assert await names.find(PAGE, CUSTOMER) is None
    assert await names.find("99999", CUSTOMER) is None


@pytest.mark.parametrize(
    "body", [{}, {"first_name": 7, "last_name": None, "locale": ["fr"]}, {"first_name": "x" * 500}]
)
async def test_odd_values_are_no_names_or_short_ones(graph: Graph, names: Names, body: dict[str, object]) -> None:
    graph.reply = answer(200, body)
    person = await names.find(PAGE, CUSTOMER)
    assert person is not None
    assert all(len(each) <= 50 for each in (person.first_name, person.last_name, person.locale))
